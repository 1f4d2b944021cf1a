"""Which finding does a SARIF result of ours hold? The way back from what chipsieve.border.sarif.results writes."""

from __future__ import annotations

from urllib.parse import unquote

from chipsieve.border.json_fields import ReportError, Table, needed_value, rows, sub, table
from chipsieve.border.marker import row_kind
from chipsieve.border.sarif.condition_trees import ConditionError, decode
from chipsieve.border.sarif.results import KEY
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span


def own_finding(result: Table, place: str) -> Finding | None:
    """The finding that a result of ours holds, None for the verdict and for other tools' results.

    Raises:
        ReportError: the result is ours and incomplete; `place` says in the message which it is.
    """
    properties = result.get("properties")
    if not isinstance(properties, dict) or KEY not in properties:
        return None
    kept = table(properties[KEY], f"{place}.properties.{KEY}")
    locations = rows(result, "locations", place, needed=True)
    if not locations:
        raise ReportError(f"{place}: 'locations' is empty")
    physical = sub(table(locations[0], place), "physicalLocation", place)
    region, context = sub(physical, "region", place), sub(physical, "contextRegion", place)
    try:
        conditions = tuple(decode(tree) for tree in rows(kept, "conditions", place))
    except (ConditionError, RecursionError) as error:
        raise ReportError(f"{place}: {error}") from error
    line, column, end_line, end_column = (
        needed_value(region, key, place, int) for key in ("startLine", "startColumn", "endLine", "endColumn")
    )
    uri = needed_value(sub(physical, "artifactLocation", place), "uri", place, str)
    return Finding(
        signal=needed_value(result, "ruleId", place, str),
        row=row_kind(needed_value(kept, "row", place, str)),
        path=unquote(uri, errors="surrogateescape"),
        span=Span(line, column, end_line, end_column),
        value=needed_value(kept, "value", place, str),
        snippet=needed_value(sub(context, "snippet", place), "text", place, str),
        conditions=conditions,
        engine=needed_value(kept, "engine", place, str),
        by=needed_value(kept, "by", place, str),
        name=needed_value(kept, "name", place, str),
    )

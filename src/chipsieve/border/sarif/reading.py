"""Which findings does a SARIF document of ours hold? The way back across the border."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar
from urllib.parse import unquote

from chipsieve.border.marker import row_kind
from chipsieve.border.sarif.conditions import ConditionError, decode
from chipsieve.border.sarif.results import KEY
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span

Table = Mapping[str, object]
Value = TypeVar("Value", str, int)


class SarifError(ValueError):
    """A document is no SARIF, or a result of ours lost what it needs; the message says where."""


def read(document: object) -> tuple[Finding, ...]:
    """The findings of a parsed SARIF document that `write` wrote, in its order.

    Results that carry no finding of ours (the verdict, other tools' results) are passed over.

    Raises:
        SarifError: the document is not SARIF, or a finding in it is incomplete.
    """
    return tuple(_findings(document))


def _findings(document: object) -> Iterator[Finding]:
    for run_number, run in enumerate(_list(_table(document, "document"), "runs", "document")):
        where = f"runs[{run_number}]"
        for number, result in enumerate(_list(_table(run, where), "results", where, optional=True)):
            place = f"{where}.results[{number}]"
            finding = own_finding(_table(result, place), place)
            if finding is not None:
                yield finding


def own_finding(result: Table, place: str) -> Finding | None:
    """The finding that a result of ours holds, None for the verdict and for other tools' results.

    Raises:
        SarifError: the result is ours and incomplete; `place` says in the message which it is.
    """
    properties = result.get("properties")
    if not isinstance(properties, Mapping) or KEY not in properties:
        return None
    return _finding(result, _table(properties[KEY], f"{place}.properties.{KEY}"), place)


def _finding(result: Table, kept: Table, place: str) -> Finding:
    locations = _list(result, "locations", place)
    if not locations:
        raise SarifError(f"{place}: 'locations' is empty")
    physical = _sub(_table(locations[0], place), "physicalLocation", place)
    region, context = _sub(physical, "region", place), _sub(physical, "contextRegion", place)
    try:
        conditions = tuple(decode(tree) for tree in _list(kept, "conditions", place, optional=True))
    except (ConditionError, RecursionError) as error:
        raise SarifError(f"{place}: {error}") from error
    return Finding(
        signal=_field(result, "ruleId", place, str),
        row=row_kind(_field(kept, "row", place, str)),
        path=unquote(_field(_sub(physical, "artifactLocation", place), "uri", place, str), errors="surrogateescape"),
        span=_span(region, place),
        value=_field(kept, "value", place, str),
        snippet=_field(_sub(context, "snippet", place), "text", place, str),
        conditions=conditions,
        engine=_field(kept, "engine", place, str),
        by=_field(kept, "by", place, str),
        name=_field(kept, "name", place, str),
    )


def _span(region: Table, place: str) -> Span:
    line, column, end_line, end_column = (
        _field(region, key, place, int) for key in ("startLine", "startColumn", "endLine", "endColumn")
    )
    return Span(line, column, end_line, end_column)


def _table(value: object, place: str) -> Table:
    if not isinstance(value, Mapping):
        raise SarifError(f"{place}: not an object")
    return value


def _sub(table: Table, key: str, place: str) -> Table:
    return _table(table.get(key), f"{place}: {key!r}")


def _list(table: Table, key: str, place: str, *, optional: bool = False) -> list[object]:
    value = table.get(key, [] if optional else None)
    if not isinstance(value, list):
        raise SarifError(f"{place}: {key!r} is not a list")
    return value


def _field(table: Table, key: str, place: str, kind: type[Value]) -> Value:
    value = table.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise SarifError(f"{place}: {key!r} is missing or of the wrong type")
    return value

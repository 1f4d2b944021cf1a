"""Which results does Semgrep's JSON hold? Its own format keeps more than its SARIF: errors with their place."""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.border.scanners.results import Report, Result, Table, rows, sub, table, value_of
from chipsieve.facts.reading import Gap

TOOL = "semgrep"
HIDDEN = "requires login"  # what the free Semgrep writes instead of source lines and fingerprints


def semgrep_report(document: Table, file: str) -> Report:
    """The results of `semgrep --json` or `opengrep --json`, and the files that it could not parse or finish.

    Raises:
        ReportError: the document lacks what Semgrep always writes.
    """
    items = enumerate(rows(document, "results", file, needed=True))
    results = tuple(_result(table(item, file), f"{file}: results[{number}]") for number, item in items)
    return Report(results, tuple(_gaps(document, file)))


def _result(result: Table, place: str) -> Result:
    extra = sub(result, "extra", place)
    start, end = sub(result, "start", place), sub(result, "end", place)
    lines = value_of(extra, "lines", place, "")
    return Result(
        tool=TOOL,
        rule=value_of(result, "check_id", place, ""),
        message=value_of(extra, "message", place, ""),
        path=value_of(result, "path", place, ""),
        line=value_of(start, "line", place, 0),
        column=value_of(start, "col", place, 0),
        end_line=value_of(end, "line", place, 0),
        end_column=value_of(end, "col", place, 0),
        units="bytes",
        line_text="" if lines == HIDDEN else next(iter(lines.splitlines()), ""),
        suppressed=extra.get("is_ignored") is True,
    )


def _gaps(document: Table, file: str) -> Iterator[Gap]:
    """A gap an error: timeouts and syntax errors cost Semgrep a file or a part of it."""
    for number, item in enumerate(rows(document, "errors", file)):
        place = f"{file}: errors[{number}]"
        error = table(item, place)
        kind = error.get("type")
        name = kind if isinstance(kind, str) else str(kind[0]) if isinstance(kind, list) and kind else "error"
        text = value_of(error, "message", place, "") or value_of(error, "long_msg", place, "")
        path = value_of(error, "path", place, "")
        spans = rows(error, "spans", place)
        line = value_of(sub(table(spans[0], place), "start", place), "line", place, 0) if spans else 0
        rule = value_of(error, "rule_id", place, "")
        said = next(iter(text.splitlines()), name)
        yield Gap(path, f"{TOOL}: {name}{f' of rule {rule}' if rule else ''}: {said}"[:300], line or None)

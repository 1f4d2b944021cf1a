"""Which results does a SARIF log hold, whoever wrote it? Read leniently where the standard allows, no further."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import urljoin

from chipsieve.border.json_fields import ReportError, Table, rows, sub, table, value_of
from chipsieve.border.sarif import own_finding
from chipsieve.border.scanners.scanner_results import OURS, Report, Result, Units
from chipsieve.facts.reading import Gap

VERSION = "2.1.0"
BYTE_COLUMNS = ("semgrep", "opengrep")  # semgrep/semgrep#10932
CODE_POINTS = ("ruff",)  # whose logs do not say so
NOTICES = 1000


class _Run(NamedTuple):
    """What all results of a run share."""

    place: str
    tool: str
    rules: list[str]
    units: Units
    bases: Table


def sarif_report(document: Table, file: str) -> Report:
    """The results of every run of a SARIF log, and what the runs' notifications say was not read.

    Raises:
        ReportError: the log is of another version, or lacks what every log has.
    """
    version = document.get("version")
    if version != VERSION:
        raise ReportError(f"{file}: SARIF of version {version!r}; only {VERSION} is read")
    results: list[Result] = []
    gaps: list[Gap] = []
    for number, item in enumerate(rows(document, "runs", file, needed=True)):
        place = f"{file}: runs[{number}]"
        run = table(item, place)
        shared = _shared(run, place)
        for at, result in enumerate(rows(run, "results", place)):
            where = f"{place}.results[{at}]"
            results.append(_result(table(result, where), where, shared))
        gaps += _gaps(run, shared)
    return Report(tuple(results), tuple(gaps))


def _shared(run: Table, place: str) -> _Run:
    driver = sub(sub(run, "tool", place), "driver", place)
    name = value_of(driver, "name", place, "")
    tool = next(iter(name.casefold().split()), "unknown")  # "Semgrep OSS" is semgrep
    rules = [table(rule, place) for rule in rows(driver, "rules", place)]
    units = _units(tool, value_of(run, "columnKind", place, "utf16CodeUnits"))
    ids = [value_of(rule, "id", place, "") for rule in rules]
    return _Run(place, tool, ids, units, sub(run, "originalUriBaseIds", place))


def _units(tool: str, kind: str) -> Units:
    if tool in BYTE_COLUMNS:
        return "bytes"
    return "code points" if tool in CODE_POINTS or kind == "unicodeCodePoints" else "utf-16"


def _result(result: Table, place: str, run: _Run) -> Result:
    physical = _physical(result, place)
    region = sub(physical, "region", place)
    snippet = sub(region, "snippet", place) or sub(sub(physical, "contextRegion", place), "snippet", place)
    message = sub(result, "message", place)
    line = value_of(region, "startLine", place, 0)
    return Result(
        tool=run.tool,
        rule=_rule(result, place, run.rules),
        message=value_of(message, "text", place, "") or value_of(message, "markdown", place, ""),
        path=_uri(sub(physical, "artifactLocation", place), run, place),
        line=line,
        column=value_of(region, "startColumn", place, 0),
        end_line=value_of(region, "endLine", place, line),
        end_column=value_of(region, "endColumn", place, 0),
        units=run.units,
        line_text=next(iter(value_of(snippet, "text", place, "").splitlines()), ""),
        suppressed=bool(rows(result, "suppressions", place)),
        own=own_finding(result, place),
    )


def _physical(parent: Table, place: str) -> Table:
    """The place in a file of the first location, the one that GitHub uses too; empty where there is none."""
    locations = rows(parent, "locations", place)
    return sub(table(locations[0], f"{place}.locations[0]"), "physicalLocation", place) if locations else {}


def _rule(result: Table, place: str, rules: list[str]) -> str:
    """The rule's id: in the result, in its reference, or by its index."""
    reference = sub(result, "rule", place)
    named = value_of(result, "ruleId", place, "") or value_of(reference, "id", place, "")
    if named:
        return named
    index = value_of(result, "ruleIndex", place, value_of(reference, "index", place, -1))
    if not 0 <= index < len(rules):
        raise ReportError(f"{place}: neither 'ruleId' nor a 'ruleIndex' of a rule that is there")
    return rules[index]


def _uri(artifact: Table, run: _Run, place: str) -> str:
    """The artifact's URI, from its base where the run says where that lies.

    What chipsieve wrote counts from the folder that it scanned, which whoever sieves the report names.
    """
    uri, base = value_of(artifact, "uri", place, ""), value_of(artifact, "uriBaseId", place, "")
    if base not in run.bases or run.tool == OURS:
        return uri
    try:
        return urljoin(value_of(sub(run.bases, base, place), "uri", place, ""), uri)
    except ValueError:  # brackets around no address: a base that nobody can tell
        return uri


def _gaps(run: Table, shared: _Run) -> Iterator[Gap]:
    place = f"{shared.place}.invocations"
    for invocation in rows(run, "invocations", place):
        for item in islice(rows(table(invocation, place), "toolExecutionNotifications", place), NOTICES):
            notice = table(item, place)
            text = value_of(sub(notice, "message", place), "text", place, "")
            path = value_of(sub(_physical(notice, place), "artifactLocation", place), "uri", place, "")
            yield Gap(path, f"{shared.tool}: {next(iter(text.splitlines()), 'a notification without text')}")

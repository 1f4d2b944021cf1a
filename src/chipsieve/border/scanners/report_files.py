"""Which results does a report hold? SARIF, Semgrep's JSON or a linter's lines, recognised by the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from chipsieve.border.json_fields import ReportError, Table, rows, sub, table, value_of
from chipsieve.border.scanners.sarif_log import sarif_report
from chipsieve.border.scanners.scanner_results import Report, Result
from chipsieve.facts.reading import Gap
from chipsieve.saved_files import load_bytes, parse_json
from chipsieve.tables import TableError

LARGEST = 64  # MB; a parsed report takes several times its size in memory
SEMGREP = "semgrep"
HIDDEN = "requires login"  # what the free Semgrep writes instead of source lines and fingerprints
FLAKE8_GAP = "CHS901"  # our plugin's code for what it could not read
LINE = re.compile(
    r"(?P<path>(?:[A-Za-z]:)?[^:\n]+):(?P<line>[0-9]{1,9}):(?P<column>[0-9]{1,9}): (?P<code>[A-Z]+\d+) (?P<text>.*)"
)
RUFF = re.compile(r"`[^`]+` is banned: ")
"""What ruff, and no other linter, writes before the message of a banned name."""


def read_report(path: Path) -> Report:
    """The results that a scanner's report holds.

    Raises:
        ReportError: the file is not there, too large, or no report; the message says what to do.
    """
    text = _text(path)
    if not text.lstrip().startswith(("{", "[")):
        return _linter_report(text, path.name)
    try:
        document = parse_json(text, path.name)
    except TableError as error:
        raise ReportError(f"{error}; was the scanner cut short?") from error
    if isinstance(document, dict) and "runs" in document:
        return sarif_report(document, path.name)
    if isinstance(document, dict) and "results" in document:
        return semgrep_report(document, path.name)
    raise ReportError(f"{path.name}: JSON, but neither SARIF ('runs') nor Semgrep's ('results')")


def _text(path: Path) -> str:
    try:
        return load_bytes(path, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReportError(f"{path}: not UTF-8: {error}") from error
    except TableError as error:
        raise ReportError(f"{error}; a scanner with chipsieve's rules alone writes less") from error


def semgrep_report(document: Table, file: str) -> Report:
    """The results of `semgrep --json` or `opengrep --json`, and the files that it could not parse or finish.

    Raises:
        ReportError: the document lacks what Semgrep always writes.
    """
    items = enumerate(rows(document, "results", file, needed=True))
    results = tuple(_semgrep_result(table(item, file), f"{file}: results[{number}]") for number, item in items)
    return Report(results, tuple(_semgrep_gaps(document, file)))


def _semgrep_result(result: Table, place: str) -> Result:
    extra = sub(result, "extra", place)
    start, end = sub(result, "start", place), sub(result, "end", place)
    lines = value_of(extra, "lines", place, "")
    return Result(
        tool=SEMGREP,
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


def _semgrep_gaps(document: Table, file: str) -> Iterator[Gap]:
    """A gap for each error: timeouts and syntax errors cost Semgrep a file or a part of it."""
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
        reason = next(iter(text.splitlines()), name)
        yield Gap(path, f"{SEMGREP}: {name}{f' of rule {rule}' if rule else ''}: {reason}"[:300], line or None)


def _linter_report(text: str, file: str) -> Report:
    """The results of flake8 with its default format, or of ruff with `--output-format concise`.

    Raises:
        ReportError: there are lines, and none of them is such a result.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    found = [hit for line in lines if (hit := LINE.fullmatch(line.rstrip()))]
    if lines and not found:
        raise ReportError(f"{file}: neither SARIF, nor Semgrep's JSON, nor lines as flake8 writes them")
    tool = "ruff" if any(RUFF.match(hit["text"]) for hit in found) else "flake8"
    results = (
        Result(tool, hit["code"], hit["text"], hit["path"], int(hit["line"]), int(hit["column"]))
        for hit in found
        if hit["code"] != FLAKE8_GAP
    )
    unread = (hit for hit in found if hit["code"] == FLAKE8_GAP)
    gaps = (Gap(hit["path"], f"{tool}: {hit['text']}", int(hit["line"])) for hit in unread)
    return Report(tuple(results), tuple(gaps))

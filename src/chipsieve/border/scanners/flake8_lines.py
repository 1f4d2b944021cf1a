"""Which results do flake8's lines hold? `path:row:column: CODE text`, which other linters write as well."""

from __future__ import annotations

import re

from chipsieve.border.scanners.results import Report, ReportError, Result
from chipsieve.facts.reading import Gap

GAP = "CHS901"  # our plugin's code for what it could not read
LINE = re.compile(r"(?P<path>(?:[A-Za-z]:)?[^:\n]+):(?P<line>\d+):(?P<column>\d+): (?P<code>[A-Z]+\d+) (?P<text>.*)")


def flake8_report(text: str, file: str) -> Report:
    """The results of a linter that was run with flake8's default format.

    Raises:
        ReportError: there are lines, and none of them is such a result.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    found = [hit for line in lines if (hit := LINE.fullmatch(line.rstrip()))]
    if lines and not found:
        raise ReportError(f"{file}: neither SARIF, nor Semgrep's JSON, nor lines as flake8 writes them")
    results = (
        Result("flake8", hit["code"], hit["text"], hit["path"], int(hit["line"]), int(hit["column"]))
        for hit in found
        if hit["code"] != GAP
    )
    gaps = (Gap(hit["path"], f"flake8: {hit['text']}", int(hit["line"])) for hit in found if hit["code"] == GAP)
    return Report(tuple(results), tuple(gaps))

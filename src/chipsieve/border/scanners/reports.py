"""What kind of report is this file? SARIF, Semgrep's JSON or flake8's lines, told by what it holds."""

from __future__ import annotations

import json
from pathlib import Path

from chipsieve.border.scanners.flake8_lines import flake8_report
from chipsieve.border.scanners.results import Report, ReportError
from chipsieve.border.scanners.sarif_results import sarif_report
from chipsieve.border.scanners.semgrep_json import semgrep_report

SIZE_LIMIT = 64_000_000  # bytes; a parsed report takes several times its size in memory


def read_report(path: Path) -> Report:
    """The results that a scanner's report holds.

    Raises:
        ReportError: the file is not there, too large, or no report; the message says what to do.
    """
    text = _text(path)
    if not text.lstrip().startswith(("{", "[")):
        return flake8_report(text, path.name)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReportError(f"{path.name}: not valid JSON: {error}; was the scanner cut short?") from error
    if isinstance(document, dict) and "runs" in document:
        return sarif_report(document, path.name)
    if isinstance(document, dict) and "results" in document:
        return semgrep_report(document, path.name)
    raise ReportError(f"{path.name}: JSON, but neither SARIF ('runs') nor Semgrep's ('results')")


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            limit = SIZE_LIMIT // 1_000_000
            raise ReportError(f"{path}: larger than {limit} MB; run the scanner with chipsieve's rules alone")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReportError(f"{path}: not UTF-8: {error}") from error
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror or error}") from error

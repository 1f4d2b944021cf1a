"""What do other scanners' reports say? Semgrep, opengrep, ruff, flake8, or any SARIF, to findings of ours."""

from __future__ import annotations

from chipsieve.border.scanners.findings import Foreign, foreign_findings
from chipsieve.border.scanners.reports import read_report
from chipsieve.border.scanners.results import Report, ReportError, Result
from chipsieve.border.scanners.semgrep_json import semgrep_report

__all__ = ["Foreign", "Report", "ReportError", "Result", "foreign_findings", "read_report", "semgrep_report"]

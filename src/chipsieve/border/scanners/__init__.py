"""What do other scanners' reports say? Semgrep, opengrep, ruff, flake8, or any SARIF, to findings of ours."""

from __future__ import annotations

from chipsieve.border.json_fields import ReportError
from chipsieve.border.scanners.foreign import Foreign, foreign_findings
from chipsieve.border.scanners.report_files import read_report, semgrep_report
from chipsieve.border.scanners.scanner_results import Report, Result

__all__ = ["Foreign", "Report", "ReportError", "Result", "foreign_findings", "read_report", "semgrep_report"]

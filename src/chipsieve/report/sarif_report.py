"""How is a verdict handed to code scanning? As SARIF, which chipsieve.border.sarif alone knows."""

from __future__ import annotations

from chipsieve.border.sarif import write
from chipsieve.report.escape import json_text
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict


def report(verdict: Verdict, style: Style) -> str:
    """The verdict as SARIF 2.1.0 text, with fingerprints when `style.read_text` is given."""
    return json_text(write(verdict, style.read_text, style.sarif_level, style.min_strength, style.command))

"""What is a scanner's result before we know what it means? A rule, a message, and a place as the scanner wrote it."""

from __future__ import annotations

from typing import Literal

import msgspec

from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap

Units = Literal["bytes", "utf-16", "code points"]
"""What a scanner counts columns in. Semgrep counts bytes (semgrep/semgrep#10932), SARIF's default is UTF-16."""


OURS = "chipsieve"  # as the tool that wrote a report


class Result(msgspec.Struct, frozen=True):
    """One result. `path` is a path or a `file:` URI as the scanner wrote it; columns count from 1, 0 is unknown.

    `line_text` is the source line if the report holds it; `own` the finding, where chipsieve wrote the report.
    """

    tool: str
    rule: str
    message: str
    path: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    units: Units = "code points"
    line_text: str = ""
    suppressed: bool = False
    own: Finding | None = None


class Report(msgspec.Struct, frozen=True):
    """All that one report says: its results, and what the scanner itself could not read."""

    results: tuple[Result, ...] = ()
    gaps: tuple[Gap, ...] = ()

"""How does the reader want a report? What every format may be asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from chipsieve.signals.signal import Strength

Detail = Literal["sentence", "digest", "report", "everything"]
"""The quotable paragraph; the lines that matter; the whole report; and what the report counts, listed."""

SarifLevel = Literal["verdict", "all"]
"""The verdict, the lines that decide and the chips that are named; or every finding."""

ReadText = Callable[[str], str | None]


class Style(msgspec.Struct, frozen=True):
    """What a report should look like; a format ignores what means nothing to it.

    `width` is in columns; `detail` says how much a report for people tells; `read_text` gives the text of a file below
    the root, or None (SARIF needs it for fingerprints), and `sarif_level` which findings SARIF holds; `link_base` is
    the address of the code for links of an HTML page, with `{commit}`, `{path}` and `{line}` in it. What is weaker than
    `min_strength` is no result of SARIF, and no annotation. `command` is what somebody typed after `chipsieve`, nothing
    where a program asks.
    """

    colour: bool = False
    width: int = 100
    detail: Detail = "report"
    read_text: ReadText | None = None
    sarif_level: SarifLevel = "verdict"
    link_base: str = ""
    min_strength: Strength = "weak"
    command: tuple[str, ...] = ()

"""On what is a report for the terminal written? Columns, colours, and how much is listed."""

from __future__ import annotations

import textwrap

NARROWEST = 40
BOLD, DIM = "1", "2"


class Sheet:
    """The sheet to write on: its width, whether it has colours, how much is listed."""

    def __init__(self, width: int, *, colour: bool, verbose: bool) -> None:
        """A sheet of so many columns, at least `NARROWEST`."""
        self.width = max(width, NARROWEST)
        self.colour = colour
        self.verbose = verbose

    def paint(self, text: str, code: str) -> str:
        """The text in a colour or weight of the terminal's, where colours are asked for."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def fill(self, text: str, indent: int = 0, hang: int = 0) -> list[str]:
        """The text wrapped, `indent` columns in, further lines `hang` more; words are never broken."""
        return textwrap.wrap(
            text, self.width, initial_indent=" " * indent, subsequent_indent=" " * (indent + hang),
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    def clip(self, text: str, indent: int) -> str:
        """The text on one line, cut at the width."""
        room = max(self.width - indent, 20)
        return " " * indent + (text if len(text) <= room else text[: room - 1] + "…")

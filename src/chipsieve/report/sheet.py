"""On what is a report for the terminal written? Columns, colours, and how much is listed."""

from __future__ import annotations

import textwrap

NARROWEST, USUAL = 40, 100
BOLD, DIM, RED, GREEN = "1", "2", "31", "32"


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

    def lay(self, line: str) -> list[str]:
        """A line wrapped where it begins, further lines two columns more to the right; a blank one stays."""
        text = line.lstrip(" ")
        return self.fill(text, len(line) - len(text), 2) or [""]

    def head(self, line: str) -> list[str]:
        """A heading, in bold, wrapped."""
        return [self.paint(row, BOLD) for row in self.lay(line)]

    def clip(self, text: str, indent: int) -> str:
        """The text on one line, cut at the width."""
        room = max(self.width - indent, 20)
        return " " * indent + (text if len(text) <= room else text[: room - 1] + "…")


PLAIN = Sheet(USUAL, colour=False, verbose=False)
"""Where nobody says what he writes on."""

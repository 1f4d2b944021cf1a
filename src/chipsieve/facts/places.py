"""Where in a text does something stand? Offsets to lines and columns, and back.

Lines and columns count from 1, columns in code points, and a span's end column lies one past the last character, as
in SARIF.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, count
from operator import add

import msgspec

LINE_END = re.compile(r"\r\n?|\n")


class Span(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A stretch of one file: from (line, column) up to and without (end_line, end_column)."""

    line: int
    column: int
    end_line: int
    end_column: int


class Lines:
    """The line starts of one text; `\\n`, `\\r\\n` and a lone `\\r` end a line."""

    def __init__(self, text: str) -> None:
        """Keep the text; its lines are found on first use."""
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Offsets (code points) at which lines begin; the first is 0."""
        if "\r" in self.text:
            return [0, *map(re.Match.end, LINE_END.finditer(self.text))]
        return list(map(add, accumulate(map(len, self._texts[:-1]), initial=0), count()))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1."""
        return self.starts[line - 1] + column - 1

    def span(self, start: int, end: int) -> Span:
        """The span from one offset up to another."""
        return Span(*self.position(start), *self.position(end))

    def line(self, number: int, limit: int | None = None) -> str:
        """The text of one line, from 1, without its end, at most `limit` characters; "" past the end."""
        return self._texts[number - 1][:limit] if 0 < number <= len(self._texts) else ""

    @cached_property
    def _texts(self) -> list[str]:
        """The lines without their ends."""
        return LINE_END.split(self.text) if "\r" in self.text else self.text.split("\n")

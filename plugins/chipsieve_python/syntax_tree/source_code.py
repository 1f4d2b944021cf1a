"""How is a piece of a program written? Its text, and the parentheses around it."""

from __future__ import annotations

import re

import msgspec

TRIVIA = re.compile(r"(?:\s|\\|#[^\r\n]*)*")


class Code(msgspec.Struct, eq=False):
    """The text of a program, and its parentheses around expressions: where each opens, by where it closes."""

    text: str
    parentheses: dict[int, int]

    def past_trivia(self, offset: int) -> int:
        """The first offset from here on at which neither white space nor a comment stands."""
        found = TRIVIA.match(self.text, offset)
        return found.end() if found else offset

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The place of an expression with the parentheses around it."""
        while True:
            close = self.past_trivia(end)
            opening = self.parentheses.get(close)
            if opening is None or self.past_trivia(opening + 1) != start:
                return start, end
            start, end = opening, close + 1


class Unreadable(ValueError):
    """The text is no Python that anybody reads; `line` is where."""

    def __init__(self, line: int) -> None:
        """Keep the line, from 1."""
        super().__init__(f"line {line}")
        self.line = line


class Unlike(ValueError):
    """Python's own parser tells too little of this text, or something else than LibCST."""

"""How are strings written?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chipsieve_python.tree.code import Expression, Node, Placed

PREFIX = re.compile("[a-zA-Z]*")


@dataclass(slots=True, eq=False)
class SimpleString(Expression):
    """One string literal, as it is written."""

    value: str

    @property
    def prefix(self) -> str:
        """The letters before the quote, in lower case."""
        return self.value[: self._opening()].lower()

    @property
    def quote(self) -> str:
        """The quote, single or triple."""
        start = self._opening()
        triple = self.value[start : start + 3]
        return triple if triple in ('"""', "'''") else triple[0]

    @property
    def raw_value(self) -> str:
        """What stands between the quotes."""
        width = len(self.quote)
        return self.value[self._opening() + width : -width]

    def _opening(self) -> int:
        found = PREFIX.match(self.value)
        return found.end() if found else 0


@dataclass(slots=True, eq=False)
class ConcatenatedString(Expression):
    """Strings side by side."""

    left: Expression
    right: Expression


@dataclass(slots=True, eq=False)
class FormattedStringText(Placed):
    """The text between two holes, as it is written."""

    value: str


@dataclass(slots=True, eq=False)
class FormattedStringExpression(Node):
    """A hole: `{expression!conversion:format_spec}`."""

    expression: Expression
    conversion: str | None
    format_spec: list[FormattedStringContent] | None


FormattedStringContent = FormattedStringText | FormattedStringExpression


@dataclass(slots=True, eq=False)
class FormattedString(Expression):
    """`f"text {hole}"`; `quote` is the closing one."""

    parts: list[FormattedStringContent]
    quote: str

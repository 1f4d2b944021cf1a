"""How is a literal written that Python's own parser has read? It tells the value alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from chipsieve_python import tree
from chipsieve_python.lexer import STRING
from chipsieve_python.tree.code import Code, Expression, Unlike

LITERAL = re.compile(rf"[a-zA-Z]{{0,2}}(?:{STRING})", re.VERBOSE | re.DOTALL)


def constant(code: Code, value: object, start: int, end: int) -> Expression:
    """The tree of a literal of this value."""
    if type(value) in _WRITTEN:
        return _WRITTEN[type(value)](code, start, end, code.text[start:end])
    if isinstance(value, str | bytes):
        return _strings(code, pieces(code, start, end))
    return tree.EllipsisLiteral(code, start, end) if value is ... else tree.Other(code, start, end, [])


_WRITTEN: dict[type, Callable[[Code, int, int, str], Expression]] = {
    bool: tree.Name,
    type(None): tree.Name,
    int: tree.Integer,
    float: tree.Float,
}


def _strings(code: Code, places: list[tuple[int, int]]) -> Expression:
    """String literals side by side."""
    return joined([tree.SimpleString(code, *piece, code.text[slice(*piece)]) for piece in places])


def joined(strings: Sequence[Expression]) -> Expression:
    """Strings side by side, joined from the right."""
    whole = strings[-1]
    for string in reversed(strings[:-1]):
        whole = tree.ConcatenatedString(string.code, string.start, whole.end, string, whole)
    return whole


def pieces(code: Code, start: int, end: int) -> list[tuple[int, int]]:
    """The places of the string literals that stand side by side."""
    found = []
    while True:
        literal = LITERAL.match(code.text, start)
        if literal is None or literal.end() > end:
            raise Unlike("a string that only newer Pythons know")
        found.append(literal.span())
        if literal.end() == end:
            return found
        start = code.past_trivia(literal.end())

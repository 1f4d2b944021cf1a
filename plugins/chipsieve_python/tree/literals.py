"""How is a literal written that Python's own parser has read? It tells the value alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from chipsieve_python import tree
from chipsieve_python.lexer import STRING
from chipsieve_python.tree.code import Code, Expression, Unlike

LITERAL = re.compile(rf"[a-zA-Z]{{0,2}}(?:{STRING})", re.VERBOSE | re.DOTALL)


def constant(code: Code, value: object, start: int, end: int) -> Expression:
    """The tree of a literal of this value."""
    if type(value) in _WRITTEN:
        return _WRITTEN[type(value)](code, start, end, code.text[start:end])
    if isinstance(value, str | bytes):
        return _strings(code, _pieces(code, start, end))
    return tree.EllipsisLiteral(code, start, end) if value is ... else tree.Other(code, start, end, [])


_WRITTEN: dict[type, Callable[[Code, int, int, str], Expression]] = {
    bool: tree.Name,
    type(None): tree.Name,
    int: tree.Integer,
    float: tree.Float,
}


def formatted(code: Code, start: int, end: int) -> Expression:
    """Formatted strings are LibCST's: Python tells neither how they are written nor where their holes are."""
    from chipsieve_python.tree.cst_expressions import expression  # LibCST takes long to load

    written, at = "", start
    for left, right in _pieces(code, start, end):
        written += " " * (left - at) + code.text[left:right]
        at = right
    return expression(written, code, start)


def _strings(code: Code, pieces: list[tuple[int, int]]) -> Expression:
    """String literals side by side; they are joined from the right."""
    start, end = pieces[-1]
    whole: Expression = tree.SimpleString(code, start, end, code.text[start:end])
    for left, right in reversed(pieces[:-1]):
        piece = tree.SimpleString(code, left, right, code.text[left:right])
        whole = tree.ConcatenatedString(code, left, end, piece, whole)
    return whole


def _pieces(code: Code, start: int, end: int) -> list[tuple[int, int]]:
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

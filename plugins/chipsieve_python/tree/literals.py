"""How is a literal written that Python's own parser has read? It tells the value alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from chipsieve_python import tree
from chipsieve_python.lexer import STRING
from chipsieve_python.tree.code import Code, Expression, Unlike

Hole = Callable[[int, int], Expression]
# Text without a brace, or a hole with names, numbers, operators, calls and indices: no string, no bracket of its own.
PART = re.compile(
    r"""(?:[^{}\\]|\\[^N{}])++
    | \{(?P<hole>(?a:[A-Za-z_](?:[\w.,+*/%\-\[\]) ]|(?<=[\w\])])\()*(?<=[\w\])])))
        (?:!(?P<conversion>[rsa]))?(?::(?P<spec>[^{}\\]+))?\}""",
    re.VERBOSE | re.DOTALL,
)
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


def formatted(code: Code, start: int, end: int, hole: Hole) -> Expression:
    """The tree of formatted strings: Python tells neither how they are written nor where their holes are.

    `hole` reads the expression that stands between two offsets. Whatever is not plain is read by LibCST.
    """
    plain = [_plain(code, *piece, hole) for piece in _pieces(code, start, end)]
    known = [piece for piece in plain if piece is not None]
    if len(known) == len(plain):
        return _joined(known)
    from chipsieve_python.tree.cst_expressions import expression  # LibCST takes long to load

    written, at = "", start
    for left, right in _pieces(code, start, end):
        written += " " * (left - at) + code.text[left:right]
        at = right
    return expression(written, code, start)


def _plain(code: Code, start: int, end: int, hole: Hole) -> Expression | None:
    """The tree of one literal whose holes, if any, are plain; None of any other."""
    string = tree.SimpleString(code, start, end, code.text[start:end])
    if "f" not in string.prefix:
        return string
    parts: list[tree.FormattedStringContent] = []
    at, last = end - len(string.quote) - len(string.raw_value), end - len(string.quote)
    while at < last:
        part = PART.match(code.text, at, last)
        if part is None:
            return None
        at = part.end()
        if part["hole"] is None:
            parts.append(tree.FormattedStringText(code, *part.span(), part[0]))
            continue
        inside = hole(*part.span("hole"))
        spec = [tree.FormattedStringText(code, *part.span("spec"), part["spec"])] if part["spec"] else None
        parts.append(tree.FormattedStringExpression(inside, part["conversion"], [*spec] if spec else None))
    return tree.FormattedString(code, start, end, parts, string.quote)


def _strings(code: Code, pieces: list[tuple[int, int]]) -> Expression:
    """String literals side by side."""
    return _joined([tree.SimpleString(code, *piece, code.text[slice(*piece)]) for piece in pieces])


def _joined(strings: Sequence[Expression]) -> Expression:
    """Strings side by side, joined from the right."""
    whole = strings[-1]
    for string in reversed(strings[:-1]):
        whole = tree.ConcatenatedString(string.code, string.start, whole.end, string, whole)
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

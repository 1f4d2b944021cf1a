"""How is a string or number written that Python's own parser has read?

It gives the value of a literal alone: neither how the strings side by side are written, nor what stands in the holes of
a formatted one, nor where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree.lexer import STRING, Code, Unlike

LITERAL = re.compile(rf"[a-zA-Z]{{0,2}}(?:{STRING})", re.VERBOSE | re.DOTALL)
Hole = Callable[[int, int], expr.Expression]
TEXT = re.compile(r"(?:[^{}\\]|\\[^N{}])++", re.DOTALL)
# Of a hole: a string that holds no hole itself, a bracket, what may end the expression, or another ASCII character.
TOKEN = re.compile(
    r"""(?P<string>'[ -&(-\[\]-z|~]*+'|"[ !#-\[\]-z|~]*+") | (?P<open>[(\[]) | (?P<close>[)\]])
    | (?P<end>!(?!=)|[:}]) | !=|[ $-&*-9;-@A-Z^-z|~]""",
    re.VERBOSE,
)
TAIL = re.compile(r"(?:!(?P<conversion>[rsa]))?(?::(?P<spec>[^{}\\]+))?\}")


def constant(code: Code, value: object, start: int, end: int) -> expr.Expression:
    """The tree of a literal of this value."""
    if type(value) in _WRITTEN:
        return _WRITTEN[type(value)](code, start, end, code.text[start:end])
    if isinstance(value, str | bytes):
        return _strings(code, pieces(code, start, end))
    return expr.EllipsisLiteral(code, start, end) if value is ... else expr.Other(code, start, end, [])


_WRITTEN: dict[type, Callable[[Code, int, int, str], expr.Expression]] = {
    bool: expr.Name,
    type(None): expr.Name,
    int: expr.Integer,
    float: expr.Float,
}


def _strings(code: Code, places: list[tuple[int, int]]) -> expr.Expression:
    """String literals side by side."""
    return joined([expr.SimpleString(code, *piece, code.text[slice(*piece)]) for piece in places])


def joined(strings: Sequence[expr.Expression]) -> expr.Expression:
    """Strings side by side, joined from the right."""
    whole = strings[-1]
    for string in reversed(strings[:-1]):
        whole = expr.ConcatenatedString(string.code, string.start, whole.end, string, whole)
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


def formatted(code: Code, start: int, end: int, hole: Hole) -> expr.Expression:
    """The tree of formatted strings; `hole` reads the expression that stands between two offsets.

    Plain holes are read here, on one line and without a brace of their own; all others by LibCST.
    """
    places = pieces(code, start, end)
    plain = [_plain(code, *place, hole) for place in places]
    known = [piece for piece in plain if piece is not None]
    if len(known) == len(plain):
        return joined(known)
    from chipsieve_python.syntax_tree.from_libcst import expression  # LibCST takes long to load

    written, at = "", start
    for left, right in places:
        written += " " * (left - at) + code.text[left:right]
        at = right
    return expression(written, code, start)


def _plain(code: Code, start: int, end: int, hole: Hole) -> expr.Expression | None:
    """The tree of one literal whose holes, if any, are plain; None of any other."""
    string = expr.SimpleString(code, start, end, code.text[start:end])
    if "f" not in string.prefix:
        return string
    parts: list[expr.FormattedStringContent] = []
    at, last = end - len(string.quote) - len(string.raw_value), end - len(string.quote)
    while at < last:
        text = TEXT.match(code.text, at, last)
        if text:
            parts.append(expr.FormattedStringText(code, *text.span(), text[0]))
            at = text.end()
            continue
        inside = _expression(code.text, at + 1, last) if code.text[at] == "{" else None
        tail = TAIL.match(code.text, inside.past, last) if inside else None
        if inside is None or tail is None:
            return None
        code.parentheses.update(inside.parentheses)
        spec = expr.FormattedStringText(code, *tail.span("spec"), tail["spec"]) if tail["spec"] else None
        parts.append(
            expr.FormattedStringExpression(hole(inside.start, inside.end), tail["conversion"], [spec] if spec else None)
        )
        at = tail.end()
    return expr.FormattedString(code, start, end, parts, string.quote)


class _Inside(NamedTuple):
    """Where a hole's expression begins and ends, and where what follows it; its parentheses as in `Code`."""

    start: int
    end: int
    past: int
    parentheses: dict[int, int]


def _expression(text: str, at: int, last: int) -> _Inside | None:
    """The expression of a hole that begins at an offset; None when it is not plain."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    start = at
    while token := TOKEN.match(text, at, last):
        if token.lastgroup == "end" and not opened:
            written = text[start:at]
            left, right = start + len(written) - len(written.lstrip()), start + len(written.rstrip())
            shown = written.rstrip().endswith("=")  # `{x=}` shows how x is written, too
            return None if left >= right or shown else _Inside(left, right, at, pairs)
        if token[0] == "}" or (token.lastgroup == "close" and not opened):
            return None
        if token.lastgroup == "open":
            opened.append(at)
        elif token.lastgroup == "close":
            opening = opened.pop()
            if token[0] == ")":
                pairs[at] = opening
        at = token.end()
    return None

"""What do the holes of a formatted string hold? Python tells neither how they are written nor where they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from chipsieve_python import tree
from chipsieve_python.tree.code import Code, Expression
from chipsieve_python.tree.literals import joined, pieces

Hole = Callable[[int, int], Expression]
TEXT = re.compile(r"(?:[^{}\\]|\\[^N{}])++", re.DOTALL)
# Of a hole: a string that holds no hole itself, a bracket, what may end the expression, or another ASCII character.
TOKEN = re.compile(
    r"""(?P<string>'[ -&(-\[\]-z|~]*+'|"[ !#-\[\]-z|~]*+") | (?P<open>[(\[]) | (?P<close>[)\]])
    | (?P<end>!(?!=)|[:}]) | !=|[ $-&*-9;-@A-Z^-z|~]""",
    re.VERBOSE,
)
TAIL = re.compile(r"(?:!(?P<conversion>[rsa]))?(?::(?P<spec>[^{}\\]+))?\}")


def formatted(code: Code, start: int, end: int, hole: Hole) -> Expression:
    """The tree of formatted strings; `hole` reads the expression that stands between two offsets.

    Plain holes are read here, on one line and without a brace of their own; all others by LibCST.
    """
    places = pieces(code, start, end)
    plain = [_plain(code, *place, hole) for place in places]
    known = [piece for piece in plain if piece is not None]
    if len(known) == len(plain):
        return joined(known)
    from chipsieve_python.tree.cst_expressions import expression  # LibCST takes long to load

    written, at = "", start
    for left, right in places:
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
        text = TEXT.match(code.text, at, last)
        if text:
            parts.append(tree.FormattedStringText(code, *text.span(), text[0]))
            at = text.end()
            continue
        inside = _expression(code.text, at + 1, last) if code.text[at] == "{" else None
        tail = TAIL.match(code.text, inside.past, last) if inside else None
        if inside is None or tail is None:
            return None
        code.parentheses.update(inside.parentheses)
        spec = tree.FormattedStringText(code, *tail.span("spec"), tail["spec"]) if tail["spec"] else None
        parts.append(
            tree.FormattedStringExpression(hole(inside.start, inside.end), tail["conversion"], [spec] if spec else None)
        )
        at = tail.end()
    return tree.FormattedString(code, start, end, parts, string.quote)


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

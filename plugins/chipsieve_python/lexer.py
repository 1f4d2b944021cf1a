"""Where do the comments stand, and is the text safe to parse? Found without a parser.

LibCST's parser is native and recurses: some thousand nested brackets or chained operators end the whole process, and
nested patterns of a `case` take exponential time. CPython draws such lines too (200 brackets, 100 indents), so a text
past ours is no program that somebody runs, and becomes a gap.
"""

from __future__ import annotations

import re
from typing import NamedTuple

BRACKETS = 100
PATTERN_BRACKETS = 10
CHAIN = 1000
BRANCHES = 1000
EFFORT = 20_000_000
SHORT = 500

_STRING = r"""(?P<string>\"{3}(?:[^\\]|\\.)*?\"{3} | '{3}(?:[^\\]|\\.)*?'{3}
    | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')"""
_TOKEN = re.compile(
    r"(?P<comment>\#[^\r\n]*) | "
    + _STRING
    + r"""
    | (?P<open>[(\[{]) | (?P<close>[)\]}]) | \\\r?\n | (?P<end>\r?\n|\r)""",
    re.VERBOSE | re.DOTALL,
)
_ATOM = re.compile(r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<separator>,|;)|\w+|[^\s\w]")
_CASE = re.compile(r"\s*case\b")
_FORMATTED = re.compile(r"[fFtT]")
_PREFIXED = re.compile(r"(?P<prefix>\b[a-zA-Z]{1,3})?" + _STRING, re.VERBOSE | re.DOTALL)


class Unsafe(ValueError):
    """The text is too deep to parse; `line` is where."""

    def __init__(self, line: int, reason: str) -> None:
        """Keep the line, from 1, and the reason."""
        super().__init__(reason)
        self.line = line


class Comment(NamedTuple):
    """A comment's text and the code-point offset at which it begins."""

    text: str
    offset: int


def comments(text: str) -> tuple[Comment, ...]:
    """All comments of a Python text, in order.

    Raises:
        Unsafe: the text nests too deeply, or chains too many operators, to be parsed.
    """
    found: list[Comment] = []
    depth = start = code = effort = 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "comment":
            found.append(Comment(token[0], token.start()))
        elif kind == "open":
            depth += 1
            if depth > BRACKETS:
                raise _unsafe(text, token.start(), "brackets nested too deeply")
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "string" and not _FORMATTED.search(text, max(0, token.start() - 2), token.start()):
            code -= len(token[0])
        elif kind == "end" and depth == 0:
            effort += _effort(text, start, token.start(), code + token.start() - start)
            start, code = token.end(), 0
    effort += _effort(text, start, len(text), code + len(text) - start)
    if effort > EFFORT or text.count("\nelif ") + text.count(" elif ") > BRANCHES:
        raise Unsafe(1, "expressions or branches too many and too long to read in reasonable time")
    return tuple(found)


def _effort(text: str, start: int, end: int, code: int) -> int:
    """Roughly how long the parser takes for one logical line of so many code characters beside its strings."""
    if _CASE.match(text, start, end) and _nesting(text[start:end]) > PATTERN_BRACKETS:
        raise _unsafe(text, start, "patterns nested too deeply")
    return 0 if code < SHORT else _chain(text, start, end)


def _nesting(line: str) -> int:
    depth = deepest = 0
    for char in line:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _chain(text: str, start: int, end: int) -> int:
    """The sum over all words and signs of how many stand in one chain with them and around them."""
    chains, total, effort = [0], 0, 0
    for token in _ATOM.finditer(_PREFIXED.sub(_holes, text[start:end])):
        if token.lastgroup == "open":
            chains.append(0)
        elif token.lastgroup == "close" and len(chains) > 1:
            total -= chains.pop()
        elif token.lastgroup == "separator":
            total -= chains[-1]
            chains[-1] = 0
        chains[-1] += 1
        total += 1
        effort += total
        if total > 2 * CHAIN or len(chains) > BRACKETS:
            raise _unsafe(text, start, "expression too long, or a bracket that is never closed")
    return effort if total > SHORT else 0


def _holes(string: re.Match[str]) -> str:
    """What a string holds beside text: the expressions of a formatted one."""
    if not set((string["prefix"] or "").casefold()) & {"f", "t"}:
        return " s "
    depth, kept = 0, []
    for char in string["string"].replace("{{", "").replace("}}", ""):
        depth += char == "{"
        kept.append(char if depth > 0 else " ")
        depth -= char == "}"
    return "".join(kept)


def _unsafe(text: str, offset: int, reason: str) -> Unsafe:
    return Unsafe(text.count("\n", 0, offset) + 1, reason)

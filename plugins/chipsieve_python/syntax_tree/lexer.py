"""Where do comments and parentheses stand, and is the text safe to parse? Found without a parser.

LibCST's parser is native and recurses: some thousand nested brackets or chained operators end the whole process, and
nested patterns of a `case` take exponential time. CPython draws such lines too (200 brackets, 100 indents), so a text
past ours is no program that somebody runs, and becomes a gap.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

BRACKETS = 100  # nested
PATTERN_BRACKETS = 10  # nested in the pattern of a `case`
CHAIN = 1000  # operators in one expression
BRANCHES = 1000  # `elif` in one file
EFFORT = 20_000_000  # the parser's, as `_chain` counts it
PART = 200_000  # characters that are parsed at once; the parser's tree takes some 400 bytes for each
STATEMENT = 1_000_000  # characters of code, strings left out
SHORT = 500  # characters of a line that needs no look

STRING = r"""\"{3}(?:[^"\\]++|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}
    | "(?:[^"\\\r\n]++|\\(?:\r\n|.))*+" | '(?:[^'\\\r\n]++|\\(?:\r\n|.))*+'"""
_TOKEN = re.compile(  # what is no token is skipped within the match: a search would try each character again
    rf"""[^\#"'()\[\]{{}}\\\r\n\x80-\U0010ffff]*+ (?: (?P<comment>\#[^\r\n]*) | (?P<string>{STRING})
    | (?P<bracket>[()\[\]{{}}]) | \\\r?\n | (?P<end>\r?\n|\r) | (?P<wide>[^\x00-\x7f]+) | . | \Z)""",
    re.VERBOSE | re.DOTALL,
)
_ATOM = re.compile(r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<separator>,|;)|\w+|[^\s\w]")
TRIVIA = re.compile(r"(?:\s|\\|#[^\r\n]*)*")
_BEGINS = re.compile(r"(?!(?:else|elif|except|finally)\b)[A-Za-z_@]")  # a statement of the module, whole
_CASE = re.compile(r"\s*case\b")
_FORMATTED = re.compile(r"[fFtT]")
_PREFIXED = re.compile(rf"(?P<prefix>\b[a-zA-Z]{{1,3}})?(?P<string>{STRING})", re.VERBOSE | re.DOTALL)


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


class Outline(NamedTuple):
    """What is known of a text before it is parsed.

    The comments in order; where each closing parenthesis was opened; whether all names are ASCII; and for a long text
    the offsets at which it may be divided, so that each part can be parsed by itself.
    """

    comments: tuple[Comment, ...]
    parentheses: dict[int, int]
    is_plain: bool
    borders: tuple[int, ...] = ()


class Code(msgspec.Struct, eq=False):
    """The text of a program, and its parentheses around expressions: where each opens, by where it closes.

    While a tree is built, its builder takes out those of calls and statements, and notes those that it meets.
    """

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
    """Python's own parser says too little of this text, or something else than LibCST."""


def outline(text: str) -> Outline:
    """The comments, parentheses and names of a Python text.

    Raises:
        Unsafe: the text nests too deeply, or chains too many operators, to be parsed.
    """
    found: list[Comment] = []
    pairs: dict[int, int] = {}
    opened: list[int] = []
    borders: list[int] = []
    start = code = effort = border = 0
    is_plain = True
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind is None:
            continue
        at = token.start(kind)
        if kind == "comment":
            found.append(Comment(token[kind], at))
        elif kind == "bracket":
            _note(text, at, opened, pairs)
        elif kind == "string" and not _FORMATTED.search(text, max(0, at - 2), at):
            code -= token.end() - at
        elif kind == "end" and not opened:
            effort += _effort(text, start, at, code + at - start)
            if at - border > PART and _BEGINS.match(text, token.end()) and not text.startswith("@", start):
                border = token.end()
                borders.append(border)
            start, code = token.end(), 0
        elif kind == "wide":
            is_plain = False
    effort += _effort(text, start, len(text), code + len(text) - start)
    if effort > EFFORT or text.count("\nelif ") + text.count(" elif ") > BRANCHES:
        raise Unsafe(1, "expressions or branches too many and too long to read in reasonable time")
    return Outline(tuple(found), pairs, is_plain, tuple(borders))


def _note(text: str, at: int, opened: list[int], pairs: dict[int, int]) -> None:
    """Note a bracket among those that are open, or the pair that it closes."""
    if text[at] in "([{":
        opened.append(at)
        if len(opened) > BRACKETS:
            raise _unsafe(text, at, "brackets nested too deeply")
    else:
        opening = opened.pop() if opened else 0
        if text[at] == ")":
            pairs[at] = opening


def _effort(text: str, start: int, end: int, code: int) -> int:
    """Roughly how long the parser takes for one logical line of so many code characters beside its strings."""
    if code > STATEMENT:
        raise _unsafe(text, start, f"a statement of more than {STATEMENT:,} characters")
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

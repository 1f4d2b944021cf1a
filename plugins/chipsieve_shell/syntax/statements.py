"""Which statements does a masked text hold? Plain lines are found here, the rest is bashlex's.

A line of words alone needs no grammar: it stands where a command must, behind a newline that nothing continues and no
quote holds, its first word is not reserved, and it has neither operators nor redirections. Only what is left goes to
bashlex, which takes long to load and to parse.
"""

from __future__ import annotations

import re
from typing import Any

from chipsieve.limits import STATEMENTS
from chipsieve_shell.syntax.nodes import EngineError, Extent
from chipsieve_shell.syntax.word_scanner import FILLER

WORD = re.compile(r"""(?!\#)(?:[^\s;&|()<>\\'"]++|"[^"]*+"|'[^']*+')++""")
GAP = r"(?:[ \t]++(?:\\\n[ \t]*+)*+)"
LINE = re.compile(
    rf"""[ \t\n]*+
    (?:(?P<words>{WORD.pattern}(?:{GAP}{WORD.pattern})*+){GAP}?(?=\n|\Z)|(?:"[^"]*+"|'[^']*+'|\\\n|[^"'\n])*+)
    (?:\n|\Z)""",
    re.VERBOSE,
)
RESERVED = frozenset({
    "if", "then", "elif", "else", "fi", "for", "select", "in", "while", "until", "do", "done", "case", "esac",
    "function", "time", "coproc", "!", "[[", "]]",
})  # fmt: skip
BRACES = frozenset({"{", "}"})

Commands = dict[int, tuple[Extent, ...]]
BLANK = re.compile(r"(?:[ \t\n]|\\\n)*+")
BASHLEX_FAULTS = (
    NotImplementedError, AttributeError, AssertionError, RecursionError, IndexError, TypeError, ValueError, KeyError,
)  # fmt: skip  # what bashlex raises, beside its own errors, on text that it does not expect


class Allowance:
    """How many statements of a script may still be read by the engine, those in its branches counted."""

    def __init__(self) -> None:
        """Start with all."""
        self.left = STATEMENTS


def plain_commands(text: str) -> Commands:
    """The words of every plain line by the offset of the first; none behind a quote that never closes."""
    found: Commands = {}
    at = 0
    while at < len(text) and (line := LINE.match(text, at)):
        at = line.end()
        words = tuple(word.span() for word in WORD.finditer(text, *line.span("words"))) if line["words"] else ()
        named = [text[slice(*word)] for word in words]
        if words and named[0] not in RESERVED and BRACES.isdisjoint(named):
            found[words[0][0]] = words
    return found


def shortened(text: str, commands: Commands) -> str:
    """The text with one short word in place of every plain line, all else where it was."""
    pieces, done = [], 0
    for words in commands.values():
        start, end = words[0][0], words[-1][1]
        pieces += [text[done:start], FILLER.ljust(end - start)]
        done = end
    return "".join([*pieces, text[done:]])


def statements(text: str, plain: Commands, allowance: Allowance) -> tuple[list[Any], int]:
    """Bashlex's tree of each statement of a text, and the offset alone of one that is a plain command.

    The offset at which reading ended comes with them: that of the end, unless nothing of the allowance is left.

    Raises:
        EngineError: bashlex refuses one, or there is none.
    """
    found: list[Any] = []
    at = _next(text, 0)
    while at < len(text):
        if at in plain:
            found.append(at)
            at = _next(text, plain[at][-1][1])
            continue
        if allowance.left <= 0:
            return found, at
        allowance.left -= 1
        tree = _statement(text, at)
        if tree is None:
            break
        found.append(tree)
        at = _next(text, tree.pos[1])
    if not found:
        raise EngineError("no statement")
    return found, len(text)


def _statement(text: str, at: int) -> Any | None:
    """Bashlex's tree of the statement that begins at an offset, None where there is none.

    Raises:
        EngineError: bashlex refuses it.
    """
    import bashlex  # it builds its grammar when it is loaded, which takes long, and simple scripts do without

    try:
        tree = bashlex.parsesingle(text[at:])
        if not isinstance(tree, bashlex.ast.node):
            return None
        bashlex.ast.posshifter(at).visit(tree)
    except (bashlex.errors.ParsingError, bashlex.tokenizer.MatchedPairError, *BASHLEX_FAULTS) as error:
        raise EngineError(str(error).partition("\n")[0]) from error
    return tree


def _next(text: str, at: int) -> int:
    """The offset behind white space and continuations."""
    found = BLANK.match(text, at)
    return found.end() if found else at

"""Which lines of masked text are simple commands of words alone? Those need no grammar to read.

Such a line stands where a command must: behind a newline that nothing continues and no quote holds. Its first word
is not reserved, and it has neither operators nor redirections, so a shell reads the words and the end of the line.
"""

from __future__ import annotations

import re

from chipsieve_shell.nodes import Extent

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
STAND_IN = "%"

Commands = dict[int, tuple[Extent, ...]]


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
        pieces += [text[done:start], STAND_IN.ljust(end - start)]
        done = end
    return "".join([*pieces, text[done:]])

"""Which comments in a file ask to leave findings out? `# chipsieve: ignore[signal] reason`, as each language comments.

A comment speaks of its own line; alone on a line, of the next one that is no comment, and of the lines that continue
that one after a backslash. Only the text is looked at, for the word "chipsieve:"; nothing is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import msgspec

from chipsieve.facts.places import Lines
from chipsieve.limits import COMMENTS

WORD = "chipsieve:"
HASH = re.compile(r"(?:^|(?<=[\s\"]))#+\s*chipsieve:\s*(?P<said>.*)$")
SLASHES = re.compile(r"(?:^|(?<=[\s,\"\[\]{}]))//+\s*chipsieve:\s*(?P<said>.*)$")
MARKUP = re.compile(r"<!--++\s*+chipsieve:\s*+(?P<said>(?:(?!-->).)*+)-->")  # possessive: no line costs its square
STYLES = {"json": SLASHES, "prose": MARKUP, "log": MARKUP}
END = "-->"
START = {HASH: "#", SLASHES: "//", MARKUP: "<!--"}
SAID = re.compile(r"ignore\s*\[(?P<signals>[^\]]*)\](?P<reason>.*)$")
NOTEBOOK_END = re.compile(r'(?:\\n)?",?\s*$')  # the rest of the JSON string that a line of a notebook's cell is
STACKED = 20  # comments on top of each other; whoever writes more means something else
NAMES, REASON = 50, 1000  # signals in one comment, characters of its reason


class Comment(msgspec.Struct, frozen=True):
    """A comment that speaks to chipsieve: its line, the lines it speaks of, the signals; `understood` or not."""

    line: int
    first: int
    last: int
    signals: tuple[str, ...]
    reason: str
    understood: bool


def comments(text: str, language: str) -> tuple[Comment, ...]:
    """The comments of a file that speak to chipsieve, in order, one more than COMMENTS at most."""
    return tuple(islice(_comments(text, language), COMMENTS + 1)) if WORD in text else ()


def _comments(text: str, language: str) -> Iterator[Comment]:
    style, lines = STYLES.get(language, HASH), Lines(text)
    begun = ended = 0
    for number in dict.fromkeys(lines.position(hit.start())[0] for hit in re.finditer(WORD, text)):
        line = lines.line(number)
        hit = style.search(line, 0, line.rfind(END) + len(END) if style is MARKUP else len(line))
        if hit is None:
            continue
        said = hit["said"]
        before = line[: hit.start()].strip()
        if language == "notebook":
            said, before = NOTEBOOK_END.sub("", said), before.strip('"')
        alone = not before and not line[hit.end() :].strip()
        first = _next(lines, number, START[style]) if alone else number
        if alone and not begun <= first <= ended:  # else the lines that an earlier comment speaks of go on
            begun, ended = first, _continued(lines, first)
        last = ended if alone else number
        ignore = SAID.match(said)
        names = tuple(name.strip() for name in ignore["signals"].split(",")) if ignore else ()
        signals = tuple(name for name in names if name)[:NAMES]
        reason = ignore["reason"].strip(" \t:-")[:REASON] if ignore else ""
        yield Comment(number, first, last, signals, reason, understood=bool(signals))


def _next(lines: Lines, number: int, start: str) -> int:
    """The first line after a comment that is no comment."""
    first = number + 1
    while first <= number + STACKED and lines.line(first).strip(' \t"').startswith(start):
        first += 1
    return first


def _continued(lines: Lines, first: int) -> int:
    """The last of the lines that continue one."""
    last = first
    while last < len(lines.starts) and lines.line(last).endswith("\\"):
        last += 1
    return last

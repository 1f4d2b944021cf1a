"""What holds of every reading, whatever the text? Its places lie in the text, and what it says can be shown safely."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Reading
from chipsieve.report.escape import ACTIVE, json_text, visible

FAILED = ("reading took over", " reader failed: ")
"""What stands in the gap that a guard makes of a reader's fault."""
PLACED = ("facts", "commands", "options", "imports", "references", "documents", "programs")


class BrokenLaw(AssertionError):
    """Something that must hold for every input does not."""


def check_readings(text: str, readings: Sequence[Reading]) -> None:
    """Hold what one text says to the laws.

    Raises:
        BrokenLaw: a reader failed, a place lies outside the text, or a text cannot be shown safely.
    """
    lines = Lines(text)
    for reading in readings:
        for gap in reading.gaps:
            if any(words in gap.reason for words in FAILED):
                raise BrokenLaw(gap.reason)
            if not 1 <= (gap.line or 1) <= len(lines.starts):
                raise BrokenLaw(f"a gap outside the text: {gap}")
        for kind in PLACED:
            for item in getattr(reading, kind):
                if not inside(lines, item.span):
                    raise BrokenLaw(f"{kind}: a place outside the text: {item}")
    check_shown(plain(readings))


def inside(lines: Lines, span: Span) -> bool:
    """Whether a stretch begins and ends in the text, and ends no sooner than it begins."""
    begin, end = (span.line, span.column), (span.end_line, span.end_column)
    return begin <= end and all(_is_place(lines, *place) for place in (begin, end))


def _is_place(lines: Lines, line: int, column: int) -> bool:
    """A column may lie behind the line's end: where a quote is open, a word may hold that too."""
    ends = [*lines.starts[1:], len(lines.text)]
    return 1 <= line <= len(ends) and lines.starts[line - 1] <= lines.offset(line, column) <= ends[line - 1]


def plain(value: object) -> object:
    """A value of ours as lists and objects, sets in order: equal whatever the order of hashes."""
    return msgspec.to_builtins(value, order="deterministic")


def check_shown(value: object) -> None:
    """Hold each text inside a plain value to what reports rely on.

    Raises:
        BrokenLaw: something in it still acts after it was escaped, or JSON changes it.
    """
    for text in set(texts(value)):
        if acting(visible(text)):
            raise BrokenLaw(f"still acts when written out: {text!r}")
        written = json_text(text, indent=None)
        if json.loads(written) != text or acting(written[:-1]):
            raise BrokenLaw(f"JSON does not keep {text!r}")
        written.encode()


def acting(text: str) -> bool:
    """Whether a text acts on a terminal, or is a runner's command."""
    return any(unicodedata.category(char) in ACTIVE for char in text) or "##[" in text


def texts(value: object) -> Iterator[str]:
    """Each text inside a plain value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts([*value, *value.values()])
    elif isinstance(value, Iterable):
        for inner in value:
            yield from texts(inner)

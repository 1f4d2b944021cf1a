"""Which lines of a text may speak of a chip? Lines that hold a word which a signal asks for, long ones in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chipsieve.facts.vocabulary import Vocabulary

PRINTED = "log"
"""Who says what a run or a device query printed."""
SHOWN = "notebook"
"""Who says what a notebook's cells printed, when somebody ran it last."""
LONGEST = 2_000  # characters of one claim; a longer line is stated in parts
PART = re.compile(rf"(?s).{{1,{LONGEST}}}(?=\s|\Z)|.{{1,{LONGEST}}}")


def claims(text: str, vocabulary: Vocabulary, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Where the claims of a text stand, from one offset up to another; each lies on one line, its end included."""
    end = len(text) if end is None else end
    for first, last in vocabulary.claims(text, start, end):
        yield from _parts(text, first, last, vocabulary)


def _parts(text: str, start: int, end: int, vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """The line itself; of one that is too long, the parts that hold a word."""
    if end - start <= LONGEST:
        yield start, end
        return
    for part in PART.finditer(text, start, end):
        if vocabulary.holds("claim", part[0]):
            yield part.span()

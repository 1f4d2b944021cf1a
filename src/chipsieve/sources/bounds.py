"""How much of a file is read, and how much is kept of what it says? Characters, texts inside it, facts of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from msgspec.structs import replace

from chipsieve.facts.bounded import MANY_CLAIMS, left_out
from chipsieve.facts.reading import Document, Gap, Reading, Source
from chipsieve.limits import CHARACTERS, CLAIMS, DOCUMENT_CHARACTERS, DOCUMENTS, GAPS, STATED

KINDS = ("facts", "commands", "bindings", "options", "imports", "references")
"""What readings hold that grows with what a file says."""


class Budget:
    """How many texts inside one file are still read, and of how many characters; each may hold others."""

    def __init__(self) -> None:
        """Start with all."""
        self._documents, self._characters = DOCUMENTS, DOCUMENT_CHARACTERS

    def takes(self, inside: Source) -> bool:
        """Whether a text inside the file is read, which is counted."""
        self._documents -= 1
        self._characters -= len(inside.text)
        return self._documents >= 0 and self._characters >= 0

    def gap(self, path: str, document: Document) -> Gap:
        """The gap of the first text that is not read."""
        reason = (
            f"more than {DOCUMENTS:,} texts inside it" if self._documents < 0 else "texts inside it that are too long"
        )
        return Gap(path, f"{reason}: the rest was not read", document.span.line)


def beginning(source: Source) -> tuple[str, tuple[Gap, ...]]:
    """As much of a text as is read of one in its language, whole lines, and the gap of what is not."""
    limit = CHARACTERS.get(source.language, len(source.text))
    if len(source.text) <= limit:
        return source.text, ()
    end = source.text.rfind("\n", 0, limit) + 1 or limit
    line = source.text.count("\n", 0, limit) + 1
    return source.text[:end], (Gap(source.path, f"longer than {limit:,} characters: the rest was not read", line),)


def together(reading: Reading, inner: Sequence[Reading]) -> Reading:
    """One reading out of a file's own and those of scripts embedded in it."""
    if not inner:
        return reading
    every = (reading, *inner)
    return replace(
        reading,
        facts=tuple(chain.from_iterable(one.facts for one in every)),
        commands=tuple(chain.from_iterable(one.commands for one in every)),
        references=tuple(chain.from_iterable(one.references for one in every)),
        gaps=tuple(chain.from_iterable(one.gaps for one in every)),
    )


def within_bounds(reading: Reading) -> Reading:
    """The reading with at most STATED things of each kind, and a gap for each kind of which there are more."""
    reading = _fewer_claims(_fewer_gaps(reading))
    many = {kind: held for kind in KINDS if len(held := getattr(reading, kind)) > STATED}
    if not many:
        return reading
    gaps = tuple(Gap(reading.path, left_out(kind)) for kind in many)
    return replace(reading, gaps=reading.gaps + gaps, **{kind: held[:STATED] for kind, held in many.items()})


def _fewer_gaps(reading: Reading) -> Reading:
    if len(reading.gaps) <= GAPS:
        return reading
    more = Gap(reading.path, f"{len(reading.gaps) - GAPS:,} more places were not read")
    return replace(reading, gaps=(*reading.gaps[:GAPS], more))


def _fewer_claims(reading: Reading) -> Reading:
    """The reading with the claims of its first CLAIMS lines alone: what each says is read word by word."""
    if len(reading.facts) <= CLAIMS:
        return reading
    lines = sorted({fact.span.line for fact in reading.facts if fact.kind == "claim"})
    if len(lines) <= CLAIMS:
        return reading
    first = lines[CLAIMS]
    facts = tuple(fact for fact in reading.facts if fact.kind != "claim" or fact.span.line < first)
    return replace(reading, facts=facts, gaps=(*reading.gaps, Gap(reading.path, MANY_CLAIMS, first)))

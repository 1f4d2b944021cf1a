"""How do other scanners' findings join ours? As marks on the readings of the files in which they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chipsieve.facts.finding import Finding, unique
from chipsieve.facts.reading import Reading


def marked(readings: Sequence[Reading], marks: Iterable[Finding]) -> tuple[Reading, ...]:
    """The readings with the marks that other scanners left in their files; a file that nobody read has marks alone."""
    by_path: defaultdict[str, list[Finding]] = defaultdict(list)
    for mark in unique(marks):
        by_path[mark.path].append(mark)
    known = [replace(reading, findings=tuple(by_path.pop(reading.path, ()))) for reading in readings]
    return (*known, *(Reading(path, findings=tuple(found)) for path, found in sorted(by_path.items())))

"""Which techniques and sites do the launches show together? Each once: how many launches show it, and the first line.

A tree of hundreds of launches shows the same few, so the summary stays short where a table a launch would not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec

from chipsieve.report.lookups import sorted_notes
from chipsieve.sieve.outcome import LaunchVerdict, Note, Verdict


class Count(msgspec.Struct, frozen=True):
    """One technique or site: how many launches show it, and the line of the first of them."""

    note: Note
    launches: int


def technique_counts(verdict: Verdict) -> tuple[Count, ...]:
    """The techniques of the launches that speak, the most frequent first."""
    return _counts(verdict.speaking, lambda outcome: outcome.techniques)


def site_counts(verdict: Verdict) -> tuple[Count, ...]:
    """The sites of the launches that speak, the most frequent first."""
    return _counts(verdict.speaking, lambda outcome: outcome.sites)


def _counts(speaking: Sequence[LaunchVerdict], notes: Callable[[LaunchVerdict], Sequence[Note]]) -> tuple[Count, ...]:
    shown: defaultdict[tuple[str, str], list[Note]] = defaultdict(list)
    for outcome in speaking:
        first: dict[tuple[str, str], Note] = {}
        for note in sorted_notes(notes(outcome)):
            first.setdefault((note.label, note.place), note)
        for key, note in first.items():
            shown[key].append(note)
    found = [Count(several[0], len(several)) for several in shown.values()]
    return tuple(sorted(found, key=lambda one: (-one.launches, one.note.label, one.note.place)))

"""What do hundreds of launches share? Files, settings and standings, each listed once and referred to by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self, TypeVar

import msgspec

from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Setting, Standing
from chipsieve.report import lookups
from chipsieve.sieve.outcome import Verdict

Item = TypeVar("Item")
Standings = tuple[tuple[str, Standing], ...]


class Shared(msgspec.Struct, frozen=True):
    """What the records of one verdict refer to, in order, with the number of each.

    `held` is where each finding stands: launch ids with the standing there.
    """

    files: Mapping[str, int]
    settings: Mapping[Setting, int]
    standings: Mapping[Standings, int]
    held: Mapping[Finding, Standings]

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """All that the launches and findings of a verdict refer to."""
        launches = [outcome.launch for outcome in verdict.launches]
        table = lookups.standings(verdict)
        held = {one: tuple(sorted(table.get(one, {}).items())) for one in lookups.sorted_findings(verdict)}
        settings = {setting for launch in launches for setting in launch.settings}
        return cls(
            files=_numbered(sorted({file for launch in launches for file in launch.files})),
            settings=_numbered(sorted(settings, key=lookups.line_order)),
            standings=_numbered(sorted(set(held.values()))),
            held=held,
        )


def _numbered(several: Iterable[Item]) -> dict[Item, int]:
    return {one: number for number, one in enumerate(several)}

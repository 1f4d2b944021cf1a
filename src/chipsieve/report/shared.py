"""What do hundreds of launches share? Files, settings and standings, each listed once and referred to by number.

Settings go in groups: those that one source sets in one file and that the same launches have, so that a command of
sixty flags is one number and its path stands once. Standings refer to launches by number, too. Launches of another role
than the one that was asked for are written in brief. That keeps the document of 690 launches below 10 MB.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Self, TypeVar

import msgspec

from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Launch, Setting, SettingSource, Standing
from chipsieve.report import lookups
from chipsieve.sieve.outcome import Verdict, of_role

Item = TypeVar("Item")
Standings = tuple[tuple[int, Standing], ...]


class Group(msgspec.Struct, frozen=True):
    """Settings of one file and source that the same launches have, by line."""

    path: str
    source: SettingSource
    settings: tuple[Setting, ...]


class Shared(msgspec.Struct, frozen=True):
    """What the records of one verdict refer to, in order, with the number of each.

    `in_full` are the ids of the launches of the role that was asked for; only these have files and settings here.
    `groups` are the settings, `of_launch` says which groups each launch has. `held` is where each finding stands: the
    numbers of launches, in the verdict's order, with the standing there.
    """

    in_full: frozenset[str]
    files: Mapping[str, int]
    groups: tuple[Group, ...]
    of_launch: Mapping[str, tuple[int, ...]]
    standings: Mapping[Standings, int]
    held: Mapping[Finding, Standings]

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """All that the launches and findings of a verdict refer to."""
        numbers = _numbered(outcome.launch.id for outcome in verdict.launches)
        launches = [outcome.launch for outcome in of_role(verdict.launches, verdict.role)]
        table = lookups.standings(verdict)
        held = {
            one: tuple(sorted((numbers[launch], standing) for launch, standing in table.get(one, {}).items()))
            for one in lookups.sorted_findings(verdict)
        }
        groups, of_launch = _grouped(launches)
        return cls(
            in_full=frozenset(launch.id for launch in launches),
            files=_numbered(sorted({file for launch in launches for file in launch.files})),
            groups=groups,
            of_launch=of_launch,
            standings=_numbered(sorted(set(held.values()))),
            held=held,
        )


def _grouped(launches: Sequence[Launch]) -> tuple[tuple[Group, ...], dict[str, tuple[int, ...]]]:
    """The groups of settings, by place, and the numbers of those that each launch has."""
    having: defaultdict[Setting, list[int]] = defaultdict(list)
    for number, launch in enumerate(launches):
        for setting in dict.fromkeys(launch.settings):
            having[setting].append(number)
    groups: defaultdict[tuple[str, SettingSource, tuple[int, ...]], list[Setting]] = defaultdict(list)
    for setting in sorted(having, key=lookups.line_order):
        groups[setting.path, setting.source, tuple(having[setting])].append(setting)
    of_launch: defaultdict[str, list[int]] = defaultdict(list)
    for group, (_, _, numbers) in enumerate(groups):
        for number in numbers:
            of_launch[launches[number].id].append(group)
    listed = tuple(Group(path, source, tuple(settings)) for (path, source, _), settings in groups.items())
    return listed, {launch: tuple(numbers) for launch, numbers in of_launch.items()}


def _numbered(several: Iterable[Item]) -> dict[Item, int]:
    return {one: number for number, one in enumerate(several)}

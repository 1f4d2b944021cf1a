"""How do other scanners' findings join ours? Two engines that report one signal on one line made one finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from chipsieve.facts.finding import Finding, unique
from chipsieve.facts.reading import Reading
from chipsieve.link.launch import Launch

Place = tuple[str, str, int]


def place_of(item: Finding) -> Place:
    """By what two engines' findings are one: signal, path and line."""
    return item.signal, item.path, item.span.line


def merged(findings: Iterable[Finding]) -> dict[Place, tuple[Finding, ...]]:
    """The findings by place: those of the engine that gives most detail stand, under the names of all that agree."""
    by_engine: defaultdict[Place, defaultdict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for item in unique(findings):
        by_engine[place_of(item)][item.engine].append(item)
    return {place: _most_detailed(engines) for place, engines in by_engine.items()}


def _most_detailed(engines: Mapping[str, list[Finding]]) -> tuple[Finding, ...]:
    best = max(sorted(engines), key=lambda engine: sum(bool(item.row) + bool(item.value) for item in engines[engine]))
    return tuple(replace(item, engine=_joined_names(engines)) for item in engines[best])


def joined(readings: Sequence[Reading], foreign: Iterable[Finding], *, alone: bool) -> tuple[Reading, ...]:
    """The readings with foreign findings in them.

    Where our readers found the same signal on the line, their finding stands, for it knows its conditions; what
    only the foreign scanner saw is added as it is. `alone` drops what only our readers saw.
    """
    theirs = merged(foreign)
    ours = {place_of(item) for reading in readings for item in reading.findings}
    added: defaultdict[str, list[Finding]] = defaultdict(list)
    for place, items in theirs.items():
        if place not in ours:
            added[place[1]] += items
    both = [_with_foreign(reading, theirs, added.pop(reading.path, []), alone=alone) for reading in readings]
    return (*both, *(Reading(path, findings=tuple(items)) for path, items in sorted(added.items())))


def _with_foreign(
    reading: Reading, theirs: Mapping[Place, tuple[Finding, ...]], added: list[Finding], *, alone: bool
) -> Reading:
    own = [_confirmed(item, theirs.get(place_of(item), ()), alone=alone) for item in reading.findings]
    return replace(reading, findings=tuple(unique([*(item for item in own if item), *added])))


def _confirmed(item: Finding, others: tuple[Finding, ...], *, alone: bool) -> Finding | None:
    if not others:
        return None if alone else item
    engines = {other.engine for other in others}
    return replace(item, engine=_joined_names(engines if alone else engines | {item.engine}))


def _joined_names(engines: Iterable[str]) -> str:
    return "+".join(sorted({name for engine in engines for name in engine.split("+") if name}))


def only(launch: Launch, places: frozenset[Place]) -> Launch:
    """The launch without what linking found beside those places: a scanner's report is judged by itself."""
    kept = tuple(pair for pair in launch.findings if place_of(pair[0]) in places)
    return replace(launch, findings=kept)

"""What does each launch's evidence amount to? Its findings, one piece a signal and value, and what is derived from it.

A derived quantity, as the memory floor (memory_floor.py), takes at most four files:

1. `src/chipsieve/signals/<claim>.toml`: what it claims, at which step and how firmly, in one predicate where `$value`
   is the number (`requires = { memory_gb_at_least = "$value" }`); without match rows, since no single line shows it.
2. a module here with a function from a launch to evidence (a `Deriver`): it asks `launch.setting(name)`, reads
   `launch.findings`, and gives `Evidence(claim, value, standing, (Quantity(...),))`, the quantity resting on what it is
   computed from; nothing where one of them is unknown. The evidence is `asserted` only where all are certain.
3. a row in `DERIVERS` below: the claim's id and the function.
4. its tests.

A claim that needs no number, only that two lines meet in one launch, needs no code: its signal says `together_with`.

Policy, sieve, proof and every report treat it like all other evidence; tests/test_derived_evidence.py holds that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from msgspec.structs import replace

from chipsieve.derive.memory_floor import CLAIM, memory_floor
from chipsieve.derive.premises import Evidence
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.link.launch import Launch, Standing
from chipsieve.signals.signal import Signal

ORDER: tuple[Standing, ...] = ("asserted", "optional", "inert")
Deriver = Callable[[Launch], Iterable[Evidence]]
DERIVERS: Mapping[str, Deriver] = MappingProxyType({CLAIM: memory_floor})
"""What derives evidence from a launch, by the id of the signal that it claims: those that have no match rows."""


def weigh(
    launch: Launch, signals: Mapping[str, Signal], derivers: Mapping[str, Deriver] = DERIVERS
) -> tuple[Evidence, ...]:
    """The launch's evidence, sorted by signal and value.

    Findings of one signal are one piece of evidence, however many engines or lines report it, with the
    best standing among them; a signal whose predicate depends on the value keeps its values apart. What says nothing
    of a launch by itself, a technique without a label, is left out: other signals ask for it (`_together`).
    """
    groups: defaultdict[tuple[str, str], defaultdict[Standing, set[Finding]]] = defaultdict(lambda: defaultdict(set))
    for item, stands in launch.findings:
        signal = signals.get(item.signal)
        if signal is not None:
            key = (signal.id, item.value if depends_on_value(signal) else "")
            groups[key][stands].add(item)
    found = _together([_merged(*key, by_standing) for key, by_standing in groups.items()], signals)
    for claim, derive in derivers.items():
        if claim in signals:
            found += derive(launch)
    return tuple(sorted(found, key=lambda item: (item.signal, item.value)))


def _merged(signal: str, value: str, by_standing: Mapping[Standing, set[Finding]]) -> Evidence:
    best = next(stands for stands in ORDER if by_standing[stands])
    by_place = groupby(sorted(by_standing[best], key=_place), _place)
    items = (item for _, alike in by_place for item in _in_order(list(alike)))
    return Evidence(signal, value, best, tuple(items))


def _in_order(items: list[Finding]) -> list[Finding]:
    """The findings of one place; few places have several, and writing them out takes time."""
    return sorted(items, key=repr) if len(items) > 1 else items


def _place(item: Finding) -> tuple[str, Span, str]:
    return item.path, item.span, item.value


def _together(found: Sequence[Evidence], signals: Mapping[str, Signal]) -> list[Evidence]:
    """The evidence that stands in this launch: a signal may ask for others beside it, or yield to one."""
    by_signal: defaultdict[str, list[Evidence]] = defaultdict(list)
    for item in found:
        by_signal[item.signal].append(item)
    stands = [item for item in found if signals[item.signal].effect != "technique" or signals[item.signal].label]
    for signal in (one for one in signals.values() if one.together_with or one.unless):
        own = by_signal[signal.id] if signal.rows else [Evidence(signal.id, "", "asserted", ())]
        stands = [item for item in stands if item.signal != signal.id]
        against = {item.standing for name in signal.unless for item in by_signal[name]}
        if "asserted" not in against:
            partners = [[item for name in names for item in by_signal[name]] for names in signal.together_with]
            joined = [one for item in own if (one := _joined(item, partners))]
            stands += [replace(one, standing="optional") for one in joined] if "optional" in against else joined
    return stands


def _joined(item: Evidence, partners: Sequence[Sequence[Evidence]]) -> Evidence | None:
    """The evidence with the firmest of each list of partners, as firm as the least firm; None where one has none."""
    speaking = [[one for one in some if one.standing != "inert"] for some in partners]
    if not all(speaking):
        return None
    pieces = [item, *(min(some, key=lambda one: ORDER.index(one.standing)) for some in speaking)]
    stands = max((one.standing for one in pieces), key=ORDER.index)
    premises = dict.fromkeys(premise for one in pieces for premise in one.premises)
    return Evidence(item.signal, item.value, stands, tuple(premises))


def depends_on_value(signal: Signal) -> bool:
    """Whether the signal's predicate or label speaks of what the finding saw."""
    return "$value" in repr(signal.requires) or "$value" in signal.label

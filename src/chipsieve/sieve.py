"""Which accelerators does the evidence exclude, step by step? Pure, and blind to files.

Laws (tests/test_laws.py): order and duplicates do not matter, more evidence never brings a chip back, no
evidence excludes nothing, remaining and excluded are disjoint and make up the catalogue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from chipsieve.model import Accelerator, Conflict, Cut, Evidence, Signal, Step, StepResult
from chipsieve.policies import Policy
from chipsieve.predicates import Names, admits

SMALLEST_ONLY = 4  # pieces of evidence in a disagreement, accelerators in an explanation: more explain nothing
EXPLANATIONS = 12


def sieve(
    evidence: Iterable[Evidence],
    accelerators: Sequence[Accelerator],
    signals: Mapping[str, Signal],
    policy: Policy,
    steps: Sequence[Step],
    names: Names,
) -> tuple[tuple[StepResult, ...], tuple[str, ...]]:
    """The steps with what each excluded, and the ids of the accelerators that remain, in catalogue order."""
    admitted = [item for item in evidence if policy.admits(item, signals[item.signal])]
    left = list(accelerators)
    results = []
    for step in steps:
        asked = sorted((item for item in admitted if signals[item.signal].step == step.id), key=_order)
        cuts = tuple(cut for item in asked if (cut := _cut(item, left, signals, policy, names)).excluded)
        gone = {chip for cut in cuts for chip in cut.excluded}
        after = [chip for chip in left if chip.id not in gone]
        results.append(StepResult(step.id, step.question, len(left), len(after), cuts))
        left = after
    return tuple(results), tuple(chip.id for chip in left)


def _order(item: Evidence) -> tuple[str, str]:
    return item.signal, item.value


def _cut(
    item: Evidence, left: Iterable[Accelerator], signals: Mapping[str, Signal], policy: Policy, names: Names
) -> Cut:
    signal = signals[item.signal]
    predicate = policy.predicate(signal) or {}
    gone = tuple(chip.id for chip in left if admits(predicate, chip, item.value, names) is False)
    return Cut(signal.step, signal.id, signal.strength, item, gone)


def conflict(
    evidence: Iterable[Evidence],
    accelerators: Sequence[Accelerator],
    signals: Mapping[str, Signal],
    policy: Policy,
    names: Names,
) -> Conflict | None:
    """Why nothing remains: the minimal disagreements, and the smallest groups of chips that explain all.

    None when the evidence agrees on at least one accelerator.
    """
    admitted = sorted((item for item in evidence if policy.admits(item, signals[item.signal])), key=_order)
    cuts = [_cut(item, accelerators, signals, policy, names) for item in admitted]
    everything = frozenset(chip.id for chip in accelerators)
    allowed = [everything - set(cut.excluded) for cut in cuts]
    if not allowed or frozenset.intersection(*allowed):
        return None
    groups = _explanations(allowed)
    return Conflict(tuple(tuple(cuts[index] for index in group) for group in _disagreements(allowed)), groups)


def _disagreements(allowed: Sequence[frozenset[str]]) -> list[tuple[int, ...]]:
    """The minimal sets of indices whose allowed chips have none in common, smallest first."""
    found: list[tuple[int, ...]] = []
    for size in range(1, min(len(allowed), SMALLEST_ONLY) + 1):
        for group in combinations(range(len(allowed)), size):
            if any(set(smaller) <= set(group) for smaller in found):
                continue
            if not frozenset.intersection(*(allowed[index] for index in group)):
                found.append(group)
    return found


def _explanations(allowed: Sequence[frozenset[str]]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The smallest groups of classes such that every piece of evidence allows the chips of one of them."""
    found: defaultdict[frozenset[int], list[str]] = defaultdict(list)
    for chip in sorted(frozenset().union(*allowed)):
        found[frozenset(i for i, ids in enumerate(allowed) if chip in ids)].append(chip)
    classes = {part: tuple(chips) for part, chips in found.items()}
    for size in range(1, SMALLEST_ONLY + 1):
        groups = [
            tuple(sorted(classes[part] for part in group))
            for group in combinations(sorted(classes, key=lambda part: classes[part]), size)
            if frozenset().union(*group) == frozenset(range(len(allowed)))
        ]
        if groups:
            return tuple(sorted(groups)[:EXPLANATIONS])
    return ()

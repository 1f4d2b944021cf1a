"""Which accelerators does the evidence exclude, step by step? Pure, and blind to files.

Laws (tests/test_laws.py): order and duplicates do not matter, more evidence never brings a chip back unless it
contradicts, no evidence excludes nothing, remaining and excluded are disjoint and make up the catalogue.

A chip that is spared is not excluded by anything: one that the launch names, and where the evidence contradicts
itself, each of the chips that explain it between them. Excluding the chip that was really used is the worst error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import msgspec

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.predicates import Names, Predicate, admits
from chipsieve.sieve.outcome import Conflict, Cut, Evidence, Step, StepResult
from chipsieve.sieve.policies import Policy
from chipsieve.signals.signal import Signal

SMALLEST_ONLY = 4  # pieces of evidence in a disagreement, accelerators in an explanation: more explain nothing
EXPLANATIONS = 12


class Spared(msgspec.Struct, frozen=True):
    """What the sieve must not exclude: `chips` by nothing, chips of `vendors` by no presumption.

    `chips` are ids that the launch names, `vendors` those of whom the tree speaks anywhere.
    """

    chips: frozenset[str] = frozenset()
    vendors: frozenset[str] = frozenset()


NOTHING_SPARED = Spared()


class Bench:
    """What evidence is judged by: the catalogue's accelerators and chip names, the signals, the policy."""

    def __init__(
        self, accelerators: Sequence[Accelerator], signals: Mapping[str, Signal], policy: Policy, names: Names
    ) -> None:
        """Judge by these; the answers to a predicate are worked out once, for whichever launches ask."""
        self.accelerators, self.signals, self.policy, self.names = accelerators, signals, policy, names
        self._answers: dict[tuple[str, bool, str], Mapping[str, bool | None]] = {}

    def admitted(self, evidence: Iterable[Evidence]) -> list[Evidence]:
        """The evidence that may exclude, sorted."""
        items = (item for item in evidence if self.policy.admits(item, self.signals[item.signal]))
        return sorted(items, key=lambda item: (item.signal, item.value))

    def cut(self, item: Evidence, left: Iterable[Accelerator], spared: Spared) -> Cut:
        """What a piece of evidence excludes of the accelerators that are left."""
        signal = self.signals[item.signal]
        presumed = self.policy.presumed(signal)
        vendors = spared.vendors if presumed else ()
        doomed = (chip for chip in left if chip.id not in spared.chips and chip.vendor not in vendors)
        answers = self._asked(signal, self.policy.predicate(signal) or {}, item.value, judged=True)
        gone = tuple(chip.id for chip in doomed if answers[chip.id] is False)
        return Cut(signal.step, signal.id, signal.strength, item, gone, presumed)

    def meant(self, signal: Signal, value: str) -> tuple[str, ...]:
        """The ids of the accelerators that satisfy a signal's own predicate for what a finding saw."""
        return tuple(
            chip for chip, answer in self._asked(signal, signal.requires, value, judged=False).items() if answer
        )

    def _asked(self, signal: Signal, predicate: Predicate, value: str, *, judged: bool) -> Mapping[str, bool | None]:
        """The answer of every accelerator, by id; `judged` by the policy's predicate, else by the signal's own."""
        key = (signal.id, judged, value)
        if key not in self._answers:
            chips = self.accelerators
            self._answers[key] = {chip.id: admits(predicate, chip, value, self.names) for chip in chips}
        return self._answers[key]


def sieve(
    evidence: Iterable[Evidence], bench: Bench, steps: Sequence[Step], spared: Spared = NOTHING_SPARED
) -> tuple[tuple[StepResult, ...], tuple[str, ...]]:
    """The steps with what each excluded, and the ids of the accelerators that remain, in catalogue order."""
    admitted = bench.admitted(evidence)
    left = list(bench.accelerators)
    results = []
    for step in steps:
        asked = (item for item in admitted if bench.signals[item.signal].step == step.id)
        cuts = tuple(cut for item in asked if (cut := bench.cut(item, left, spared)).excluded)
        gone = {chip for cut in cuts for chip in cut.excluded}
        after = [chip for chip in left if chip.id not in gone]
        results.append(StepResult(step.id, step.question, len(left), len(after), cuts))
        left = after
    return tuple(results), tuple(chip.id for chip in left)


def conflict(evidence: Iterable[Evidence], bench: Bench, spared: Spared = NOTHING_SPARED) -> Conflict | None:
    """Why nothing would remain: the minimal disagreements, and the smallest groups of chips that explain all.

    None when the evidence agrees on at least one accelerator.
    """
    cuts = [bench.cut(item, bench.accelerators, spared) for item in bench.admitted(evidence)]
    everything = frozenset(chip.id for chip in bench.accelerators)
    allowed = [everything - set(cut.excluded) for cut in cuts]
    if not allowed or frozenset.intersection(*allowed):
        return None
    disagreeing = tuple(tuple(cuts[index] for index in group) for group in _disagreements(allowed))
    groups = _explanations(allowed)
    explaining = frozenset(chip for group in groups for chips in group for chip in chips) or everything
    return Conflict(disagreeing, groups[:EXPLANATIONS], tuple(sorted(explaining)))


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
            return tuple(sorted(groups))
    return ()

"""Which accelerators does the evidence exclude, step by step? Pure, and blind to files.

Laws (tests/test_laws.py): order and duplicates do not matter, more evidence never brings a chip back unless it
contradicts, no evidence excludes nothing, remaining and excluded are disjoint and make up the catalogue.

A chip that is spared is not excluded by anything: one that the launch names, and where the evidence contradicts
itself, each of the chips that explain it between them. Excluding the chip that was really used is the worst error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from msgspec.structs import replace

from chipsieve.catalogue.catalogue_answers import Chips
from chipsieve.derive.premises import Evidence
from chipsieve.sieve.criteria import Criteria
from chipsieve.sieve.proof import Conflict, Proof, Ruling, Spared, StepResult
from chipsieve.signals.steps import Step

NOTHING_SPARED = Spared()
SMALLEST_ONLY = 4  # pieces of evidence in a disagreement, accelerators in an explanation: more explain nothing
EXPLANATIONS = 12


def sieve(
    evidence: Iterable[Evidence], criteria: Criteria, steps: Sequence[Step], spared: Spared = NOTHING_SPARED
) -> Proof:
    """What each piece of evidence does at its step, and which accelerators remain after the last one."""
    asked: defaultdict[str, list[Ruling]] = defaultdict(list)
    for ruling in criteria.rulings(evidence):
        asked[ruling.step].append(ruling)
    kept = criteria.everything if spared.processors else spared.named | spared.explaining
    left, results = criteria.everything, []
    for step in steps:
        cuttable = left - kept
        rulings = tuple(_carried_out(ruling, cuttable, criteria) for ruling in asked[step.id])
        after = left.difference(*(ruling.excluded for ruling in rulings))
        results.append(StepResult(step.id, step.question, len(left), len(after), rulings, step.quiet))
        left = after
    return Proof(tuple(results), criteria.ordered(left), spared)


def _carried_out(ruling: Ruling, cuttable: Chips, criteria: Criteria) -> Ruling:
    """The ruling with what it excludes of the chips that may be excluded."""
    gone = ruling.against & cuttable
    return replace(ruling, excluded=criteria.ordered(gone)) if gone else ruling


def conflict(evidence: Iterable[Evidence], criteria: Criteria) -> Conflict | None:
    """Why nothing would remain: the minimal disagreements, and the smallest groups of chips that explain all.

    None when the evidence agrees on at least one accelerator.
    """
    counted = criteria.counted(evidence)
    against = [ruling.against for ruling in counted]
    everything = criteria.everything
    if not against or frozenset().union(*against) != everything:
        return None
    cuts = [replace(one, excluded=criteria.ordered(gone)) for one, gone in zip(counted, against, strict=True)]
    allowed = [everything - gone for gone in against]
    disagreeing = tuple(tuple(cuts[index] for index in group) for group in _disagreements(allowed))
    groups = _explanations(allowed)
    explaining = frozenset(chip for group in groups for chips in group for chip in chips) or everything
    return Conflict(disagreeing, groups[:EXPLANATIONS], tuple(sorted(explaining)))


def _disagreements(allowed: Sequence[Chips]) -> list[tuple[int, ...]]:
    """The minimal sets of indices whose allowed chips have none in common, smallest first."""
    found: list[tuple[int, ...]] = []
    for size in range(1, min(len(allowed), SMALLEST_ONLY) + 1):
        for group in combinations(range(len(allowed)), size):
            if any(set(smaller) <= set(group) for smaller in found):
                continue
            if not frozenset.intersection(*(allowed[index] for index in group)):
                found.append(group)
    return found


def _explanations(allowed: Sequence[Chips]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The smallest groups of classes such that every piece of evidence allows the chips of one of them."""
    found: defaultdict[frozenset[int], list[str]] = defaultdict(list)
    for chip in sorted(frozenset().union(*allowed)):
        found[frozenset(i for i, ids in enumerate(allowed) if chip in ids)].append(chip)
    classes = {part: tuple(chips) for part, chips in found.items()}
    for size in range(1, SMALLEST_ONLY + 1):
        groups = [
            tuple(sorted(classes[part] for part in group))
            for group in combinations(classes, size)
            if frozenset().union(*group) == frozenset(range(len(allowed)))
        ]
        if groups:
            return tuple(sorted(groups))
    return ()

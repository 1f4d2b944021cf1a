"""How likely is each family? Premises, counted by kind and weighed, become probabilities that sum to one.

Whether an accelerator was used at all is a logistic regression; over the families stands a conditional logit (McFadden
1974). Each further premise of a kind adds half of the one before, so that no number of them outweighs two; an
impossible family has no probability. Where lines show training on several families, all scores are drawn together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from chipsieve.estimate.answer import Because, Estimate, FamilyEstimate
from chipsieve.estimate.families import Family
from chipsieve.estimate.frameworks import computes
from chipsieve.estimate.phrases import in_words
from chipsieve.estimate.speaking import NAMED, NAMED_ELSEWHERE, POOLS, Known, Premise
from chipsieve.estimate.weights import Weights

NO_ACCELERATOR = "none"
SHOWN = 0.005  # families that are less likely are summed up
TELLING = 0.05  # what a premise must add to the logarithm of the odds to be shown
LINES = 6  # premises shown of a family, up to half of them against it
EARLY = 12  # months before its release in which a family has been announced, and may be tried
LATER = 6  # months after its last change in which a launch is still run as it is
OLD = 4.0  # years after its release in which a family is what people buy
MONTHS = 12
RUNS = ("log", "request", "trained")
"""Kinds of premise that each speak of one run on one family: where they name several, there were several runs."""
SHOW_TRAINING = frozenset({"trained", "fine-tuned", "experiments", "log", "request", "device test"})
"""Kinds of premise that show that there was a run on an accelerator."""

Counts = Mapping[str, Mapping[str, float]]
"""How often each kind of premise speaks, by family: for it where positive, against it where negative."""


def counts_for(known: Known, premises: Iterable[Premise], families: Sequence[Family]) -> dict[str, dict[str, float]]:
    """The premises counted, those against families as `relative` says."""
    return relative(counts_of(premises), [one.id for one in _left(families, known)])


def counts_of(premises: Iterable[Premise]) -> dict[str, dict[str, float]]:
    """The premises counted by kind and family; a name that several families share counts in part for each."""
    found: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for one in premises:
        for family in one.families:
            found[one.kind][family] += -1 if one.against else 1 / len(one.families)
            if one.kind in POOLS:
                found[POOLS[one.kind]][family] += 1 / len(one.families)
    return {kind: dict(by_family) for kind, by_family in found.items()}


def strength(count: float) -> float:
    """What so many premises of one kind come to, before they are weighed: one to 1, two to 1.5, very many to 2."""
    return math.copysign(2 * (1 - 2 ** -abs(count)), count)


def disagreement(counts: Counts, left: Collection[str]) -> float:
    """How far the lines that show training disagree on the possible families, from 1 on: by it scores are divided.

    It is 1 and the entropy of their shares, in bits: two families that are shown alike make it 2, four make it 3.
    """
    shown: defaultdict[str, float] = defaultdict(float)
    for kind in RUNS:
        for family, count in counts.get(kind, {}).items():
            if count > 0 and family in left:
                shown[family] += strength(count)
    total = sum(shown.values())
    return 1 - sum(part / total * math.log2(part / total) for part in shown.values())


def before(family: Family, day: str, weights: Weights, counts: Counts, not_before: str = "") -> dict[str, float]:
    """What speaks for a family before its premises do: its share of the labelled rows, and its age on the day.

    Where no day is known, the earliest possible one gives the year of the share, and no age.

    Where a line names it, its share says less: rare chips are seldom named by those who did not use them.
    """
    age, share = _age(family, day), math.log2(weights.share(family.id, day or not_before))
    here = family.id in counts.get(NAMED, {})
    elsewhere = not here and family.id in counts.get(NAMED_ELSEWHERE, {})
    return {
        "share": 0.0 if here or elsewhere else share,
        "share where named": share if here or elsewhere else 0.0,
        "is named": float(here),
        "is named elsewhere": float(elsewhere),
        "not released": -1.0 if age is not None and age < 0 else 0.0,
        "first year": -1.0 if age is not None and 0 <= age < 1 else 0.0,
        "years of age": -max(0.0, age - OLD) if age is not None else 0.0,
    }


def without_accelerator(known: Known, counts: Counts) -> dict[str, float]:
    """What speaks for nothing having been trained on an accelerator."""
    named = any(count > 0 for by_family in counts.values() for count in by_family.values())
    return {
        "always": 1.0,
        "no training launch": float(not known.trains),
        "processors": float(known.processors),
        "launch without framework": float(known.headline is not None and not computes(known.headline.modules)),
        "nothing is named": float(not named),
        "training is shown": float(not SHOW_TRAINING.isdisjoint(counts)),
        "no framework": float(not computes(known.modules) and not known.trains),
    }


def impossible(family: Family, day: str, possible: frozenset[str]) -> bool:
    """Whether a family was not announced in the months after the day, or the project cannot run on any of it."""
    if possible.isdisjoint(family.accelerators):
        return True
    if not day or not (family.announced or family.released):
        return False
    first = _month(family.announced) - LATER if family.announced else _month(family.released) - EARLY
    return _month(day) < first


def _left(families: Sequence[Family], known: Known) -> list[Family]:
    """The families that are not impossible."""
    return [one for one in families if not impossible(one, known.day, known.possible)]


def _age(family: Family, day: str) -> float | None:
    """Years from a family's release to the day, None where one of the two is unknown."""
    if not family.released or not day:
        return None
    return (_month(day) - _month(family.released)) / MONTHS


def _month(date: str) -> int:
    """The months before a date such as `2024-05-17`, `2024-05` or `2024`; its first where no month is known."""
    year, month = (*map(int, date.split("-")), 1)[:2]
    return year * MONTHS + month


def relative(counts: Counts, possible: Collection[str]) -> dict[str, dict[str, float]]:
    """The counts where what speaks against a family is compared with the possible one that suits best.

    A requirement that no family meets says nothing of them; and what speaks against all but one speaks for that one.
    """
    found = {}
    for kind, by_family in counts.items():
        best = max((by_family.get(one, 0.0) for one in possible), default=0.0)
        found[kind] = {one: count - min(best, 0.0) for one, count in by_family.items()}
    return found


def probabilities(families: Sequence[Family], counts: Counts, known: Known, weights: Weights) -> dict[str, float]:
    """The probability of each family that is possible, by its id, and of `NO_ACCELERATOR`; their sum is one.

    Whether an accelerator was used at all is asked first; the families share what is left.
    """
    left = _left(families, known)
    apart = disagreement(counts, {one.id for one in left})
    weighed = [(weights.kinds[kind].weight, by_family) for kind, by_family in counts.items() if kind in weights.kinds]
    scores = {}
    for family in left:
        given = sum(weight * strength(by_family.get(family.id, 0.0)) for weight, by_family in weighed)
        already = _weighed(before(family, known.day, weights, counts, known.not_before), weights.before)
        scores[family.id] = (given + already) / apart
    none = 1 / (1 + math.exp(-_weighed(without_accelerator(known, counts), weights.none))) if left else 1.0
    highest = max(scores.values(), default=0.0)
    parts = {name: math.exp(score - highest) for name, score in scores.items()}
    total = sum(parts.values())
    return {NO_ACCELERATOR: none} | {name: (1 - none) * part / total for name, part in parts.items()}


def _weighed(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in values.items())


def estimate(known: Known, premises: Sequence[Premise], families: Sequence[Family], weights: Weights) -> Estimate:
    """The families by their probability, with the premises for and against each, the weightiest first."""
    counts = counts_for(known, premises, families)
    apart = disagreement(counts, {one.id for one in _left(families, known)})
    chances = probabilities(families, counts, known, weights)
    ranked = sorted(families, key=lambda one: (-chances.get(one.id, 0.0), one.id))
    shown = [
        FamilyEstimate(
            family=one.id,
            name=one.name,
            accelerators=tuple(chip for chip in one.accelerators if chip in known.possible),
            probability=round(chances[one.id], 4),
            words=in_words(chances[one.id]),
            because=_because(one, premises, counts, weights, apart),
        )
        for one in ranked if chances.get(one.id, 0.0) >= SHOWN
    ]  # fmt: skip
    rest = round(1 - sum(chances[one.family] for one in shown), 4)
    return Estimate(known.project, tuple(shown), rest, round(chances[NO_ACCELERATOR], 4), weights.basis)


def _because(
    family: Family, premises: Iterable[Premise], counts: Counts, weights: Weights, apart: float
) -> tuple[Because, ...]:
    """The weightiest premises on a family, for and against it; those of one kind share what the kind adds."""
    found = [
        Because(one.at or None, f"{weights.kinds[one.kind].says} {one.says}".strip(), one.kind,
                round(_share(one, family, counts, weights) / apart, 2))
        for one in premises if family.id in one.families and one.kind in weights.kinds
    ]  # fmt: skip
    telling = [one for one in found if abs(one.weight) >= TELLING]
    telling.sort(key=lambda one: (-abs(one.weight), one.kind, one.at or "", one.says))
    speaking, against = [one for one in telling if one.weight > 0], [one for one in telling if one.weight < 0]
    shown = {*speaking[: max(LINES - len(against), LINES // 2)], *against[: max(LINES - len(speaking), LINES // 2)]}
    return tuple(one for one in telling if one in shown)


def _share(premise: Premise, family: Family, counts: Counts, weights: Weights) -> float:
    """What one premise adds to the logarithm of a family's odds: its part of its kind's, and of all that names it."""
    kinds = [premise.kind, *([POOLS[premise.kind]] if premise.kind in POOLS else [])]
    unit = -1 if premise.against else 1 / len(premise.families)
    given = ((weights.kinds.get(kind), counts.get(kind, {}).get(family.id, 0.0)) for kind in kinds)
    return sum(kind.weight * strength(count) * unit / count for kind, count in given if kind and count)

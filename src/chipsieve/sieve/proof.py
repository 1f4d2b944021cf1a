"""Why is an accelerator in or out? The proof of one launch: what each piece of evidence does at its step, chip by chip.

Reports read the proof and ask no predicate again. It is kept small, for a tree may have hundreds of launches: a ruling
shares the catalogue's answers with every other ruling on the same claim, and holds itself only what it excludes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from chipsieve.catalogue.catalogue_answers import NONE, Answers, Chips
from chipsieve.derive.premises import Evidence
from chipsieve.signals.signal import Strength

Weight = Literal["counts", "optional", "inert", "preference", "policy"]
"""Whether evidence may exclude, and else why not: nobody knows whether it takes effect, it takes none, it states a mere
preference, or the policy does not count its strength (or no names)."""

Reason = Literal[
    "cut",  # this evidence excludes the chip
    "agrees",  # the chip satisfies the claim
    "unknown",  # the catalogue cannot tell whether it does
    # From here on the evidence speaks against the chip, and something else decides:
    "gone",  # an earlier step excludes the chip
    "named",  # the launch names the chip
    "explains",  # the evidence contradicts itself, and the chip is part of an explanation
    "processors",  # the launch computes on processors, so nothing it asks for concerns accelerators
    "optional",
    "inert",
    "preference",
    "policy",
]
"""What one piece of evidence comes to for one chip."""


class Spared(msgspec.Struct, frozen=True, gc=False):
    """The chips of one launch that evidence must not exclude.

    `named` are those that the launch names, `explaining` those that explain evidence that contradicts itself; nothing
    excludes them. In a launch that computes on `processors` nothing is excluded.
    """

    named: Chips = NONE
    explaining: Chips = NONE
    processors: bool = False

    def reason(self, chip: str) -> Reason | None:
        """Why evidence must not exclude the chip; None when it may."""
        if self.processors:
            return "processors"
        if chip in self.named:
            return "named"
        return "explains" if chip in self.explaining else None


class Ruling(msgspec.Struct, frozen=True):
    """What one piece of evidence does at its step.

    `excluded` are the chips that it takes out, in the catalogue's order; `answers` are the catalogue's to its claim.
    """

    step: str
    signal: str
    strength: Strength
    evidence: Evidence
    excluded: tuple[str, ...] = ()
    weight: Weight = "counts"
    answers: Answers = Answers()

    @property
    def against(self) -> Chips:
        """The chips that it would exclude, were none named and none gone before."""
        return self.answers.against if self.weight == "counts" else NONE

    def because(self, chip: str, spared: Spared) -> Reason:
        """What it comes to for a chip."""
        if chip in self.excluded:
            return "cut"
        if chip not in self.answers.against:
            return "agrees" if chip in self.answers.agrees else "unknown"
        if self.weight != "counts":
            return self.weight
        return spared.reason(chip) or "gone"


class StepResult(msgspec.Struct, frozen=True):
    """One step's outcome: how many accelerators went in and came out, and what each piece of evidence did to them.

    A `quiet` step is left out of reports for people where it excludes nothing.
    """

    step: str
    question: str
    before: int
    after: int
    rulings: tuple[Ruling, ...]
    quiet: bool = False

    @property
    def cuts(self) -> tuple[Ruling, ...]:
        """The rulings that exclude something."""
        return tuple(ruling for ruling in self.rulings if ruling.excluded)


class Proof(msgspec.Struct, frozen=True):
    """All that the sieve does to one launch: its steps in their order, what remains, and what had to be spared."""

    steps: tuple[StepResult, ...]
    remaining: tuple[str, ...]
    spared: Spared = Spared()

    @property
    def rulings(self) -> Iterator[Ruling]:
        """Every ruling, in the order of the steps."""
        return (ruling for step in self.steps for ruling in step.rulings)

    def because(self, chip: str) -> Iterator[tuple[Ruling, Reason]]:
        """What each piece of evidence comes to for a chip, in the order of the steps."""
        return ((ruling, ruling.because(chip, self.spared)) for ruling in self.rulings)

    def narrowing(self) -> Iterator[tuple[StepResult, Chips]]:
        """Each step with the chips that went into it."""
        alive = frozenset(self.remaining).union(*(ruling.excluded for ruling in self.rulings))
        for step in self.steps:
            yield step, alive
            alive = alive.difference(*(ruling.excluded for ruling in step.rulings))

    def objections(self) -> Iterator[tuple[Ruling, Chips]]:
        """The rulings that would exclude chips that the launch names, each with those chips.

        Where several steps speak against a chip, the first one does: by then it would be gone.
        """
        if self.spared.processors:
            return
        waiting = self.spared.named
        for step in self.steps:
            spoken = [(ruling, ruling.against & waiting) for ruling in step.rulings]
            yield from ((ruling, chips) for ruling, chips in spoken if chips)
            waiting = waiting.difference(*(chips for _, chips in spoken))


class Conflict(msgspec.Struct, frozen=True):
    """Evidence that cannot all be true of one chip.

    `disagreeing` are the minimal sets of evidence that no accelerator satisfies, each with what it would exclude alone;
    `explanations` the smallest groups that satisfy every piece between them: of each class in a group, one
    accelerator; a class holds those that the same evidence allows. `kept` are the ids of all such groups, shown or not:
    they remain.
    """

    disagreeing: tuple[tuple[Ruling, ...], ...]
    explanations: tuple[tuple[tuple[str, ...], ...], ...]
    kept: tuple[str, ...] = ()

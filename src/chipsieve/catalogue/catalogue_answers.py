"""What does the catalogue say to a claim about chips? Each predicate is asked once for all of its accelerators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.predicates import Names, admits

Chips = frozenset[str]
NONE: Chips = frozenset()


class Answers(msgspec.Struct, frozen=True, gc=False):
    """What the catalogue says to a claim: the chips that satisfy it, those that do not, those that nobody knows."""

    agrees: Chips = NONE
    against: Chips = NONE
    unknown: Chips = NONE


class CatalogueAnswers:
    """The answers of some accelerators to predicates, memoised by the predicate's name and the value it asks for."""

    def __init__(self, accelerators: Sequence[Accelerator], names: Names) -> None:
        """Answer for these; `names` says what a chip's name means."""
        self.accelerators = accelerators
        self.names = names
        self._answers: dict[tuple[str, str], Answers] = {}

    def to(self, name: str, predicate: Mapping[str, object], value: str) -> Answers:
        """The answers to a predicate, `value` standing for `$value` in it; one `name` means one predicate."""
        key = (name, value)
        if key not in self._answers:
            sides: dict[bool | None, set[str]] = {True: set(), False: set(), None: set()}
            for chip in self.accelerators:
                sides[admits(predicate, chip, value, self.names)].add(chip.id)
            self._answers[key] = Answers(*(frozenset(sides[answer]) for answer in (True, False, None)))
        return self._answers[key]

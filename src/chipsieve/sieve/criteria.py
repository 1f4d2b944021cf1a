"""By what is evidence judged? The catalogue, the signals and the policy; every predicate is asked once a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.catalogue_answers import Answers, CatalogueAnswers, Chips
from chipsieve.catalogue.predicates import Names
from chipsieve.derive.premises import Evidence
from chipsieve.sieve.policies import Policy
from chipsieve.sieve.proof import Ruling
from chipsieve.signals.signal import Signal


class Criteria:
    """The catalogue's accelerators and chip names, the signals and the policy, with the answers worked out so far."""

    def __init__(
        self, accelerators: Sequence[Accelerator], signals: Mapping[str, Signal], policy: Policy, names: Names
    ) -> None:
        """Judge by these; the answers to a predicate are worked out once, for whichever launches ask."""
        self.accelerators, self.signals, self.policy, self.names = accelerators, signals, policy, names
        self.everything: Chips = frozenset(chip.id for chip in accelerators)
        self.catalogue = CatalogueAnswers(accelerators, names)

    def counted(self, evidence: Iterable[Evidence]) -> list[Ruling]:
        """A ruling that excludes nothing yet for each piece of evidence that may exclude, sorted."""
        return [ruling for ruling in self.rulings(evidence) if ruling.weight == "counts"]

    def rulings(self, evidence: Iterable[Evidence]) -> list[Ruling]:
        """A ruling that excludes nothing yet for each piece of evidence that claims something of chips, sorted."""
        items = (item for item in evidence if self.signals[item.signal].requires)
        return [self._ruling(item) for item in sorted(items, key=lambda item: (item.signal, item.value))]

    def _ruling(self, item: Evidence) -> Ruling:
        signal = self.signals[item.signal]
        weight = self.policy.weight(item, signal)
        return Ruling(
            step=signal.step,
            signal=signal.id,
            strength=signal.strength,
            evidence=item,
            weight=weight,
            answers=self._asked(signal, item.value, by_policy=weight == "counts"),
        )

    def meant(self, signal: Signal, value: str) -> tuple[str, ...]:
        """The ids of the accelerators that satisfy a signal's own predicate for what a finding saw."""
        return self.ordered(self._asked(signal, value, by_policy=False).agrees)

    def _asked(self, signal: Signal, value: str, *, by_policy: bool) -> Answers:
        """The catalogue's answers to the signal's predicate as the policy reads it, or to the signal's own."""
        predicate = (self.policy.predicate(signal) if by_policy else signal.requires) or {}
        return self.catalogue.to(f"{signal.id}: {self.policy.id}" if by_policy else signal.id, predicate, value)

    def ordered(self, chips: Chips) -> tuple[str, ...]:
        """The chips in the catalogue's order."""
        return tuple(chip.id for chip in self.accelerators if chip.id in chips) if chips else ()

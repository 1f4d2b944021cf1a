"""Which chips of a verdict were under export control on its day, since when, and under which rule?

Nothing here is legal advice: the parameters of chips are compared with those of the rules that held on the day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.export_controls import (
    Rule,
    controlled_on,
    controlled_since,
    known_to,
    load_rules,
    out_by,
    rules_on,
    standings,
)
from chipsieve.estimate.answer import Estimate, FamilyEstimate
from chipsieve.facts.ternary import Ternary

Whole = Literal["controlled", "not controlled", "partly", "unknown", "not out"]


class Split(msgspec.Struct, frozen=True):
    """Some accelerators by whether a control applied to them, in the catalogue's order; each is in one of the three."""

    y: tuple[str, ...]
    n: tuple[str, ...]
    unknown: tuple[str, ...]


class RuleSplit(msgspec.Struct, frozen=True):
    """One rule that held on the day: to which accelerators it applied, and the rule's own words for them.

    An accelerator whose word is unknown is in none of the `statuses`.
    """

    rule: Rule
    status: Split
    statuses: Mapping[str, tuple[str, ...]]


class ControlledFamily(msgspec.Struct, frozen=True):
    """A family of the estimate on the day: whether its accelerators were controlled, and since which rule.

    `partly` says that some certainly were, `not out` that none was out by then. `rules` are the ids of the controls
    that applied to one of them on the day; `since` is the first that did, None where none certainly did, and
    `at_latest` says that an earlier one may have.
    """

    family: FamilyEstimate
    standing: Whole
    rules: tuple[str, ...] = ()
    since: Rule | None = None
    at_latest: bool = False


class Controls(msgspec.Struct, frozen=True):
    """What was controlled on a day, of what the first launch can run on and of what it was probably trained on.

    `status` splits the accelerators that remain by all controls together; `out` are those of them that may have been
    out by then. `others` are vendors of controlled accelerators whom no letter addresses: their parameters are
    compared, and whether the rules reach them is not known. `known_to` is the last day for which the rules can be
    relied on.
    """

    day: str
    known_to: str
    rules: tuple[RuleSplit, ...]
    reviews: tuple[RuleSplit, ...]
    status: Split
    out: frozenset[str]
    families: tuple[ControlledFamily, ...]
    others: tuple[str, ...]

    @property
    def uncontrolled(self) -> tuple[str, ...]:
        """The accelerators that remain, were out, and were certainly not controlled."""
        return tuple(chip for chip in self.status.n if chip in self.out)

    @property
    def undecided(self) -> tuple[str, ...]:
        """The accelerators that remain, were out, and of which the catalogue cannot tell."""
        return tuple(chip for chip in self.status.unknown if chip in self.out)


def controls_of(
    day: str, accelerators: Sequence[Accelerator], remaining: Collection[str], trained_on: Estimate | None
) -> Controls | None:
    """The controls on a day; None where no day is known, since a status today would be a guess."""
    if not day:
        return None
    left = [chip for chip in accelerators if chip.id in remaining]
    known = {chip.id: chip for chip in accelerators}
    status = _split((chip.id, controlled_on(chip, day)) for chip in left)
    addressed = {vendor for rule in load_rules() for vendor in rule.addressees}
    families = trained_on.families if trained_on else ()
    return Controls(
        day=day,
        known_to=known_to(),
        rules=tuple(_under(rule, left) for rule in rules_on(day)),
        reviews=tuple(_under(rule, left) for rule in rules_on(day, "review")),
        status=status,
        out=frozenset(chip.id for chip in left if out_by(chip, day)),
        families=tuple(_family(one, [known[chip] for chip in one.accelerators], day) for one in families),
        others=tuple(dict.fromkeys(known[chip].vendor for chip in status.y if known[chip].vendor not in addressed)),
    )


def _split(answers: Iterable[tuple[str, Ternary]]) -> Split:
    given = tuple(answers)
    y, n, unknown = (tuple(chip for chip, answer in given if answer is wanted) for wanted in (True, False, None))
    return Split(y, n, unknown)


def _under(rule: Rule, chips: Iterable[Accelerator]) -> RuleSplit:
    """How some accelerators stand under one rule."""
    stand = {chip.id: one for chip in chips for one in standings(chip) if one.rule.id == rule.id}
    words = {word: tuple(chip for chip, one in stand.items() if one.status == word) for word in rule.statuses}
    applies = _split((chip, one.controlled) for chip, one in stand.items())
    return RuleSplit(rule, applies, {word: several for word, several in words.items() if several})


def _family(family: FamilyEstimate, chips: Sequence[Accelerator], day: str) -> ControlledFamily:
    chips = [chip for chip in chips if out_by(chip, day)]
    if not chips:
        return ControlledFamily(family, "not out")
    answers = {chip.id: controlled_on(chip, day) for chip in chips}
    found = set(answers.values())
    if True not in found:
        return ControlledFamily(family, "not controlled" if found == {False} else "unknown")
    begun = [controlled_since(chip, day) for chip in chips if answers[chip.id]]
    since, earlier = min(((one.rule, earlier) for one, earlier in begun if one), key=lambda pair: pair[0].since)
    applied = (one.rule for chip in chips for one in standings(chip) if one.controlled)
    rules = tuple(sorted({rule.id for rule in applied if rule in rules_on(day)}))
    return ControlledFamily(family, "controlled" if found == {True} else "partly", rules, since, earlier)

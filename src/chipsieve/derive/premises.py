"""What does a claim about chips rest on? Evidence and its premises: findings, settings, quantities and dates.

A premise that is a line (a finding, a setting) points at it. A quantity is computed from other premises, so the lines
of evidence are found at the leaves of a small tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Setting, Standing


class Quantity(msgspec.Struct, frozen=True):
    """A number computed from other premises: `says` is what it measures and how, in words."""

    says: str
    number: float
    unit: str
    premises: tuple[Premise, ...]


class Date(msgspec.Struct, frozen=True, gc=False):
    """A day (`2024-11-05`) and where it is known from (`the commit`)."""

    day: str
    source: str


Premise = Finding | Setting | Quantity | Date
Line = Finding | Setting
"""A premise that points at a line: it has `path` and `span`."""


class Evidence(msgspec.Struct, frozen=True):
    """A claim about chips, and the premises that it rests on.

    `signal` is the id of the signal whose predicate is asked; `value` stands for `$value` in it. `standing` says
    whether the claim holds of the launch.
    """

    signal: str
    value: str
    standing: Standing
    premises: tuple[Premise, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every premise that is a line, each once, in the order of the premises."""
        return tuple(dict.fromkeys(lines(self.premises)))


def lines(premises: Iterable[Premise]) -> Iterator[Line]:
    """The premises that are lines, those below a quantity among them."""
    for premise in premises:
        match premise:
            case Quantity():
                yield from lines(premise.premises)
            case Finding() | Setting():
                yield premise
            case Date():
                pass

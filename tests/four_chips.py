"""A catalogue of four chips for tests of the sieve: red of the vendor `warm`; blue, green and grey of `cold`.

A claim admits some of them, and its id says which: `only("red", "blue")` is the signal `only-red-blue`.
"""

from __future__ import annotations

from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.derive.premises import Evidence
from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Standing
from chipsieve.sieve.criteria import Criteria
from chipsieve.sieve.policies import Policy
from chipsieve.signals.signal import Signal
from verdicts import finding, signal

POLICY = Policy("p", "one", frozenset({"definitive", "strong"}), {})
MEANT = {"reddish": frozenset({"red", "green"}), "red": frozenset({"red"}), "blue": frozenset({"blue"})}
"""What the words mean that the catalogue knows."""
ALL = ("red", "blue", "green", "grey")


def chip(name: str, **facts: Cell) -> Accelerator:
    """An accelerator, which is an architecture and a family of its own."""
    vendor = "warm" if name == "red" else "cold"
    return Accelerator(name, name.title(), vendor, "datacenter", name, facts, family=name)


CHIPS = (chip("red", bits=8), chip("blue", bits=16), chip("green", bits=32), chip("grey"))
NAMED = signal("named", step="names", effect="names", requires={"named": "$value"})
"""The signal of a chip's name."""


def only(*chips: str, step: str = "software-stack", **changes: object) -> Signal:
    """A signal that admits these chips alone."""
    return signal("-".join(("only", *chips)), step=step, requires={"architecture": list(chips)}, **changes)


def criteria(*signals: Signal, policy: Policy = POLICY, chips: tuple[Accelerator, ...] = CHIPS) -> Criteria:
    """Criteria of some signals and the small catalogue."""
    return Criteria(chips, {one.id: one for one in signals}, policy, MEANT)


def evidence(of: Signal, value: str = "", standing: Standing = "asserted") -> Evidence:
    """Evidence that rests on nothing."""
    return Evidence(of.id, value, standing, ())


def shown(of: Signal, path: str = "run.sh", line: int = 1, value: str = "", by: str = "") -> Finding:
    """A finding of a signal."""
    return finding(of.id, path, line, value, by=by)

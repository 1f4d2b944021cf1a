"""What is a name bound to, and under which conditions? A chain of scopes, as Python resolves names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from chipsieve.facts.conditions import ALWAYS, Conditions, all_of, conflict, negate, stack, unknown
from chipsieve_python import tree
from chipsieve_python.hits import Hit
from chipsieve_python.values import UNKNOWN, Arm, Arms, one

ARMS = 8
EXCEPT = "except"
TRY = "try"
AGAIN = unknown("assigned again")


@dataclass(slots=True)
class Binding:
    """The values that a name may have, each under its conditions, and what each of the assignments states."""

    arms: Arms
    stated: list[list[Hit]] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """One module, class or function: its bindings, and the bodies to read once its bindings are final.

    `base` counts the conditions that hold for the whole scope; `shared` are names that a function elsewhere declares
    global or nonlocal, so that a literal bound to them proves nothing; `outside` the ones this function so declares.
    `opened` are the subscripts being looked up right now: a table may hold an entry of itself.
    """

    kind: Literal["module", "class", "function"]
    parent: Scope | None = None
    base: int = 0
    shared: frozenset[str] = frozenset()
    outside: set[str] = field(default_factory=set)
    bindings: dict[str, Binding] = field(default_factory=dict)
    later: list[Callable[[], None]] = field(default_factory=list)
    opened: set[tree.Subscript] = field(default_factory=set)

    def lookup(self, name: str) -> Arms | None:
        """The values of a name; None when nothing binds it. Functions do not see the names of a class around them."""
        found = self.bindings.get(name)
        if found is not None:
            return found.arms
        scope = self.parent
        while scope is not None:
            if scope.kind != "class" and name in scope.bindings:
                arms = scope.bindings[name].arms
                return tuple(map(_settled, arms)) if name in self.shared else arms
            scope = scope.parent
        return None

    def owner(self) -> Scope:
        """The nearest function or module: where bodies wait until all bindings are known."""
        scope = self
        while scope.kind == "class" and scope.parent is not None:
            scope = scope.parent
        return scope

    def forget(self, names: frozenset[str]) -> None:
        """Names that a loop binds may hold anything when its body begins."""
        for name in names & self.bindings.keys():
            self.bindings[name] = Binding(one(UNKNOWN), self.bindings[name].stated)

    def bind(self, name: str, arms: Arms, conditions: Conditions, hits: list[Hit] | None = None) -> None:
        """Bind a name under the conditions that hold here (those of the whole scope left out)."""
        if name in self.outside:
            return
        old = self.bindings.get(name)
        new = tuple((stack(conditions, *own), value) for own, value in arms)
        if old is not None:
            new = _kept(old.arms, conditions) + new
            _weaken(old.stated, conditions)
        carried = (old.stated if old is not None else []) + ([hits] if hits else [])
        if len(carried) > ARMS:
            _settle(carried)
            carried = []
        self.bindings[name] = Binding(new if len(new) <= ARMS else one(UNKNOWN), carried)


def _settle(stated: list[list[Hit]]) -> None:
    """What a name states that is bound so often is no longer followed: it becomes optional."""
    for hit in chain.from_iterable(stated):
        hit.conditions = stack(hit.conditions, AGAIN)


def _settled(arm: Arm) -> Arm:
    conditions, value = arm
    return arm if value.qualified else (conditions, UNKNOWN)


def _kept(arms: Arms, conditions: Conditions) -> Arms:
    """What remains of the earlier values where a name is bound again under `conditions`."""
    here = all_of(conditions)
    again = negate(here)
    kept = []
    for own, value in arms:
        if conflict(own, conditions) or _rescued(own, conditions):
            kept.append((own, value))
        elif here != ALWAYS and not conflict(own, (again,)):
            kept.append((stack(own, again), value))
    return tuple(kept)


def _rescued(own: Conditions, conditions: Conditions) -> bool:
    """Whether the value comes from the body of a `try` and the new one from its handler."""
    tried = any(getattr(part, "subject", "") == "import" or getattr(part, "name", "") == TRY for part in own)
    return tried and any(getattr(part, "name", "") == EXCEPT for part in conditions)


def _weaken(stated: list[list[Hit]], conditions: Conditions) -> None:
    """What was bound before and is bound again takes effect only where the second binding does not."""
    if not stated:
        return
    again = negate(all_of(conditions))
    for hit in chain.from_iterable(stated):
        if not conflict(hit.conditions, conditions) and not _rescued(hit.conditions, conditions):
            hit.conditions = stack(hit.conditions, AGAIN if all_of(conditions) == ALWAYS else again)

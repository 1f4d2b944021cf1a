"""What is a name bound to, and under which conditions? A chain of scopes, as Python resolves names.

What an assignment states takes effect only while the name is not bound again: its facts wait in the assignment, beside
the conditions of each later one, until the file has been read whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from chipsieve.facts.conditions import ALWAYS, Conditions, all_of, conflict, negate, stack, unknown
from chipsieve.facts.reading import Fact
from chipsieve_python.literals import UNKNOWN, Arm, Arms, one
from chipsieve_python.syntax_tree import expression_kinds as expr

ARMS = 8
EXCEPT = "except"
TRY = "try"
AGAIN = unknown("assigned again")


@dataclass(slots=True)
class Assignment:
    """The facts that one assignment states, and the conditions under which its name is bound again later.

    `followed` turns false when the name is bound so often that later assignments are no longer noted.
    """

    facts: list[Fact] = field(default_factory=list)
    again: list[Conditions] = field(default_factory=list)
    followed: bool = True

    def lasting(self) -> Iterator[Fact]:
        """The facts, each under the condition that no later assignment takes its place."""
        for fact in self.facts:
            conditions = fact.conditions
            for later in self.again:
                conditions = _overridden(conditions, later)
            yield replace(fact, conditions=conditions if self.followed else stack(conditions, AGAIN))


def _overridden(conditions: Conditions, later: Conditions) -> Conditions:
    """The conditions of what is bound again under later ones: it takes effect where those do not hold."""
    if conflict(conditions, later) or _rescued(conditions, later):
        return conditions
    here = all_of(later)
    return stack(conditions, AGAIN if here == ALWAYS else negate(here))


@dataclass(slots=True)
class Binding:
    """The values that a name may have, each under its conditions, and the assignments that state facts."""

    arms: Arms
    assignments: tuple[Assignment, ...] = ()


@dataclass(slots=True)
class Scope:
    """One module, class or function: its bindings, and the bodies to read once its bindings are final.

    `base` counts the conditions that hold for the whole scope; `shared` are names that a function elsewhere declares
    global or nonlocal, so that a literal bound to them proves nothing; `outside` the ones this function so declares.
    `opened` are the expressions being looked up right now: a table may hold an entry of itself. What a module binds
    before the offset `configurable_until` may be replaced by the command line: it runs `exec` over its constants there.
    `attributes` are what the objects of a class hold under a name, where that is known; under those that are `changed`,
    a method binds something else later. `parameters` are those of a function, each with the names under which somebody
    who calls it can be seen to hand something over (`received`).
    """

    kind: Literal["module", "class", "function"]
    parent: Scope | None = None
    base: int = 0
    shared: frozenset[str] = frozenset()
    configurable_until: int = 0
    outside: set[str] = field(default_factory=set)
    bindings: dict[str, Binding] = field(default_factory=dict)
    bodies: list[Callable[[], None]] = field(default_factory=list)
    opened: set[expr.Expression] = field(default_factory=set)
    attributes: dict[str, Arms] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)

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

    def attribute(self, name: str) -> Arms | None:
        """What `self.name` holds in the class around; None where that is not known."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "class":
            scope = scope.parent
        return None if scope is None else scope.attributes.get(name)

    def method(self, name: str) -> bool:
        """Whether `self.name` is a method of the class around, which a call has to call."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "class":
            scope = scope.parent
        return scope is not None and name in scope.bindings and any(arm[1].defines for arm in scope.bindings[name].arms)

    def parameter(self, name: str) -> tuple[str, ...]:
        """The names of a parameter of the functions around, as `parameters` has them; none of another name."""
        scope: Scope | None = self
        while scope is not None and name not in scope.bindings:
            scope = scope.parent
        return () if scope is None else scope.parameters.get(name, ())

    def keep_attribute(self, name: str, arms: Arms) -> None:
        """Note what the objects of this class hold under a name: number formats, or what options choose.

        Other values prove nothing: whoever made the object may replace them.
        """
        if name not in self.changed and all(value.number_format or value.is_chosen for _, value in arms):
            self.attributes[name] = arms

    def owner(self) -> Scope:
        """The nearest function or module: where bodies wait until all bindings are known."""
        scope = self
        while scope.kind == "class" and scope.parent is not None:
            scope = scope.parent
        return scope

    def inner(self, kind: Literal["class", "function"], base: int) -> Scope:
        """A scope inside this one, below so many conditions."""
        return Scope(kind, self, base, self.shared)

    def forget(self, names: frozenset[str]) -> None:
        """Names that a loop binds may hold anything when its body begins."""
        for name in names & self.bindings.keys():
            self.bindings[name] = Binding(one(UNKNOWN), self.bindings[name].assignments)

    def bind(self, name: str, arms: Arms, conditions: Conditions, assignment: Assignment | None = None) -> None:
        """Bind a name under the conditions that hold here (those of the whole scope left out)."""
        if name in self.outside:
            return
        old = self.bindings.get(name)
        new = tuple((stack(conditions, *own), value) for own, value in arms)
        carried: tuple[Assignment, ...] = ()
        if old is not None:
            new = _kept(old.arms, conditions) + new
            carried = old.assignments
            for earlier in carried:
                earlier.again.append(conditions)
        if assignment is not None and assignment.facts:
            carried = (*carried, assignment)
        if len(carried) > ARMS:
            for followed in carried:
                followed.followed = False
            carried = ()
        self.bindings[name] = Binding(new if len(new) <= ARMS else one(UNKNOWN), carried)


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

"""What does the walk over one file know and collect? The state that every handler is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from chipsieve.facts.conditions import MENTION, Condition, Conditions, Question, conflict, stack
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Document, Fact, FactKind, Import, Option, Reference, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_python import tree
from chipsieve_python.hits import Found, Hit, Launched, Place
from chipsieve_python.scope import Scope
from chipsieve_python.values import Arms

MAIN = "__main__"
NOWHERE = Span(1, 1, 1, 1)
Mentions = dict[Conditions, set[str]]


@dataclass(slots=True)
class Walk:
    """The walk over one module.

    `qualname` is the function or class that is read, `mentions` the names it mentions, by the conditions inside it, of
    which `body` is the first; `names` are those under the conditions `noted` in the mentions `noting`: mostly the ones
    in force. `bound` is the name that a number would be bound to; `chain` says that an elif chain over names is read;
    `guarding` that an import may fail here; `configurable` that the module runs `exec` over its constants; `record`
    that a class's fields are options.
    """

    source: Source
    vocabulary: Vocabulary
    scope: Scope
    conditions: Conditions = ()
    qualname: str = ""
    bound: str = ""
    chain: bool = False
    guarding: bool = False
    configurable: bool = False
    record: bool = False
    entry: bool = False
    hits: list[Hit] = field(default_factory=list)
    options: list[Found[Option]] = field(default_factory=list)
    imports: list[Found[Import]] = field(default_factory=list)
    references: list[Found[Reference]] = field(default_factory=list)
    commands: list[Launched] = field(default_factory=list)
    documents: list[Found[Document]] = field(default_factory=list)
    functions: dict[str, Mentions] = field(default_factory=lambda: {"": {}})
    mentions: Mentions = field(default_factory=dict)
    body: int = 0
    names: set[str] = field(default_factory=set)
    noted: Conditions | None = None
    noting: Mentions | None = None
    gaps: list[tuple[tree.Node, str]] = field(default_factory=list)

    def visit(self, node: tree.Node, bound: str = "") -> None:
        """Read one expression; `bound` is the name that it is bound to, passed as or compared with."""
        outer, self.bound = self.bound, bound
        HANDLERS.get(type(node), visit_parts)(self, node)
        self.bound = outer

    def state(  # noqa: PLR0913  # the fields of a fact
        self,
        kind: FactKind,
        name: str,
        value: str | None,
        place: Place | tree.Placed,
        *own: Condition,
        parts: tuple[str, ...] = (),
        beside: tuple[tuple[str, str], ...] = (),
        argument: str | int | None = None,
        chosen: Question | None = None,
        by: str = "",
    ) -> None:
        """Keep a fact, under the conditions in force and further ones of its own."""
        where = place if isinstance(place, Place) else Place(place)
        fact = Fact(kind, name, value, NOWHERE, parts=parts, beside=beside, argument=argument, chosen=chosen, by=by)
        self.hits.append(Hit(fact, where, stack(self.conditions, *own)))

    def possible(self, arms: Arms) -> Arms:
        """The arms that do not contradict the conditions in force."""
        return tuple(arm for arm in arms if not arm[0] or not conflict(arm[0], self.conditions))

    @contextmanager
    def under(self, *conditions: Condition) -> Iterator[None]:
        """Read on under further conditions."""
        outer = self.conditions
        self.conditions = stack(outer, *conditions)
        try:
            yield
        finally:
            self.conditions = outer

    @contextmanager
    def inner_scope(self) -> Iterator[None]:
        """Read a comprehension or lambda, whose names are its own."""
        outer = self.scope
        self.scope = Scope("function", outer, len(self.conditions), outer.shared)
        try:
            yield
        finally:
            self.scope = outer

    @property
    def local(self) -> Conditions:
        """The conditions since the scope began."""
        return self.conditions[self.scope.base :]

    def bind(self, name: str, arms: Arms, hits: list[Hit] | None = None) -> None:
        """Bind a name in the current scope, under the conditions in force."""
        self.scope.bind(name, arms, self.local, hits)

    def mention(self, name: str) -> None:
        """Note that the function which is read mentions a name, and under which conditions of its own."""
        if self.noted is not self.conditions or self.noting is not self.mentions:
            inside = tuple(item for item in self.conditions[self.body :] if item != MENTION)
            self.names = self.mentions.setdefault(inside, set())
            self.noted, self.noting = self.conditions, self.mentions
        self.names.add(name)

    def enter(self, name: str) -> str:
        """Read on in a function or class, whose mentions and conditions are its own; gives its qualified name."""
        qualname = f"{self.qualname}.{name}" if self.qualname else name
        self.mentions = self.functions.setdefault(qualname, {})
        self.qualname = qualname
        self.conditions = stack(self.conditions, Question("call", qualname))
        self.body = len(self.conditions)
        return qualname


Handler = Callable[[Walk, Any], None]
HANDLERS: dict[type[tree.Node], Handler] = {}
_PARTS: dict[type[tree.Node], tuple[str, ...]] = {}


def handles(*kinds: type[tree.Node]) -> Callable[[Handler], Handler]:
    """Register a function as the one that reads these kinds of expression."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(kinds, handler))
        return handler

    return register


def visit_parts(walk: Walk, node: tree.Node) -> None:
    """Read the parts of an expression that has no meaning of its own."""
    kind = type(node)
    if kind not in _PARTS:
        _PARTS[kind] = tuple(part.name for part in fields(kind))
    for name in _PARTS[kind]:
        part = getattr(node, name)
        for item in part if isinstance(part, list | tuple) else (part,):
            if isinstance(item, tree.Node):
                walk.visit(item)

"""Where does the walk over a file stand, and what has it found?

A context is immutable: whoever reads on under further conditions, in another scope or in a function hands down a
changed copy. What is found is appended to the one output of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from chipsieve.facts.conditions import ALWAYS, MENTION, NEVER, Condition, Conditions, Question, conflict, stack
from chipsieve.facts.deciding import can_be
from chipsieve.facts.finding import snippet
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import (
    Command,
    ConsoleScript,
    Document,
    Fact,
    FactKind,
    Function,
    Import,
    Option,
    Reference,
)
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_python.literals import Arms
from chipsieve_python.scope import Assignment, Scope
from chipsieve_python.syntax_tree import expression_kinds as expr

Stretch = tuple[int, int]  # from one code-point offset of the parsed text up to another
Groups = dict[Conditions, set[str]]  # names by the conditions under which they are mentioned


class NewDefault(msgspec.Struct, frozen=True, gc=False):
    """`set_defaults(dest=...)`: the default of the options that are declared before it, or of one that is not."""

    dest: str
    default: str | None
    span: Span


@dataclass(slots=True)
class Output:
    """All that one file says, in the order in which it is found; only added to.

    `shift` is how far the parsed text begins behind the file's start (a byte order mark); `engine` is the parser;
    `handed` are the functions whose parameters are options, as the file hands them to fire or tyro. `config_objects`
    are the names bound to configurations that the file makes, each with the function in which it is. `claims` says
    whether any line may name a chip: few files have one.
    """

    vocabulary: Vocabulary
    lines: Lines
    shift: int
    engine: str
    handed: frozenset[str] = frozenset()
    claims: bool = True
    facts: list[Fact] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    declared: list[Option | NewDefault] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    programs: list[ConsoleScript] = field(default_factory=list)
    functions: dict[str, Groups] = field(default_factory=dict)
    config_objects: set[tuple[str, str]] = field(default_factory=set)

    def span(self, place: expr.Placed | Stretch) -> Span:
        """The span of a piece of the program, or of a stretch of its text."""
        start, end = place if isinstance(place, tuple) else (place.start, place.end)
        return self.lines.span(start + self.shift, end + self.shift)

    def all_facts(self) -> set[Fact]:
        """The facts, those of assignments under the condition that they last; complete once the walk has ended."""
        return {*self.facts, *(fact for assignment in self.assignments for fact in assignment.lasting())}

    def all_functions(self) -> tuple[Function, ...]:
        """The functions and classes with the names that they mention; those mentioned anyway are in no group."""
        return tuple(_function(name, groups) for name, groups in self.functions.items())

    def doubtful_names(self) -> tuple[str, ...]:
        """The names that functions mention where no run can tell whether they do, sorted."""
        every = ((inside, names) for groups in self.functions.values() for inside, names in groups.items())
        return tuple(sorted(set().union(*(names for inside, names in every if not _may_hold(inside)))))


def _function(name: str, groups: Groups) -> Function:
    plain = groups.get((), set())
    guarded = ((inside, sorted(names - plain)) for inside, names in groups.items() if inside and _may_hold(inside))
    return Function(name, tuple(sorted(plain)), tuple((inside, tuple(names)) for inside, names in guarded if names))


@lru_cache(1_000)  # many groups stand under the same conditions
def _may_hold(conditions: Conditions) -> bool:
    """Whether all the conditions certainly hold in some run."""
    return all(can_be(condition, answer=True) for condition in conditions)


class Mentions:
    """Collects the names that one function mentions, by those of the conditions that lie inside it."""

    def __init__(self, groups: Groups, start: int) -> None:
        """Add to the groups; `start` is the index of the first condition inside the function."""
        self._groups = groups
        self._start = start
        self._conditions: Conditions | None = None
        self._names: set[str] = set()

    def add(self, name: str, conditions: Conditions) -> None:
        """Note a name; most follow others under the same conditions, whose group is at hand."""
        if conditions is not self._conditions:
            self._names = self._group(conditions)
            self._conditions = conditions
        self._names.add(name)

    def add_handed(self, name: str, conditions: Conditions, handed: Condition) -> None:
        """Note a name that is called only where what it is handed over to calls it."""
        self._group(stack(conditions, handed)).add(name)

    def _group(self, conditions: Conditions) -> set[str]:
        inside = conditions[self._start :]
        if MENTION in inside:
            inside = tuple(item for item in inside if item != MENTION)
        return self._groups.setdefault(inside, set())


class Context(msgspec.Struct, frozen=True):
    """Where the walk stands.

    conditions: all must hold for what is read to take effect.
    function: the qualified name of the function or class around; `mentions` collects the names that it uses.
    bound: the name that an expression is bound to, passed as or compared with.
    assignment: the plain assignment that is read, if any.
    may_fail: a failing import is caught here.
    by_device: a branch is read that is chosen by a device's name.
    record: the fields of the class that is read are options.
    handed: what must hold for a function to be called that is named here without a call; None where naming it is using
    it, NEVER where it is only mentioned or kept.
    """

    output: Output
    scope: Scope
    mentions: Mentions
    conditions: Conditions = ()
    function: str = ""
    bound: str = ""
    assignment: Assignment | None = None
    may_fail: bool = False
    by_device: bool = False
    record: bool = False
    handed: Condition | None = None

    def under(self, *conditions: Condition) -> Context:
        """The context under further conditions."""
        stacked = stack(self.conditions, *conditions)
        return self if stacked is self.conditions else replace(self, conditions=stacked)

    def inside(self, name: str, around: Scope, *, is_class: bool) -> Context:
        """The context of the body of a function or class, whose scope lies in the scope around it."""
        function = f"{self.function}.{name}" if self.function else name
        conditions = stack(self.conditions, Question("call", function))
        scope = around.inner("class" if is_class else "function", len(conditions))
        return replace(self.mentioning(function, conditions), function=function, conditions=conditions, scope=scope)

    def mentioning(self, function: str, conditions: Conditions) -> Context:
        """The context whose mentions are those of a function that begins below these conditions."""
        groups = self.output.functions.setdefault(function, {})
        return replace(self, mentions=Mentions(groups, len(conditions)))

    def nested(self) -> Context:
        """The context of a comprehension or lambda, whose names are its own."""
        return replace(self, scope=self.scope.inner("function", len(self.conditions)))

    def asks(self, kind: str, name: str) -> bool:
        """Whether a fact of this kind and name is worth stating."""
        return self.output.vocabulary.asks(kind, name)

    def possible(self, arms: Arms) -> Arms:
        """The arms that do not contradict the conditions in force."""
        return tuple(arm for arm in arms if not arm[0] or not conflict(arm[0], self.conditions))

    def bind(self, name: str, arms: Arms, assignment: Assignment | None = None) -> None:
        """Bind a name in the scope, under the conditions since the scope began."""
        self.scope.bind(name, arms, self.conditions[self.scope.base :], assignment)

    def mention(self, name: str) -> None:
        """Note that the function around mentions a name, or calls what it is given under the name of a parameter."""
        if self.handed is None or self.handed is ALWAYS:
            self.mentions.add(name, self.conditions)
        elif self.handed is not NEVER:
            self.mentions.add_handed(name, self.conditions, self.handed)

    def handing(self, condition: Condition | None) -> Context:
        """The context in which functions are named that are called under a condition."""
        return self if condition is self.handed else replace(self, handed=condition)

    def mentioned(self) -> Context:
        """The context of what is mentioned without being used."""
        return self.under(MENTION).handing(NEVER)

    def state(  # noqa: PLR0913  # the fields of a fact
        self,
        kind: FactKind,
        name: str,
        value: str | None,
        place: expr.Placed | Stretch,
        *own: Condition,
        parts: tuple[str, ...] = (),
        beside: tuple[tuple[str, str], ...] = (),
        argument: str | int | None = None,
        chosen: Question | None = None,
        by: str = "",
        context: tuple[str, ...] = (),
    ) -> None:
        """State a fact, under the conditions in force and further ones of its own."""
        output = self.output
        span, conditions = output.span(place), stack(self.conditions, *own)
        shown, engine = snippet(output.lines, span), output.engine
        fact = Fact(kind, name, value, span, shown, conditions, engine, parts, beside, argument, chosen, by, context)
        (output.facts if self.assignment is None else self.assignment.facts).append(fact)

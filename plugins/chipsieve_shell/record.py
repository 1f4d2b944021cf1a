"""What has the reading of one script brought to light so far? Commands, facts, documents, gaps."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import force_setattr, replace
from msgspec.structs import replace as changed

from chipsieve.commands.pins import package
from chipsieve.facts.bounded import Bounded, Documents, left_out
from chipsieve.facts.conditions import NEVER, Condition, Conditions
from chipsieve.facts.finding import snippet
from chipsieve.facts.reading import Command, Fact, FactKind, Gap, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.facts.words import Word
from chipsieve.limits import ASSIGNED, CARRIED, ENVIRONMENT, STEPS
from chipsieve_shell.constants.pieces import OUTSIDE, Pieces, Value, constant, grown, known_parts, readings
from chipsieve_shell.constants.source_map import Places
from chipsieve_shell.syntax.nodes import Extent


class Exhausted(Exception):
    """The script's loops and calls multiply beyond reason."""


class Assignment(msgspec.Struct, frozen=True):
    """One assignment to a variable: where, under what, who read it, and how many commands came before it."""

    pieces: Pieces
    extent: Extent
    conditions: Conditions
    engine: str
    commands: int
    held: frozenset[Condition] = frozenset()

    def __post_init__(self) -> None:
        """Make a set of the conditions, for assignments to one variable are compared with each other."""
        force_setattr(self, "held", frozenset(self.conditions))


class Record(msgspec.Struct):
    """Collects; knows the source, its lines and the names that are worth stating.

    `pending` are assignments of variables that are not exported, at least not yet; `exported` those of the environment.
    `replaced` are those of the latter whose place another took before any command ran. `called` are the functions that
    the script calls, `crowded` the variables that it assigns too often.
    """

    source: Source
    vocabulary: Vocabulary
    lines: Places
    commands: Bounded[Command] = msgspec.field(default_factory=Bounded)
    facts: Bounded[Fact] = msgspec.field(default_factory=Bounded)
    documents: Documents = msgspec.field(default_factory=Documents)
    gaps: list[Gap] = msgspec.field(default_factory=list)
    steps: int = 0
    words: dict[int, tuple[Value, Word]] = msgspec.field(default_factory=dict)  # by the value's identity
    pending: dict[str, list[Assignment]] = msgspec.field(default_factory=dict)
    exported: dict[str, list[Assignment]] = msgspec.field(default_factory=dict)
    replaced: set[int] = msgspec.field(default_factory=set)  # by identity
    called: set[str] = msgspec.field(default_factory=set)
    crowded: set[str] = msgspec.field(default_factory=set)

    def step(self, carried: int = 0) -> None:
        """Count one more node that is walked, and the values that it carries along.

        Raises:
            Exhausted: there were more than STEPS.
        """
        self.steps += 1 + carried // CARRIED
        if self.steps > STEPS:
            raise Exhausted

    def gap(self, reason: str, line: int | None = None) -> None:
        """Something was not read."""
        self.gaps.append(Gap(self.source.path, reason, line))

    def gap_at(self, offset: int, reason: str) -> None:
        """Something was not read that begins at an offset."""
        self.gap(reason, self.lines.position(offset)[0])

    def word(self, value: Value) -> Word:
        """A variable's value as a word; made once, since every command carries its environment."""
        held = self.words.get(id(value))
        if held is None:
            held = self.words[id(value)] = (value, self.lines.word(value.pieces, value.extent))
        return held[1]

    def fact(  # noqa: PLR0913  # the fields of a fact
        self, kind: FactKind, name: str, value: str | None, extent: Extent, conditions: Conditions, engine: str,
        *, by: str = "", context: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """State a fact, where a signal may ask for it."""
        if self._asked(kind, name, value):
            span = self.lines.span(*extent)
            tidy = tuple(dict.fromkeys(conditions))
            self.facts.append(
                Fact(kind, name, value, span, snippet(self.lines, span), tidy, engine, by=by, context=context)
            )

    def _asked(self, kind: FactKind, name: str, value: str | None) -> bool:
        if kind == "pin":
            named = package(value or "")
            return bool(named) and self.vocabulary.asks(kind, named)
        if kind in ("literal", "image"):
            return bool(value) and self.vocabulary.holds(kind, value or "")
        return kind == "claim" or self.vocabulary.asks(kind, name)

    def assign(self, name: str, made: Assignment) -> None:
        """A variable was assigned that is not exported, at least not yet."""
        events = self.pending.setdefault(name, [])
        self.step(len(events))
        if len(events) == ASSIGNED:
            del events[0]
            if name not in self.crowded:
                self.crowded.add(name)
                reason = f"{name} is assigned in more than {ASSIGNED} ways: the first are left out"
                self.gap_at(made.extent[0], reason)
        events[:] = [event for event in events if not made.held <= event.held]
        events.append(made)

    def export(self, name: str, made: Assignment) -> None:
        """A variable of the environment was set."""
        self.overwrite(name, made.conditions, made.pieces)
        self.exported.setdefault(name, []).append(changed(made, pieces=grown(made.pieces, name)))

    def crowd(self) -> None:
        """Note, once, that there are more variables in the environment than are carried along."""
        if "" not in self.crowded:
            self.crowded.add("")
            self.gap(f"more than {ENVIRONMENT:,} variables in the environment: the rest is not carried into programs")

    def export_pending(self, name: str, conditions: Conditions) -> None:
        """A variable that was assigned before is exported now."""
        for event in self.pending.pop(name, []):
            together = tuple(dict.fromkeys((*event.conditions, *conditions)))
            self.export(name, changed(event, conditions=together, commands=len(self.commands)))

    def overwrite(self, name: str, conditions: Conditions, pieces: Pieces = ()) -> None:
        """What was set before and is replaced before any command ran never takes effect."""
        latest = self.exported.get(name, [])[-ASSIGNED:]
        self.step(len(latest))
        for event in reversed(latest):
            if event.commands < len(self.commands):
                return
            fits = len(conditions) <= len(event.held) and event.held.issuperset(conditions)
            if fits and not any(event.extent[0] <= piece.start < event.extent[1] for piece in pieces):
                self.replaced.add(id(event))

    def state_environment(self) -> None:
        """State the variables of the environment once the walk is over: one fact per value that each can have."""
        for name, events in self.exported.items():
            for event in events if self.vocabulary.asks("env", name) else ():
                never = (NEVER,) if id(event) in self.replaced else ()
                for further, known in known_values(event.pieces):
                    text = _folders(name, event.pieces) if known is None else known
                    self.fact("env", name, text, event.extent, (*event.conditions, *further, *never), event.engine)

    def state_cuts(self) -> None:
        """State of which things there were too many."""
        for kind, held in (("facts", self.facts), ("commands", self.commands)):
            if held.cut:
                self.gap(left_out(kind))


def known_values(pieces: Pieces) -> list[tuple[Conditions, str | None]]:
    """What a value can be as text, under what conditions; the value that the environment gives is left out.

    Of `${X:-d}` that is `d` unless X is set. None stands for a value that is not known.
    """
    if len(pieces) == 1 and pieces[0].kind == "variable" and pieces[0].default is None:
        return [((), None)]
    found = [(conditions, constant(value)) for conditions, value in readings(pieces) if not _from_outside(value)]
    return found or [((), None)]


def _folders(name: str, pieces: Pieces) -> str | None:
    """A list of folders (`LD_LIBRARY_PATH`) as far as it is known; None for any other variable."""
    text = known_parts(pieces) if name.endswith("PATH") else ""
    return text if ":" in text else None


def _from_outside(value: Pieces) -> bool:
    return len(value) == 1 and value[0].kind in OUTSIDE


def merged(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Each fact once, in the order of the text; of two at one place, one under fewer conditions says it all."""
    groups: dict[Fact, list[Fact]] = {}
    for item in facts:
        groups.setdefault(replace(item, conditions=()), []).append(item)
    kept = [
        item
        for group in groups.values()
        for item in dict.fromkeys(group)
        if not any(set(other.conditions) < set(item.conditions) for other in group)
    ]
    return tuple(
        sorted(kept, key=lambda item: (item.span, item.kind, item.name, item.value or "", repr(item.conditions)))
    )

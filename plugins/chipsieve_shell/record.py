"""What has the reading of one script brought to light so far? Commands, findings, documents, gaps."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from chipsieve.facts.conditions import NEVER
from chipsieve.facts.finding import Finding, Match, finding
from chipsieve.facts.reading import Command, Document, Gap, Source
from chipsieve.facts.words import Word
from chipsieve.match.table import SignalTable
from chipsieve_shell.answers import Conditions
from chipsieve_shell.nodes import Extent
from chipsieve_shell.places import Places
from chipsieve_shell.values import Pieces, Value, constant, readings

ENGINE = "bashlex"
STEP_LIMIT = 40_000  # nodes walked per file: bounds loops within loops and calls within calls


class Exhausted(Exception):
    """The script's loops and calls multiply beyond reason."""


@dataclass(slots=True)
class Assigned:
    """One assignment to a variable: where, under what, its findings, and how many commands came before it."""

    pieces: Pieces
    extent: Extent
    conditions: Conditions
    commands: int
    findings: tuple[int, ...] = ()


@dataclass(slots=True)
class Record:
    """Collects; knows the source, its lines and the signal table."""

    source: Source
    table: SignalTable
    lines: Places
    commands: list[Command] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    steps: int = 0
    words: dict[int, tuple[Value, Word]] = field(default_factory=dict)  # by the value's identity
    pending: dict[str, list[Assigned]] = field(default_factory=dict)
    exported: dict[str, list[Assigned]] = field(default_factory=dict)

    def step(self) -> None:
        """Count one more node that is walked.

        Raises:
            Exhausted: STEP_LIMIT is reached.
        """
        self.steps += 1
        if self.steps > STEP_LIMIT:
            raise Exhausted

    def gap(self, reason: str, line: int | None = None) -> None:
        """Something was not read."""
        self.gaps.append(Gap(self.source.path, reason, line))

    def word(self, value: Value) -> Word:
        """A variable's value as the model's word; made once, since every command carries its environment."""
        held = self.words.get(id(value))
        if held is None:
            held = self.words[id(value)] = (value, self.lines.word(value.pieces, value.extent))
        return held[1]

    def found(self, matches: tuple[Match, ...], extent: Extent, conditions: Conditions) -> tuple[int, ...]:
        """Keep the findings of some matches at a place; returns their indices."""
        first = len(self.findings)
        for match in matches:
            span = self.lines.span(*extent)
            self.findings.append(finding(match, self.source.path, span, self.lines, conditions, ENGINE))
        return tuple(range(first, len(self.findings)))

    def plain(self, name: str, pieces: Pieces, extent: Extent, conditions: Conditions) -> None:
        """A variable was assigned that is not exported, at least not yet."""
        events = self.pending.setdefault(name, [])
        events[:] = [event for event in events if not set(conditions) <= set(event.conditions)]
        events.append(Assigned(pieces, extent, conditions, len(self.commands)))

    def export_pending(self, name: str, conditions: Conditions) -> None:
        """A variable that was assigned before is exported now."""
        for event in self.pending.pop(name, []):
            together = tuple(dict.fromkeys((*event.conditions, *conditions)))
            self.environment(name, event.pieces, event.extent, together)

    def environment(self, name: str, pieces: Pieces, extent: Extent, conditions: Conditions) -> None:
        """A variable of the environment was set: its findings, one per value that it can have."""
        self.overwrite(name, conditions, pieces)
        indices: list[int] = []
        for further, text in known_values(pieces):
            indices += self.found(self.table.env(name, text), extent, (*conditions, *further))
        event = Assigned(pieces, extent, conditions, len(self.commands), tuple(indices))
        self.exported.setdefault(name, []).append(event)

    def overwrite(self, name: str, conditions: Conditions, pieces: Pieces = ()) -> None:
        """What was set before and is replaced before any command ran never took effect."""
        for event in self.exported.get(name, []):
            replaced = event.commands == len(self.commands) and set(conditions) <= set(event.conditions)
            if replaced and not any(event.extent[0] <= piece.start < event.extent[1] for piece in pieces):
                for index in event.findings:
                    earlier = self.findings[index]
                    self.findings[index] = replace(earlier, conditions=(*earlier.conditions, NEVER))


def known_values(pieces: Pieces) -> list[tuple[Conditions, str | None]]:
    """What a value can be as text, under what conditions; the value that the environment gives is left out.

    Of `${X:-d}` that is `d` unless X is set. None stands for a value that is not known.
    """
    if len(pieces) == 1 and pieces[0].kind == "variable" and pieces[0].default is None:
        return [((), None)]
    found = [(conditions, constant(value)) for conditions, value in readings(pieces) if not _given(value)]
    return found or [((), None)]


def _given(value: Pieces) -> bool:
    return len(value) == 1 and value[0].kind == "variable"


def merged(findings: list[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in the order of the text; of two at one place, one under fewer conditions says it all."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for item in findings:
        tidy = replace(item, conditions=tuple(dict.fromkeys(item.conditions)))
        groups.setdefault((item.span, item.signal, item.row, item.value, item.by), []).append(tidy)
    kept = [
        item
        for group in groups.values()
        for item in dict.fromkeys(group)
        if not any(set(other.conditions) < set(item.conditions) for other in group)
    ]
    return tuple(sorted(kept, key=lambda item: (item.span, item.signal, item.row, item.value, repr(item.conditions))))

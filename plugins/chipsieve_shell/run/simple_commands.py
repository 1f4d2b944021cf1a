"""What does one simple command say? Its words, what it assigns, the program it starts, and the facts in its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import basename

from chipsieve.commands.flags import flags
from chipsieve.commands.known import known
from chipsieve.commands.packages import images, pins
from chipsieve.commands.passed_environment import Beginning, passed
from chipsieve.commands.schedulers import Token, scheduler_options
from chipsieve.facts.conditions import NEVER, Conditions
from chipsieve.facts.reading import Command
from chipsieve.facts.words import Word
from chipsieve.limits import ENVIRONMENT, PIECES, VALUE
from chipsieve_shell.constants.expander import Expander
from chipsieve_shell.constants.pieces import (
    Piece,
    Pieces,
    Value,
    constant,
    drop,
    extent_of,
    fields,
    leaves,
    prefix,
    readings,
    scalar,
    take,
)  # fmt: skip
from chipsieve_shell.constants.source_map import MappedText
from chipsieve_shell.constants.state import State
from chipsieve_shell.record import Assignment, Record
from chipsieve_shell.syntax.nodes import Extent, Simple

PIECE = 30  # as much work as so many values that are carried along
WORD_PIECE = 160  # of a command's words: each is looked at by all that reads commands
ASSIGNED_PIECE = 3 * PIECE  # it is compared with others where branches join
Placed = tuple[Pieces, Extent]  # a word, and where it stands in the command
FlagReading = tuple[str, str | None, Extent, Conditions]
Settings = list[tuple[str, Word]]


class Here(Expander):
    """Where the walk is: in a text, in a state; with the record of what is said, and the parser that read the text."""

    def __init__(self, mapped: MappedText, state: State, record: Record, engine: str) -> None:
        """Walk a text in a state."""
        super().__init__(mapped, state)
        self.record, self.engine = record, engine

    def placed_words(self, node: Simple) -> list[Placed]:
        """The command's words, each with the place where it stands in the command."""
        placed = [(word, self.mapped.origin(*extent)) for extent in node.words for word in self.words(extent)]
        self.record.step(WORD_PIECE * sum(len(word) for word, _ in placed))
        return placed

    def worded(self, extent: Extent) -> str:
        """How the text words a command, on one line."""
        return " ".join(self.mapped.text[slice(*extent)].split())

    def assign(self, extent: Extent, *, exported: bool | None, keep: bool = True) -> tuple[str, Word] | None:
        """Carry out `NAME=value` at an extent of the text; None where it is none.

        `exported` None leaves that to what is known of the name. `keep` False is a prefix assignment, which holds
        for one command: it is recorded, and the state stays as it is.
        """
        parts = self.assigned(extent)
        if parts is None:
            return None
        name, subscript, appends, (start, end) = parts
        place = self.mapped.origin(*extent)
        if self.mapped.text.startswith("(", start) and start < end:
            value = Value(tuple(self.elements(start, end)), place, array=True)
        else:
            value = scalar(self.pieces(start, end), place)
        if subscript is not None:
            value = _with_item(self.state.value(name), subscript, value)
        elif appends:
            value = _appended(self.state.value(name), value)
        value = _bounded(name, value)
        self.record.step(ASSIGNED_PIECE * sum(len(item) + leaves(item) for _, item in value.items))
        if keep:
            self.bind(name, value, place, exported=exported)
        else:
            self.record.export(name, self._assignment(value.pieces, place))
        return name, self.record.lines.word(value.pieces, place)

    def bind(self, name: str, value: Value, place: Extent, *, exported: bool | None) -> None:
        """Give a variable a value, and record it where it is in the environment."""
        state, made = self.state, self._assignment(value.pieces, place)
        state.variables[name] = value
        if exported or (exported is None and (state.export_all or name in state.exported)):
            state.exported.pop(name, None)  # the latest comes last
            if len(state.exported) < ENVIRONMENT:
                state.exported[name] = None
            else:
                self.record.crowd()
            self.record.export(name, made)
        else:
            self.record.assign(name, made)

    def _assignment(self, pieces: Pieces, place: Extent) -> Assignment:
        return Assignment(pieces, place, self.state.conditions, self.engine, len(self.record.commands))

    def start(
        self, placed: list[Placed], prefix_assignments: Settings, run_at: Extent, *, kept: bool = True
    ) -> dict[str, Value]:
        """Record a command that is not the shell's own, with its environment and what its words say.

        Not `kept` is one whose operands are a script that is walked on its own. The variables that the command sets
        for what it starts are the answer.
        """
        conditions = self.state.conditions
        given = [*prefix_assignments, *self._passed(placed)]
        self._state_facts(placed, conditions)
        if kept and basename(constant(placed[0][0]) or "?") not in known().ignored:
            self.keep(placed, given, run_at)
        made = {name: self.record.exported[name][-1] for name, _ in given if name in self.record.exported}
        return {name: scalar(one.pieces, one.extent) for name, one in made.items()}

    def keep(self, placed: list[Placed], given: Settings, run_at: Extent, *, sources: bool = False) -> None:
        """Keep a command of a launch: words, environment in force, folder; none that never runs."""
        conditions, state, lines = self.state.conditions, self.state, self.record.lines
        if NEVER in conditions:
            return
        self.record.step(PIECE * len(state.exported))
        held = ((name, state.value(name)) for name in state.exported)
        self.record.commands.append(
            Command(
                words=tuple(lines.word(word, place) for word, place in placed),
                span=lines.span(*run_at),
                environment=(*((name, self.record.word(value)) for name, value in held if value), *given),
                conditions=conditions,
                directory=lines.word(state.directory.pieces, state.directory.extent) if state.directory else None,
                sources=sources,
            )
        )

    def _passed(self, placed: list[Placed]) -> Iterator[tuple[str, Word]]:
        """The variables that the words themselves set for the program, recorded as well."""
        beginnings = [Beginning(prefix(word), constant(word) is not None) for word, _ in placed]
        for name, first, at, start, end in passed(beginnings):
            if start is None:
                self.record.export_pending(name, self.state.conditions)
                held = self.state.value(name)
                if held is not None:
                    yield name, self.record.word(held)
                continue
            pieces = drop(placed[at][0], start)
            pieces = pieces if end is None else take(pieces, end - start)
            place = (placed[first][1][0], max(placed[first][1][1], placed[at][1][1]))
            self.record.export(name, self._assignment(pieces, self._whole(name, pieces, place)))
            yield name, self.record.lines.word(pieces, place)

    def _whole(self, name: str, pieces: Pieces, place: Extent) -> Extent:
        """Where `NAME=value` was written, when it stands in one place; else where it is used."""
        start, end = extent_of(pieces, place)
        before = start - len(name) - 1
        return (before, end) if before >= 0 and self.record.source.text.startswith(f"{name}=", before) else place

    def _state_facts(self, placed: list[Placed], conditions: Conditions) -> None:
        """State what a command's words say: flags, literals, scheduler options, images, pinned packages."""
        tokens: list[Token] = [(constant(word), extent_of(word, place)) for word, place in placed]
        head, record, engine = basename(tokens[0][0] or ""), self.record, self.engine
        if head not in known().own_flags:
            for name, value, extent, further in flags_of(placed):
                record.fact("flag", name, value, extent, (*conditions, *further), engine)
        if head not in known().only_prints:
            for text, extent in tokens:
                record.fact("literal", "", text, extent, conditions, engine)
        if head in known().ignored:
            return
        for name, value, extent in _scheduler_options(tokens, placed):
            record.fact("directive", name, value, extent, conditions, engine)
        for reference, extent in images(tokens):
            record.fact("image", "", reference, extent, conditions, engine)
        for requirement, extent in pins(tokens):
            record.fact("pin", "", requirement, extent, conditions, engine)


def _bounded(name: str, value: Value) -> Value:
    """The value, or an unknown one where doubling would make it grow without end."""
    pieces = [piece for _, item in value.items for piece in item]
    if len(pieces) <= PIECES and sum(len(piece.text) for piece in pieces) <= VALUE:
        return value
    return scalar((Piece("unknown", name, *value.extent),), value.extent)


def _with_item(held: Value | None, subscript: str, value: Value) -> Value:
    items = dict(held.items) if held else {}
    items[subscript.strip("\"'")] = value.pieces
    return Value(tuple(items.items()), value.extent, array=True)


def _appended(held: Value | None, value: Value) -> Value:
    if held is None:
        return value
    if value.array:
        count = len(held.items)
        added = [(str(count + at) if key.isdigit() else key, item) for at, (key, item) in enumerate(value.items)]
        return Value((*held.items, *added), value.extent, array=True)
    if held.array:
        first: tuple[tuple[str, Pieces], ...] = (("0", (*held.pieces, *value.pieces)),)
        return Value((*first, *held.items[1:]), value.extent, array=True)
    return scalar((*held.pieces, *value.pieces), value.extent)


def _scheduler_options(tokens: Sequence[Token], placed: Sequence[Placed]) -> Iterator[tuple[str, str | None, Extent]]:
    """The options of the workload manager's command among the words, if there is one.

    Options whose value is not known keep their name: `--gres=` says that something is asked for.
    """
    managers = (known().schedulers.get(basename(text or "")) for text, _ in tokens)
    at, manager = next(((at, manager) for at, manager in enumerate(managers) if manager), (0, None))
    if manager is None:
        return
    options = [
        (text if text is not None or not prefix(word).startswith("-") else prefix(word).partition("=")[0] + "=", place)
        for (text, place), (word, _) in zip(tokens[at + 1 :], placed[at + 1 :], strict=True)
    ]
    yield from scheduler_options(manager, options)


def flags_of(placed: Sequence[Placed]) -> Iterator[FlagReading]:
    """The flags among the words with their values, once per reading of a word that is not decided."""
    for index, (word, place) in enumerate(placed):
        following = placed[index + 1][0] if index + 1 < len(placed) else ()
        for conditions, value in readings(word):
            inner = fields(value) if len(word) == 1 and word[0].kind != "text" else [value]
            for position, part in enumerate(inner):
                after = inner[position + 1] if position + 1 < len(inner) else following
                if prefix(part).startswith("-"):
                    for name, operand, further in _flag(part, after):
                        yield name, operand, extent_of(part, place), (*conditions, *further)


def _flag(word: Pieces, following: Pieces) -> Iterator[tuple[str, str | None, Conditions]]:
    """The flag that a word is, once per reading of its operand."""
    text = constant(word)
    name, equals, _ = prefix(word).partition("=")
    if equals:
        for conditions, value in readings(drop(word, len(name) + 1)):
            yield from ((flag.name, constant(value), conditions) for flag in flags([name]))
    elif text is not None:
        for conditions, value in readings(following):
            yield from ((flag.name, flag.value, conditions) for flag in flags([text, *_operand(value)]) if not flag.at)


def _operand(value: Pieces) -> list[str | None]:
    """The word behind a flag, None where it is not known; no word where there is none for the flag."""
    words = fields(value)
    if not words or (len(value) == 1 and value[0].kind == "arguments"):
        return []
    text = constant(words[0])
    return [prefix(words[0]) if text is None and prefix(words[0]).startswith("-") else text]

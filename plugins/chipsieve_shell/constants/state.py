"""What does the shell know at one point of a script? Variables, exports, and the conditions it stands under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from chipsieve.facts.conditions import NEVER, Condition, Conditions, all_of, any_of, as_conditions, negate
from chipsieve_shell.constants.pieces import LEAVES_LIMIT, Kind, Piece, Pieces, Value, leaves, scalar
from chipsieve_shell.constants.source_map import MappedText
from chipsieve_shell.syntax.nodes import Extent, Node

TOO_MANY = "one of more values than are followed"


class Defined(NamedTuple):
    """A function: its body, the text in which that stands, and the parser that read it."""

    text: MappedText
    body: Node
    engine: str


class State(msgspec.Struct):
    """A shell's state. `arguments` are a function's, None for the script's own; `shifted` is None once unknown.

    `guards` are conditions that an earlier `exit`, `return` or `break` left behind, by that word. `stopped`
    is the word that ended this path; `failed` says that it ended with an error. `directory` is where the last `cd`
    led, None where the script started; `left` is the directory before it.
    """

    variables: dict[str, Value] = msgspec.field(default_factory=dict)
    exported: dict[str, None] = msgspec.field(default_factory=dict)
    functions: dict[str, Defined] = msgspec.field(default_factory=dict)
    path: Conditions = ()
    guards: tuple[tuple[str, Condition], ...] = ()
    arguments: tuple[Pieces, ...] | None = None
    shifted: int | None = 0
    export_all: bool = False
    stopped: str = ""
    failed: bool = False
    locals: set[str] = msgspec.field(default_factory=set)
    depth: int = 0
    directory: Value | None = None
    left: Value | None = None

    @property
    def conditions(self) -> Conditions:
        """All that must hold for the next command to run."""
        stopped = (NEVER,) if self.stopped else ()
        return tuple(dict.fromkeys((*self.path, *(condition for _, condition in self.guards), *stopped)))

    @property
    def weight(self) -> int:
        """How many values a copy of the state carries along."""
        return len(self.variables) + len(self.exported) + len(self.functions) + self.burden

    @property
    def burden(self) -> int:
        """How many conditions each command carries along: in its order, in a set, and where branches join."""
        return 3 * (len(self.path) + len(self.guards))

    def copy(self, *conditions: Condition) -> State:
        """A state to go on with apart, under further conditions."""
        return replace(
            self,
            variables=dict(self.variables),
            exported=dict(self.exported),
            functions=dict(self.functions),
            locals=set(self.locals),
            path=(*self.path, *conditions),
        )

    def take_over(self, variables: Mapping[str, Value]) -> None:
        """Have these variables in the environment as well."""
        self.variables.update(variables)
        self.exported.update(dict.fromkeys(variables))

    def restore(self, name: str, held: Mapping[str, Value]) -> None:
        """Give a variable back what it held before."""
        self.variables.pop(name, None)
        if name in held:
            self.variables[name] = held[name]

    def value(self, name: str) -> Value | None:
        """What a variable holds, None when the script did not set it."""
        return self.variables.get(name)

    def pieces(self, name: str, place: Extent) -> Pieces:
        """A variable's scalar value, or a piece that stands for what the environment says."""
        value = self.variables.get(name)
        return value.pieces if value else (Piece("variable", name, *place),)

    def here(self, place: Extent) -> Pieces:
        """The directory in force."""
        return self.directory.pieces if self.directory else (started(place),)

    def forget(self, names: frozenset[str], place: Extent, reason: Condition) -> None:
        """Variables that a loop may have changed: what they were, or something unknown."""
        for name in sorted(names):
            changed = Piece("unknown", name, *place)
            before = self.pieces(name, place)
            choice = Piece(
                "choice", name, *place, alternatives=(((reason,), (changed,)), (as_conditions(negate(reason)), before))
            )
            self.variables[name] = scalar((choice,), place)

    def end_guards(self, *words: str) -> None:
        """Leave the loop or function that `words` (`break`, `return`) end."""
        self.guards = tuple(guard for guard in self.guards if guard[0] not in words)
        if self.stopped in words:
            self.stopped, self.failed = "", False


def started(place: Extent) -> Piece:
    """The directory in which the script is started, mentioned at a place."""
    return Piece("directory", "PWD", *place)


def join(state: State, outcomes: list[tuple[Conditions, State]]) -> None:
    """Go on from several paths, of which one was taken; `state` becomes what is known after them."""
    live = [(conditions, path) for conditions, path in outcomes if NEVER not in conditions]
    ended = [(conditions, path) for conditions, path in live if path.stopped]
    live = [(conditions, path) for conditions, path in live if not path.stopped]
    if not live:
        if ended:
            state.stopped, state.failed = ended[0][1].stopped, all(path.failed for _, path in ended)
        return
    guards = list(state.guards)
    for conditions, path in live:  # what a branch left behind binds only where the branch was taken
        otherwise = negate(all_of(conditions))
        for word, condition in path.guards[len(state.guards) :]:
            guards += [(word, weaker) for weaker in as_conditions(any_of((otherwise, condition)))]
    for conditions, path in ended:
        answer = negate(all_of(conditions))
        if not path.failed:  # a run that took place did not end here with an error
            guards += [(path.stopped, condition) for condition in as_conditions(answer)]
    state.guards = tuple(dict.fromkeys(guards))
    _join_variables(state, live)
    for _, path in live:
        state.exported |= path.exported
        state.functions |= path.functions
        state.export_all |= path.export_all
        state.locals |= path.locals
        state.shifted = path.shifted if path.shifted == live[0][1].shifted else None
    if len(live) == 1:
        state.exported = live[0][1].exported


def _join_variables(state: State, live: list[tuple[Conditions, State]]) -> None:
    first = live[0][1]
    if len(live) == 1:
        state.variables, state.directory, state.left = first.variables, first.directory, first.left
        return
    names = dict.fromkeys(name for _, path in live for name in path.variables)
    state.variables = {
        name: _joined("variable", name, [(conditions, path.value(name)) for conditions, path in live]) for name in names
    }
    if any(path.directory for _, path in live):
        state.directory = _joined("directory", "PWD", [(conditions, path.directory) for conditions, path in live])
    if any(path.left for _, path in live):
        state.left = _joined("unknown", "OLDPWD", [(conditions, path.left) for conditions, path in live])


def _joined(kind: Kind, name: str, values: list[tuple[Conditions, Value | None]]) -> Value:
    """One value: a choice between what they do not have in common at either end.

    A path that set none has the value from outside the script, a piece of this kind and name.
    """
    first = values[0][1]
    if first is not None and all(value == first for _, value in values):
        return first
    extent = [value for _, value in values if value is not None][-1].extent
    if any(value.array for _, value in values if value is not None):
        return _join_arrays(name, values, extent)
    options = [(conditions, value.pieces if value else (Piece(kind, name, *extent),)) for conditions, value in values]
    head = _common([pieces for _, pieces in options])
    tails = [pieces[head:] for _, pieces in options]
    tail = _common([pieces[::-1] for pieces in tails])
    rest = tuple(
        (conditions, pieces[: len(pieces) - tail]) for (conditions, _), pieces in zip(options, tails, strict=True)
    )
    before, after = options[0][1][:head], tails[0][len(tails[0]) - tail :]
    return scalar((*before, choice(name, rest, extent), *after), extent)


def _join_arrays(name: str, values: list[tuple[Conditions, Value | None]], extent: Extent) -> Value:
    items = [value.items if value else () for _, value in values]
    common = _common(items)
    rest = tuple(
        (conditions, _spaced([pieces for _, pieces in own[common:]]))
        for (conditions, _), own in zip(values, items, strict=True)
    )
    return Value((*items[0][:common], ("", (choice(name, rest, extent),))), extent, array=True)


def _spaced(words: list[Pieces]) -> Pieces:
    """Words as one text that splits into them again."""
    spaced: list[Piece] = []
    for word in words:
        if spaced and word:
            spaced.append(Piece("text", " ", word[0].start, word[0].start))
        spaced += word
    return tuple(spaced)


def _common(values: Sequence[Sequence[object]]) -> int:
    """How many elements at the beginning all have in common."""
    count = 0
    for elements in zip(*values, strict=False):
        if any(element != elements[0] for element in elements):
            break
        count += 1
    return count


def choice(name: str, alternatives: tuple[tuple[Conditions, Pieces], ...], extent: Extent) -> Piece:
    """A choice between values, or TOO_MANY where it would grow too large."""
    if sum(1 + leaves(pieces) for _, pieces in alternatives) > LEAVES_LIMIT:
        return Piece("unknown", TOO_MANY, *extent)
    return Piece("choice", name, *extent, alternatives=alternatives)

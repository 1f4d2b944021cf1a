"""What does a command start that is not the shell's own? Its words, its environment, its folder, its evidence."""

from __future__ import annotations

from posixpath import basename

from chipsieve.commands.heads import TRIVIAL
from chipsieve.facts.conditions import NEVER
from chipsieve.facts.reading import Command
from chipsieve.facts.words import Word
from chipsieve_shell.answers import Conditions
from chipsieve_shell.evidence import examine
from chipsieve_shell.launchers import Placed, settings
from chipsieve_shell.nodes import Extent, Simple
from chipsieve_shell.state import DIRECTORY, State
from chipsieve_shell.tape import Tape
from chipsieve_shell.values import Pieces, constant, extent_of
from chipsieve_shell.walker import Walker


def placed_words(walker: Walker, node: Simple, tape: Tape, state: State) -> list[Placed]:
    """The command's words, each with the place where it stands in the command."""
    expander = walker.expander(tape, state)
    return [(word, tape.origin(*extent)) for extent in node.words for word in expander.words(extent)]


def external(
    walker: Walker, placed: list[Placed], prefix: list[tuple[str, Word]], extent: Extent, state: State
) -> None:
    """Record a command that is not the shell's own, with its environment and what its words tell."""
    record = walker.record
    conditions = state.conditions
    given = list(prefix)
    for name, pieces, place in settings(placed):
        if pieces is None:
            record.export_pending(name, conditions)
            held = state.value(name)
            if held is not None:
                given.append((name, record.word(held)))
        else:
            record.environment(name, pieces, _assignment_extent(name, pieces, place, record.source.text), conditions)
            given.append((name, record.lines.word(pieces, place)))
    examine(record, placed, conditions)
    if NEVER not in conditions and basename(constant(placed[0][0]) or "?") not in TRIVIAL:
        record.commands.append(command(walker, placed, given, extent, state, conditions))


def _assignment_extent(name: str, pieces: Pieces, place: Extent, text: str) -> Extent:
    """Where `NAME=value` was written, when it stands in one place; else where it is used."""
    start, end = extent_of(pieces, place)
    before = start - len(name) - 1
    return (before, end) if before >= 0 and text.startswith(f"{name}=", before) else place


def command(
    walker: Walker, placed: list[Placed], given: list[tuple[str, Word]], extent: Extent, state: State,
    conditions: Conditions, *, sources: bool = False,
) -> Command:  # fmt: skip
    """The model's command: words, environment in force, folder."""
    lines = walker.record.lines
    folder = state.value(DIRECTORY)
    return Command(
        words=tuple(lines.word(word, place) for word, place in placed),
        span=lines.span(*extent),
        environment=(*environment(walker, state), *given),
        conditions=conditions,
        directory=lines.word(folder.pieces, folder.extent) if folder else None,
        sources=sources,
    )


def environment(walker: Walker, state: State) -> list[tuple[str, Word]]:
    """The exported variables that the script set."""
    held = ((name, state.value(name)) for name in state.exported)
    return [(name, walker.record.word(value)) for name, value in held if value]

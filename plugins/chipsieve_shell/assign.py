"""What does an assignment change? Strings, arrays, items, `+=`; exported or not."""

from __future__ import annotations

from chipsieve.facts.words import Word
from chipsieve_shell.expand import Expander
from chipsieve_shell.nodes import Extent
from chipsieve_shell.state import State
from chipsieve_shell.values import Piece, Pieces, Value, scalar
from chipsieve_shell.walker import Walker

PIECES_LIMIT = 4000  # long argument lists have some hundred
TEXT_LIMIT = 200_000


def assign(
    walker: Walker, expander: Expander, extent: Extent, *, exported: bool | None, keep: bool = True
) -> tuple[str, Word] | None:
    """Carry out `NAME=value` at an extent of the tape; None where it is none.

    `exported` None leaves that to what is known of the name. `keep` False is a prefix assignment, which holds
    for one command: it is recorded, and the state stays as it is.
    """
    parts = expander.assigned(extent)
    if parts is None:
        return None
    name, subscript, appends, (start, end) = parts
    state = expander.state
    place = expander.tape.origin(*extent)
    if expander.tape.text.startswith("(", start) and start < end:
        value = Value(tuple(expander.elements(start, end)), place, array=True)
    else:
        value = scalar(expander.pieces(start, end), place)
    if subscript is not None:
        value = _item(state, name, subscript, value)
    elif appends:
        value = _appended(state, name, value)
    value = _bounded(name, value)
    if keep:
        bind(walker, state, name, value, place, exported=exported)
    else:
        walker.record.environment(name, value.pieces, place, state.conditions)
    return name, walker.record.lines.word(value.pieces, place)


def bind(walker: Walker, state: State, name: str, value: Value, place: Extent, *, exported: bool | None) -> None:
    """Give a variable a value, and record it where it is in the environment."""
    state.variables[name] = value
    record = walker.record
    if exported or (exported is None and (state.export_all or name in state.exported)):
        state.exported.pop(name, None)  # the latest comes last
        state.exported[name] = None
        record.environment(name, value.pieces, place, state.conditions)
    else:
        record.plain(name, value.pieces, place, state.conditions)


def _bounded(name: str, value: Value) -> Value:
    """The value, or an unknown one where doubling would make it grow without end."""
    pieces = [piece for _, item in value.items for piece in item]
    if len(pieces) <= PIECES_LIMIT and sum(len(piece.text) for piece in pieces) <= TEXT_LIMIT:
        return value
    return scalar((Piece("unknown", name, *value.extent),), value.extent)


def _item(state: State, name: str, subscript: str, value: Value) -> Value:
    held = state.value(name)
    items = dict(held.items) if held else {}
    items[subscript.strip("\"'")] = value.pieces
    return Value(tuple(items.items()), value.extent, array=True)


def _appended(state: State, name: str, value: Value) -> Value:
    held = state.value(name)
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

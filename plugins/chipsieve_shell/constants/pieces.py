"""What is a shell value as far as constants go? Pieces of text that remember where they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from chipsieve.facts.conditions import Conditions, Not, Question
from chipsieve_shell.syntax.nodes import Extent

READINGS_LIMIT = 8
LEAVES_LIMIT = 64  # alternatives of one value that are followed, those inside others counted

BLANKS = re.compile(r"[ \t\n]")
RUNS = re.compile(r"[ \t\n]+|[^ \t\n]+")

Kind = Literal[
    "text", "variable", "arguments", "choice", "unknown", "directory", "script", "script_directory", "break"
]  # fmt: skip
OUTSIDE = frozenset({"variable", "directory", "script", "script_directory"})  # kinds of what the script did not set


class Piece(NamedTuple):
    """A part of a word; kinds as in chipsieve.facts.words.Part, and `break` between two words of one expansion.

    `start` and `end` are offsets in the script, `exact` says that `text` stands there letter for letter.
    """

    kind: Kind
    text: str
    start: int
    end: int
    quoted: bool = False
    exact: bool = False
    default: Pieces | None = None
    alternatives: tuple[tuple[Conditions, Pieces], ...] = ()


Pieces = tuple[Piece, ...]


class Value(msgspec.Struct, frozen=True):
    """What a variable holds: one item, or an array's items by key; and the assignment's extent."""

    items: tuple[tuple[str, Pieces], ...]
    extent: Extent
    array: bool = False

    @property
    def pieces(self) -> Pieces:
        """The scalar value; of an array its first item, as Bash has it."""
        return self.items[0][1] if self.items else ()


def scalar(pieces: Pieces, extent: Extent) -> Value:
    """A value that is one item; what quotes stood around it says nothing once it is assigned."""
    return Value((("0", requoted(pieces, quoted=True)),), extent)


def constant(pieces: Pieces) -> str | None:
    """The text of a value that is known to the last character."""
    if len(pieces) == 1:
        return pieces[0].text if pieces[0].kind == "text" else None
    if all(piece.kind == "text" for piece in pieces):
        return "".join(piece.text for piece in pieces)
    return None


def known_parts(pieces: Pieces) -> str:
    """The text of a value as far as it is known, with `$` for each part that is not."""
    return "".join(piece.text if piece.kind == "text" else "$" for piece in pieces)


def requoted(pieces: Pieces, *, quoted: bool) -> Pieces:
    """The pieces as an expansion with or without quotes yields them."""
    return tuple(piece if piece.quoted == quoted else piece._replace(quoted=quoted) for piece in pieces)


def cut(piece: Piece, start: int, end: int) -> Piece:
    """A stretch of a text piece."""
    if not piece.exact:
        return piece._replace(text=piece.text[start:end])
    return piece._replace(text=piece.text[start:end], start=piece.start + start, end=piece.start + end)


def drop(pieces: Pieces, count: int) -> Pieces:
    """The pieces without their first `count` characters, which must be text."""
    left = list(pieces)
    while left and count and left[0].kind == "text":
        taken = min(count, len(left[0].text))
        left[0] = cut(left[0], taken, len(left[0].text))
        count -= taken
        if not left[0].text and len(left) > 1:
            left.pop(0)
    return tuple(left)


def take(pieces: Pieces, count: int) -> Pieces:
    """The first `count` characters of pieces that are text."""
    taken = []
    for piece in pieces:
        if count <= 0:
            break
        taken.append(cut(piece, 0, min(count, len(piece.text))))
        count -= len(piece.text)
    return tuple(taken)


def prefix(pieces: Pieces) -> str:
    """The known text that the pieces begin with."""
    known = []
    for piece in pieces:
        if piece.kind != "text":
            break
        known.append(piece.text)
    return "".join(known)


def fields(pieces: Pieces) -> list[Pieces]:
    """The words that a word becomes: unquoted text is split at white space, `break`s part."""
    if len(pieces) == 1 and pieces[0].kind != "break" and (pieces[0].quoted or not BLANKS.search(pieces[0].text)):
        return [pieces]
    words: list[list[Piece]] = []
    joined = False
    for piece in pieces:
        if piece.kind == "break":
            joined = False
            continue
        stretches = [piece] if piece.quoted or piece.kind != "text" else list(_stretches(piece))
        for stretch in stretches:
            if stretch.kind == "text" and not stretch.quoted and BLANKS.match(stretch.text):
                joined = False
            elif joined:
                words[-1].append(stretch)
            else:
                words.append([stretch])
                joined = True
    return [tuple(word) for word in words]


def _stretches(piece: Piece) -> Iterator[Piece]:
    """Runs of white space and of the rest, in turn."""
    if BLANKS.search(piece.text):
        yield from (cut(piece, *run.span()) for run in RUNS.finditer(piece.text))
    else:
        yield piece


def leaves(pieces: Pieces) -> int:
    """How many alternatives there are, those inside others counted."""
    return sum(1 + leaves(found) for piece in pieces for _, found in piece.alternatives)


def readings(pieces: Pieces) -> list[tuple[Conditions, Pieces]]:
    """What the pieces can be, without choices and defaults; at most READINGS_LIMIT, else themselves."""
    if not any(piece.kind == "choice" or piece.default is not None for piece in pieces):
        return [((), pieces)]
    found: list[tuple[Conditions, Pieces]] = [((), ())]
    for piece in pieces:
        options = _options(piece)
        found = [((*before, *conditions), (*head, *tail)) for before, head in found for conditions, tail in options]
        if len(found) > READINGS_LIMIT:
            return [((), pieces)]
    return found


def _options(piece: Piece) -> list[tuple[Conditions, Pieces]]:
    if piece.kind == "choice":
        return [
            ((*conditions, *inner), requoted(tail, quoted=piece.quoted))
            for conditions, value in piece.alternatives
            for inner, tail in readings(value)
        ]
    if piece.default is not None:
        given = Question("variable", piece.text, "set")
        options: list[tuple[Conditions, Pieces]] = [((given,), (piece._replace(default=None),))]
        for inner, tail in readings(piece.default):
            options.append(((Not(given), *inner), requoted(tail, quoted=piece.quoted)))
        return options
    return [((), (piece,))]


def extent_of(pieces: Pieces, otherwise: Extent) -> Extent:
    """Where the pieces were written, when that is one stretch; else where they are used."""
    if not pieces:
        return otherwise
    in_order = all(before.end <= after.start for before, after in pairwise(pieces))
    return (pieces[0].start, pieces[-1].end) if in_order else otherwise


def grown(pieces: Pieces, name: str) -> Pieces:
    """The words by which a variable's list of words grows (`X="--new $X"`), whatever the environment held of it before.

    Any other value is left as it is: what stands together with the old value says nothing without it.
    """
    alone = [at for at, piece in enumerate(pieces) if _is_old(piece, name) and _stands_alone(pieces, at)]
    return tuple(piece for at, piece in enumerate(pieces) if at not in alone) or pieces


def _is_old(piece: Piece, name: str) -> bool:
    return piece.kind == "variable" and piece.text == name and not piece.default


def _stands_alone(pieces: Pieces, at: int) -> bool:
    before, after = pieces[at - 1 : at], pieces[at + 1 : at + 2]
    return all(piece.kind == "text" and BLANKS.match(piece.text[-1:]) for piece in before) and all(
        piece.kind == "text" and BLANKS.match(piece.text) for piece in after
    )

"""What has been found, before it is known where it stands? Nodes take the place of spans until the walk is over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from chipsieve.facts.conditions import Conditions
from chipsieve.facts.reading import Fact
from chipsieve_python import tree

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A node, or the stretch of its source from one code-point offset up to another."""

    node: tree.Placed
    start: int = 0
    end: int | None = None


@dataclass(slots=True)
class Hit:
    """A fact whose span is not known yet."""

    fact: Fact
    place: Place
    conditions: Conditions


@dataclass(slots=True)
class Found(Generic[T]):
    """An option, import or reference whose span is not known yet: `make(span=...)` builds it."""

    place: Place
    make: partial[T]


@dataclass(slots=True)
class Piece:
    """A piece of a command's word: its text, or None for what only the run could tell."""

    text: str | None
    place: Place
    quoted: bool = True


@dataclass(slots=True)
class Launched:
    """A command that the file starts: its words, each in pieces, and the variables set for it."""

    place: Place
    words: list[list[Piece]]
    environment: list[tuple[str, Piece]]
    conditions: Conditions

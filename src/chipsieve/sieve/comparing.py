"""What differs between two verdicts? Facts, names and answers that came and went; a line that only moved did not."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import TypeVar

import msgspec

from chipsieve.link.launch import Standing

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")

WHAT_MOVES = re.compile(
    r"(?:^ at commit \w+ of |, last changed on )?\b\d{4}-\d\d-\d\d\b(?: with local changes)?|:\d+\b|\b\d+%"
)
"""What a sentence says of lines, commits, days and probabilities: they move by themselves, or are compared apart."""


SHIFT = 2
"""Percentage points by which an estimate has to move to count: a commit's day alone moves it by less."""


class Fact(msgspec.Struct, frozen=True):
    """What a line says by one signal, and where that stands: in the main launch, and in the launch where it is firmest.

    A line that no launch reaches is inert. What is derived from several lines has the place of the first, and no value.
    """

    signal: str
    value: str
    path: str
    snippet: str
    line: int
    main: Standing = "inert"
    anywhere: Standing = "inert"

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two facts the same, wherever the line stands in its file and however it is written."""
        return (self.signal, self.value, self.path)


class Name(msgspec.Struct, frozen=True):
    """A chip's name that somebody wrote, and which accelerators it can mean."""

    text: str
    by: str
    path: str
    line: int
    accelerators: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two names the same, wherever the line stands in its file."""
        return (self.text, self.by, self.path)


class Compared(msgspec.Struct, frozen=True):
    """What is compared of a verdict. Facts and names are there once by their key.

    `possible` and `remaining` are the accelerators that some launch, and the main launch, leave; `families` has the
    estimate in percent; `asked` is what has to be equal for two answers to be comparable, in words.
    """

    tree: str
    asked: Mapping[str, str]
    facts: tuple[Fact, ...]
    names: tuple[Name, ...]
    main: str
    possible: frozenset[str]
    remaining: frozenset[str]
    families: Mapping[str, int]
    sentence: str

    @property
    def said(self) -> str:
        """The sentence without the tree's name, lines and days."""
        return WHAT_MOVES.sub("", self.sentence.removeprefix(self.tree))

    @property
    def main_file(self) -> str:
        """The main launch's id without its line."""
        return re.sub(r":\d+", "", self.main)


class Shift(msgspec.Struct, frozen=True):
    """Sets of accelerators that are excluded now and were not, and the reverse."""

    excluded: tuple[str, ...]
    allowed: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True):
    """What came and went from one verdict to the next; empty tuples where nothing did."""

    then: Compared
    now: Compared
    facts_came: tuple[Fact, ...]
    facts_went: tuple[Fact, ...]
    restood: tuple[tuple[Fact, Fact], ...]
    names_came: tuple[Name, ...]
    names_went: tuple[Name, ...]
    possible: Shift
    remaining: Shift
    families: tuple[tuple[str, int, int], ...]

    @property
    def main_changed(self) -> bool:
        """Whether another launch comes first."""
        return self.then.main_file != self.now.main_file

    @property
    def sentence_changed(self) -> bool:
        """Whether the sentence says something else."""
        return self.then.said != self.now.said

    @property
    def asked_otherwise(self) -> tuple[tuple[str, str, str], ...]:
        """What was asked in another way: what, then, now."""
        return tuple(
            (what, self.then.asked.get(what, ""), said)
            for what, said in self.now.asked.items()
            if said != self.then.asked.get(what, "")
        )

    @property
    def nothing(self) -> bool:
        """Whether nothing came or went."""
        shifts = (self.possible, self.remaining)
        lists = (self.facts_came, self.facts_went, self.restood, self.names_came, self.names_went, self.families)
        shifted = any(shift.excluded or shift.allowed for shift in shifts)
        return not (any(lists) or shifted or self.main_changed or self.sentence_changed)


def compare(then: Compared, now: Compared) -> Difference:
    """What came and went from `then` to `now`."""
    old, new = ({fact.key: fact for fact in side.facts} for side in (then, now))
    old_names, new_names = ({name.key: name for name in side.names} for side in (then, now))
    both = [(old[key], fact) for key, fact in new.items() if key in old]
    names = dict.fromkeys([*then.families, *now.families])
    percents = [(name, then.families.get(name, 0), now.families.get(name, 0)) for name in names]
    return Difference(
        then=then,
        now=now,
        facts_came=_without(new, old),
        facts_went=_without(old, new),
        restood=tuple((a, b) for a, b in both if (a.main, a.anywhere) != (b.main, b.anywhere)),
        names_came=_without(new_names, old_names),
        names_went=_without(old_names, new_names),
        possible=_shift(then.possible, now.possible),
        remaining=_shift(then.remaining, now.remaining),
        families=tuple(one for one in percents if abs(one[1] - one[2]) >= SHIFT),
    )


def _without(several: Mapping[Key, Item], others: Mapping[Key, Item]) -> tuple[Item, ...]:
    return tuple(one for key, one in several.items() if key not in others)


def _shift(then: frozenset[str], now: frozenset[str]) -> Shift:
    return Shift(tuple(sorted(then - now)), tuple(sorted(now - then)))

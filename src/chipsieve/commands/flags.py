"""Which flags does a command line give, and with what operand? One parser, for every reader and for linking."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from chipsieve.facts.words import Resolved

FLAG = re.compile(r"(?P<name>--?[A-Za-z][^\s=]*)(?:=(?P<value>.*))?", re.DOTALL)
NUMBER = re.compile(r"-\.?\d")
OVERRIDE = re.compile(r"\+{0,2}(?P<name>[A-Za-z_][\w./@-]*)=(?P<value>.*)", re.DOTALL)
BARE = "true"  # the value of a flag that is given without an operand


class Flag(NamedTuple):
    """One flag: the place of its word, its name as given, and its operand; None where that is not known.

    `start` is where in its own word the operand begins, None where the operand is the next word; a `bare` flag has
    none.
    """

    at: int
    name: str
    value: str | None
    start: int | None = None
    bare: bool = False


def flags(words: Sequence[str | None]) -> Iterator[Flag]:
    """The flags among the words of a command, in order; None stands for a word that is not known.

    `--a=b` and `--a b` have operands. A flag before another flag, or at the end, is bare: its value is "true".
    """
    for at, word in enumerate(words):
        found = FLAG.fullmatch(word) if word is not None else None
        if found is None:
            continue
        if found["value"] is not None:
            yield Flag(at, found["name"], found["value"], found.start("value"))
        elif at + 1 == len(words) or is_flag(words[at + 1]):
            yield Flag(at, found["name"], BARE, bare=True)
        else:
            yield Flag(at, found["name"], words[at + 1])


def is_flag(word: str | None) -> bool:
    """Whether a word that stands behind a flag is no operand but a flag itself; `-1` is a number, `-` a file."""
    return word is not None and word.startswith("-") and word != "-" and not NUMBER.match(word)


class Given(NamedTuple):
    """What a launch's command line gives an option: the word, the name as given, and the value; None for a bare flag.

    The word has the conditions of the value too: `--dtype $DTYPE` is given one of the values that DTYPE may have.
    `overrides` marks `model.dtype=bf16`, which sets a key of a configuration.
    """

    word: Resolved
    name: str
    value: Resolved | None
    overrides: bool = False

    @property
    def known_text(self) -> str | None:
        """The value as text, "true" for a bare flag; None when it is not known."""
        return BARE if self.value is None else self.value.known_text


def given(words: Sequence[Resolved]) -> Iterator[Given]:
    """The options on a command line in order: `--a b`, `--a=b`, `--a`, and `a.b=c` as Hydra and OmegaConf take it."""
    by_place = {flag.at: flag for flag in flags([word.text for word in words])}
    for at, word in enumerate(words):
        flag = by_place.get(at)
        if flag is not None:
            value = None if flag.bare else _operand(flag, words)
            yield Given(_under(word, value), flag.name, value)
        elif found := OVERRIDE.fullmatch(word.text):
            yield Given(word, found["name"], word.cut(found.start("value"), len(word.text)), overrides=True)


def _under(word: Resolved, value: Resolved | None) -> Resolved:
    """The word of an option under the conditions of its value as well."""
    further = tuple(item for item in value.conditions if item not in word.conditions) if value else ()
    return replace(word, conditions=word.conditions + further) if further else word


def _operand(flag: Flag, words: Sequence[Resolved]) -> Resolved:
    if flag.start is None:
        return words[flag.at + 1]
    return words[flag.at].cut(flag.start, len(words[flag.at].text))

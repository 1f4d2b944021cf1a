"""Which flags does a command line give, and with what operand? One parser, for every reader and for linking."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

FLAG = re.compile(r"(?P<name>--?[A-Za-z][^\s=]*)(?:=(?P<value>.*))?", re.DOTALL)
NUMBER = re.compile(r"-\.?\d")
OVERRIDE = re.compile(r"(?P<mark>\+{0,2}|~)(?P<name>[A-Za-z_][\w./@-]*)=(?P<value>.*)", re.DOTALL)
BARE = "true"  # the value of a flag that is given without an operand


class Flag(NamedTuple):
    """One flag: `at` is the index of its word, its name as given, and its operand; None where that is not known."""

    at: int
    name: str
    value: str | None
    bare: bool = False


def flags(words: Sequence[str | None]) -> Iterator[Flag]:
    """The flags among the words of a command, in order; None stands for a word that is not known.

    `--a=b` and `--a b` have operands. A flag before another flag, or at the end, is bare: its value is "true".
    """
    for index, word in enumerate(words):
        found = FLAG.fullmatch(word) if word is not None else None
        if found is None:
            continue
        if found["value"] is not None:
            yield Flag(index, found["name"], found["value"])
        elif index + 1 == len(words) or is_flag(words[index + 1]):
            yield Flag(index, found["name"], BARE, bare=True)
        else:
            yield Flag(index, found["name"], words[index + 1])


def is_flag(word: str | None) -> bool:
    """Whether a word that stands behind a flag is no operand but a flag itself; `-1` is a number."""
    return word is not None and word.startswith("-") and not NUMBER.match(word)


def override(word: str) -> tuple[str, str] | None:
    """The key and value of `model.dtype=bf16` or `+trainer.x=1`, as Hydra and OmegaConf take them; None of others."""
    found = OVERRIDE.fullmatch(word)
    return (found["name"], found["value"]) if found else None

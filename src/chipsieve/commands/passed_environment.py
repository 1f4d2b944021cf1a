"""Which environment variables do a command's own words set? `env A=1`, `-x A=1`, `--export=ALL,A=1`, `-e A=1`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import basename
from typing import NamedTuple

from chipsieve.commands.known import known

ASSIGNED = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
ENV = frozenset({"env", "/usr/bin/env"})
ENV_OPERANDS = frozenset({"-u", "--unset", "-C", "--chdir", "-S"})
MPI_OPTIONS = frozenset({"-x", "-env", "-genv", "--env", "-E"})
MPI_PAIRS = frozenset({"-env", "-genv"})  # followed by a name and, as a word of its own, a value
SLURM_KEYWORDS = frozenset({"ALL", "NONE", "NIL"})  # of `--export`, no names of variables


class Beginning(NamedTuple):
    """The known text that a word begins with; `whole` says that it is all of the word."""

    text: str
    whole: bool = True


class Passed(NamedTuple):
    """A variable that the words set: its name, and where its value stands.

    The value is the word at index `word` from offset `start` up to `end` (None: to its end). Without a `start` the
    variable's present value is passed on. `first` is the index of the word that holds the name.
    """

    name: str
    first: int
    word: int
    start: int | None
    end: int | None = None


def passed(words: Sequence[Beginning]) -> Iterator[Passed]:
    """The variables that the words of one command set for the program it starts, in order."""
    mpi = slurm = container = False
    for at, (text, whole) in enumerate(words):
        if whole and "=" not in text:
            head = basename(text)
            mpi = mpi or head in known().mpi
            slurm = slurm or known().schedulers.get(head) == "slurm"
            container = container or head in known().containers or head in known().sandboxes
        if whole and text in ENV:
            yield from _env(words, at + 1)
        elif mpi:
            yield from _mpi(words, at)
        elif slurm and text.startswith("--export"):
            yield from _export(words, at)
        elif container and whole and text in ("-e", "--env") and at + 1 < len(words):
            yield from _assignment(words, at + 1)
        elif container and text.startswith("--env="):
            yield from _assignment(words, at, len("--env="))


def _assignment(words: Sequence[Beginning], at: int, start: int = 0) -> Iterator[Passed]:
    """`NAME=value` or `NAME`, from an offset of a word on."""
    text, whole = words[at]
    assigned = ASSIGNED.match(text, start)
    if assigned:
        yield Passed(assigned[1], at, at, assigned.end())
    elif whole and NAME.fullmatch(text, start):
        yield Passed(text[start:], at, at, None)


def _env(words: Sequence[Beginning], at: int) -> Iterator[Passed]:
    """The assignments that follow `env` and its options."""
    operand = False
    for index in range(at, len(words)):
        text = words[index].text
        if operand or text.startswith("-"):
            operand = not operand and text in ENV_OPERANDS
        elif ASSIGNED.match(text):
            yield from _assignment(words, index)
        else:
            return


def _mpi(words: Sequence[Beginning], at: int) -> Iterator[Passed]:
    text, whole = words[at]
    if not whole or text not in MPI_OPTIONS or at + 1 == len(words):
        return
    name = words[at + 1]
    if text in MPI_PAIRS and name.whole and NAME.fullmatch(name.text) and at + 2 < len(words):
        yield Passed(name.text, at + 1, at + 2, 0)
    else:
        yield from _assignment(words, at + 1)


def _export(words: Sequence[Beginning], at: int) -> Iterator[Passed]:
    """Slurm's list: names with or without values, between commas."""
    text, whole = words[at]
    if whole and text == "--export" and at + 1 < len(words):
        at, start = at + 1, 0
    elif text.startswith("--export="):
        start = len("--export=")
    else:
        return
    text, whole = words[at]
    if not whole:
        yield from _assignment(words, at, start)
        return
    for item in re.finditer(r"[^,]+", text[start:]):
        first, end = item.start() + start, item.end() + start
        assigned = ASSIGNED.match(text, first, end)
        if assigned:
            yield Passed(assigned[1], at, at, assigned.end(), end)
        elif NAME.fullmatch(text, first, end) and item[0] not in SLURM_KEYWORDS:
            yield Passed(item[0], at, at, None)

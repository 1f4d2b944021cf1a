"""Which facts do a command's words state? Flags, literals, scheduler options, images, pinned packages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from chipsieve.commands.heads import LOCAL, SAYING, TRIVIAL
from chipsieve.commands.packages import images, pins
from chipsieve.commands.schedulers import SYSTEMS, Token, scheduler_options
from chipsieve_shell.answers import Conditions
from chipsieve_shell.launchers import Placed
from chipsieve_shell.nodes import Extent
from chipsieve_shell.record import Record
from chipsieve_shell.values import Pieces, constant, drop, extent_of, fields, prefix, readings

FLAG = re.compile(r"--?[A-Za-z][\w.:-]*")
NUMBER = re.compile(r"-\d")

Flag = tuple[str, str | None, Extent, Conditions]


def examine(record: Record, placed: list[Placed], conditions: Conditions) -> None:
    """State the facts of one command's words."""
    tokens = [(constant(word), extent_of(word, place)) for word, place in placed]
    head = basename(tokens[0][0] or "")
    if head not in LOCAL:
        for name, value, extent, further in flags(placed):
            record.fact("flag", name, value, extent, (*conditions, *further))
    if head not in SAYING:
        for text, extent in tokens:
            record.fact("literal", "", text, extent, conditions)
    if head in TRIVIAL:
        return
    scheduler = next((index for index, (text, _) in enumerate(tokens) if basename(text or "") in SYSTEMS), None)
    if scheduler is not None:
        command, options = basename(tokens[scheduler][0] or ""), _open(tokens[scheduler + 1 :], placed[scheduler + 1 :])
        for name, value, extent in scheduler_options(command, options):
            record.fact("directive", name, value, extent, conditions)
    for reference, extent in images(tokens):
        record.fact("image", "", reference, extent, conditions)
    for requirement, extent in pins(tokens):
        record.fact("pin", "", requirement, extent, conditions)


def _open(tokens: list[Token], placed: list[Placed]) -> list[Token]:
    """Options whose value is not known keep their name: `--gres=` says that something is asked for."""
    return [
        (text if text is not None or not prefix(word).startswith("-") else prefix(word).partition("=")[0] + "=", place)
        for (text, place), (word, _) in zip(tokens, placed, strict=True)
    ]


def flags(placed: list[Placed]) -> Iterator[Flag]:
    """The flags among the words with their values, once per reading of a word that is not decided."""
    for index, (word, place) in enumerate(placed):
        following = placed[index + 1][0] if index + 1 < len(placed) else None
        for conditions, value in readings(word):
            inner = fields(value) if len(word) == 1 and word[0].kind != "text" else [value]
            for position, part in enumerate(inner):
                after = inner[position + 1] if position + 1 < len(inner) else following
                for name, operand, further in _flag(part, after):
                    yield name, operand, extent_of(part, place), (*conditions, *further)


def _flag(word: Pieces, following: Pieces | None) -> Iterator[tuple[str, str | None, Conditions]]:
    text = prefix(word)
    found = FLAG.match(text)
    if found is None:
        return
    rest = text[found.end() :]
    if rest.startswith("="):
        for conditions, value in readings(drop(word, found.end() + 1)):
            yield found[0], constant(value), conditions
    elif not rest and constant(word) is not None:
        if following is None:
            yield found[0], "true", ()
            return
        for conditions, value in readings(following):
            yield found[0], _operand(value), conditions


def _operand(value: Pieces) -> str | None:
    """The next word as a flag's value: "true" where that is a flag itself, or nothing."""
    first = prefix(fields(value)[0]) if fields(value) else ""
    if (first.startswith("-") and not NUMBER.match(first)) or not fields(value):
        return "true"
    if len(value) == 1 and value[0].kind == "arguments":
        return "true"
    return constant(fields(value)[0])

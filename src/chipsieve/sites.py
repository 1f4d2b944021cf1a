"""Which machines are known, by which words of job scripts does one tell them, and what is in them? sites.toml, read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

import msgspec

from chipsieve.tables import TableError, own_table, refuse_unknown, table_list, text_field, text_list

Level = Literal["asks", "asks_beside", "ground"]
LEVELS: tuple[Level, ...] = get_args(Level)
FIELDS = ("machine", "part", "accelerators", *LEVELS, "source", "checked", "confidence")
REQUESTS = ("partition", "qos", "constraint", "account", "resource", "select", "filesystems", "cluster")
GROUNDS = ("partition", "account", "option", "word", "path", "host")
KINDS: Mapping[Level, tuple[str, ...]] = {"asks": REQUESTS, "asks_beside": REQUESTS, "ground": GROUNDS}
"""The kinds of words that a level may list."""
CONFIDENCES = ("documented", "seen", "memory")


class Site(msgspec.Struct, frozen=True):
    """A machine, or the part of one that has other accelerators: their ids or globs, and words by level and kind.

    `name` is the machine's, and the part's behind a colon. Of the levels, `asks` are words that a request to this
    machine's scheduler alone holds, `asks_beside` those that others have too, and `ground` what a script touches there.
    """

    name: str
    accelerators: tuple[str, ...]
    words: Mapping[Level, Mapping[str, tuple[str, ...]]]
    source: str


@cache
def load_sites() -> tuple[Site, ...]:
    """The shipped machines, in the order of their table.

    Raises:
        TableError: a row lacks what it should hold, or has a key that no row has.
    """
    return read_sites(own_table("sites.toml"))


def read_sites(table: Mapping[str, object]) -> tuple[Site, ...]:
    """The machines of a parsed table.

    Raises:
        TableError: a row lacks what it should hold, or has a key that no row has.
    """
    where = "sites.toml"
    refuse_unknown(where, table, ("site",))
    return tuple(
        _site(f"{where}: site {number}", row) for number, row in enumerate(table_list(where, table, "site"), 1)
    )


def machine_of(name: str) -> str:
    """The machine to which a site's name belongs."""
    return name.partition(":")[0]


def _site(where: str, row: Mapping[str, object]) -> Site:
    refuse_unknown(where, row, FIELDS)
    machine, part = text_field(where, row, "machine"), text_field(where, row, "part", "")
    accelerators, confidence = text_list(where, row, "accelerators"), text_field(where, row, "confidence")
    text_field(where, row, "checked")
    if not machine or ":" in machine or not accelerators or confidence not in CONFIDENCES:
        raise TableError(
            f"{where}: a machine's name holds no colon, it has accelerators, and 'confidence' is one of "
            + ", ".join(CONFIDENCES)
        )
    return Site(
        name=f"{machine}: {part}" if part else machine,
        accelerators=accelerators,
        words={level: _words(f"{where}: {level}", row.get(level, {}), KINDS[level]) for level in LEVELS},
        source=text_field(where, row, "source"),
    )


def _words(where: str, given: object, kinds: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(given, dict):
        raise TableError(f"{where}: must be a table of words by kind")
    refuse_unknown(where, given, kinds, "kind of word")
    return {kind: text_list(where, given, kind) for kind in given}

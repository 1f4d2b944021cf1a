"""What is known of the functions that Python code calls? The table of them, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import cast

import msgspec

from chipsieve.tables import own_table


class Callables(msgspec.Struct, frozen=True):
    """Functions by what a call of them means; callables.toml says what each key means.

    `own_programs` matches the name of a function whole; `trains` says by the name of a method what the name of its
    object holds.
    """

    programs: frozenset[str]
    readers_of_options: frozenset[str]
    makes_programs: frozenset[str]
    runs_decorated: frozenset[str]
    own_programs: re.Pattern[str]
    callers: frozenset[str]
    callers_named: tuple[str, ...]
    starters: frozenset[str]
    trains: Mapping[str, re.Pattern[str]]
    command_keywords: Mapping[str, str]
    starting: frozenset[str]  # all that start a command, whichever argument it is

    def calls(self, qualified: str, last: str, *, is_method: bool) -> bool:
        """Whether a function calls what it is given, by its qualified name and the last component of it.

        `is_method` says that it is one of an object or a module.
        """
        if qualified in self.callers or last.endswith(self.callers_named):
            return True
        return is_method and (f"*.{last}" in self.callers or f"{qualified.partition('.')[0]}.*" in self.callers)


@cache
def callables() -> Callables:
    """The shipped table of functions."""
    table = cast("dict[str, list[str]]", own_table("callables.toml"))
    trains, keywords = (cast("dict[str, str]", table[key]) for key in ("trains", "command_keywords"))
    names = ("programs", "readers_of_options", "makes_programs", "runs_decorated", "callers", "starters")
    return Callables(
        **{key: frozenset(table[key]) for key in names},
        own_programs=re.compile(rf"_*+(?:{'|'.join(table['own_programs'])})"),
        callers_named=tuple(table["callers_named"]),
        trains={method: re.compile(holder, re.IGNORECASE) for method, holder in trains.items()},
        command_keywords=keywords,
        starting=frozenset((*table["starters"], *keywords)),
    )

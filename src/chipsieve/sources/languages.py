"""Which reader opens which file? The languages' table: globs on names, `#!` lines, and the folders to leave out."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from functools import cache
from importlib.resources import files
from typing import cast

import msgspec

from chipsieve.tables import load_toml

SHEBANG = re.compile(rb"#!\s*\S*?/?(?:env\s+(?:-\S+\s+)*)?([a-z]+)[\d.]*\s*$", re.MULTILINE)


class Languages(msgspec.Struct, frozen=True):
    """The languages' table: globs in order, shebangs, and the folders to leave out."""

    globs: tuple[tuple[str, str], ...]
    shebangs: dict[str, str]
    silent: frozenset[str]
    named: frozenset[str]


@cache
def languages() -> Languages:
    """The shipped languages' table."""
    table = load_toml(files("chipsieve") / "languages.toml")
    rows = cast("list[dict[str, object]]", table["language"])
    skip = cast("dict[str, list[str]]", table["skip"])
    return Languages(
        globs=tuple((glob, str(row["name"])) for row in rows for glob in cast("list[str]", row["globs"])),
        shebangs=cast("dict[str, str]", table["shebang"]),
        silent=frozenset(skip["silent"]),
        named=frozenset(skip["named"]),
    )


def language_of(name: str) -> str:
    """The language of a file by its name alone, "" for none."""
    base = name.rpartition("/")[2].casefold()
    return next((language for glob, language in languages().globs if fnmatch(base, glob)), "")


def language_of_program(beginning: bytes) -> str:
    """The language that a file's `#!` line names, "" for none."""
    shebang = SHEBANG.match(beginning.split(b"\n", 1)[0])
    return languages().shebangs.get(shebang[1].decode(), "") if shebang else ""

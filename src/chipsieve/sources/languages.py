"""Which reader opens which file? The languages' table: globs on names, `#!` lines, and the folders to leave out."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, cast

import msgspec

from chipsieve.facts.globs import fits
from chipsieve.facts.paths import TEMPLATE_ENDING
from chipsieve.tables import own_table

SHEBANG = re.compile(rb"#!\s*(?:\S*/)?(?:env\s+(?:(?:-\S+|\w+=\S*)\s+)*(?:\S*/)?)?([a-z]+)[\d.]*(?=\s|$)")
"""A `#!` line, its options included: `#!/bin/bash -x`, `#! /usr/bin/env -S A=1 bash -e`."""
TEMPLATE = re.compile(TEMPLATE_ENDING)
TEMPLATED = ("script", "build", "recipe", "config")  # natures whose text templates write


Nature = Literal["code", "script", "build", "recipe", "packages", "config", "prose"]


class Languages(msgspec.Struct, frozen=True):
    """The languages' table: globs in order, what each language is, shebangs, and the folders to leave out.

    `starters` are the languages whose files start what is no run of its own; `heads` how many bytes are read of a
    language's longer files, `headers` of the header that is all that is read of them.
    """

    globs: tuple[tuple[str, str], ...]
    natures: dict[str, Nature]
    starters: frozenset[str]
    heads: dict[str, int]
    headers: dict[str, int]
    shebangs: dict[str, str]
    silent: frozenset[str]
    named: frozenset[str]


@cache
def languages() -> Languages:
    """The shipped languages' table."""
    table = own_table("languages.toml")
    rows = cast("list[dict[str, object]]", table["language"])
    skip = cast("dict[str, list[str]]", table["skip"])
    return Languages(
        globs=tuple((glob, str(row["name"])) for row in rows for glob in cast("list[str]", row["globs"])),
        natures={str(row["name"]): cast("Nature", row["nature"]) for row in rows},
        starters=frozenset(str(row["name"]) for row in rows if row.get("starts")),
        heads={str(row["name"]): cast("int", row["head"]) for row in rows if "head" in row},
        headers={str(row["name"]): cast("int", row["header"]) for row in rows if "header" in row},
        shebangs=cast("dict[str, str]", table["shebang"]),
        silent=frozenset(skip["silent"]),
        named=frozenset(skip["named"]),
    )


def nature_of(language: str) -> Nature | None:
    """What a file of a language is, whatever its syntax; None of a language that the table does not have."""
    return languages().natures.get(language)


def language_of(name: str) -> str:
    """The language of a file by its name alone, "" for none; that of `job.sh.j2` is that of `job.sh`."""
    path = name.casefold()
    written = TEMPLATE.sub("", path)
    base = written.rpartition("/")[2]
    found = ((_tail(written, glob) if "/" in glob else base, glob, each) for glob, each in languages().globs)
    language = next((each for name, glob, each in found if fits(name, glob)), "")
    return language if written == path or nature_of(language) in TEMPLATED else ""


def _tail(path: str, glob: str) -> str:
    """As many of a path's last names as a glob has."""
    return "/".join(path.split("/")[-glob.count("/") - 1 :])


def language_of_program(beginning: bytes) -> str:
    """The language that a file's `#!` line names, "" for none."""
    shebang = SHEBANG.match(beginning.split(b"\n", 1)[0])
    return languages().shebangs.get(shebang[1].decode(), "") if shebang else ""

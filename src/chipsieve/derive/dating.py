"""For which day is a verdict? When its launch was last changed, when the commit was made, or what its pins allow.

Chips that came out later were not trained on. What a launch says is as old as its last change, however young the
commit; without git, a version that is pinned was out before somebody pinned it, so the newest gives the earliest day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import cast

import msgspec

from chipsieve.derive.premises import Date
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap
from chipsieve.link.launch import Launch
from chipsieve.link.roles import VENDORED, distance_from_project
from chipsieve.sources.contents import Commit, Tree
from chipsieve.tables import own_table

PINNED = "pinned-version"
VERSION = re.compile(r"(?P<package>[\w.-]+)(?:\[[^\]]*\])?==(?P<minor>\d+\.\d+)(?:\.\d+)*(?!\d)")
TAG = re.compile(r"(?P<year>\d\d)\.(?P<month>\d\d)")


class Change(msgspec.Struct, frozen=True):
    """The commit that last changed a file."""

    path: str
    commit: Commit


@cache
def releases() -> Mapping[str, Mapping[str, str]]:
    """The first day of each minor version of a package, by both: releases.toml."""
    table = own_table("derive/releases.toml")
    return cast("Mapping[str, Mapping[str, str]]", {name: row for name, row in table.items() if isinstance(row, dict)})


def last_change(launch: Launch, tree: Tree) -> Change | Gap | None:
    """The commit that last changed a launch; None where there is none, a gap where git could not find it.

    A launch that stands in a document is as old as the program that it starts: documents are changed for every news.
    """
    in_document = launch.documented_at.rpartition(":")[0] == launch.path
    path = launch.entry if in_document else launch.path
    commit = tree.last_changed(path) if tree.holds(path) else None
    return Change(path, commit) if isinstance(commit, Commit) else commit


def earliest(findings: Iterable[Finding]) -> Date | None:
    """The earliest day on which a tree can have been written: the newest release that it pins; None without one."""
    known = [
        (day, item)
        for item in findings
        if item.signal == PINNED and distance_from_project(item.path) < VENDORED and (day := _released(item.value))
    ]
    if not known:
        return None
    day, item = max(known, key=lambda pair: (pair[0], pair[1].path, pair[1].span))
    what = f"an image of {item.value}" if TAG.fullmatch(item.value) else item.value
    return Date(day, f"{what} at {item.path}:{item.span.line}")


def _released(value: str) -> str:
    """The first day of what `torch==2.1.2` pins, or the month of an image's tag `23.10`; "" where nobody knows."""
    if tag := TAG.fullmatch(value):
        return f"20{tag['year']}-{tag['month']}"
    pinned = VERSION.match(value)
    package = re.sub(r"[_.]+", "-", pinned["package"].casefold()) if pinned else ""
    return releases().get(package, {}).get(pinned["minor"], "") if pinned else ""

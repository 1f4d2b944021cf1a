"""Does a name fit a glob? As `fnmatchcase` answers, without compiling a pattern for the globs that have one star."""

from __future__ import annotations

from fnmatch import fnmatchcase

SPECIAL = frozenset("*?[")


def fits(name: str, glob: str) -> bool:
    """Whether the whole name fits the glob, case and all."""
    before, star, after = glob.partition("*")
    if not SPECIAL.isdisjoint(before) or not SPECIAL.isdisjoint(after):
        return fnmatchcase(name, glob)
    if not star:
        return name == glob
    return len(name) >= len(before) + len(after) and name.startswith(before) and name.endswith(after)

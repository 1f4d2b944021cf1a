"""How are packages pinned and chips named in a text? Regular expressions for rows of kind `pin` and `word`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chipsieve.border.semgrep.values import Pattern, grouped, in_a_word, named
from chipsieve.signals.signal import Row

PACKAGE, DASH = r"[\w.-]", "[-_.]+"
FROM = re.compile(r">=(\d+)")
SPECIFIERS = r"""(?:\[[^\]\n]*\])?(?:[ \t]*(?:[=<>~!]=?=?|@)[ \t]*[^\s,;#"']+[ \t]*,?)*"""


def words(rows: Iterable[Row]) -> Pattern:
    """Any of the rows' patterns; what names the chip is `$VALUE`."""
    return {"pattern-either": [{"pattern-regex": f"(?i){grouped(row.pattern, always=True)}"} for row in rows]}


def package(row: Row) -> str:
    """A requirement that the row asks for, as `$V`; empty for a specifier that digits cannot show."""
    name = rf"(?={named(row.names, PACKAGE, DASH)}(?!{PACKAGE}))"
    if row.pattern:
        unnamed = row.pattern.replace("(?P<value>", "(?:")  # what a pin saw is the whole requirement
        name += rf"""(?=[^#;"'\n]*?(?:{in_a_word(unnamed)}))"""
    if row.values:
        least = FROM.fullmatch(row.values[0])
        if least is None or len(least[1]) > 1:
            return ""
        name += rf"""(?=[^#;"'\n]*?(?:(?<![<!])={{1,3}}|>=|~=|>)[ \t]*(?:[{least[1]}-9]|\d\d+)(?!\d))"""
    return rf"(?i){name}(?P<V>[\w.-]+{SPECIFIERS})"

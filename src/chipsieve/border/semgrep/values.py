"""Which names and values does a row accept, as regular expressions that Semgrep's PCRE takes?

A rule binds the value that it sees to `$V`; what a pattern's group `value` holds is bound to `$VALUE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import cast

from chipsieve.facts.deciding import FALSY
from chipsieve.signals.signal import Row
from chipsieve.tables import load_toml

Pattern = dict[str, object]
TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[\^$.]", re.DOTALL)
IN_A_WORD = {"^": r"(?<![^\s\"'])", "$": r"(?![^\s\"'])", ".": r"[^\s\"']"}


def escaped(text: str) -> str:
    """The text as a regular expression that people can read: `re.escape` escapes dashes too."""
    return re.sub(r"([.+?*^$|\\(){}\[\]])", r"\\\1", text)


def named(names: Iterable[str], letter: str = r"\w", dash: str = "-") -> str:
    """Any of some names: a `*` stands for any number of `letter`s, a dash is written as `dash`."""
    return "(?:" + "|".join(f"{letter}*".join(_written(part, dash) for part in name.split("*")) for name in names) + ")"


def _written(text: str, dash: str) -> str:
    return escaped(text).replace("-", dash)


def accepts_true(row: Row) -> bool:
    """Whether the row takes a flag without an operand."""
    if row.pattern:
        return re.search(row.pattern, "true", re.IGNORECASE) is not None
    return not row.values or "true" in (value.casefold() for value in row.values)


def accepted(row: Row) -> list[Pattern]:
    """The condition on `$V`; empty where any value will do. What SignalTable asks of a value that is known."""
    if row.pattern:
        regex = f"^.*?(?:{grouped(row.pattern)})"
    elif row.values:
        regex = rf"^(?:[a-z_][\w.]*\.)?(?:{'|'.join(map(escaped, row.values))})$"
    elif row.kind == "env":
        return []
    else:
        regex = f"^(?!(?:{'|'.join(sorted({*FALSY, 'auto'} - {''}))})?$)"
    return [{"metavariable-regex": {"metavariable": "$V", "regex": f"(?i){regex}"}}]


def any_of(branches: Sequence[list[Pattern]]) -> list[Pattern]:
    """Patterns of which one branch must match; a single branch needs no choice."""
    if len(branches) == 1:
        return branches[0]
    return [{"pattern-either": [branch[0] if len(branch) == 1 else {"patterns": branch} for branch in branches]}]


def grouped(pattern: str, *, always: bool = False) -> str:
    """The pattern with its group under a metavariable's name; `always` puts one around it where it has none."""
    if always and "(?P<value>" not in pattern:
        return f"(?P<VALUE>{pattern})"
    return pattern.replace("(?P<value>", "(?P<VALUE>")


def shown(row: Row) -> str:
    """The metavariable that holds what the readers would show as the value."""
    return "$VALUE" if "(?P<value>" in row.pattern else "$V"


def in_a_word(pattern: str, *, always: bool = False) -> str:
    """The pattern as it is searched in one word, written so that it can be searched in a whole text."""
    return TOKEN.sub(lambda token: IN_A_WORD.get(token[0], token[0]), grouped(pattern, always=always))


def globs(*languages: str) -> tuple[str, ...]:
    """The globs of the files that the readers of some languages open."""
    rows = cast("list[dict[str, object]]", load_toml(files("chipsieve") / "languages.toml")["language"])
    found = [glob for row in rows if row["name"] in languages for glob in cast("list[str]", row["globs"])]
    return tuple(dict.fromkeys(variant for glob in found for variant in _cases(glob)))


def _cases(glob: str) -> Iterable[str]:
    """Semgrep's globs know capitals: a whole name is written all three ways."""
    return (glob,) if "*" in glob else (glob, glob.upper(), glob.capitalize())

"""Which names and values does a match row accept? Regular expressions for Semgrep's PCRE, made from the row.

Semgrep tries an expression at the text's first character, and that may be a quote. A rule binds the value that it sees
to `$V`; what the group `value` of a row's pattern holds is bound to `$VALUE`, by a group called VALUE.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import cast

from chipsieve.facts.deciding import FALSY
from chipsieve.signals.signal import Row
from chipsieve.tables import own_table

GROUP = "(?P<value>"
"""How a row's pattern opens the group whose text is the value."""
TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[\^$.]|\(\?P<value>", re.DOTALL)
IN_A_WORD = {"^": r"(?<![^\s\"'])", "$": r"(?![^\s\"'])", ".": r"[^\s\"']"}
IN_A_FILE = {"^": r"(?<!\w)", "$": r"(?!\w)", ".": "[^\\n\"']", GROUP: "(?:"}
OFF = "|".join(sorted({*FALSY, "auto"} - {""}))
"""The values that switch nothing on."""

QUOTE = "[\"']?"
LINE_CHARACTER = "[^\\n\"']"
LETTER = "[^\\s\"']"
IDENTIFIER = re.compile(r"[a-z_]\w*", re.IGNORECASE)
KNOWN = r"(?![\s\S]*(?:\$[\w({]|\{\{|\{%|<%|%\())"
"""No template and no variable decides the text."""
SCALAR = r"""(?![\[{]|- |(?:[^\s"'][^\n"']*|"[^"\n]*"|'[^'\n]*'):\s)"""
"""Neither a mapping nor a list, as YAML and JSON write them."""

PACKAGE, DASH = r"[\w.-]", "[-_.]+"
FROM = re.compile(r">=(\d+)")
SPECIFIERS = r"""(?:\[[^\]\n]*\])?(?:[ \t]*(?:[=<>~!]=?=?|@)[ \t]*[^\s,;#"']+[ \t]*,?)*"""


def escaped(text: str) -> str:
    """The text as a regular expression that people can read: `re.escape` escapes dashes too."""
    return re.sub(r"([.+?*^$|\\(){}\[\]])", r"\\\1", text)


def named(names: Iterable[str], letter: str = r"\w", dash: str = "-") -> str:
    """Any of some names: a `*` stands for any number of `letter`s, a dash is written as `dash`."""
    return "(?:" + "|".join(f"{letter}*".join(_written(part, dash) for part in name.split("*")) for name in names) + ")"


def _written(text: str, dash: str) -> str:
    return escaped(text).replace("-", dash)


def flag_names(row: Row, letter: str) -> str:
    """Any of a row's flags without the dashes in front; dashes and underscores inside are one."""
    return named((name.lstrip("-").replace("_", "-") for name in row.names), letter, "[-_]")


def key_path(name: str) -> tuple[str, str]:
    """The keys above and the last part of a key's name; `bf16.enabled` is a path, the label `amd.com/gpu` one key."""
    above, _, last = ("", "", name) if "/" in name else name.rpartition(".")
    return above, last


def accepts_true(row: Row) -> bool:
    """Whether the row takes a flag without an operand."""
    if row.pattern:
        return re.search(row.pattern, "true", re.IGNORECASE) is not None
    return not row.values or "true" in (value.casefold() for value in row.values)


def accepted(row: Row) -> str:
    """What a value known to the last character must look like, as SignalTable compares it; empty where any will do."""
    if row.pattern:
        return f"(?i)^.*?(?:{grouped(row.pattern)})"
    if row.values:
        return rf"(?i)^(?:[a-z_][\w.]*\.)?(?:{'|'.join(map(escaped, row.values))})$"
    return "" if row.kind == "env" else f"(?i)^(?!(?:{OFF})?$)"


def whole_value(row: Row, *, any_value: bool = False) -> str:
    """What a whole value of a configuration must look like; `any_value`: a row that asks for nothing takes all."""
    known = "" if any_value and not row.pattern else KNOWN
    return rf"{known}{SCALAR}{QUOTE}\s*{one_word(row, LINE_CHARACTER, any_value=any_value)}"


def one_word(row: Row, letter: str = LETTER, *, any_value: bool = False) -> str:
    """What one word of a value must look like; `letter` is what words are made of."""
    ends = {"^": f"(?:(?<!{letter})|(?<==))", "$": f"(?!{letter})", ".": letter, GROUP: "(?P<VALUE>"}
    if row.values:
        return rf"(?P<VALUE>(?i:{alternatives(row.values)}))(?!{letter})"
    if GROUP in row.pattern:
        return rf"(?!{letter}*\$){letter}*?(?i:{_replaced(row.pattern, ends)})"
    if row.pattern:
        return rf"(?!{letter}*\$)(?={letter}*?(?i:{_replaced(row.pattern, ends)}))(?P<VALUE>{letter}*)"
    return rf"(?P<VALUE>{letter}*)" if any_value else rf"(?!(?i:{OFF}|~)(?!{letter}))(?P<VALUE>{letter}+)"


def alternatives(values: Iterable[str]) -> str:
    """Any of the values; one that is an identifier may have a module in front, as in `torch.bfloat16`."""
    identifiers = [value for value in values if IDENTIFIER.fullmatch(value)]
    others = [escaped(value) for value in values if not IDENTIFIER.fullmatch(value)]
    return "|".join([*([rf"(?:[a-z_][\w.]*\.)?(?:{'|'.join(identifiers)})"] if identifiers else []), *others])


def grouped(pattern: str, *, name: str = "VALUE", always: bool = False) -> str:
    """The pattern with its group under a metavariable's name; `always` puts one around it where it has none."""
    if always and GROUP not in pattern:
        return f"(?P<{name}>{pattern})"
    return pattern.replace(GROUP, f"(?P<{name}>")


def ungrouped(pattern: str) -> str:
    """The pattern without its group's name."""
    return pattern.replace(GROUP, "(?:")


def shown(row: Row) -> str:
    """The metavariable that holds what the readers would show as the value."""
    return "$VALUE" if GROUP in row.pattern else "$V"


def in_a_word(pattern: str, *, always: bool = False) -> str:
    """The pattern as it is searched in one word, written so that it can be searched in a whole text."""
    return _replaced(grouped(pattern, always=always), IN_A_WORD)


def in_a_file(pattern: str) -> str:
    """The pattern as it is searched in a value, written so that it finds in a whole file each value in which it is."""
    return _replaced(pattern, IN_A_FILE)


def _replaced(pattern: str, tokens: Mapping[str, str]) -> str:
    return TOKEN.sub(lambda token: tokens.get(token[0], token[0]), pattern)


def package(row: Row) -> str:
    """A requirement that the row asks for, as `$V`; empty for a specifier that digits cannot show."""
    name = rf"(?={named(row.names, PACKAGE, DASH)}(?!{PACKAGE}))"
    if row.pattern:  # what a pin saw is the whole requirement
        name += rf"""(?=[^#;"'\n]*?(?:{in_a_word(ungrouped(row.pattern))}))"""
    if row.values:
        least = FROM.fullmatch(row.values[0])
        if least is None or len(least[1]) > 1:
            return ""
        name += rf"""(?=[^#;"'\n]*?(?:(?<![<!])={{1,3}}|>=|~=|>)[ \t]*(?:[{least[1]}-9]|\d\d+)(?!\d))"""
    return rf"(?i){name}(?P<V>[\w.-]+{SPECIFIERS})"


def globs(*languages: str) -> tuple[str, ...]:
    """The globs of the files that the readers of some languages open."""
    rows = cast("list[dict[str, object]]", own_table("languages.toml")["language"])
    found = [glob for row in rows if row["name"] in languages for glob in cast("list[str]", row["globs"])]
    return tuple(dict.fromkeys(variant for glob in found for variant in _cases(glob)))


def _cases(glob: str) -> Iterable[str]:
    """Semgrep's globs know capitals: a whole name is written all three ways."""
    glob = f"**/{glob}" if "/" in glob else glob
    return (glob,) if "*" in glob else (glob, glob.upper(), glob.capitalize())

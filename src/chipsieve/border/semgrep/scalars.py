"""Which regular expression accepts what the signal table accepts, in a text as its file writes it?

Semgrep tries an expression at the text's first character, and that may be a quote. The group VALUE is what the row saw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from chipsieve.border.semgrep.values import escaped, named
from chipsieve.facts.deciding import FALSY
from chipsieve.signals.signal import Row

QUOTE = "[\"']?"
OPENING = r"[\s\S]*?"
ANYTHING = "[^\\n\"']"
LETTER = "[^\\s\"']"
SIGN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[\^$.]|\(\?P<value>")
NAME = re.compile(r"[a-z_]\w*", re.IGNORECASE)
KNOWN = r"(?![\s\S]*(?:\$[\w({]|\{\{|\{%|<%|%\())"
"""No template and no variable decides the text."""
SCALAR = r"""(?![\[{]|- |(?:[^\s"'][^\n"']*|"[^"\n]*"|'[^'\n]*'):\s)"""
"""Neither a mapping nor a list, as YAML and JSON write them."""
OFF = "|".join(sorted({*FALSY, "auto"} - {""}))


def whole(row: Row, *, any_value: bool = False) -> str:
    """What a whole value must look like; `any_value`: a row that asks for nothing takes all."""
    known = "" if any_value and not row.pattern else KNOWN
    return rf"{known}{SCALAR}{QUOTE}\s*{word(row, ANYTHING, any_value=any_value)}"


def word(row: Row, letter: str = LETTER, *, any_value: bool = False) -> str:
    """What one word of a text must look like; `letter` is what words are made of."""
    ends = {"^": f"(?:(?<!{letter})|(?<==))", "$": f"(?!{letter})", ".": letter, "(?P<value>": "(?P<VALUE>"}
    if row.values:
        return rf"(?P<VALUE>(?i:{choices(row.values)}))(?!{letter})"
    if "(?P<value>" in row.pattern:
        return rf"(?!{letter}*\$){letter}*?(?i:{pattern(row.pattern, ends)})"
    if row.pattern:
        return rf"(?!{letter}*\$)(?={letter}*?(?i:{pattern(row.pattern, ends)}))(?P<VALUE>{letter}*)"
    return rf"(?P<VALUE>{letter}*)" if any_value else rf"(?!(?i:{OFF}|~)(?!{letter}))(?P<VALUE>{letter}+)"


def choices(wanted: Iterable[str]) -> str:
    """The alternatives; one that is a name may have a module in front, as in `torch.bfloat16`."""
    names = [value for value in wanted if NAME.fullmatch(value)]
    others = [escaped(value) for value in wanted if not NAME.fullmatch(value)]
    return "|".join([*([rf"(?:[a-z_][\w.]*\.)?(?:{'|'.join(names)})"] if names else []), *others])


def pattern(text: str, signs: Mapping[str, str]) -> str:
    """The row's pattern with other ends and with its group renamed."""
    return SIGN.sub(lambda sign: signs.get(sign[0], sign[0]), text)


def flag(names: Iterable[str]) -> str:
    """A flag of one of the names: dashes and underscores are one, and it may begin with one dash or two."""
    words = named((name.lstrip("-").replace("_", "-") for name in names), r"[^\s=]", "[-_]")
    return f"--?(?i:{words})"

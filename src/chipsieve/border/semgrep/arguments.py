"""Where do JSON and YAML hold a command's arguments? Under `args` and its like, in a list or in one text.

A file may also map flags to operands, `--bf16: true`.
"""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.border.semgrep import scalars
from chipsieve.border.semgrep.forms import FOCUS, Branch, Form, find, where
from chipsieve.border.semgrep.scalars import OFF, OPENING, QUOTE
from chipsieve.border.semgrep.values import accepts_true
from chipsieve.signals.signal import Row

KEY = '"=~/(?i)^(.*_)?(args?|arguments|flags|opts|options|params|command|cmd|entrypoint)$/"'
BEFORE = rf"{QUOTE}(?:{OPENING}[\s\"'])?"
"""What stands before a word."""
ITEM: Branch = [{"pattern": f"{KEY}: [..., $V, ...]"}]
TEXT: Branch = [{"pattern": f"{KEY}: $V"}, where("$V", rf"{QUOTE}\s*-(?! )")]
OFF_ITEMS = (f'"=~/(?i)^({OFF})$/"', "false", "0")


def literal(row: Row, _language: str) -> Iterator[Form]:
    """One word of an argument."""
    yield Form(find([ITEM, TEXT], f"{BEFORE}{scalars.word(row)}"))


def flag(row: Row, _language: str) -> Iterator[Form]:
    """A flag that is a key, has its operand in the same argument or in the next one, or is given alone."""
    name, bare = scalars.flag(row.names), accepts_true(row)
    operand, value = "=" if bare else r"(?:=|\s+)", where("$V", scalars.whole(row))
    key: Branch = [{"pattern": '"$K": $V'}, where("$K", f"{QUOTE}{name}{QUOTE}$"), value]
    own = where("$V", f"{BEFORE}{name}{operand}{QUOTE}{scalars.word(row)}")
    following: Branch = [{"pattern": f"{KEY}: [..., $FLAG, $V, ...]"}, where("$FLAG", f"{BEFORE}{name}{QUOTE}$"), value]
    following.append({FOCUS: "$FLAG"})
    yield Form(find([key, [*ITEM, own], [*TEXT, own], *([] if bare else [following])]))
    if bare:
        alone = rf"{BEFORE}{name}(?:{QUOTE}\s*$|\s+(?!(?i:{OFF})(?!{scalars.LETTER})))"
        off: Branch = [{"pattern-not": f"{KEY}: [..., $V, {item}, ...]"} for item in OFF_ITEMS]
        yield Form(find([[*ITEM, *off], TEXT], alone), "true")

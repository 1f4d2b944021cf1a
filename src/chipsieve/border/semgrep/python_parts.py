"""Of which parts are the Python rules made? Conditions on metavariables, values as rows compare them, mentions.

Semgrep starts a `metavariable-regex` at the text's first character. `"$V"` binds a string's content, also where it is
a constant; of `$V`, which binds code, a constant's value is compared only with `constant-propagation`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chipsieve.border.semgrep.records import Record
from chipsieve.signals.signal import Row

GROUP = "(?P<value>"
DTYPES = frozenset({"bfloat16", "float16", "half"})
TRUE = frozenset({"true", "yes", "on", "1"})
CONFIGS = r"(?:flags|\w*(?:args|arguments|opts?|options|conf|config|cfg|hparams|params|settings))"
"""The name of a config object, as in the Python reader."""
OPTION = rf"(?:not )?(?:\w+\.)*(?:self|cls|{CONFIGS})(?:\.\w+)+"
"""`args.bf16`, as text: the reader counts it under the condition that the option is given."""
SILENT = (
    "print", "isinstance", "issubclass", "warn", "warning", "info", "debug", "error", "log", "exception", "critical",
    "hasattr", "assertEqual", "assert_close",
)  # fmt: skip
"""Calls that use none of their arguments, as in the Python reader."""


class Accepted(NamedTuple):
    """How a pattern writes the value, and which condition it must meet."""

    written: str
    conditions: tuple[Record, ...] = ()


def either(patterns: Sequence[str | Record]) -> Record:
    """One of several patterns; a lone one as it is."""
    items: list[Record] = [{"pattern": item} if isinstance(item, str) else item for item in patterns]
    return items[0] if len(items) == 1 else {"pattern-either": items}


def every(*items: Mapping[str, object]) -> Record:
    """All of some conditions."""
    return {"patterns": list(items)}


def regex(metavariable: str, pattern: str, *, code: bool = False) -> Record:
    """A condition on a metavariable's text; on its value where it is `code` and may be a constant.

    The former also tells Semgrep which files to open at all.
    """
    constants = {"constant-propagation": True} if code else {}
    return {"metavariable-regex": {"metavariable": metavariable, "regex": pattern, **constants}}


def focus(metavariable: str) -> Record:
    """The line to report is the metavariable's own."""
    return {"focus-metavariable": metavariable}


def one_of(names: Sequence[str], anything: str = ".*") -> str:
    """A regular expression for names in which `*` stands for anything."""
    texts = [anything.join(re.escape(part) for part in name.split("*")) for name in dict.fromkeys(names)]
    return f"^{texts[0]}$" if len(texts) == 1 else f"^(?:{'|'.join(texts)})$"


def accepted(row: Row) -> Accepted:
    """The values that a row accepts of an argument or a setting; without any, whatever is true.

    They are written as code: a string's content has no place of its own to report where it is a constant.
    """
    if GROUP in row.pattern:
        return searched(row)
    if row.pattern:
        return Accepted("$V", (regex("$V", anywhere(row.pattern), code=True),))
    values = sorted({value.casefold() for value in row.values} or TRUE)
    texts = [rf"(?:\w+\.)*{value}" if value in DTYPES else re.escape(value) for value in values]
    texts += [OPTION] if TRUE & set(values) else []
    return Accepted("$V", (regex("$V", f"(?i)^(?:{'|'.join(texts)})$", code=True),))


def searched(row: Row) -> Accepted:
    """A row's pattern, found anywhere in a text without case; its group is what the marker shows.

    A group of a `metavariable-regex` would be shown with its offsets shifted by the quote. The plain condition comes
    first, for it is cheap, and an empty string has no range for the other.
    """
    if GROUP not in row.pattern:
        return Accepted('"$V"', (regex("$V", anywhere(row.pattern), code=True),))
    found = {"language": "regex", "pattern-regex": f"(?i){grouped(row)}"}
    holds = regex("$TEXT", anywhere(row.pattern.replace(GROUP, "(?:")), code=True)
    return Accepted('"$TEXT"', (holds, {"metavariable-pattern": {"metavariable": "$TEXT", **found}}))


def anywhere(pattern: str) -> str:
    """A pattern that is searched in the whole text, without case."""
    return rf"(?i)[\s\S]*?(?:{pattern})"


def grouped(row: Row) -> str:
    """A row's pattern with its group `value` as the metavariable that the marker shows."""
    return row.pattern.replace(GROUP, "(?P<V>")


COMPARISONS = tuple(f"$LEFT {operator} $RIGHT" for operator in ("==", "!=", "in", "not in", "is", "is not"))
SILENT_CALL = every({"pattern": "$SILENT(...)"}, regex("$SILENT", rf"^(?:[\s\S]*\.)?(?:{'|'.join(SILENT)})$"))
MENTIONED: Record = {
    "pattern-not-inside": either([*COMPARISONS, "assert $CLAIM", "assert $CLAIM, $SAID", "raise $ERROR", SILENT_CALL])
}
"""Where code only speaks of something: comparisons, assertions, errors raised, calls that print or ask."""

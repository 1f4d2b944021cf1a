"""Which Semgrep patterns say what Python code writes out: numbers, string literals, comments?"""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.border.semgrep.python_parts import (
    GROUP,
    anywhere,
    either,
    every,
    focus,
    grouped,
    one_of,
    regex,
    searched,
)
from chipsieve.border.semgrep.records import Record
from chipsieve.signals.signal import Row

BOUND = ("$NAME = $V", "$OBJECT.$NAME = $V", "$CALLED(..., $NAME=$V, ...)", '{..., "$NAME": $V, ...}')
LARGE = r"^[\d.]+(?:[eE]\+?\d+|(?:e12)? ?\* ?(?:1e12|[\d.]+|10 ?\*\* ?12))$"
"""`312e12`, `312 * 1e12`, `1e12 * 312`, `312 * 10**12`, as text: it tells which files to open at all."""
COMMENT = r"""(?im)^(?:[^\n"'#]|"[^"\n]*"|'[^'\n]*')*#[^\n]*?"""
"""From the start of a line into its comment."""


def constant(row: Row) -> Iterator[Record]:
    """Numbers, compared by their value; where the row asks for names, what is bound to one."""
    equal = {"metavariable": "$V", "comparison": f"$V in [{', '.join(row.values)}]"}
    compared: Record = {"metavariable-comparison": equal}
    if row.names:
        yield every(either(BOUND), regex("$NAME", f"(?i){one_of(row.names)}"), compared, focus("$V"))
    else:
        text: Record = {"metavariable-regex": {"metavariable": "$V", "regex": LARGE}}
        yield every({"pattern": "$V"}, text, compared)


def literal(row: Row) -> Iterator[Record]:
    """String literals; those that are constants elsewhere were literals once."""
    value = searched(row)
    held = regex(value.written.strip('"'), anywhere(row.pattern.replace(GROUP, "(?:")))
    yield every({"pattern": value.written}, held, *value.conditions[1:])


def word(row: Row) -> Iterator[Record]:
    """Comments; what looks like one inside a string is none."""
    yield every({"pattern-regex": f"{COMMENT}(?:{grouped(row)})"}, {"pattern-not-inside": '"..."'})

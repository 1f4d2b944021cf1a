"""How does any linter's message say which signal it is about? By a marker at its end that every scanner carries along.

`[chipsieve bf16-training flag: true]`: the signals (joined by `+` where one construct belongs to several), the
kind of match row, after a slash who names the chip, a config's key if there is one, and the value.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MARKER = re.compile(
    r"\[chipsieve (?P<signals>[a-z0-9+-]+) (?P<row>[a-z]+)(?:/(?P<by>[a-z-]+))?(?: (?P<name>[^:\s]+))?:(?P<value>.*)\]",
    re.DOTALL,
)
FORMER_ROWS = {"word": "claim"}
"""Kinds of match row as earlier rules and SARIF logs name them, and what they are called now."""


class Mark(NamedTuple):
    """What a marker says."""

    signals: tuple[str, ...]
    row: str
    value: str
    by: str = ""
    name: str = ""


def write_mark(mark: Mark) -> str:
    """The marker's text; `name` must hold neither blanks nor colons."""
    by, name = f"/{mark.by}" if mark.by else "", f" {mark.name}" if mark.name else ""
    return f"[chipsieve {'+'.join(mark.signals)} {mark.row}{by}{name}: {mark.value}]"


def read_mark(message: str) -> Mark | None:
    """The marker in a scanner's message, None when there is none.

    A value is text of the scanned tree, and may hold brackets: it ends at the message's last one.
    """
    found = MARKER.search(message)
    if found is None:
        return None
    signals, value = tuple(found["signals"].split("+")), unquoted(found["value"].strip())
    return Mark(signals, row_kind(found["row"]), value, found["by"] or "", found["name"] or "")


def row_kind(name: str) -> str:
    """The kind of match row that a report names, also where an earlier version wrote it."""
    return FORMER_ROWS.get(name, name)


def unquoted(text: str) -> str:
    """The text without the quotes around it: Semgrep shows a metavariable as the source writes it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text

"""How does any linter's message say which signal it is about? By a marker at its end that every scanner carries along.

`[chipsieve bf16-training flag: true]`: the signals (joined by `+` where one construct belongs to several), the
kind of match row, after a slash who names the chip, a config's key if there is one, and the value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

MARKER = re.compile(
    r"\[chipsieve (?P<signals>[a-z0-9+-]+) (?P<row>[a-z]+)(?:/(?P<by>[a-z-]+))?(?: (?P<name>[^:\s]+))?:(?P<value>.*)\]",
    re.DOTALL,
)


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
    signals: Sequence[str] = found["signals"].split("+")
    return Mark(tuple(signals), found["row"], unquoted(found["value"].strip()), found["by"] or "", found["name"] or "")


def unquoted(text: str) -> str:
    """The text without the quotes around it: Semgrep shows a metavariable as the source writes it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text

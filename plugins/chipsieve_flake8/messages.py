"""How does a finding look in flake8? Code, title and marker, at its line and column."""

from __future__ import annotations

from collections.abc import Iterable

from chipsieve.border.marker import Mark, write_mark
from chipsieve.facts.conditions import MENTION
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Source
from chipsieve.match.table import default_table
from chipsieve.report.escape import one_line
from chipsieve.signals.signal import Signal
from chipsieve.sources.readers import read_source

EFFECTS = {"requires": 1, "prefers": 2, "names": 3, "technique": 4, "site": 5}
STRENGTHS = {"definitive": 1, "strong": 2, "weak": 3}
GAP = "CHS901"
LIMIT = 400  # characters of a value; a longer one would bury the line that flake8 prints
Message = tuple[int, int, str]


def told(path: str, text: str) -> Iterable[Message]:
    """Line from 1, column from 0 and text of every finding of a Python file, and of every gap in reading it.

    What is only mentioned is left out, unless the signal is about chips' names. Never raises for bad input.
    """
    reading, *_ = read_source(Source(path, "python", text))
    signals = default_table().signals
    said = [
        (item.span.line, item.span.column - 1, _message(signals[item.signal], item))
        for item in reading.findings
        if MENTION not in item.conditions or signals[item.signal].effect == "names"
    ]
    said += [(gap.line or 1, 0, f"{GAP} {one_line(gap.reason, LIMIT)}") for gap in reading.gaps]
    return sorted(set(said))  # one place may be found under several conditions


def code(signal: Signal) -> str:
    """The signal's code: the first figure says its effect, the last its strength."""
    return f"CHS{EFFECTS[signal.effect]}0{STRENGTHS[signal.strength]}"


def _message(signal: Signal, found: Finding) -> str:
    name = one_line(found.name, LIMIT)
    named = name if name and not set(name) & set(": ") else ""  # a marker's name holds neither
    mark = Mark((signal.id,), found.row, one_line(found.value, LIMIT), found.by, named)
    return f"{code(signal)} {signal.title.rstrip('.')} {write_mark(mark)}"

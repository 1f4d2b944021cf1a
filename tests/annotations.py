"""Which lines does a fixture say must match? Its marks, for every engine.

In a fixture a comment stands on the line before the one that it speaks of. `ruleid` must match, `ok` must not,
`todoruleid` is known to be missed. These are Semgrep's words, and hold for it and for our readers alike; where the two
differ, a mark for our readers stands above the one for Semgrep: `readers` matches though Semgrep misses the line,
`todoreaders` the other way round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from chipsieve.facts.reading import Source

ROOT = Path(__file__).parents[1] / "fixtures/signals"
WORDS = ("ruleid", "ok", "todoruleid", "readers", "todoreaders")
MARK = re.compile(r"(?:#|//|<!--)\s*(?P<word>\w+):\s*(?P<signal>[\w-]+)")
FILES = sorted(path for path in ROOT.glob("*/*") if path.is_file())


@dataclass(frozen=True)
class Annotated:
    """One fixture: its signal, its source, the lines that each kind of mark speaks of, and what is wrong with marks."""

    signal: str
    source: Source
    lines: dict[str, list[int]]
    faults: dict[int, str]

    def readers(self) -> list[int]:
        """The lines that our readers must match."""
        return sorted({*self.lines["ruleid"], *self.lines["readers"]} - {*self.lines["todoreaders"]})

    def semgrep(self) -> list[int]:
        """The lines that Semgrep must match."""
        return self.lines["ruleid"]


def annotated(path: Path) -> Annotated:
    """What the marks of a fixture say. What is wrong with one stands in `faults`, by the line of the mark."""
    text = path.read_text(encoding="utf-8")
    lines: dict[str, list[int]] = {word: [] for word in WORDS}
    faults: dict[int, str] = {}
    waiting: dict[int, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        mark = MARK.search(line)
        if mark and mark["word"] in WORDS:
            waiting[number] = mark["word"]
            if mark["signal"] != path.stem:
                faults[number] = f"speaks of another signal, {mark['signal']}"
            continue
        if mark and mark["signal"] == path.stem:
            faults[number] = f"{mark['word']!r} is none of {', '.join(WORDS)}"
        if not line.strip():
            faults |= dict.fromkeys(waiting, "stands above an empty line")
        if {"ruleid", "ok"} <= {*waiting.values()}:
            faults |= dict.fromkeys(waiting, "says of one line that it must match and that it must not")
        for word in waiting.values():
            lines[word].append(number)
        waiting = {}
    faults |= dict.fromkeys(waiting, "stands above no line")
    return Annotated(path.stem, Source(path.name, path.parent.name, text), lines, faults)

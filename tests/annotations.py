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
MARK = re.compile(r"(?:#|//|<!--)\s*(?P<word>ruleid|ok|todoruleid|readers|todoreaders):\s*(?P<signal>[\w-]+)")
FILES = sorted(path for path in ROOT.glob("*/*") if path.is_file())


@dataclass(frozen=True)
class Annotated:
    """One fixture: its signal, its source, and the lines that each kind of mark speaks of."""

    signal: str
    source: Source
    lines: dict[str, list[int]]

    def readers(self) -> list[int]:
        """The lines that our readers must match."""
        return sorted({*self.lines["ruleid"], *self.lines["readers"]} - {*self.lines["todoreaders"]})

    def semgrep(self) -> list[int]:
        """The lines that Semgrep must match."""
        return self.lines["ruleid"]


def annotated(path: Path) -> Annotated:
    text = path.read_text(encoding="utf-8")
    lines: dict[str, list[int]] = {word: [] for word in ("ruleid", "ok", "todoruleid", "readers", "todoreaders")}
    waiting: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        mark = MARK.search(line)
        if mark:
            assert mark["signal"] == path.stem, f"{path.name}:{number} speaks of another signal"
            waiting.append(mark["word"])
            continue
        for word in waiting:
            lines[word].append(number)
        waiting = []
    return Annotated(path.stem, Source(path.name, path.parent.name, text), lines)

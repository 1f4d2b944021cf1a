"""Where does the time of a scan go? `python phases.py TREE` reads it phase by phase, on one core and without a cache.

Run as a program of its own, so that the start counts and nothing is loaded before.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from chipsieve.facts.reading import Reading


class Clock:
    """CPU seconds by phase; the first begins with the process."""

    def __init__(self) -> None:
        """Nothing measured yet."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._before = 0.0

    def lap(self, phase: str) -> None:
        """What was used since the last lap belongs to `phase`."""
        now = time.process_time()
        self.seconds[phase] += now - self._before
        self._before = now


def measured(tree: Path) -> dict[str, object]:
    """Files, bytes, launches and CPU seconds by phase of one scan; matching belongs to linking."""
    clock = Clock()
    from chipsieve import report
    from chipsieve.catalogue import load_catalogue
    from chipsieve.match.matcher import match_tree
    from chipsieve.match.table import default_table
    from chipsieve.sieve.concluding import Rules, conclude
    from chipsieve.sieve.policies import load_policy
    from chipsieve.sources.discovery import discover
    from chipsieve.sources.disk import Disk
    from chipsieve.sources.readers import read_tree, readers
    from chipsieve.sources.scan_record import record_scan

    table = default_table()
    rules = Rules(load_catalogue(), table.signals, load_policy("balanced"), "training")
    readers()
    clock.lap("start")
    found = discover(Disk.at(tree))
    clock.lap("discovery")
    readings: list[Reading] = []
    for language in sorted({language for _, language in found.files}):
        files = tuple(file for file in found.files if file[1] == language)
        readings += read_tree(replace(found, files=files), table.vocabulary, workers=1)
        clock.lap(f"reading {language}")
    readings.sort(key=lambda reading: reading.path)
    says = match_tree(readings, table)
    clock.lap("linking")
    gaps = {*found.gaps, *(gap for reading in readings for gap in reading.gaps), *says.gaps}
    verdict = conclude(record_scan(found, tuple(readings), says.findings, gaps), says.launches, rules, found.tree)
    clock.lap("judging")
    report.render(verdict, "json")
    clock.lap("reporting")
    sizes = sum(found.tree.size(path) for path, _ in found.files)
    return {"files": len(found.files), "bytes": sizes, "launches": len(says.launches), "cpu": clock.seconds}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(Path(sys.argv[1]))))

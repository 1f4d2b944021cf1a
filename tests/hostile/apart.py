"""What is done in a process of its own? Writing a tree, scanning it, reading the report.

A process counts the memory that the one had which starts it, so what starts a measured one must be small.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, Popen

from benchmarks.measuring import INHERITED, RSS_UNIT
from hostile.every import BOMBS

CEILING = 100, 5_000_000_000  # CPU seconds and bytes at which the kernel ends a run


def write(name: str, tree: str, size: str) -> None:
    """Write the bomb of a name into a folder at a size."""
    BOMBS[name].written(Path(tree), float(size))


def scan(tree: str, report: str, python: str) -> None:
    """Scan a tree as a user would; print the seconds of CPU, the most memory in MB and the exit code."""
    command = [python, "-m", "chipsieve", "scan", tree, "--format", "json", "--no-cache", "--workers", "1"]
    process = Popen(
        [*command, "--output", report], cwd=Path(tree).parent, stdout=DEVNULL, stderr=DEVNULL,
        env={**INHERITED, "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )  # fmt: skip
    if hasattr(resource, "prlimit"):
        for kind, most in zip((resource.RLIMIT_CPU, resource.RLIMIT_AS), CEILING, strict=True):
            resource.prlimit(process.pid, kind, (most, most))
    _, status, usage = os.wait4(process.pid, 0)
    seconds, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * RSS_UNIT / 1e6
    print(seconds, megabytes, os.waitstatus_to_exitcode(status))  # noqa: T201 - its output is what it is asked for


def gaps(report: str) -> None:
    """Print the gaps of a report, one on each line."""
    for gap in json.loads(Path(report).read_text(encoding="utf-8")).get("gaps", ()):
        print(ascii(f"{gap['path']}: {gap['reason']}")[1:-1])  # noqa: T201 - as above


if __name__ == "__main__":
    works: dict[str, Callable[..., None]] = {"write": write, "scan": scan, "gaps": gaps}
    works[sys.argv[1]](*sys.argv[2:])

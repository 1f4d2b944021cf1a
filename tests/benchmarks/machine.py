"""What was measured, on which machine? Cores, memory, system, versions; no name, no path."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.markdown import table
from benchmarks.trees import ROOT

PROGRAMS = ("libcst", "bashlex", "semgrep", "ruff")


def description() -> Iterator[str]:
    """The machine and the versions as a table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = os.getloadavg()[0]
    yield from table(
        ("", ""),
        [
            ("processor", f"{processor()}, {os.cpu_count()} cores"),
            ("memory", f"{memory:.0f} GB"),
            ("system", f"{platform.system()} {platform.release()}"),
            ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
            ("programs", ", ".join([*(f"{name} {version(name)}" for name in PROGRAMS), _grep()])),
            ("load before the run", f"{load:.2f}"),
        ],
        texts=2,
    )


def processor(account: Path = Path("/proc/cpuinfo")) -> str:
    """The processor as the system calls it, or its architecture."""
    if account.exists():
        for line in account.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def edition() -> str:
    """Which code was measured, and when."""
    commit = _git("describe", "--always")
    changed = _git("status", "--porcelain", "--", ".", ":!docs/performance.md")  # which is being written
    commit += "-dirty" if commit and changed else ""
    return f"chipsieve {version('chipsieve')}, {f'commit {commit}, ' if commit else ''}{datetime.now(UTC).date()}."


def _git(*command: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *command], capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.strip()


def _grep() -> str:
    first = subprocess.run(["grep", "--version"], capture_output=True, text=True, check=False).stdout.partition("\n")[0]  # noqa: S607
    return first.strip() or "grep"

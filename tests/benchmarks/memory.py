"""How much memory does each process of a scan take at most? Read from the kernel's own high-water marks."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click

from benchmarks.markdown import held, table
from benchmarks.measuring import INHERITED, RSS_UNIT
from benchmarks.ours import ONE_WORKER, Scans, at_desk, kept_in
from benchmarks.trees import Plan

GOAL = 300  # MB a process
PAUSE = 0.02  # seconds between two looks; a mark never falls, so only a process's last moments can be missed


class Peaks(NamedTuple):
    """The most that processes of a run had resident, in MB; the largest as the kernel accounts for it at the end."""

    main: float
    workers: tuple[float, ...]
    largest: float


def section(plan: Plan) -> Iterator[str]:
    """A row for each kind of scan of each tree."""
    found = [row for tree in plan.compared for row in _measured(tree)]
    head = ("tree", "scan", "main process, MB", "workers", "largest worker, MB", f"largest process, MB (goal: {GOAL})")
    yield from table(head, found, texts=2)


def _measured(tree: Path) -> Iterator[tuple[object, ...]]:
    with at_desk(tree) as scans:
        for kind, peaks in _scans(scans):
            most = f"{max(peaks.workers):.0f}" if peaks.workers else ""
            yield tree.name, kind, f"{peaks.main:.0f}", len(peaks.workers), most, held(peaks.largest, GOAL)


def _scans(scans: Scans) -> Iterator[tuple[str, Peaks]]:
    home = scans.home()
    for kind, options in (("cold", ()), ("cold, one worker", ONE_WORKER)):
        with TemporaryDirectory(dir=scans.desk) as fresh:
            yield kind, peaks_of(scans.command(*options), Path(fresh))
    yield "warm", peaks_of(scans.command(), home)


def peaks_of(command: Sequence[str], home: Path) -> Peaks:
    """The peaks of one run in the folder beside its cache, as the run was that filled it: answers are kept by folder.

    Raises:
        click.ClickException: it failed.
    """
    seen: dict[int, float] = {}
    process = subprocess.Popen(command, cwd=home.parent, env={**INHERITED, **kept_in(home)}, stdout=subprocess.DEVNULL)
    ended = 0
    while not ended:
        seen |= {pid: high for pid in family(process.pid) if (high := high_water(pid))}
        time.sleep(PAUSE)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"{' '.join(command[:3])} ended with code {process.returncode}")
    main = seen.pop(process.pid, 0)
    return Peaks(main, tuple(seen.values()), max(usage.ru_maxrss * RSS_UNIT / 1e6, main, *seen.values()))


def family(pid: int) -> Iterator[int]:
    """A process and all that it started, itself first."""
    yield pid
    with suppress(OSError):  # it ended
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                yield from family(int(child))


def high_water(pid: int) -> float:
    """The most that a process has had resident, in MB; 0 when it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0

"""What does one run of a program cost, and what do several, taken in turns? Wall time, CPU time, memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import NamedTuple

import click

BLOCK = 1 << 20
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
INHERITED = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CHIPSIEVE"))}
"""What a measured program gets of the environment: nothing that changes how its Python starts or where its cache is."""


class Sample(NamedTuple):
    """One run: seconds on the clock, seconds of CPU in all its processes, megabytes of the largest of them."""

    wall: float
    cpu: float
    megabytes: float


def own_peak() -> float:
    """The most that this process has had resident, in MB: a program it starts cannot be seen to have had less."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / 1e6


Run = Callable[[], Sample]


def timed(
    command: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    *,
    feed: Path | None = None,
    output: Path | None = None,
    accepted: Collection[int] = (0, 1),
) -> Sample:
    """The cost of one run, read from the kernel's own account of the process and of all that it waited for.

    Raises:
        click.ClickException: it ended with a code that is not `accepted`, and so without its results.
    """
    with (
        Path(feed or os.devnull).open("rb") as source, Path(output or os.devnull).open("wb") as sink,
        TemporaryFile() as said,
    ):  # fmt: skip
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env={**INHERITED, **(environment or {})}, stdin=source, stdout=sink, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in accepted:
            said.seek(0)
            last = said.read().decode(errors="replace").strip()[-400:]
            raise click.ClickException(f"{' '.join(command[:3])} ended with code {process.returncode}: {last}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * RSS_UNIT / 1e6)


def in_turns(runs: Mapping[str, Run], rounds: int, budget: float, label: str = "") -> dict[str, list[Sample]]:
    """The samples of several programs that take turns, so that a drift of the machine meets all of them.

    Each runs once a round. One whose runs took `budget` seconds, or would with one more, runs no further.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            taken = samples[name]
            spent = sum(sample.wall for sample in taken)
            if not taken or spent + spent / len(taken) <= budget:
                taken.append(run())
                click.echo(f"{label} {name}: {taken[-1].wall:.2f} s, {taken[-1].cpu:.2f} s CPU", err=True)
    return samples


def middle(samples: Sequence[Sample]) -> Sample:
    """The median of each cost by itself."""
    return Sample(*(median(cost) for cost in zip(*samples, strict=True)))


def read_all(tree: Path) -> None:
    """Read every file once, so that no run pays for the disk."""
    for path in files_below(tree):
        with path.open("rb") as stream:
            while stream.read(BLOCK):
                pass


def files_below(tree: Path) -> Iterator[Path]:
    """Every regular file."""
    for folder, _, names in os.walk(tree):
        yield from (path for name in names if (path := Path(folder, name)).is_file() and not path.is_symlink())

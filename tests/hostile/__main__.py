"""What does each hostile tree cost? `make hostile [NAMES="NAME NAME"] [PAGE=docs/quality.md]`.

Each tree is scanned in a process of its own, as a user would type it, with one worker: seconds of CPU, the most memory,
the exit code and the size of the report.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import mkdtemp
from typing import NamedTuple

import click

from benchmarks.measuring import INHERITED, RSS_UNIT
from hostile import config_bombs, file_bombs, prose_bombs, shell_bombs
from hostile.bombs import BOMBS, Bomb

FILES_OF_BOMBS = (shell_bombs, config_bombs, prose_bombs, file_bombs)  # each registers its own
SECONDS, MEGABYTES, AIM = 10, 600, 300
CEILING = 20, 5_000_000_000  # CPU seconds and bytes at which the kernel ends a run
REPORT = 50_000_000  # bytes of a report


class Outcome(NamedTuple):
    """What one run cost, how it ended, how large its report is, and the gaps in it."""

    seconds: float
    megabytes: float
    code: int
    size: int
    gaps: tuple[str, ...]

    @property
    def survived(self) -> bool:
        """Whether the run ended as a run should, within its time and memory."""
        return self.code == 0 and self.seconds <= SECONDS and self.megabytes <= MEGABYTES and self.size <= REPORT


def outcome_of(bomb: Bomb, desk: Path, size: float = 1, python: str = sys.executable) -> Outcome:
    """Scan a bomb in a process of its own, in a folder of its own."""
    tree, report = bomb.written(desk / "tree", size), desk / "report.json"
    command = [python, "-m", "chipsieve", "scan", str(tree), "--format", "json", "--no-cache", "--workers", "1"]
    process = Popen(
        [*command, "--output", str(report)], cwd=desk, stdout=DEVNULL, stderr=DEVNULL,
        env={**INHERITED, "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )  # fmt: skip
    _limit(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    text = report.read_text(encoding="utf-8") if report.exists() else "{}"
    gaps = tuple(f"{gap['path']}: {gap['reason']}" for gap in json.loads(text).get("gaps", ()))
    seconds, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * RSS_UNIT / 1e6
    return Outcome(seconds, megabytes, process.returncode, len(text), gaps)


def _limit(pid: int) -> None:
    """Have the kernel end a process that takes far too much, where it can be asked to."""
    if hasattr(resource, "prlimit"):
        for kind, most in zip((resource.RLIMIT_CPU, resource.RLIMIT_AS), CEILING, strict=True):
            resource.prlimit(pid, kind, (most, most))


@click.command()
@click.argument("names", nargs=-1)
@click.option("--size", type=click.FloatRange(0, 1), default=1, help="Of the whole tree's size.")
@click.option("--gaps", is_flag=True, help="Show the gaps of each report.")
def main(names: tuple[str, ...], *, size: float, gaps: bool) -> None:
    """Scan each hostile tree, or those of these names, and say what it costs."""
    failed = 0
    for bomb in BOMBS.values():
        if names and bomb.name not in names:
            continue
        desk = Path(mkdtemp(prefix="chipsieve-hostile-"))
        try:
            found = outcome_of(bomb, desk, size)
        finally:
            _removed(desk)
        failed += not found.survived
        mark = "ok  " if found.survived else "FAIL"
        click.echo(
            f"{mark} {bomb.name:34} {found.seconds:6.1f} s {found.megabytes:6.0f} MB  exit {found.code:3} "
            f"{found.size / 1e6:6.2f} MB  {len(found.gaps)} gaps"
        )
        for gap in found.gaps[:8] if gaps else ():
            click.echo(f"       {gap}")
    sys.exit(failed > 0)


def _removed(desk: Path) -> None:
    """Remove a folder that holds closed ones."""
    for folder in (desk / "tree").iterdir():
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o700)
    shutil.rmtree(desk)


if __name__ == "__main__":
    main()

"""What does each hostile tree cost? `make hostile [NAMES="NAME NAME"] [PAGE=docs/quality.md]`.

Each tree is scanned in a process of its own, as a user would type it, with one worker: seconds of CPU, the most memory,
the exit code and the size of the report.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import run
from tempfile import mkdtemp
from typing import NamedTuple

import click

from hostile.bombs import Bomb
from hostile.every import BOMBS

SECONDS, MEGABYTES, AIM = 10, 600, 300
TESTS = Path(__file__).parents[1]
BEGIN, END = "<!-- hostile: begin -->", "<!-- hostile: end -->"
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
    tree, report = desk / "tree", desk / "report.json"
    _apart("write", bomb.name, tree, size)
    (cost,) = _apart("scan", tree, report, python)
    seconds, megabytes, code = cost.split()
    gaps = _apart("gaps", report) if report.exists() else ()
    length = report.stat().st_size if report.exists() else 0
    return Outcome(float(seconds), float(megabytes), int(code), length, gaps)


def _apart(*words: object) -> tuple[str, ...]:
    """What another process prints of its work."""
    command = [sys.executable, "-m", "hostile.apart", *map(str, words)]
    return tuple(run(command, capture_output=True, text=True, check=True, cwd=TESTS).stdout.splitlines())


@click.command()
@click.argument("names", nargs=-1)
@click.option("--size", type=click.FloatRange(0, 1), default=1, help="Of the whole tree's size.")
@click.option("--page", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Write the table there.")
@click.option("--gaps", is_flag=True, help="Show the gaps of each report.")
def main(names: tuple[str, ...], *, size: float, page: Path | None, gaps: bool) -> None:
    """Scan each hostile tree, or those of these names, and say what it costs."""
    found: dict[str, Outcome] = {}
    for bomb in BOMBS.values():
        if names and bomb.name not in names:
            continue
        desk = Path(mkdtemp(prefix="chipsieve-hostile-"))
        try:
            outcome = found[bomb.name] = outcome_of(bomb, desk, size)
        finally:
            _removed(desk)
        mark = "ok  " if outcome.survived else "FAIL"
        click.echo(
            f"{mark} {bomb.name:34} {outcome.seconds:6.1f} s {outcome.megabytes:6.0f} MB  exit {outcome.code:3} "
            f"{outcome.size / 1e6:6.2f} MB  {len(outcome.gaps)} gaps"
        )
        for gap in outcome.gaps[:8] if gaps else ():
            click.echo(f"       {gap}")
    if page:
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        page.write_text(
            "\n".join((before + BEGIN, "", *_table(found), "", END + rest.partition(END)[2])), encoding="utf-8"
        )
    sys.exit(not all(outcome.survived for outcome in found.values()))


def _table(found: Mapping[str, Outcome]) -> Iterator[str]:
    """A row for each kind: how many were tried, how many survived, and the most that one took."""
    yield "| kind of input | tried | survived | most processor seconds | most MB | largest report, MB |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind in dict.fromkeys(BOMBS[name].kind for name in found):
        rows = [outcome for name, outcome in found.items() if BOMBS[name].kind == kind]
        survived = sum(outcome.survived for outcome in rows)
        most = (
            f"{max(values):.1f}"
            for values in zip(*((one.seconds, one.megabytes, one.size / 1e6) for one in rows), strict=True)
        )
        yield f"| {kind} | {len(rows)} | {survived} | {' | '.join(most)} |"


def _removed(desk: Path) -> None:
    """Remove a folder that holds closed ones."""
    for folder in (desk / "tree").iterdir():
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o700)
    shutil.rmtree(desk)


if __name__ == "__main__":
    main()

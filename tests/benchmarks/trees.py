"""What is measured on? Trees by name, with what a scan reads of them and where its time goes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.measuring import INHERITED
from benchmarks.synthetic import write_project

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "fixtures/repos/hunyuan-large-2024-11-05"
PHASES = Path(__file__).with_name("phases.py")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a measurement is to do: on which trees, how often, for how long, and how large to make its own trees.

    `beside` names the commit beside which this tree is measured, "" for none.
    """

    clones: tuple[Path, ...]
    compared: tuple[Path, ...]
    rounds: int
    budget: float
    units: int
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a scan reads of a tree, and the CPU seconds of its phases on one core without a cache."""

    files: int
    bytes: int
    launches: int
    cpu: dict[str, float]

    @property
    def megabytes(self) -> float:
        """Millions of bytes that were read."""
        return self.bytes / 1e6

    def seconds(self, *phases: str) -> float:
        """CPU of all phases that begin so; of all without the start when none is named."""
        wanted = phases or ("discovery", "reading", "linking", "judging", "reporting")
        return sum(seconds for phase, seconds in self.cpu.items() if phase.startswith(wanted))


def profile(tree: Path) -> Profile:
    """The profile of one tree, taken by a process of its own."""
    click.echo(f"{tree.name}: phases", err=True)
    command = [sys.executable, str(PHASES), str(tree)]
    return Profile(**json.loads(subprocess.run(command, env=INHERITED, stdout=subprocess.PIPE, check=True).stdout))


def repositories(folders: Sequence[Path]) -> tuple[Path, ...]:
    """The folders in these folders, one repository each, sorted by name."""
    found = (path.resolve() for folder in folders for path in folder.iterdir() if path.is_dir())
    return tuple(sorted(found, key=lambda path: path.name))


def compared(clones: Sequence[Path], names: Sequence[str], desk: Path, units: int) -> tuple[Path, ...]:
    """The trees on which peers run too: the bundled example, a synthetic tree, and the clones of these names.

    Raises:
        click.UsageError: there is no clone of a name.
    """
    unknown = set(names) - {path.name for path in clones}
    if unknown:
        raise click.UsageError(f"no clone is called {', '.join(sorted(unknown))}")
    synthetic = write_project(desk / f"synthetic-{units}", units)
    return (EXAMPLE, synthetic, *(path for path in clones if path.name in names))

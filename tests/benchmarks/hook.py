"""What does one changed file cost in a hook? CPU of `chipsieve check` in all its processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.markdown import figure, held, table
from benchmarks.measuring import in_turns, middle
from benchmarks.ours import Hook, at_desk
from benchmarks.trees import Plan
from chipsieve.sources.discovery import discover
from chipsieve.sources.disk import Disk

GOAL = 0.5  # seconds of CPU
LANGUAGES = ("python", "shell")


def section(plan: Plan) -> Iterator[str]:
    """A row for each of some files of each tree."""
    found = [row for tree in plan.compared for row in _measured(tree, plan)]
    yield from table(("tree", "file", "kB", "runs", "wall, s", f"CPU, s (goal: {GOAL})"), found, texts=2)


def _measured(tree: Path, plan: Plan) -> Iterator[tuple[object, ...]]:
    with at_desk(tree) as scans:
        for kind, file in chosen(tree).items():
            hook = Hook(file, scans.home(), scans.desk)
            hook.run()  # the first finds the program's own files on the disk
            taken = in_turns({kind: hook.run}, plan.rounds, plan.budget, tree.name)[kind]
            wall, cpu, _ = middle(taken)
            yield tree.name, kind, figure(file.stat().st_size / 1e3), len(taken), figure(wall), held(cpu, GOAL)


def chosen(tree: Path) -> dict[str, Path]:
    """The files of median and of largest size in Python and in shell."""
    found = discover(Disk.at(tree))
    kinds = {}
    for language in LANGUAGES:
        paths = (found.tree.folder / path for path, of in found.files if of == language)
        several = sorted(paths, key=lambda path: (path.stat().st_size, path))
        if several:
            kinds[f"{language}, median"] = several[len(several) // 2]
            kinds[f"{language}, largest"] = several[-1]
    return kinds

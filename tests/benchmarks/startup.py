"""What does chipsieve cost before it reads anything? CPU of `--version`, and of `check` on one small file of a kind."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.markdown import figure, held, table
from benchmarks.measuring import INHERITED, in_turns, middle, timed
from benchmarks.trees import EXAMPLE, ROOT, Plan

BARE = "bare Python"
PROGRAM = ("-m", "chipsieve")
CHECK = (*PROGRAM, "check", "--fail-on", "requires")
RUNS: Mapping[str, tuple[str, ...]] = {
    BARE: ("-c", "pass"),
    "--version": (*PROGRAM, "--version"),
    "check, JSON": (*CHECK, "train/ds_zero3_no_offload.json"),
    "check, Python": (*CHECK, "train/train.py"),
    "check, shell": (*CHECK, "train/train.sh"),
}
GOALS = {"--version": 0.035, "check, JSON": 0.12, "check, Python": 0.18, "check, shell": 0.18}  # seconds of CPU
PREPARE = "tools/prepare_tables.py"


def section(plan: Plan) -> Iterator[str]:
    """A row for each run: this tree, and the commit beside it where one is named."""
    with exported(plan.beside) as other:
        trees = {"this tree": ROOT} | ({plan.beside: other} if other else {})
        for tree in trees.values():
            prepare(tree)
        runs = {(name, kind): partial(timed, (sys.executable, *words), EXAMPLE, code_of(tree))
                for kind, words in RUNS.items() for name, tree in trees.items()}  # fmt: skip
        for run in runs.values():
            run()  # the first compiles the modules, and finds them on the disk
        taken = in_turns({f"{kind}, {name}": run for (name, kind), run in runs.items()}, plan.rounds, plan.budget)
    cpu = {label: middle(samples).cpu for label, samples in taken.items()}
    head = ("run", "goal, s", *(f"{name}, CPU s" for name in trees), *(["this : that"] if len(trees) > 1 else []))
    yield from table(head, [_row(kind, [cpu[f"{kind}, {name}"] for name in trees]) for kind in RUNS])


def _row(kind: str, found: list[float]) -> tuple[object, ...]:
    goal = GOALS.get(kind)
    ours, *theirs = found
    shown = held(ours, goal) if goal else figure(ours)
    return (kind, goal or "", shown, *(text for one in theirs for text in (figure(one), figure(ours / one))))


def code_of(tree: Path) -> dict[str, str]:
    """The environment in which Python runs the chipsieve of a tree, whichever is installed."""
    return {"PYTHONPATH": os.pathsep.join((str(tree / "src"), str(tree / "plugins")))}


def prepare(tree: Path) -> None:
    """Do for a tree what installing it does; earlier ones had nothing to prepare."""
    if (tree / PREPARE).exists():
        subprocess.run([sys.executable, PREPARE], cwd=tree, env={**INHERITED, **code_of(tree)}, check=True)


@contextmanager
def exported(commit: str) -> Iterator[Path | None]:
    """The tree of a commit in a folder of its own, None without a commit."""
    if not commit:
        yield None
        return
    with TemporaryDirectory(prefix="chipsieve-beside-") as folder:
        packed, wanted = Path(folder, "tree.tar"), ("src", "plugins", "tools")
        command = ["git", "archive", "--output", str(packed), commit, *wanted]
        subprocess.run(command, cwd=ROOT, check=True)
        with tarfile.open(packed) as members:
            members.extractall(folder, filter="data")
        yield Path(folder)

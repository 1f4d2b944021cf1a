"""What does a cold scan cost beside an earlier commit, and what an unchanged one beside `git status`?"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.markdown import figure, held, table
from benchmarks.measuring import Run, in_turns, middle, read_all, timed
from benchmarks.ours import Scans, at_desk
from benchmarks.startup import code_of, exported, prepare
from benchmarks.trees import ROOT, Plan

GOALS = {
    "KellerJordan+modded-nanogpt": 0.12, "NVIDIA+Megatron-LM": 0.5, "tinygrad+tinygrad": 0.5, "unslothai+unsloth": 0.5,
    "Tencent+HunyuanDiT": 0.5,
}  # fmt: skip
"""Of the CPU that the commit before the work on speed took, by tree."""
OURS, THEIRS = "this tree", "that commit"
STATUS = ("git", "status", "--porcelain")


def cold(plan: Plan) -> Iterator[str]:
    """A row for each tree: CPU of cold scans in turns, of this tree and of the commit beside it."""
    if not plan.beside:
        yield "No commit was named (`--beside`)."
        return
    with exported(plan.beside) as other, TemporaryDirectory(prefix="chipsieve-bench-") as folder:
        programs = {name: program(Path(folder, name), tree) for name, tree in ((OURS, ROOT), (THEIRS, other or ROOT))}
        rows = [_beside(tree, programs, plan) for tree in plan.clones or plan.compared]
    yield f"That commit: {plan.beside}."
    yield ""
    head = ("tree", "runs", "this tree, CPU s", "that commit, CPU s", "this : that", "goal", "launches", "judged alike")
    yield from table(head, rows)


def _beside(tree: Path, programs: Mapping[str, str], plan: Plan) -> tuple[object, ...]:
    read_all(tree)
    with TemporaryDirectory(prefix="chipsieve-bench-") as folder, ExitStack() as stack:
        desks = {name: Path(stack.enter_context(TemporaryDirectory(dir=folder))) for name in programs}
        scans = {name: Scans(tree, desks[name], program) for name, program in programs.items()}
        taken = in_turns({name: one.cold for name, one in scans.items()}, plan.rounds, plan.budget, tree.name)
        ours, theirs = (_remaining(one.first) for one in scans.values())
    cpu = {name: middle(samples).cpu for name, samples in taken.items()}
    ratio, goal = cpu[OURS] / cpu[THEIRS], GOALS.get(tree.name)
    alike = sum(ours.get(launch) == left for launch, left in theirs.items())
    shown = held(ratio, goal) if goal else figure(ratio)
    return (tree.name, min(map(len, taken.values())), figure(cpu[OURS]), figure(cpu[THEIRS]), shown, goal or "",
            f"{len(ours)} and {len(theirs)}", alike)  # fmt: skip


def _remaining(report: Path) -> dict[str, list[str]]:
    """What remains for each launch of a report."""
    launches = json.loads(report.read_text(encoding="utf-8"))["launches"]
    return {str(launch["id"]): launch["remaining"] for launch in launches}


def program(file: Path, tree: Path) -> str:
    """A program at `file` that runs the chipsieve of a tree, prepared as an installation is."""
    prepare(tree)
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in code_of(tree).items())
    file = file.with_name(file.name.replace(" ", "-"))
    file.write_text(f'#!/bin/sh\n{variables} exec {shlex.quote(sys.executable)} -m chipsieve "$@"\n', encoding="utf-8")
    file.chmod(0o700)
    return str(file)


def unchanged(plan: Plan) -> Iterator[str]:
    """A row for each clone: a scan of what has not changed since the one before, in turns with `git status`."""
    head = ("tree", "runs", "warm, wall s", "warm, CPU s", "git status, wall s", "git status, CPU s", "wall : wall")
    clones = [tree for tree in plan.clones or plan.compared if (tree / ".git").exists()]
    yield from table(head, [_unchanged(tree, plan) for tree in clones])


def _unchanged(tree: Path, plan: Plan) -> tuple[object, ...]:
    with at_desk(tree) as scans:
        scans.home()
        runs: dict[str, Run] = {"warm": scans.warm, "git status": partial(timed, STATUS, tree)}
        taken = in_turns(runs, plan.rounds, plan.budget, tree.name)
    warm, status = (middle(taken[name]) for name in runs)
    figures = map(figure, (warm.wall, warm.cpu, status.wall, status.cpu, warm.wall / status.wall))
    return (tree.name, min(map(len, taken.values())), *figures)

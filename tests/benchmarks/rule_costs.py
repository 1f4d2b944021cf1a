"""What do our Semgrep rules cost beside eight simple ones on the same files? CPU of one Semgrep job, taken in turns.

The eight stand for the least that a run of Semgrep with some use costs: its start, and parsing what holds their names.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.markdown import figure, held, table
from benchmarks.measuring import in_turns, middle, read_all
from benchmarks.ours import at_desk
from benchmarks.peers import semgrep
from benchmarks.trees import Plan

EIGHT = Path(__file__).with_name("eight-rules.yaml")
GOAL = 3.5  # of the eight rules' CPU time
ONE_JOB = ("--jobs", "1")
OURS, SIMPLE = "our rules", "eight rules"


def section(plan: Plan) -> Iterator[str]:
    """A row for each tree."""
    found = [_measured(tree, plan) for tree in plan.compared]
    yield from table(("tree", "runs", f"{OURS}, CPU s", f"{SIMPLE}, CPU s", f"ratio (goal: {GOAL})"), found)


def _measured(tree: Path, plan: Plan) -> tuple[object, ...]:
    read_all(tree)
    with at_desk(tree) as scans:
        runs = {
            OURS: partial(semgrep, tree, scans.desk, *ONE_JOB),
            SIMPLE: partial(semgrep, tree, scans.desk, *ONE_JOB, rules=EIGHT),
        }
        taken = in_turns(runs, plan.rounds, plan.budget, tree.name)
    ours, simple = middle(taken[OURS]).cpu, middle(taken[SIMPLE]).cpu
    return tree.name, len(taken[OURS]), figure(ours), figure(simple), held(ours / simple, GOAL)

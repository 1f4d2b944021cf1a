"""What do our Semgrep rules cost? Beside eight simple ones on the same files, and as a user types it.

The eight stand for the least that a run of Semgrep with some use costs: its start, and parsing what holds their names.
As a user types it, Semgrep leaves out tests and large files. CPU of one Semgrep job, taken in turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.markdown import figure, held, table
from benchmarks.measuring import Sample, in_turns, middle, read_all, timed
from benchmarks.ours import at_desk
from benchmarks.peers import semgrep
from benchmarks.trees import Plan
from chipsieve.border.semgrep.running import OFFLINE, find_semgrep, rules_home

EIGHT = Path(__file__).with_name("eight-rules.yaml")
GOAL = 3.5  # of the eight rules' CPU time
WITHIN = 150  # CPU seconds for the largest tree that is compared, Megatron-LM
ONE_JOB = ("--jobs", "1")
TYPED = ("scan", "--json", "--quiet", "--metrics=off", "--disable-version-check", *ONE_JOB)
OURS, SIMPLE, AS_TYPED = "our rules", "eight rules", "as typed"


def section(plan: Plan) -> Iterator[str]:
    """A row for each tree."""
    found = [_measured(tree, plan) for tree in plan.compared]
    typed = f"{AS_TYPED}, CPU s (goal: {WITHIN})"
    head = ("tree", "runs", f"{OURS}, CPU s", f"{SIMPLE}, CPU s", f"ratio (goal: {GOAL})", "runs as typed", typed)
    yield from table(head, found)


def _measured(tree: Path, plan: Plan) -> tuple[object, ...]:
    read_all(tree)
    with at_desk(tree) as scans:
        runs = {
            OURS: partial(semgrep, tree, scans.desk, *ONE_JOB),
            SIMPLE: partial(semgrep, tree, scans.desk, *ONE_JOB, rules=EIGHT),
            AS_TYPED: partial(_as_typed, tree, scans.desk),
        }
        taken = in_turns(runs, plan.rounds, plan.budget, tree.name)
    ours, simple, typed = (middle(taken[name]).cpu for name in (OURS, SIMPLE, AS_TYPED))
    beside = figure(ours), figure(simple), held(ours / simple, GOAL)
    return tree.name, len(taken[OURS]), *beside, len(taken[AS_TYPED]), held(typed, WITHIN)


def _as_typed(tree: Path, desk: Path) -> Sample:
    """Semgrep with our rules on the files that it chooses by itself."""
    command = [str(find_semgrep()), *TYPED, f"--config={rules_home()}", str(tree)]
    return timed(command, desk, OFFLINE, output=desk / "typed.json")

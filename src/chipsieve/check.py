"""What do a few changed files say on their own? For hooks: each line is judged by itself, and no launch is looked for.

A line takes effect when all it waits for is to be called, entered or imported; an option, a variable or the hardware
leaves it optional. The record that holds the findings looks like a launch, so conditions to fail on read it as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from chipsieve.catalogue import load_catalogue
from chipsieve.config import Config
from chipsieve.discover import named
from chipsieve.excludes import leave_out
from chipsieve.ignores import Wishes
from chipsieve.link import as_one
from chipsieve.link.holds import fixed, hold, standing
from chipsieve.logic import Answer
from chipsieve.model import Finding, Standing, Test, Verdict
from chipsieve.policies import DEFAULT, load_policy
from chipsieve.read import read_tree
from chipsieve.signals import load_signals
from chipsieve.verdict import Rules, conclude, scanned

LAUNCH = "files"
HAPPENS = ("call", "entry", "import")  # what is taken to happen: nobody writes code for it not to run


class _Anyhow:
    """The context of no launch in particular: what happens to code does, and all else is unknown."""

    def test(self, test: Test) -> Answer:
        return True if test.subject in HAPPENS else fixed(test)


def check(root: Path, paths: Sequence[str], config: Config, policy: str = DEFAULT) -> Verdict:
    """What the files at `paths` (below `root`) say, as one record; files that no reader opens are passed over.

    Raises:
        chipsieve.tables.TableError: there is no such policy.
    """
    found = leave_out(named(root, sorted(set(paths))), config)
    wishes = Wishes(found, config)
    readings = wishes.readings(read_tree(found))
    gaps = {gap for reading in readings for gap in reading.gaps}.union(found.gaps, wishes.notices)
    told = replace(scanned(found, readings, "launch", gaps, wishes.ignored), root=root.name)
    unseen = replace(load_policy(policy), presumes=False)  # what the rest of the tree speaks of is not known
    rules = Rules(load_catalogue(), load_signals(), unseen, "any")
    return conclude(told, [as_one(LAUNCH, readings, _standing)], rules)


def _standing(item: Finding) -> Standing:
    return standing(hold(item.conditions, _Anyhow()))

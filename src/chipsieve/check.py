"""What do a few changed files say on their own? For hooks: each line is judged by itself, and no launch is looked for.

A line takes effect when all it waits for is to be called, entered or imported; an option, a variable or the hardware
leaves it optional. The record that holds the findings looks like a launch, so conditions to fail on read it as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from chipsieve.catalogue import load_catalogue
from chipsieve.configuration.excludes import leave_out
from chipsieve.configuration.file import Config
from chipsieve.configuration.suppressions import Wishes
from chipsieve.facts.conditions import Question
from chipsieve.facts.deciding import all_hold, fixed
from chipsieve.facts.finding import Finding
from chipsieve.facts.ternary import Ternary
from chipsieve.link import as_one
from chipsieve.link.launch import Standing, standing
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.policies import DEFAULT, load_policy
from chipsieve.sieve.verdict import Rules, conclude, scanned
from chipsieve.signals import load_signals
from chipsieve.sources.discovery import named
from chipsieve.sources.disk import Disk
from chipsieve.sources.readers import read_tree

LAUNCH = "files"
HAPPENS = ("call", "entry", "import")  # what is taken to happen: nobody writes code for it not to run


class _Anyhow:
    """The context of no launch in particular: what happens to code does, and all else is unknown."""

    def answer(self, question: Question) -> Ternary:
        return True if question.subject in HAPPENS else fixed(question)


def check(root: Path, paths: Sequence[str], config: Config, policy: str = DEFAULT) -> Verdict:
    """What the files at `paths` (below `root`) say, as one record; files that no reader opens are passed over.

    Raises:
        chipsieve.tables.TableError: there is no such policy.
    """
    found = leave_out(named(Disk(root), sorted(set(paths))), config)
    wishes = Wishes(found, config)
    readings = wishes.readings(read_tree(found))
    gaps = {gap for reading in readings for gap in reading.gaps}.union(found.gaps, wishes.notices)
    told = replace(scanned(found, readings, "launch", gaps, wishes.ignored), root=root.name)
    unseen = replace(load_policy(policy), presumes=False)  # what the rest of the tree speaks of is not known
    rules = Rules(load_catalogue(), load_signals(), unseen, "any")
    return conclude(told, [as_one(LAUNCH, readings, _standing)], rules)


def _standing(item: Finding) -> Standing:
    return standing(all_hold(item.conditions, _Anyhow()))

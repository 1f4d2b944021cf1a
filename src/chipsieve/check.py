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
from chipsieve.configuration.suppressions import Suppressions
from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.deciding import all_hold, fixed
from chipsieve.facts.ternary import Ternary
from chipsieve.link.launch import Standing, standing
from chipsieve.link.whole_files import whole
from chipsieve.match.matcher import match_whole
from chipsieve.match.table import default_table
from chipsieve.sieve.concluding import Rules, judged_needs
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.policies import DEFAULT, load_policy
from chipsieve.signals import load_signals
from chipsieve.sources.contents import Tree
from chipsieve.sources.discovery import named
from chipsieve.sources.disk import Disk
from chipsieve.sources.readers import read_tree
from chipsieve.sources.scan_record import record_scan

LAUNCH = "files"
HAPPENS = ("call", "entry", "import")  # what is taken to happen: nobody writes code for it not to run


class _Anyhow:
    """The context of no launch: assumes that functions are called, entry blocks run and imports succeed.

    Every other question is unknown.
    """

    def answer(self, question: Question) -> Ternary:
        return True if question.subject in HAPPENS else fixed(question)


def check(root: Path | Tree, paths: Sequence[str], config: Config, policy: str = DEFAULT) -> Verdict:
    """What the files at `paths` (below `root`) say, as one record; files that no reader opens are passed over.

    Raises:
        chipsieve.tables.TableError: there is no such policy.
    """
    tree = Disk(root) if isinstance(root, Path) else root
    found = leave_out(named(tree, sorted(set(paths))), config)
    suppressions = Suppressions(found, config)
    readings = suppressions.wanted(read_tree(found, default_table().vocabulary))
    matched = match_whole(whole(LAUNCH, readings, _standing, met=False), default_table(), suppressions.keeps)
    gaps = {gap for reading in readings for gap in reading.gaps}.union(found.gaps, suppressions.notices)
    record = replace(record_scan(found, readings, matched.findings, gaps, suppressions.ignored), root=tree.name)
    rules = Rules(load_catalogue(), load_signals(), load_policy(policy), "any")
    return judged_needs(record, matched.launches, rules)


def _standing(conditions: Conditions) -> Standing:
    return standing(all_hold(conditions, _Anyhow()))

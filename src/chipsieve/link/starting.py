"""Which of the programs that a tree starts are runs of their own? Its scripts', its documents', and its entries."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence

from chipsieve.commands.flags import given
from chipsieve.commands.launchers import TRAINING
from chipsieve.facts.reading import Reading
from chipsieve.link.file_index import FileIndex
from chipsieve.link.following import Followed, Run
from chipsieve.link.guides import reading_order
from chipsieve.link.launch import Launch
from chipsieve.link.option_values import option_name
from chipsieve.link.programs import Program
from chipsieve.link.roles import VENDORED, distance_from_project, knows_training, role_of

ENTRY_ROLES = ("inference", "evaluation", "benchmark")
ELSEWHERE = ("test", "data preparation", "other")


def own_runs(followed: Followed, index: FileIndex) -> Iterator[Run]:
    """The runs of every script that no other script calls, documents left out."""
    for script, runs in _outermost(followed):
        if index.nature(script) != "prose":
            yield from (run for run in runs if not _starts_elsewhere(run, index))


def shown_runs(followed: Followed, index: FileIndex, launches: Sequence[Launch]) -> Iterator[Run]:
    """The runs that documents show, of programs that the project's own scripts have not started.

    A script that documents call starts its runs itself, and a translation shows nothing new.
    """
    started = {one.entry for one in launches if one.role != "test" and not distance_from_project(one.path)}
    commands = {(one.path, one.line) for one in launches}
    shown = set()
    documents = {path: runs for path, runs in _outermost(followed) if index.nature(path) == "prose"}
    for document in sorted(documents, key=reading_order):
        for run in documents[document]:
            command = (run.program.entry, *(word.text for word in run.words))
            new = run.chain[-1] not in commands and command not in shown
            if new and run.program.entry not in started and not _starts_elsewhere(run, index):
                shown.add(command)
                yield run


def entry_modules(index: FileIndex, launches: Sequence[Launch]) -> Iterator[Run]:
    """Entry modules that train and that nothing has started, with their defaults; where nothing trains, others too."""
    started = {one.entry for one in launches if one.role != "test"}
    by_role: defaultdict[str, list[Run]] = defaultdict(list)
    for path, reading in sorted(index.readings.items()):
        if reading.entry and path not in started and distance_from_project(path) < VENDORED:
            run = Run(((path, 1),), Program("python", path, 0), (), {}, posixpath.dirname(path), (), ())
            by_role[_role(reading)].append(run)
    training = [run for role in TRAINING for run in by_role[role]]
    if training or any(one.role in TRAINING for one in launches):
        yield from training
    else:
        yield from (run for role in ENTRY_ROLES for run in by_role[role])


def _role(reading: Reading) -> str:
    options = (option.dest for option in reading.options)
    guarded = (names for function in reading.functions for _, names in function.guarded)
    mentions = frozenset(reading.doubtful).union(*(function.mentions for function in reading.functions), *guarded)
    return role_of(reading.path, "", options, distributed=False, trains=knows_training(mentions))


def _outermost(followed: Followed) -> list[tuple[str, Sequence[Run]]]:
    """The scripts that no other one calls, with their runs, sorted; all of them where each is called."""
    outer = {script: runs for script, runs in followed.runs.items() if script not in followed.called}
    return sorted((outer or followed.runs).items())


def _starts_elsewhere(run: Run, index: FileIndex) -> bool:
    """Whether a run starts a program from elsewhere that neither trains nor serves: `pip`, `pytest`.

    The script's name says what it is for only of a launcher, which starts something of the tree in the end.
    """
    if run.program.entry in index.readings:
        return False
    options = (option_name(one.name) for one in given(run.operands))
    distributed = run.program.kind == "distributed"
    script = run.chain[0][0] if distributed or not run.program.known else ""
    return role_of(run.program.entry, script, options, distributed=distributed, verb=run.program.verb) in ELSEWHERE

"""How does a survey go from a list to a data set? Asked, answered, written; and gone on with where it was ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import msgspec

from chipsieve import __version__
from chipsieve.saved_files import load_json, save_text
from chipsieve.survey.answer_store import AnswerStore, alone_in, read_answer
from chipsieve.survey.answered import Answer, failed, unpacked
from chipsieve.survey.changes import Changed, changed
from chipsieve.survey.columns import OF_ANSWERS, SCHEMA, TABLES
from chipsieve.survey.dask_engine import DEATHS, Done, Run, Task, engine
from chipsieve.survey.guarded import ask
from chipsieve.survey.parquet_files import Groups, remove_others, write_group, write_table
from chipsieve.survey.request import SAME, Asked, Request
from chipsieve.survey.time_left import TimeLeft
from chipsieve.survey.wanted import Wanted
from chipsieve.tables import TableError

ANSWERS, ABOUT = ".answers", "survey.json"
LARGEST = 1  # MB of the file that says what a data set is
Shown = Callable[[int, int, str], None]
"""Is called with how many repositories are done, of how many, and words on the time left."""
Began = Callable[[str], None]
"""Is called with the address of Dask's dashboard when the cluster is there."""


class Plan(msgspec.Struct, frozen=True):
    """How a survey is run.

    `output` is the folder of the data set. Where a `state` is given, every repository is looked at again and what
    changed since the last run with it is said. `scheduler` is the address of a Dask scheduler, "" for workers of this
    machine, `count` of them, 0 for as many as it has room. With `retry`, repositories that failed are tried again.
    """

    output: Path
    asked: Asked
    state: Path | None = None
    scheduler: str = ""
    count: int = 0
    retry: bool = False


class Surveyed(NamedTuple):
    """What a survey came to: how many repositories, how many failed, and what changed, None where nobody watches.

    `first` says that nothing was reported before, so that nothing can have changed.
    """

    repositories: int
    failed: int
    changes: tuple[Changed, ...] | None = None
    first: bool = False


def survey(
    wanted: Sequence[Wanted], plan: Plan, report: Callable[[Surveyed], None], *, shown: Shown | None = None,
    began: Began | None = None, work: Run = ask,
) -> None:  # fmt: skip
    """Survey the repositories of a list into a data set, and report.

    What an earlier run has answered is not asked again. Only what was reported counts as such for the next run with
    the same state. `work` is what a worker does with a request.

    Raises:
        TableError: another survey writes to the data set, the data set is one of another question, a file cannot be
            written, or no scheduler answers.
        chipsieve.survey.dask_engine.SchedulerGone: the scheduler is gone; the same call goes on from there.
    """
    with ExitStack() as stack:
        for folder in filter(None, (plan.output, plan.state, Path(plan.asked.clones) if plan.asked.clones else None)):
            stack.enter_context(alone_in(folder))
        _begin(plan)
        store = AnswerStore(plan.state or plan.output / ANSWERS)
        run_through = _Survey(wanted, plan, store, shown or _silent)
        report(run_through.run(began, work))
        if plan.state:
            store.report(run_through.digests)


def _silent(_done: int, _of: int, _left: str) -> None:
    """Show nothing."""


def _begin(plan: Plan) -> None:
    """Say in the data set what it answers; refuse one that answers something else."""
    file = plan.output / ABOUT
    about = {"schema": SCHEMA, "version": __version__, "question": plan.asked.question}
    if file.exists():
        saved = load_json(file, LARGEST)
        if not plan.state and saved != about:
            raise TableError(
                f"{plan.output}: holds the answers of another survey ({_words(saved)}), and this one asks "
                f"{_words(about)}; name another folder"
            )
    save_text(file, json.dumps(about, indent=1) + "\n")


def _words(about: object) -> str:
    return f"chipsieve {about.get('version')}, {about.get('question')}" if isinstance(about, dict) else "unknown"


class _Survey:
    """One run of a survey."""

    def __init__(self, wanted: Sequence[Wanted], plan: Plan, store: AnswerStore, shown: Shown) -> None:
        self.plan, self.store, self.shown = plan, store, shown
        self.wanted = {one.name: one for one in wanted}
        self.groups = Groups.of(self.wanted)
        self.digests: dict[str, str] = {}
        """Of the answers that count, by name; "" of those that failed."""
        self._lacking = [len(self.groups.group(number)) for number in range(len(self.groups))]
        self._group_of = {name: place // self.groups.size for place, name in enumerate(self.groups.names)}

    def run(self, began: Began | None, work: Run) -> Surveyed:
        """Ask what was not answered yet, and write the data set."""
        tables = OF_ANSWERS if self.plan.state is None else tuple(TABLES)
        remove_others(self.plan.output, len(self.groups), tables)
        if self.plan.retry:
            self.store.drop_failed(self.wanted)
        asked = [self.wanted[name] for name in self.groups.names if not self._is_answered(name)]
        if asked:
            with engine(self.plan.scheduler, self.plan.count, self.plan.asked.megabytes) as working:
                if began:
                    began(working.dashboard)
                self._ask(asked, lambda tasks, window: working.run(work, tasks, window))
        failures = sum(not digest for digest in self.digests.values())
        found = Surveyed(len(self.wanted), failures)
        return self._with_changes(found) if self.plan.state else found

    def _is_answered(self, name: str) -> bool:
        """Whether an earlier run has answered; who watches looks at everything again."""
        file = self.store.file(name) if self.plan.state is None else None
        answer = read_answer(file) if file else None
        if answer is not None:
            self._count(name, answer.digest)
        return answer is not None

    def _ask(self, asked: Sequence[Wanted], done: Callable[[Iterable[Task], int], Iterator[Done]]) -> None:
        """Ask for repositories; those that kill their workers, once more, each alone, so that no other is blamed."""
        left = TimeLeft(len(asked))
        suspects = []
        for one in done((self._task(wanted) for wanted in asked), 0):
            if one.answer is None:
                suspects.append(one.name)
            else:
                self._keep(one.name, one.answer)
                left.done(one.seconds)
                self.shown(len(self.digests), len(self.wanted), left.words(one.at_once))
        for one in done((self._task(self.wanted[name]) for name in sorted(suspects)), 1):
            wanted = self.wanted[one.name]
            message = f"killed its worker {DEATHS} times, and did so again where nothing else ran"
            answer = one.answer or failed(wanted.name, wanted.source, "worker", message).packed()
            self._keep(wanted.name, answer)

    def _task(self, wanted: Wanted) -> Task:
        request = Request(wanted, self.plan.asked, self.store.digests(wanted.name) if self.plan.state else ())
        return Task(wanted.name, request.packed())

    def _keep(self, name: str, data: bytes) -> None:
        """Write what a worker has answered."""
        if data.startswith(SAME):
            self._count(name, data.removeprefix(SAME).decode())
            return
        answer = unpacked(data)
        if answer is None or answer.name != name:
            raise TableError(f"{name}: a worker has answered with something else")
        self.store.keep(answer, data)
        self._count(name, answer.digest)

    def _count(self, name: str, digest: str) -> None:
        """An answer counts from now on; with the last one of a group, that is written."""
        self.digests[name] = digest
        number = self._group_of[name]
        self._lacking[number] -= 1
        if not self._lacking[number]:
            write_group(self.plan.output, number, [self._answer(name) for name in self.groups.group(number)])

    def _answer(self, name: str) -> Answer:
        file = self.store.file(name, self.digests[name])
        answer = read_answer(file) if file else None
        if answer is None:
            raise TableError(f"{name}: its answer was there and is not any more; run the same command again")
        return answer

    def _with_changes(self, found: Surveyed) -> Surveyed:
        """The same with what changed since the last report, which is written as a table too."""
        before = self.store.reported()
        changes = tuple(self._changed_since(before)) if before is not None else ()
        write_table(self.plan.output, "changes", 0, [row for one in changes for row in one.cells()])
        return found._replace(changes=changes, first=before is None)

    def _changed_since(self, before: Mapping[str, str]) -> Iterator[Changed]:
        for name in sorted(before.keys() | self.digests.keys()):
            if before.get(name) != self.digests.get(name) or not before.get(name):
                then = self._then(name, before)
                one = changed(name, then, self._answer(name) if name in self.digests else None)
                if one:
                    yield one

    def _then(self, name: str, before: Mapping[str, str]) -> Answer | None:
        file = self.store.file(name, before[name]) if name in before else None
        return read_answer(file) if file else None

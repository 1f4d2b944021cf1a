"""What does a survey cost: one repository on one core, and a hundred thousand tasks of the scheduler?"""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import NamedTuple

import click
import psutil

from benchmarks.markdown import figure, table
from benchmarks.measuring import RSS_UNIT
from benchmarks.trees import Plan
from chipsieve.survey.answered import Answer, unpacked
from chipsieve.survey.columns import OF_ANSWERS, TABLES
from chipsieve.survey.guarded import ask
from chipsieve.survey.parquet_files import Groups, write_group
from chipsieve.survey.request import Request
from chipsieve.survey.surveying_run import Plan as Survey
from chipsieve.survey.surveying_run import survey
from chipsieve.survey.wanted import Wanted, read_list
from survey_cases import ASKED, at_once, scheduler, worker

STUBS = 100_000
WORKERS, THREADS = 2, 64
LOOKS = 4  # at memory, on the way
HOUR = 3_600
BLOCK = 512  # bytes, in which a system counts what a file takes
FILES = [column.name for column in TABLES["repositories"].columns[1:]].index("read")


class Cost(NamedTuple):
    """What one repository took: seconds of CPU, bytes of the answer, files that were read."""

    cpu: float
    answer: Answer
    packed: int

    @property
    def files(self) -> int:
        """How many files were read."""
        read = self.answer.rows["repositories"][0][FILES]
        return read if isinstance(read, int) else 0


class Look(NamedTuple):
    """Memory after so many tasks, in MB: the scheduler's and this process's."""

    done: int
    scheduler: float
    client: float


def repositories(plan: Plan) -> Iterator[str]:
    """What the clones cost, each scanned as a worker does it, and what 100,000 of their kind would."""
    costs = [_cost(wanted) for wanted in _listed(plan.clones)]
    answered = [one for one in costs if not one.answer.error]
    if not answered:
        yield "No clones were given, or none was answered."
        return
    cpu, packed = [one.cpu for one in costs], [float(one.packed) for one in costs]
    files = [float(one.files) for one in answered]
    parquet = _parquet([one.answer for one in costs])
    rows = [
        _spread("CPU, s", cpu),
        _spread("files that were read", files),
        _spread("answer, kB", [one / 1e3 for one in packed]),
    ]
    yield from table(("a repository", "median", "mean", "nine of ten at most", "most"), rows)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * RSS_UNIT / 1e6
    hours = mean(cpu) * STUBS / HOUR
    yield f"- {len(costs)} repositories, {len(answered)} answered; the largest process had {largest:.0f} MB"
    yield f"- a core and hour: {HOUR / mean(cpu):.0f} repositories, {sum(files) / sum(cpu) * HOUR:,.0f} files"
    yield (
        f"- {STUBS:,} such repositories: {hours:,.0f} core-hours, {mean(packed) * STUBS / 1e9:.1f} GB of answers, "
        f"{parquet / len(costs) * STUBS / 1e9:.1f} GB of Parquet"
    )


def _listed(clones: Sequence[Path]) -> tuple[Wanted, ...]:
    if not clones:
        return ()
    with TemporaryDirectory(prefix="chipsieve-bench-") as folder:
        file = Path(folder) / "list.txt"
        file.write_text("".join(f"{clone}\n" for clone in clones), encoding="utf-8")
        return read_list(file, cloning=False)


def _cost(wanted: Wanted) -> Cost:
    click.echo(f"{wanted.name}: survey", err=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    packed = ask(Request(wanted, ASKED).packed())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = unpacked(packed)
    if answer is None:
        raise AssertionError("a worker answers with an answer")
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, answer, len(packed))


def _spread(name: str, values: Sequence[float]) -> tuple[str, ...]:
    ninth = quantiles(values, n=10)[-1] if len(values) > 1 else values[0]
    return (name, *map(figure, (median(values), mean(values), ninth, max(values))))


def _parquet(answers: Sequence[Answer]) -> int:
    """The bytes of the data set that some answers make."""
    held = {one.name: one for one in answers}
    groups = Groups.of(held)
    with TemporaryDirectory(prefix="chipsieve-bench-") as folder:
        for number in range(len(groups)):
            write_group(Path(folder), number, [held[name] for name in groups.group(number)])
        return sum(file.stat().st_size for file in Path(folder).rglob("*.parquet"))


def scale(_plan: Plan) -> Iterator[str]:
    """What the scheduler, the one who asks and the store cost beside the scans: tasks that answer at once."""
    yield from stubs(STUBS)


def stubs(count: int) -> Iterator[str]:
    """The same for so many tasks, through a scheduler and workers that are processes of their own."""
    names = [f"owner-{number % 997:03}/repository-{number:06}" for number in range(count)]
    wanted = [Wanted(name, "tree", f"/nowhere/{name}") for name in names]
    looks: list[Look] = []
    with TemporaryDirectory(prefix="chipsieve-bench-") as folder:
        place = Path(folder)
        with scheduler(place) as (address, process), worker(address, place, THREADS), worker(address, place, THREADS):
            watched = psutil.Process(process.pid)

            def shown(done: int, total: int, _left: str) -> None:
                if done in (1, total) or done % max(count // LOOKS, 1) == 0:
                    looks.append(Look(done, _megabytes(watched), _megabytes(psutil.Process())))
                    click.echo(f"stubs: {done} of {total}", err=True)

            begun, own, theirs = perf_counter(), process_time(), _seconds(watched)
            survey(wanted, Survey(place / "data", ASKED, scheduler=address), lambda _: None, shown=shown, work=at_once)
            wall, own, theirs = perf_counter() - begun, process_time() - own, _seconds(watched) - theirs
        answers = _size(place / "data/.answers")
        tables = sum(_size(place / "data" / table) for table in OF_ANSWERS)
    yield from table(
        ("tasks done", "scheduler, MB", "client, MB"),
        [(f"{one.done:,}", f"{one.scheduler:.0f}", f"{one.client:.0f}") for one in looks],
    )
    yield f"- {count:,} tasks on {WORKERS} workers of {THREADS} threads: {wall:.0f} s, {count / wall:.0f} a second"
    yield f"- CPU a task: scheduler {theirs / count * 1e3:.1f} ms, client with the data set {own / count * 1e3:.1f} ms"
    yield f"- store: {answers / 1e6:.0f} MB on the disk as {count:,} files of answers, {tables / 1e6:.1f} MB of Parquet"


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1e6


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _size(folder: Path) -> int:
    """The bytes that the files of a folder take on the disk."""
    return sum(file.stat().st_blocks * BLOCK for file in folder.rglob("*") if file.is_file())

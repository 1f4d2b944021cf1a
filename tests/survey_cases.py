"""Which repositories do the tests of the survey ask about, and what do its workers do there? Also run by workers."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from subprocess import DEVNULL, Popen
from sys import executable
from time import monotonic, sleep

from chipsieve.survey.alone import answer_to
from chipsieve.survey.answered import answer_of
from chipsieve.survey.columns import Record
from chipsieve.survey.dask_engine import Done, Run, Task
from chipsieve.survey.request import Asked, request_of
from chipsieve.survey.surveying_run import Plan, Surveyed, survey
from chipsieve.survey.wanted import Wanted
from small_trees import RUN, TRAIN, write

ASKED = Asked("balanced", "training", cached=False)
KILLER = "killer"
PAUSE = 0.15  # seconds that a stand-in takes for a repository
SECONDS = 60  # to wait for something that comes soon
ROOT = Path(__file__).parents[1]


def folders(root: Path, *names: str) -> list[Path]:
    """Small trees below a folder, each of which says something else of hardware."""
    for name in names:
        write(
            root / name, {"train.py": TRAIN, "run.sh": RUN, "README.md": f"# A model\n\nTrained on 64 {name} GPUs.\n"}
        )
    return [root / name for name in names]


def wanted(*names: str) -> tuple[Wanted, ...]:
    """Rows of a list, for work that looks at no file."""
    return tuple(Wanted(name, "tree", f"/nowhere/{name}") for name in names)


def stand_in(line: bytes) -> bytes:
    """An answer that was made up from the name; a killer ends the worker."""
    sleep(PAUSE)
    return at_once(line)


def at_once(line: bytes) -> bytes:
    """The same without a pause."""
    request = request_of(line)
    name = request.wanted.name
    if name.startswith(KILLER):
        os.kill(os.getpid(), signal.SIGKILL)
    digest = sha256(name.encode()).hexdigest()[:32]
    repository: Record = {"source": request.wanted.source, "state": "answered", "digest": digest, "named": [name]}
    gaps: list[Record] = [{"path": f"{name}/{number}", "reason": "made up", "notice": False} for number in range(3)]
    return answer_of(name, digest, {"repositories": [repository], "gaps": gaps}).packed()


def surveyed(wanted: Sequence[Wanted], plan: Plan, work: Run = stand_in) -> Surveyed:
    """What a survey comes to."""
    reports: list[Surveyed] = []
    survey(wanted, plan, reports.append, work=work)
    return reports[0]


def data_of(folder: Path) -> dict[str, bytes]:
    """The Parquet files of a data set."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*.parquet"))}


@contextmanager
def started(*command: str) -> Iterator[Popen[bytes]]:
    """A process of Python, with all that it starts, until the end."""
    path = os.pathsep.join(str(ROOT / home) for home in ("src", "plugins", "tests", "tools"))
    process = Popen(
        [executable, *command], env=os.environ | {"PYTHONPATH": path}, start_new_session=True, stdin=DEVNULL,
        stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        kill(process)


def kill(process: Popen[bytes]) -> None:
    """End a process and all that it has started, as `kill -9` does."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, Popen[bytes]]]:
    """A Dask scheduler of its own on the loopback: its address, and its process."""
    file = folder / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    with started("-m", "distributed.cli.dask_scheduler", *options) as process:
        until(lambda: file.is_file() and file.stat().st_size > 0)
        yield json.loads(file.read_text(encoding="utf-8"))["address"], process


def worker(address: str, folder: Path, threads: int = 1) -> AbstractContextManager[Popen[bytes]]:
    """A Dask worker of that scheduler."""
    options = ("--nthreads", str(threads), "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(folder))
    return started("-m", "distributed.cli.dask_worker", address, *options)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to hold, and fail where it does not."""
    late = monotonic() + SECONDS
    while not holds():
        assert monotonic() < late, "it did not come"
        sleep(0.02)


class InProcess:
    """Works through tasks in this process, one after the other, in place of a cluster."""

    dashboard = "http://127.0.0.1/status"

    def __init__(self) -> None:
        """Nobody was asked yet."""
        self.asked: list[str] = []

    @contextmanager
    def engine(self, _scheduler: str, _count: int, _megabytes: int) -> Iterator[InProcess]:
        """What stands for a cluster."""
        yield self

    def run(self, work: Run, tasks: Iterable[Task], _window: int = 0) -> Iterator[Done]:
        """What comes of each task."""
        for task in tasks:
            self.asked.append(task.name)
            yield Done(task.name, work(task.request), 1.0, 1)


def scanned_here(line: bytes) -> bytes:
    """The answer of a scan in this process."""
    answer = answer_to(request_of(line))
    return answer if isinstance(answer, bytes) else answer.packed()

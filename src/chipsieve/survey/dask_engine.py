"""Who works? A Dask cluster: one of this machine's own, or one that runs elsewhere; it gets a few tasks at a time.

At most as many repositories as there are threads are with the scheduler, so that it stays small whatever the length of
the list, and so that a worker that dies takes with it no task but the one that it was at.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from time import monotonic
from typing import NamedTuple
from uuid import uuid4

import dask
import distributed
from distributed.client import FutureCancelledError
from distributed.comm import CommClosedError

from chipsieve.tables import TableError

DEATHS = 3  # of its worker, after which the scheduler gives a task up
FEWEST = 4  # tasks that wait for workers which are yet to come
LOOK = 5  # seconds without an answer, after which workers are looked after
WAIT = 30  # seconds for a scheduler to answer
SETTINGS = {
    "distributed.scheduler.allowed-failures": DEATHS - 1,
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.comm.timeouts.connect": f"{WAIT} s",
    "distributed.deploy.lost-worker-timeout": "2m",  # a busy machine takes its time to start one again
    "distributed.admin.tick.limit": "1h",  # a busy machine is no fault worth a warning
}
Run = Callable[[bytes], bytes]


class SchedulerGone(Exception):
    """The scheduler, or this machine's connection with it, is gone; what was answered is kept."""


class Task(NamedTuple):
    """One repository's request, with its name."""

    name: str
    request: bytes


class Done(NamedTuple):
    """A repository, what came of its task, None where it killed its workers, how many seconds that took, beside others.

    `at_once` is how many tasks the cluster had at the time.
    """

    name: str
    answer: bytes | None
    seconds: float
    at_once: int


class Engine:
    """A cluster that works through tasks; `count` is how many workers of this machine it shall have, 0 for others'."""

    def __init__(self, client: distributed.Client, count: int = 0) -> None:
        """Work with the cluster of this client."""
        self._client, self._count = client, count

    @property
    def dashboard(self) -> str:
        """The address of Dask's dashboard."""
        return str(self._client.dashboard_link)

    def run(self, work: Run, tasks: Iterable[Task], window: int = 0) -> Iterator[Done]:
        """What comes of each task, in the order in which they are done; `window` at a time, 0 for one a thread.

        Raises:
            SchedulerGone: the scheduler is gone.
        """
        waiting, done = iter(tasks), Queue[distributed.Future]()
        begun: dict[str, tuple[str, float]] = {}
        try:
            while True:
                room = window or self._threads()
                while len(begun) < room and (task := next(waiting, None)):
                    future = self._client.submit(work, task.request, key=f"scan-{uuid4().hex}", pure=False)
                    begun[future.key] = task.name, monotonic()
                    future.add_done_callback(done.put)
                if not begun:
                    return
                future = self._next(done)
                name, since = begun.pop(future.key)
                yield Done(name, _answer(future), monotonic() - since, room)
        except (CommClosedError, FutureCancelledError, OSError) as error:
            raise SchedulerGone(f"the scheduler is gone ({type(error).__name__})") from error

    def _threads(self) -> int:
        """How many tasks the cluster may have: one for each thread, and a few for workers that are yet to come."""
        return self._count or max(FEWEST, sum(self._client.nthreads().values()))

    def _next(self, done: Queue[distributed.Future]) -> distributed.Future:
        """The next task that is done. Meanwhile workers are replaced that died before Dask took notice of them."""
        while True:
            try:
                return done.get(timeout=LOOK)
            except Empty:
                if self._client.status not in ("running", "connecting"):
                    raise CommClosedError from None
                if self._count:
                    self._client.cluster.scale(self._count)


@contextmanager
def engine(scheduler: str, count: int, megabytes: int) -> Iterator[Engine]:
    """The cluster at an address, or this machine's own: so many workers, 0 for as many as it has room for.

    Each worker has room for `megabytes`.

    Raises:
        TableError: no scheduler answers at the address.
    """
    with dask.config.set(SETTINGS):
        if scheduler:
            try:
                client = distributed.Client(scheduler, timeout=f"{WAIT} s", set_as_default=False)
            except (OSError, ValueError) as error:
                raise TableError(f"--scheduler {scheduler}: no Dask scheduler answers there: {error}") from error
            with client:
                yield Engine(client)
            return
        count = count or _room(megabytes)
        with (
            distributed.LocalCluster(
                n_workers=count, threads_per_worker=1, processes=True, host="127.0.0.1", memory_limit=0,
                dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
            ) as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):  # fmt: skip
            yield Engine(client, count)


def _room(megabytes: int) -> int:
    """How many workers this machine has room for: one for each core that it may use, and each with its memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = int(distributed.system.MEMORY_LIMIT) >> 20
    return max(1, min(cores, memory // megabytes))


def _answer(future: distributed.Future) -> bytes | None:
    try:
        answer: bytes = future.result()
    except distributed.KilledWorker:
        return None
    except (CommClosedError, FutureCancelledError):
        raise
    except Exception as error:
        raise TableError(f"a worker cannot take part: {type(error).__name__}: {error}") from error
    finally:
        future.release()
    return answer

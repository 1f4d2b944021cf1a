"""How is work done in several processes? By workers that end with who started them, however that ends."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, ClassVar, TypeVar

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741  an item
J = TypeVar("J")
CHUNK = 4  # items that are handed over at once
ENDING = (signal.SIGINT, signal.SIGTERM)
NO_WORKERS = (OSError, RuntimeError, ImportError)
"""What is raised where a worker dies, or the system gives no process, no thread or no shared memory."""


def each_in_workers(task: Callable[[J, I], T], job: Any, ordered: Sequence[I], workers: int) -> Iterator[T]:
    """The results of a task for each item, in their order.

    Where a worker dies, or none can be started, what is left is done here, where each item is on its own.
    """
    done = 0
    try:
        with _pool(workers, job.reopened()) as pool:
            with _undisturbed():
                starts = range(0, len(ordered), CHUNK)
                asked = deque(pool.submit(_in_worker, task, ordered[start : start + CHUNK]) for start in starts)
            while asked:
                for result in asked.popleft().result():  # and not kept: results are large
                    done += 1
                    yield result
    except NO_WORKERS:
        yield from map(partial(task, job), ordered[done:])


@contextmanager
def _pool(workers: int, job: object) -> Iterator[ProcessPoolExecutor]:
    """Workers for a job; when this context is left by an error, or nobody asks for more, they are ended at once."""
    others = frozenset(active_children())
    pool = ProcessPoolExecutor(workers, initializer=_Worker.begin, initargs=(job,))
    try:
        yield pool
    except BaseException:
        for worker in frozenset(active_children()) - others:
            worker.kill()  # what waits ends with them; cancelled, it would make the pool's own thread fail
        pool.shutdown()
        raise
    pool.shutdown()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A context that requests to end wait for: what is raised while Python starts a process is lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """What a worker was given when it began."""

    job: ClassVar[Any]

    @classmethod
    def begin(cls, job: object) -> None:
        """Remember what all its items are of, and end with who started it."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; who started this one ends it
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        Thread(target=_end_with_parent, daemon=True).start()
        cls.job = job


def _end_with_parent() -> None:
    """Wait until who started this worker is no more: it may have been killed, and nobody asks for anything then."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _in_worker(task: Callable[[J, I], T], items: Sequence[I]) -> list[T]:
    return [task(_Worker.job, item) for item in items]

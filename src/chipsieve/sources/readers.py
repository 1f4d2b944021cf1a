"""What does each file say? Sources to readings, through the plugins, in parallel, crash-proof.

Reading is per file and pure. A plugin that fails, or takes too long, costs its file alone: a gap says so.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from operator import itemgetter
from threading import current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, TypeVar, cast

import msgspec
from msgspec.structs import replace

from chipsieve.facts.mentions import speaks
from chipsieve.facts.reading import Gap, Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.limits import SECONDS_PER_FILE
from chipsieve.progress import Progress
from chipsieve.sources import plugins
from chipsieve.sources.bounds import Budget, beginning, together, within_bounds
from chipsieve.sources.contents import Tree
from chipsieve.sources.discovery import Discovery
from chipsieve.sources.heads import left_unread, text_to_read
from chipsieve.sources.languages import languages
from chipsieve.sources.placing import Parts, is_file_name, readings_of, target
from chipsieve.sources.surroundings import embedded, lines_of, surrounded
from chipsieve.sources.templates import opened

if TYPE_CHECKING:  # a run without a cache loads no database
    from chipsieve.sources.cache import Cache, Kept

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741  an item
I_contra = TypeVar("I_contra", contravariant=True)
OVER_TIME = "reading took over"
NO_READER = "no reader for"
PASSING = (OVER_TIME, NO_READER)  # how gaps begin that say more of this machine today than of the file
PARALLEL_FROM = 24  # files; below that, starting workers costs more than it saves
BEGINNING = 64_000  # characters of a log
DOCUMENT_DEPTH = 3  # a here-document in a here-document in a README, and no further


class Reader(Protocol):
    """What a plugin module offers under the entry point group `chipsieve.readers`."""

    LANGUAGES: Sequence[str]

    def read(self, source: Source, vocabulary: Vocabulary) -> Reading:
        """Everything the file says; never raises for bad input."""


class TooSlow(Exception):
    """A file took longer than SECONDS_PER_FILE to read."""


class Readers(msgspec.Struct, frozen=True):
    """The installed readers by language, and why each plugin that cannot be loaded cannot, by its name."""

    by_language: dict[str, Reader]
    faults: tuple[str, ...]


class TreeToRead(NamedTuple):
    """What reading one tree takes: the tree, and the vocabulary."""

    tree: Tree
    vocabulary: Vocabulary

    def reopened(self) -> Self:
        """The same for another process."""
        return self._replace(tree=self.tree.reopened())

    def size(self, item: tuple[str, str]) -> int:
        """How large a file is, given as (path, language)."""
        return self.tree.size(item[0])


class Job(Protocol[I_contra]):
    """What workers share that read items."""

    def reopened(self) -> Self:
        """The same for another process, which must not share what this one has open."""

    def size(self, item: I_contra) -> int:
        """How large an item is; the largest are read first."""


J = TypeVar("J", bound=Job[Any])


@cache
def readers() -> Readers:
    """The readers that are registered; one that cannot be loaded leaves its languages unread, and so gaps."""
    found: dict[str, Reader] = {}
    faults: list[str] = []
    for plugin in plugins.installed():
        try:
            module = cast("Reader", plugin.load())
            found |= dict.fromkeys(module.LANGUAGES, module)
        except Exception as error:  # noqa: BLE001 - a plugin's fault must not end the run
            faults.append(f"plugin {plugin.name!r} ({plugin.value}) cannot be loaded: {type(error).__name__}: {error}")
    return Readers(found, tuple(faults))


def read_tree(
    found: Discovery,
    vocabulary: Vocabulary,
    progress: Progress | None = None,
    workers: int | None = None,
    cache: Cache | None = None,
) -> tuple[Reading, ...]:
    """The reading of every discovered file, sorted by path; of a path that scripts write too, the file's own is first.

    `vocabulary` says which names are worth stating; that of an open `cache` is the same. `workers` 1 reads in this
    process; None takes one per core for larger trees. What the cache holds is not read again, and what it lacks is
    put there.
    """
    readings: list[tuple[str, int, str, Reading]] = []
    job = TreeToRead(found.tree, vocabulary)
    each = for_each(read_file, job, found.files, workers) if cache is None else _remembered(found, job, workers, cache)
    for number, stated in enumerate(each, 1):
        by = stated[0].path
        several = _with_gaps(stated, left_unread(found.tree, by, stated[0].language))
        readings += ((reading.path, min(place, 1), by, reading) for place, reading in enumerate(several))
        if progress:
            progress("reading", number, len(found.files))
    readings += ((reading.path, 0, "", reading) for reading in found.named)
    return tuple(reading for *_, reading in sorted(readings, key=itemgetter(0, 1, 2)))


def _remembered(found: Discovery, job: TreeToRead, workers: int | None, cache: Cache) -> Iterator[tuple[Reading, ...]]:
    """The readings of each file: of those that the cache holds, then of those that it lacks."""
    lacking = []
    for path, language in found.files:
        text = text_to_read(found.tree, path, language)
        held = None if isinstance(text, Gap) else cache.get(Source(path, language, text))
        if held is None:
            lacking.append((path, language))
        else:
            yield held
    for kept, readings in for_each(_to_keep, job, lacking, workers):
        if kept is not None:
            cache.keep(kept)
        yield readings


def _to_keep(job: TreeToRead, file: tuple[str, str]) -> tuple[Kept | None, tuple[Reading, ...]]:
    """What one file says as the cache keeps it, None for a fault of the machine, and the readings themselves.

    They are not decoded of what is kept: pickled by a worker they share their parts, and take half the memory.
    """
    from chipsieve.sources.cache import kept

    path, language = file
    text = text_to_read(job.tree, path, language)
    if isinstance(text, Gap):
        return None, (_unread(path, language, text.reason),)
    source = Source(path, language, text)
    parts = _read_file(source, job.vocabulary)
    passing = any(gap.reason.startswith(PASSING) for _, one in parts for gap in one.gaps)
    entry = None if passing else kept(source, parts, job.vocabulary)
    return entry, readings_of(parts)


def for_each(task: Callable[[J, I], T], job: J, items: Sequence[I], workers: int | None) -> Iterator[T]:
    """The results of a task for each item, the largest first, so that no worker is left with one at the end."""
    workers = workers or (min(os.cpu_count() or 1, 8) if len(items) >= PARALLEL_FROM else 1)
    if workers == 1:
        yield from map(partial(task, job), items)
        return
    from chipsieve.sources.workers import each_in_workers  # a small run starts no workers, and loads nothing for them

    yield from each_in_workers(task, job, sorted(items, key=job.size, reverse=True), workers)


def read_file(job: TreeToRead, file: tuple[str, str]) -> tuple[Reading, ...]:
    """The readings of one file given as (path, language): its own, then those of files it writes."""
    path, language = file
    text = text_to_read(job.tree, path, language)
    if isinstance(text, Gap):
        return (_unread(path, language, text.reason),)
    return readings_of(_read_file(Source(path, language, text), job.vocabulary))


def _read_file(source: Source, vocabulary: Vocabulary) -> Parts:
    """What a file says, its own reading with the vendors that the file speaks of, a log where it begins."""
    (_, own), *written = read_parts(source, vocabulary)
    text = source.text[:BEGINNING] if source.language in languages().heads else source.text
    return (("", replace(own, mentions=speaks(source.path, text))), *written)


def read_source(source: Source, vocabulary: Vocabulary) -> tuple[Reading, ...]:
    """The readings of one text: its own, with embedded scripts merged in, then files that it writes."""
    return readings_of(read_parts(source, vocabulary))


def read_parts(source: Source, vocabulary: Vocabulary) -> Parts:
    """What one text says, a template as far as it says anything, with what texts inside it say."""
    template = opened(source)
    if template is None:
        return _parts(source, vocabulary, 0, Budget())
    return template.conditioned(_parts(replace(source, text=template.text), vocabulary, 0, Budget()))


def _parts(source: Source, vocabulary: Vocabulary, depth: int, budget: Budget) -> Parts:
    """What one text says, with what texts inside it say, `depth` of them around this one."""
    reading = _guarded(source, vocabulary)
    written: list[tuple[str, Reading]] = []
    merged: list[Reading] = []
    lines = lines_of(source)
    for document in reading.documents if depth < DOCUMENT_DEPTH else ():
        inside = embedded(source, document)
        if not inside.language:
            continue
        if not budget.takes(inside):
            merged.append(Reading(source.path, source.language, gaps=(budget.gap(source.path, document),)))
            break
        parts = _parts(inside, vocabulary, depth + 1, budget)
        (_, inner), *deeper = surrounded(parts, document, lines)
        name = document.path_text.literal or ""
        if is_file_name(name):
            written.append((name, replace(inner, path=target(source.path, name), origin=source.path)))
        else:
            merged.append(inner)
        written += deeper
    return (("", within_bounds(together(reading, merged))), *written)


def _guarded(source: Source, vocabulary: Vocabulary) -> Reading:
    reader = readers().by_language.get(source.language)
    if reader is None:
        reason = "; ".join((f"{NO_READER} {source.language} is installed", *readers().faults))
        return _unread(source.path, source.language, reason)
    text, gaps = beginning(source)
    try:
        with _Alarm():
            return _with_gaps((reader.read(replace(source, text=text), vocabulary),), gaps)[0]
    except TooSlow:
        reason = f"{OVER_TIME} {SECONDS_PER_FILE} s and was stopped"
    except RecursionError:
        reason = "nested too deeply to read"
    except Exception as error:  # noqa: BLE001 - a plugin's fault must cost one file, not the run
        reason = f"the {source.language} reader failed: {type(error).__name__}: {error}"
    return _unread(source.path, source.language, reason)


def _with_gaps(readings: tuple[Reading, ...], gaps: tuple[Gap, ...]) -> tuple[Reading, ...]:
    """The readings of a file with what was not read of it."""
    return (replace(readings[0], gaps=readings[0].gaps + gaps), *readings[1:]) if gaps else readings


def _unread(path: str, language: str, reason: str) -> Reading:
    return Reading(path, language, gaps=(Gap(path, reason),))


class _Alarm:
    """Raises TooSlow after SECONDS_PER_FILE of this process's own time, where the platform counts it.

    On a busy machine the clock runs on while nothing is read, and the same file would be read one day and not the next.
    """

    def __enter__(self) -> None:
        self._is_set = hasattr(signal, "SIGPROF") and current_thread() is main_thread()
        if self._is_set:
            self._before = signal.signal(signal.SIGPROF, self._stop)
            signal.setitimer(signal.ITIMER_PROF, SECONDS_PER_FILE)

    def __exit__(self, *_: object) -> None:
        if self._is_set:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, self._before)

    @staticmethod
    def _stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

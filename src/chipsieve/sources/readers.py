"""What does each file say? Sources to readings, through the plugins, in parallel, crash-proof.

Reading is per file and pure. A plugin that fails, or takes too long, costs its file alone: a gap says so.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from operator import itemgetter
from pathlib import Path, PurePosixPath
from threading import current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from chipsieve.facts.mentions import speaks
from chipsieve.facts.reading import Document, Gap, Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.match.table import default_table
from chipsieve.sources.disk import Discovery, load

if TYPE_CHECKING:  # a run without a cache loads no database
    from chipsieve.sources.cache import Cache, Kept

T = TypeVar("T")
SECONDS_PER_FILE = 20
OVER_TIME = "reading took over"  # a matter of the machine's mood, and so not kept
PARALLEL_FROM = 24  # files; below that, starting workers costs more than it saves
DOCUMENT_DEPTH = 3  # a here-document in a here-document in a README, and no further
Progress = Callable[[int, int], None]


class Reader(Protocol):
    """What a plugin module offers under the entry point group `chipsieve.sources.readersers`."""

    LANGUAGES: Sequence[str]

    def read(self, source: Source, vocabulary: Vocabulary) -> Reading:
        """Everything the file says; never raises for bad input."""


class TooSlow(Exception):
    """A file took longer than SECONDS_PER_FILE to read."""


class Readers(msgspec.Struct, frozen=True):
    """The installed readers by language, and why each plugin that cannot be loaded cannot, by its name."""

    by_language: dict[str, Reader]
    faults: tuple[str, ...]


@cache
def readers() -> Readers:
    """The readers that are registered; one that cannot be loaded leaves its languages unread, and so gaps."""
    from importlib.metadata import entry_points

    found: dict[str, Reader] = {}
    faults: list[str] = []
    for point in sorted(entry_points(group="chipsieve.readers"), key=lambda point: point.name):
        try:
            module = point.load()
            found |= dict.fromkeys(module.LANGUAGES, module)
        except (ImportError, AttributeError, SyntaxError) as error:
            faults.append(f"plugin {point.name!r} ({point.value}) cannot be loaded: {type(error).__name__}: {error}")
    return Readers(found, tuple(faults))


def read_tree(
    found: Discovery, progress: Progress | None = None, workers: int | None = None, cache: Cache | None = None
) -> tuple[Reading, ...]:
    """The reading of every discovered file, sorted by path; of a path that scripts write too, the file's own is first.

    `workers` 1 reads in this process; None takes one per core for larger trees. What an open `cache` holds is not
    read again, and what it lacks is put there.
    """
    readings: list[tuple[str, int, str, Reading]] = []
    plain = partial(read_file, found.root)
    each = _each(plain, found.root, found.files, workers) if cache is None else _remembered(found, workers, cache)
    for number, several in enumerate(each, 1):
        by = several[0].path
        readings += ((reading.path, min(place, 1), by, reading) for place, reading in enumerate(several))
        if progress:
            progress(number, len(found.files))
    return tuple(reading for *_, reading in sorted(readings, key=itemgetter(0, 1, 2)))


def _remembered(found: Discovery, workers: int | None, cache: Cache) -> Iterator[tuple[Reading, ...]]:
    """The readings of each file: of those that the cache holds, then of those that it lacks."""
    lacking = []
    for file in found.files:
        source = load(found.root, *file)
        held = None if isinstance(source, Gap) else cache.get(source)
        if held is None:
            lacking.append(file)
        else:
            yield held
    for fresh in _each(partial(_to_keep, found.root), found.root, lacking, workers):
        if fresh.key:
            cache.keep(fresh)
        yield fresh.readings


def _to_keep(root: Path, file: tuple[str, str]) -> Kept:
    """The readings of one file as the cache keeps them; without a key when they are not to be kept."""
    from chipsieve.sources.cache import Kept, kept, packed

    source = load(root, *file)
    readings = _read_loaded(source, file)
    late = any(gap.reason.startswith(OVER_TIME) for one in readings for gap in one.gaps)
    return Kept(b"", b"", packed(readings)) if isinstance(source, Gap) or late else kept(source, readings)


def _each(
    task: Callable[[tuple[str, str]], T], root: Path, files: Sequence[tuple[str, str]], workers: int | None
) -> Iterator[T]:
    """The results of a task for each file, the largest first, so that no worker is left with one at the end."""
    workers = workers or (min(os.cpu_count() or 1, 8) if len(files) >= PARALLEL_FROM else 1)
    if workers == 1:
        yield from map(task, files)
        return
    from concurrent.futures import ProcessPoolExecutor  # a small run starts no workers, and loads nothing for them
    from concurrent.futures.process import BrokenProcessPool

    ordered = sorted(files, key=lambda file: _size(root / file[0]), reverse=True)
    done = 0
    try:
        with ProcessPoolExecutor(workers) as pool:
            for result in pool.map(task, ordered, chunksize=4):
                done += 1
                yield result
    except BrokenProcessPool:  # a worker died; what is left is read here, where each file is on its own
        yield from map(task, ordered[done:])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def read_file(root: Path, file: tuple[str, str]) -> tuple[Reading, ...]:
    """The readings of one file given as (path, language): its own, then those of files it writes."""
    return _read_loaded(load(root, *file), file)


def _read_loaded(source: Source | Gap, file: tuple[str, str]) -> tuple[Reading, ...]:
    """The readings of a file that was loaded, its own with the vendors that the file speaks of."""
    if isinstance(source, Gap):
        return (Reading(file[0], file[1], gaps=(source,)),)
    own, *written = read_source(source)
    return (replace(own, mentions=speaks(source.path, source.text)), *written)


def read_source(source: Source, depth: int = 0, vocabulary: Vocabulary | None = None) -> tuple[Reading, ...]:
    """The readings of one text: its own, with embedded scripts merged in, then files that it writes."""
    reading = _guarded(source, vocabulary or default_table().vocabulary)
    written: list[Reading] = []
    for document in reading.documents if depth < DOCUMENT_DEPTH else ():
        inner, *deeper = read_source(_embedded(source, document), depth + 1, vocabulary)
        inner = _conditioned(inner, document)
        target = _target(source, document)
        if target:
            written.append(replace(inner, path=target, origin=source.path))
        else:
            reading = merge(reading, inner)
        written += deeper
    return (reading, *written)


def _guarded(source: Source, vocabulary: Vocabulary) -> Reading:
    reader = readers().by_language.get(source.language)
    if reader is None:
        return _unread(source, "; ".join((f"no reader for {source.language} is installed", *readers().faults)))
    try:
        with _Alarm():
            return reader.read(source, vocabulary)
    except TooSlow:
        reason = f"{OVER_TIME} {SECONDS_PER_FILE} s and was stopped"
    except RecursionError:
        reason = "nested too deeply to read"
    except Exception as error:  # noqa: BLE001 - a plugin's fault must cost one file, not the run
        reason = f"the {source.language} reader failed: {type(error).__name__}: {error}"
    return _unread(source, reason)


def _unread(source: Source, reason: str) -> Reading:
    return Reading(source.path, source.language, gaps=(Gap(source.path, reason),))


class _Alarm:
    """Raises TooSlow after SECONDS_PER_FILE, where the platform has alarms and the thread may set one."""

    def __enter__(self) -> None:
        self.can_ring = hasattr(signal, "SIGALRM") and current_thread() is main_thread()
        if self.can_ring:
            self.before = signal.signal(signal.SIGALRM, self._ring)
            signal.alarm(SECONDS_PER_FILE)

    def __exit__(self, *_: object) -> None:
        if self.can_ring:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, self.before)

    @staticmethod
    def _ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow


def _embedded(source: Source, document: Document) -> Source:
    """The document as a source of its own, padded so that its lines are those of the file around it."""
    return Source(source.path, document.language, "\n" * (document.span.line - 1) + document.text)


def _target(source: Source, document: Document) -> str:
    """The path below the root of the file that a document becomes, "" when it becomes none."""
    name = document.path_text.literal
    if not name or name.startswith(("/", "-")):
        return ""
    parts: list[str] = []
    for part in (PurePosixPath(source.path).parent / name).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def _conditioned(reading: Reading, document: Document) -> Reading:
    """The reading under the document's conditions."""
    if not document.conditions:
        return reading
    extra = document.conditions
    return replace(
        reading,
        facts=tuple(replace(item, conditions=extra + item.conditions) for item in reading.facts),
        commands=tuple(replace(item, conditions=extra + item.conditions) for item in reading.commands),
    )


def merge(reading: Reading, inner: Reading) -> Reading:
    """One reading out of a file's own and that of a script embedded in it."""
    return replace(
        reading,
        facts=reading.facts + inner.facts,
        commands=reading.commands + inner.commands,
        references=reading.references + inner.references,
        gaps=reading.gaps + inner.gaps,
    )

"""Has this very text been read before? Readings kept by content, in one SQLite file, so that nothing is read twice.

An entry is found by what its readings depend on: the text, its language, the kinds of its path, the readers' code, and
the vocabulary. So a text is read once, whatever its path and in however many revisions it stands; readings are given
the path after they are found. The file lies in the user's own cache folder and holds data alone, readings as msgpack:
whoever writes there can change results, and run nothing. Every fault of the database is a cache that is empty.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import time
from typing import NamedTuple, Self, TypeVar

import msgspec
from platformdirs import user_cache_path

from chipsieve.facts.paths import kinds_of
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.sources.placing import Parts, placed, readings_of
from chipsieve.sources.reader_digest import reader_digest

LIMIT = 1_000_000_000  # bytes; the entries longest unused go first
WAIT = 30  # seconds for another run that writes
DAY = 86_400  # seconds; when an entry was last used is known to the day, so that most runs write nothing
BATCH = 4_000_000  # bytes of entries that are written at once: a run that is killed loses no more
FOLDER = "CHIPSIEVE_CACHE_DIR"  # the environment variable that names another folder
NAME = "readings-3.sqlite"  # the number is that of the table below
OURS = "readings*.sqlite*"  # this file, those of earlier versions, and what SQLite keeps beside them
TABLE = "CREATE TABLE IF NOT EXISTS readings (key BLOB PRIMARY KEY, used INTEGER, entry BLOB) WITHOUT ROWID"
HELD = "SELECT used, entry FROM readings WHERE key = ?"
SIZE = """SELECT (page_count - freelist_count) * page_size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size"""
# What a spoiled file or entry raises.
FAULTS = (sqlite3.Error, zlib.error, msgspec.MsgspecError, TypeError, ValueError, RecursionError)


Data = TypeVar("Data")


class Kept(NamedTuple):
    """What a text says as the database keeps it, and under which key."""

    key: bytes
    entry: bytes

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings, at the path from which they were read."""
        return readings_of(parts_of(self.entry))


def kept(source: Source, parts: Parts, vocabulary: Vocabulary) -> Kept | None:
    """What was read of a source, as its entry; None where a text in it is none: half a surrogate pair."""
    try:
        return Kept(key(source, vocabulary), zlib.compress(msgspec.msgpack.encode(parts), 1))
    except UnicodeEncodeError:
        return None


def parts_of(entry: bytes) -> Parts:
    """What an entry holds.

    Raises:
        zlib.error, msgspec.MsgspecError, TypeError, ValueError: it holds something else.
    """
    parts = _decoder().decode(zlib.decompress(entry))
    if not parts:
        raise ValueError("every text has a reading")
    return parts


@cache
def _decoder() -> msgspec.msgpack.Decoder[Parts]:
    return msgspec.msgpack.Decoder(Parts)


def key(source: Source, vocabulary: Vocabulary) -> bytes:
    """All that the reading of a source depends on, as a digest."""
    digest = hashlib.sha256(reader_digest() + vocabulary.digest)
    for part in (source.language, *kinds_of(source.path), source.text):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8) + data)
    return digest.digest()


class Info(NamedTuple):
    """What a cache holds: its entries, and their size in bytes."""

    entries: int
    size: int


def default_path() -> Path:
    """The file of the user's own cache: below CHIPSIEVE_CACHE_DIR, else where the platform keeps caches."""
    folder = os.environ.get(FOLDER)
    return (Path(folder) if folder else user_cache_path("chipsieve", appauthor=False)) / NAME


def clear(path: Path) -> int:
    """Delete the database at `path`, those of earlier versions and what SQLite keeps beside; the bytes freed.

    Raises:
        OSError: it cannot be deleted.
    """
    files = [file for file in path.parent.glob(OURS) if file.is_file()]
    freed = sum(file.stat().st_size for file in files)
    for file in files:
        file.unlink()
    return freed


class Cache:
    """Readings by content, in a database of the user's; a context that writes what was kept on leaving."""

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        """Use the database at `path`, made when it is opened, for readings by a vocabulary."""
        self.path, self._vocabulary = path, vocabulary
        self.hits = 0  # how many sources were found so far
        self._fresh: list[Kept] = []
        self._size = 0
        self._stale: set[bytes] = set()
        self._base: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open the database; one that cannot be opened holds nothing and takes nothing."""
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._base = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
            with suppress(
                sqlite3.OperationalError
            ):  # whoever makes the file at the same time sets it, and it stays set
                self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            with self._base:
                self._base.execute("BEGIN IMMEDIATE")  # waits for other writers; a later upgrade of the lock would not
                self._base.execute(TABLE)
        except sqlite3.Error:
            self._close()
        return self

    def __exit__(self, *_: object) -> None:
        """Write what is new, forget what is too much, close."""
        self.flush()
        self._close()

    def _close(self) -> None:
        if self._base is not None:
            self._base.close()
        self._base = None

    def get(self, source: Source) -> tuple[Reading, ...] | None:
        """The readings kept of a source, None when there are none, or the entry cannot be read."""
        asked = key(source, self._vocabulary)
        try:
            entry = self._entry(asked)
            readings = None if entry is None else readings_of(placed(parts_of(entry), source.path))
        except FAULTS:
            return None
        self.hits += readings is not None
        return readings

    def get_data(self, asked: bytes, kind: type[Data]) -> Data | None:
        """What else is kept under a key, as data of a kind; None when there is nothing, or it cannot be read."""
        try:
            entry = self._entry(asked)
            return None if entry is None else msgspec.msgpack.decode(zlib.decompress(entry), type=kind)
        except FAULTS:
            return None

    def keep_data(self, under: bytes, data: object) -> None:
        """Remember data; text in it that is none (half a surrogate pair) is not kept."""
        with suppress(UnicodeEncodeError):
            self.keep(Kept(under, zlib.compress(msgspec.msgpack.encode(data), 1)))

    def _entry(self, asked: bytes) -> bytes | None:
        """What the database holds under a key; that it was used today is noted."""
        row = None if self._base is None else self._base.execute(HELD, (asked,)).fetchone()
        if row is None:
            return None
        if row[0] != _today():
            self._stale.add(asked)
        return bytes(row[1])

    def keep(self, fresh: Kept) -> None:
        """Remember readings; they are written when enough has come together, or the context is left."""
        self._fresh.append(fresh)
        self._size += len(fresh.entry)
        if self._size > BATCH:
            self.flush()

    def info(self) -> Info:
        """How much the cache holds; nothing where it cannot be read."""
        try:
            if self._base is not None:
                (entries,) = self._base.execute("SELECT COUNT(*) FROM readings").fetchone()
                return Info(entries, self._base.execute(SIZE).fetchone()[0])
        except sqlite3.Error:
            pass
        return Info(0, 0)

    def flush(self) -> None:
        """Write what is new now; what cannot be written is not kept."""
        fresh, stale, self._fresh, self._stale, self._size = self._fresh, self._stale, [], set(), 0
        if self._base is None or not (fresh or stale):
            return
        now = _today()
        with suppress(sqlite3.Error), self._base:  # commits, or rolls back
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("UPDATE readings SET used = ? WHERE key = ?", ((now, key) for key in sorted(stale)))
            rows = ((one.key, now, one.entry) for one in fresh)
            self._base.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", rows)
            (size,) = self._base.execute(SIZE).fetchone()
            if size > LIMIT:
                _forget(self._base, size - LIMIT // 2)


def _forget(base: sqlite3.Connection, surplus: int) -> None:
    """Delete the entries that were unused for longest, `surplus` bytes of them."""
    for key, size in base.execute("SELECT key, LENGTH(entry) FROM readings ORDER BY used, key").fetchall():
        if surplus <= 0:
            return
        base.execute("DELETE FROM readings WHERE key = ?", (key,))
        surplus -= size


def _today() -> int:
    return int(time()) // DAY

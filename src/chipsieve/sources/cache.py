"""Has this very text been read before? Readings kept by content, in one SQLite file, so that nothing is read twice.

An entry is found by the file's path, language and text and the code of the readers, and is good while the rows of
those signals are the same whose words the text holds: a signal that changes makes only those files be read anew in
which it may match. The file lies in the user's own cache folder and holds data alone;
nothing of a scanned tree is in it but readings of it. Every fault of the database is a cache that is empty.
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
from typing import NamedTuple, Self

import msgspec
from platformdirs import user_cache_path

from chipsieve.facts.reading import Reading, Source
from chipsieve.signals import load_signals
from chipsieve.sources.dependencies import Relevance, code

LIMIT = 1_000_000_000  # bytes; the entries longest unused go first
WAIT = 30  # seconds for another run that writes
DAY = 86_400  # seconds; when an entry was last used is known to the day, so that most runs write nothing
BATCH = 4_000_000  # bytes of entries that are written at once: a run that is killed loses no more
FOLDER = "CHIPSIEVE_CACHE_DIR"  # the environment variable that names another folder
NAME = "readings-2.sqlite"  # the number is that of the table below
TABLE = """CREATE TABLE IF NOT EXISTS readings
    (key BLOB PRIMARY KEY, signals BLOB, rows BLOB, used INTEGER, entry BLOB) WITHOUT ROWID"""
HELD = "SELECT signals, rows, used, entry FROM readings WHERE key = ?"
SIZE = """SELECT (page_count - freelist_count) * page_size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size"""

Entry = tuple[Reading, ...]


class Kept(NamedTuple):
    """The readings of one file as the database keeps them: under which key, by which rows of signals."""

    key: bytes
    rows: bytes
    entry: bytes

    @property
    def readings(self) -> Entry:
        """The readings themselves."""
        return _decoder().decode(zlib.decompress(self.entry))


def kept(source: Source, readings: Entry, signals: Relevance | None = None) -> Kept:
    """The readings of a source, as its key and the rows of the (shipped) signals that may match in it go with them."""
    return Kept(key(source), (signals or shipped()).digest(source.text), packed(readings))


def packed(readings: Entry) -> bytes:
    """Readings as the bytes of an entry."""
    return zlib.compress(msgspec.msgpack.encode(readings), 1)


@cache
def _decoder() -> msgspec.msgpack.Decoder[Entry]:
    return msgspec.msgpack.Decoder(Entry)


def key(source: Source) -> bytes:
    """What the reading of this source depends on beside signals, as a digest."""
    digest = hashlib.sha256(code())
    for part in (source.path, source.language, source.text):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8) + data)
    return digest.digest()


@cache
def shipped() -> Relevance:
    """In which texts the shipped signals may match."""
    return Relevance(load_signals())


class Info(NamedTuple):
    """What a cache holds: its entries, and their size in bytes."""

    entries: int
    size: int


def default_path() -> Path:
    """The file of the user's own cache: below CHIPSIEVE_CACHE_DIR, else where the platform keeps caches."""
    folder = os.environ.get(FOLDER)
    return (Path(folder) if folder else user_cache_path("chipsieve", appauthor=False)) / NAME


def clear(path: Path) -> int:
    """Delete the database at `path` and what SQLite keeps beside it; the bytes that were freed.

    Raises:
        OSError: it cannot be deleted.
    """
    files = [file for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))) if file.exists()]
    freed = sum(file.stat().st_size for file in files)
    for file in files:
        file.unlink()
    return freed


class Cache:
    """Readings by content, in a database of the user's; a context that writes what was kept on leaving."""

    def __init__(self, path: Path, signals: Relevance | None = None) -> None:
        """Use the database at `path`, made when it is opened; `signals` are those that read, by default the shipped."""
        self.path = path
        self._signals = signals or shipped()
        self._fresh: list[Kept] = []
        self._size = 0
        self._used: set[bytes] = set()
        self._stale: set[bytes] = set()
        self._base: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open the database; one that cannot be opened holds nothing and takes nothing."""
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._base = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute(TABLE)
        except sqlite3.Error:
            self._close()
        return self

    def __exit__(self, *_: object) -> None:
        """Write what is new, forget what is too much, close."""
        self._write()
        self._close()

    def _close(self) -> None:
        if self._base is not None:
            self._base.close()
        self._base = None

    def get(self, source: Source) -> Entry | None:
        """The readings kept of a source, None when there are none, or signals have changed that may match in it."""
        if self._base is None:
            return None
        asked = key(source)
        try:
            row = self._base.execute(HELD, (asked,)).fetchone()
            if row is None or (row[0] != self._signals.all and row[1] != self._signals.digest(source.text)):
                return None
            readings = Kept(asked, row[1], row[3]).readings
        except (sqlite3.Error, zlib.error, msgspec.MsgspecError):
            return None
        self._used.add(asked)
        if row[0] != self._signals.all or row[2] != _today():
            self._stale.add(asked)
        return readings

    @property
    def hits(self) -> int:
        """How many entries were found so far."""
        return len(self._used)

    def keep(self, fresh: Kept) -> None:
        """Remember readings; they are written when enough has come together, or the context is left."""
        self._fresh.append(fresh)
        self._size += len(fresh.entry)
        if self._size > BATCH:
            self._write()

    def info(self) -> Info:
        """How much the cache holds; nothing where it cannot be read."""
        try:
            if self._base is not None:
                (entries,) = self._base.execute("SELECT COUNT(*) FROM readings").fetchone()
                return Info(entries, self._base.execute(SIZE).fetchone()[0])
        except sqlite3.Error:
            pass
        return Info(0, 0)

    def _write(self) -> None:
        """Write what is new; what cannot be written is not kept."""
        fresh, stale, self._fresh, self._stale, self._size = self._fresh, self._stale, [], set(), 0
        if self._base is None or not (fresh or stale):
            return
        now, signals = _today(), self._signals.all
        with suppress(sqlite3.Error), self._base:  # commits, or rolls back
            self._base.execute("BEGIN IMMEDIATE")
            still = ((signals, now, key) for key in sorted(stale))
            self._base.executemany("UPDATE readings SET signals = ?, used = ? WHERE key = ?", still)
            rows = ((one.key, signals, one.rows, now, one.entry) for one in fresh)
            self._base.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?)", rows)
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

"""Has this very text been read before? Readings kept by content, in one SQLite file, so that nothing is read twice.

An entry is found by what its readings depend on: the text, its language, the kinds of its path, the readers' code, and
the vocabulary. So a text is read once, whatever its path and in however many revisions it stands; readings are given
the path after they are found. The file lies in the user's own cache folder and holds data alone, readings as msgpack:
whoever writes there can change results, and run nothing. Every fault of the database is a cache that is empty, and so
is one that holds more than our table: a view or a trigger of a stranger's would run at every look.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterable
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
LARGEST = 8_000_000  # bytes of an entry, unpacked; the largest of a real file that we know has 1.5 million
WAIT = 10  # seconds for another run that writes
DAY = 86_400  # seconds; when an entry was last used is known to the day, so that most runs write nothing
BATCH = 4_000_000  # bytes of entries that are written at once: a run that is killed loses no more
FOLDER = "CHIPSIEVE_CACHE_DIR"  # the environment variable that names another folder
NAME = "readings-4.sqlite"  # the number is that of the table below and of its entries
OURS = "readings*.sqlite*"  # this file, those of earlier versions, and what SQLite keeps beside them
TABLE = "CREATE TABLE readings (key BLOB PRIMARY KEY, used INTEGER, entry BLOB) WITHOUT ROWID"
HELD_THERE = "SELECT type, sql FROM sqlite_master LIMIT 2"
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
        return readings_of(self.parts)

    @property
    def parts(self) -> Parts:
        """What a text says, as it was read.

        Raises:
            zlib.error, msgspec.MsgspecError, ValueError: the entry holds something else.
        """
        parts = _decoder().decode(self.unpacked())
        if not parts:
            raise ValueError("every text has a reading")
        return parts

    def unpacked(self) -> bytes:
        """What the entry holds, packed by msgpack.

        Raises:
            zlib.error, ValueError: it was made under another key, was cut, or is larger than what is kept.
        """
        if not self.entry.startswith(self.key):
            raise ValueError("the entry of another key")
        inside = zlib.decompressobj()
        data = inside.decompress(self.entry[len(self.key) :], LARGEST)
        if not inside.eof:
            raise ValueError("an entry that was cut, or is too large")
        return data


def packed(under: bytes, data: object) -> Kept | None:
    """Data as an entry, which says under which key.

    None where it cannot be kept: a text in it is none (half a surrogate pair), or it is too large.
    """
    try:
        written = msgspec.msgpack.encode(data)
    except UnicodeEncodeError:
        return None
    return Kept(under, under + zlib.compress(written, 1)) if len(written) <= LARGEST else None


def kept(source: Source, parts: Parts, vocabulary: Vocabulary) -> Kept | None:
    """What was read of a source, as its entry; None where it cannot be kept."""
    return packed(key(source, vocabulary), parts)


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


def default_path() -> Path | None:
    """The file of the user's own cache: below CHIPSIEVE_CACHE_DIR, else where the platform keeps caches.

    None where it would lie in the working folder, which may be anybody's: the user has no home.
    """
    folder = os.environ.get(FOLDER)
    if folder:
        return Path(folder) / NAME
    try:
        own = user_cache_path("chipsieve", appauthor=False)
    except RuntimeError:
        return None
    return own / NAME if own.is_absolute() else None  # earlier versions answer with a folder called "~"


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
        with suppress(OSError, sqlite3.Error):
            self._base = _opened(self.path)
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
            found = self._entry(asked)
            readings = None if found is None else readings_of(placed(found.parts, source.path))
        except FAULTS:
            return None
        self.hits += readings is not None
        return readings

    def get_data(self, asked: bytes, kind: type[Data]) -> Data | None:
        """What else is kept under a key, as data of a kind; None when there is nothing, or it cannot be read."""
        try:
            found = self._entry(asked)
            return None if found is None else msgspec.msgpack.decode(found.unpacked(), type=kind)
        except FAULTS:
            return None

    def keep_data(self, under: bytes, data: object) -> None:
        """Remember data, where it can be kept."""
        entry = packed(under, data)
        if entry is not None:
            self.keep(entry)

    def _entry(self, asked: bytes) -> Kept | None:
        """What the database holds under a key; that it was used today is noted."""
        try:
            row = None if self._base is None else self._base.execute(HELD, (asked,)).fetchone()
        except sqlite3.OperationalError:  # somebody locks it: nobody waits for each file anew
            self._close()
            return None
        if row is None or not isinstance(row[1], bytes):
            return None
        if row[0] != _today():
            self._stale.add(asked)
        return Kept(asked, row[1])

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
        try:
            _store(self._base, fresh, stale)
        except sqlite3.OperationalError:  # locked, or no room: the next batch would only wait as long
            self._close()
        except sqlite3.Error:
            pass


def _opened(path: Path) -> sqlite3.Connection:
    """The database at a path, with our table and nothing else in it.

    Raises:
        OSError: something lies there that is no file.
        sqlite3.Error: it cannot be opened, or is another database.
    """
    if path.exists() and not path.is_file():
        raise FileExistsError(path)
    base = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    try:
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * LARGEST)
        base.execute("PRAGMA trusted_schema = OFF")
        if not base.execute(HELD_THERE).fetchall():
            _make(base)
        if base.execute(HELD_THERE).fetchall() != [("table", TABLE)]:
            raise sqlite3.DatabaseError("not our table alone")
        base.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error:
        base.close()
        raise
    return base


def _make(base: sqlite3.Connection) -> None:
    """Make our table in an empty database, unless another run does so at the same time."""
    with suppress(sqlite3.OperationalError):  # whoever makes the file at the same time sets it, and it stays set
        base.execute("PRAGMA journal_mode = WAL")
    with base:
        base.execute("BEGIN IMMEDIATE")  # waits for other writers; a later upgrade of the lock would not
        if not base.execute(HELD_THERE).fetchall():
            base.execute(TABLE)


def _store(base: sqlite3.Connection, fresh: Iterable[Kept], used: Iterable[bytes]) -> None:
    """Write entries, and that others were used today; the database grows no larger than LIMIT."""
    now = _today()
    with base:  # commits, or rolls back
        base.execute("BEGIN IMMEDIATE")
        base.executemany("UPDATE readings SET used = ? WHERE key = ?", ((now, key) for key in sorted(used)))
        rows = ((one.key, now, one.entry) for one in fresh)
        base.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", rows)
        (size,) = base.execute(SIZE).fetchone()
        if size > LIMIT:
            _forget(base, size - LIMIT // 2)


def _forget(base: sqlite3.Connection, surplus: int) -> None:
    """Delete the entries that were unused for longest, `surplus` bytes of them."""
    for key, size in base.execute("SELECT key, LENGTH(entry) FROM readings ORDER BY used, key").fetchall():
        if surplus <= 0:
            return
        base.execute("DELETE FROM readings WHERE key = ?", (key,))
        surplus -= size


def _today() -> int:
    return int(time()) // DAY

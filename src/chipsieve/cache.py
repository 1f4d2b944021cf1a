"""Has this very text been read before? Readings kept by content, in one SQLite file, so that nothing is read twice.

An entry is found by the file's path, language and bytes, the code of the readers, and the rows of those signals whose
words the text holds: a signal that changes makes only those files be read anew in which it may match. The file lies
in the user's own cache folder and holds pickles, as trustworthy as that folder; nothing of a scanned tree is in it
but readings of it. Every fault of the database is a cache that is empty.
"""

from __future__ import annotations

import hashlib
import pickle
import re
import sqlite3
import sys
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from time import time
from typing import Self, cast, get_args

from chipsieve import model
from chipsieve.model import Reading, Row, Signal, Source
from chipsieve.signals.table import BY_PATTERN
from chipsieve.vocabulary import words_of

MISMATCHED = (AttributeError, ImportError, TypeError, ValueError)  # what pickle raises for another version's bytes
LIMIT = 1_000_000_000  # bytes of entries; the ones longest unused go first
WAIT = 30  # seconds for another run that writes
READ_BY = ("chipsieve", "chipsieve_config", "chipsieve_python", "chipsieve_shell")
UNREAD = frozenset({  # modules of ours that no reading depends on
    "api.py", "cache.py", "check.py", "combine.py", "comments.py", "config.py", "excludes.py", "export_controls.py",
    "export_controls.toml", "fail.py", "fingerprint.py", "ignores.py", "launchers.toml", "mentions.toml", "model.py",
    "policies.py", "policies.toml", "predicates.py", "sieve.py", "verdict.py", "vocabulary.py", "weigh.py",
})  # fmt: skip
FOLDERS = ("signals",)  # packages of ours whose modules readings depend on
PIECE = re.compile(r"[a-z0-9]+")
LITERAL_KINDS = ("env", "flag", "key", "name", "call", "import", "pin", "directive", *BY_PATTERN)

Entry = tuple[Reading, ...]


class Cache:
    """Readings by content, in a database of the user's; a context that writes what was kept on leaving."""

    def __init__(self, path: Path, signals: Mapping[str, Signal]) -> None:
        """Use the database at `path`; it is made when it is first written."""
        self.path = path
        self._signals = _Relevance(signals)
        self._fresh: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._base: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open the database; one that cannot be opened holds nothing and takes nothing."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute(
                "CREATE TABLE IF NOT EXISTS readings (key BLOB PRIMARY KEY, used INTEGER, entry BLOB) WITHOUT ROWID"
            )
        except (OSError, sqlite3.Error):
            if self._base is not None:
                self._base.close()
            self._base = None
        return self

    def __exit__(self, *_: object) -> None:
        """Write what is new, forget what is too much, close."""
        if self._base is None:
            return
        try:
            self._write(self._base)
        except sqlite3.Error:
            pass
        finally:
            self._base.close()
            self._base = None

    def key(self, source: Source) -> bytes:
        """What the reading of this source depends on, as a digest."""
        parts = (source.path, source.language, source.text, _code(), self._signals.digest(source.text))
        digest = hashlib.sha256()
        for part in parts:
            data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8) + data)
        return digest.digest()

    def get(self, key: bytes) -> Entry | None:
        """The readings kept under a key, None when there are none."""
        if self._base is None:
            return None
        try:
            row = self._base.execute("SELECT entry FROM readings WHERE key = ?", (key,)).fetchone()
            found = cast("Entry", pickle.loads(zlib.decompress(row[0]))) if row else None  # noqa: S301 - our own file
        except (sqlite3.Error, zlib.error, pickle.UnpicklingError, EOFError, LookupError, *MISMATCHED):
            return None
        if found is not None:
            self._used.add(key)
        return found

    @property
    def hits(self) -> int:
        """How many entries were found so far."""
        return len(self._used)

    def keep(self, key: bytes, readings: Entry) -> None:
        """Remember the readings of a key, written when the context is left."""
        self._fresh[key] = zlib.compress(pickle.dumps(readings, protocol=5), 1)

    def _write(self, base: sqlite3.Connection) -> None:
        now = int(time())
        base.execute("BEGIN IMMEDIATE")
        base.executemany("UPDATE readings SET used = ? WHERE key = ?", ((now, key) for key in self._used))
        rows = ((key, now, entry) for key, entry in self._fresh.items())
        base.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", rows)
        (size,) = base.execute("SELECT COALESCE(SUM(LENGTH(entry)), 0) FROM readings").fetchone()
        if size > LIMIT:
            _forget(base, size - LIMIT // 2)
        base.execute("COMMIT")


def _forget(base: sqlite3.Connection, surplus: int) -> None:
    """Delete the entries that were unused for longest, `surplus` bytes of them."""
    for key, size in base.execute("SELECT key, LENGTH(entry) FROM readings ORDER BY used, key").fetchall():
        if surplus <= 0:
            return
        base.execute("DELETE FROM readings WHERE key = ?", (key,))
        surplus -= size


@cache
def _code() -> bytes:
    """A digest of all but signals that readings depend on: readers' code and tables, the form of a reading, Python."""
    digest = hashlib.sha256(repr((sys.version_info[:2], sorted(_form(Reading)))).encode())
    for package in READ_BY:
        for name, data in sorted(_modules(files(package))):
            digest.update(name.encode() + b"\0" + data)
    return digest.digest()


def _form(kind: type, seen: frozenset[type] = frozenset()) -> Iterable[str]:
    """Each field of a type, and of the types of ours in it, in words."""
    for part in fields(kind):
        yield f"{kind.__name__}.{part.name}: {part.type}"
        for name in re.findall(r"\w+", str(part.type)):
            alias = getattr(model, name, None)
            for inner in (alias, *get_args(alias)):
                if isinstance(inner, type) and is_dataclass(inner) and inner not in seen:
                    yield from _form(inner, seen | {kind})


def _modules(folder: Traversable, inside: str = "") -> Iterable[tuple[str, bytes]]:
    for item in folder.iterdir():
        name = inside + item.name
        if item.is_dir() and item.name in FOLDERS:
            yield from _modules(item, f"{name}/")
        elif item.is_file() and name not in UNREAD and name.endswith(".py" if inside else (".py", ".toml")):
            yield name, item.read_bytes()


class _Relevance:
    """Which signals may match in a text, told by its words."""

    def __init__(self, signals: Mapping[str, Signal]) -> None:
        self._digests = {
            signal.id: hashlib.sha256(repr((signal.id, signal.rows)).encode()).digest() for signal in signals.values()
        }
        self._always: set[str] = set()
        self._within: dict[str, set[str]] = {}
        for signal in signals.values():
            for row in signal.rows:
                self._add(signal.id, row)

    def _add(self, signal: str, row: Row) -> None:
        if row.kind not in LITERAL_KINDS or not row.names:
            self._always.add(signal)
            return
        for name in row.names:
            pieces = PIECE.findall(name.casefold())
            if pieces:
                self._within.setdefault(max(pieces, key=len), set()).add(signal)
            else:
                self._always.add(signal)

    def digest(self, text: str) -> bytes:
        """A digest of the rows of every signal whose words the text holds."""
        joined = "\n".join(words_of(text))
        found = self._always.union(*(several for piece, several in self._within.items() if piece in joined))
        return hashlib.sha256(b"".join(self._digests[signal] for signal in sorted(found))).digest()

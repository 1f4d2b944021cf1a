"""What do our tables say, as they were read when chipsieve was built? Reading and checking them takes long.

A wheel holds what the tables say in one file, and so does a checkout once it was installed to be edited. Every part of
it is asked for by name; without the file, or with one that is no longer what the tables say, there is no part, and the
tables are read. The file is MessagePack: whatever it holds, loading it runs no code.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

HOME = Path(__file__).parent
FILE = HOME / "prepared.msgpack"
SOURCES: Mapping[str, tuple[str, ...]] = {
    "": (".toml", "prepared.py", "sites.py", "tables.py"),
    "catalogue": (".toml", ".py"),
    "derive": (".toml",),
    "estimate": (".toml",),
    "facts": ("ternary.py",),
    "signals": (".toml", ".py"),
}
"""How the names end, by folder, of what the file depends on: tables, and the modules that check and build from them."""
T = TypeVar("T")
Stamps = dict[str, tuple[int, int]]
"""Size, and time of the last change in ns, by path."""


class Prepared(msgspec.Struct, frozen=True):
    """What the file holds: its parts by name, and the sources as they were.

    A wheel's has no `stamps`: what is installed is not edited, and installing gives every file a time of its own.
    """

    stamps: Stamps
    digest: bytes
    parts: dict[str, msgspec.Raw]


def prepared(part: str, kind: type[T], file: Path = FILE) -> T | None:
    """A part of what was prepared, of the type that it was written as; None where the tables have to be read."""
    found = _parts(file).get(part)
    return None if found is None else msgspec.msgpack.decode(found, type=kind)


def write(file: Path, parts: Mapping[str, object], *, edited: bool) -> None:
    """Write the file of some parts; `edited` where the tables beside it may change."""
    raw = {name: msgspec.Raw(msgspec.msgpack.encode(part)) for name, part in parts.items()}
    file.write_bytes(msgspec.msgpack.encode(Prepared(stamps() if edited else {}, digest(), raw)))


@cache
def _parts(file: Path) -> Mapping[str, msgspec.Raw]:
    """All that was prepared; nothing where there is no such file, it cannot be read, or a source is another by now."""
    try:
        found = msgspec.msgpack.decode(file.read_bytes(), type=Prepared)
    except (OSError, msgspec.DecodeError):
        return {}
    fresh = not found.stamps or found.stamps == stamps() or found.digest == digest()
    return found.parts if fresh else {}


def stamps() -> Stamps:
    """Every source with its size and the time of its last change."""
    found = {}
    for folder, endings in SOURCES.items():
        with os.scandir(HOME / folder) as entries:
            for entry in entries:
                if entry.name.endswith(endings):
                    status = entry.stat()
                    found[f"{folder}/{entry.name}"] = (status.st_size, status.st_mtime_ns)
    return found


def digest() -> bytes:
    """A digest of every source's path and text: that of a copy, or of a file that was written again, is the same."""
    import hashlib  # seldom needed

    found = hashlib.sha256()
    for path in sorted(stamps()):
        text = (HOME / path.lstrip("/")).read_bytes()
        found.update(f"{path}\0{len(text)}\0".encode() + text)
    return found.digest()

"""Which files does an archive hold? Its members are read where they are packed; nothing is ever written.

What a reader can ask for is kept: texts whole, of larger and of binary files the beginning that says what they are.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from msgspec.structs import replace

from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import (
    BEGINNING,
    BINARY,
    FOLDER_LINK,
    LEADS_OUT,
    SIZE_LIMIT,
    TOO_LARGE,
    left_out,
    skipped_folder,
)
from chipsieve.sources.in_memory import InMemory, Member
from chipsieve.sources.languages import language_of, languages
from chipsieve.sources.members import Packed, members

KEPT = 1_000_000_000  # bytes of all files together
NAME = 4096  # characters of a member's name
LENGTH = 8  # bytes before a header that say how long it is
OUTSIDE = "member's name leads out of the archive: not read"


def open_archive(path: Path) -> InMemory:
    """The tree in an archive; a single folder that holds all the rest, as in archives of a repository, is its root.

    Raises:
        chipsieve.sources.members.ArchiveError: it cannot be read.
    """
    packing = _Packing()
    ended: list[str] = []
    for packed in members(path, _wanted, ended):
        packing.add(packed)
    if packing.kept > KEPT:
        ended.append(f"holds more than {KEPT // 1_000_000} MB of text: the rest is not read")
    root = packing.root
    gaps = [replace(gap, path=gap.path.removeprefix(root)) for gap in packing.gaps()]
    gaps.extend(Gap(path.name, f"archive {why}") for why in ended)
    files = {name.removeprefix(root): member for name, member in packing.files.items()}
    listed = tuple(sorted(gaps, key=lambda gap: gap.path))
    return InMemory(path.name, path.resolve().parent / path.name, files, listed)


class _Packing:
    """What is kept of the members that were seen so far, by their names in the archive."""

    def __init__(self) -> None:
        self.files: dict[str, Member] = {}
        self.kept = 0
        self._links: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self._left_out: set[str] = set()

    def add(self, packed: Packed) -> None:
        """Keep of one member what a reader can ask for."""
        parts = [part for part in packed.name.split("/") if part not in ("", ".")]
        name = "/".join(parts)
        if packed.name.startswith("/") or ".." in parts or not parts or len(packed.name) > NAME:
            self._refused[packed.name[:NAME]] = OUTSIDE
        elif folder := skipped_folder(name):
            self._left_out.add(folder)
        elif packed.refused:
            self._refused[name] = packed.refused
        elif packed.hard:
            self._add_hard(name, posixpath.normpath(packed.link or ""))
        elif packed.link is not None:
            self._links[name] = packed.link
        elif self.kept <= KEPT:
            self._add_file(name, packed)

    def _add_file(self, name: str, packed: Packed) -> None:
        data, whole = packed.data, packed.size <= SIZE_LIMIT
        binary = whole and b"\0" in data and language_of(name) not in languages().headers
        data = data[:BEGINNING] if binary else data
        self.kept += len(data)
        self.files[name] = Member(packed.size, data, BINARY if binary else "" if whole else TOO_LARGE)

    def _add_hard(self, name: str, target: str) -> None:
        """A hard link is the file that came before under another name."""
        if target in self.files:
            self.files[name] = self.files[target]
        else:
            self._refused[name] = LEADS_OUT

    @cached_property
    def root(self) -> str:
        """The single folder that holds all files, with a slash; "" when there is none."""
        first = next(iter(self.files), "").partition("/")
        root = "".join(first[:2])
        return root if first[1] and all(name.startswith(root) for name in (*self.files, *self._links)) else ""

    def gaps(self) -> Iterator[Gap]:
        """What is not read, by its name in the archive."""
        yield from (Gap(name, why) for name, why in self._refused.items())
        for folder in self._left_out:
            yield from left_out(folder)
        names = sorted({*self.files, *self._links})
        for name, target in self._links.items():
            landing = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            at = bisect_left(names, f"{landing}/")
            if at < len(names) and names[at].startswith(f"{landing}/"):
                yield Gap(name, FOLDER_LINK)
            elif landing not in self.files and landing not in self._links:
                yield Gap(name, LEADS_OUT)


def _wanted(name: str, size: int) -> int:
    """How many bytes of a member to unpack: all of a file that can be a text, of a larger one its beginning."""
    if skipped_folder(name):
        return 0
    if size <= SIZE_LIMIT:
        return SIZE_LIMIT
    language = language_of(name)
    known = languages()
    if language in known.headers:
        return LENGTH + known.headers[language]
    return known.heads.get(language, BEGINNING)

"""Which files does a tree hold that lies nowhere on disk: an archive's, or what comes over standard input?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import BEGINNING, SIZE_LIMIT, TOO_LARGE, Commit, Listing, Origin, text_of


class Member(NamedTuple):
    """A file: its size, the bytes that are kept of it, and why they are no text."""

    size: int
    data: bytes
    unreadable: str = ""


class InMemory:
    """A tree of members, by their paths; nothing of it is open."""

    commit: Commit | None = None  # nobody knows of which it is
    origin = Origin()

    def __init__(self, name: str, folder: Path, members: Mapping[str, Member], gaps: tuple[Gap, ...] = ()) -> None:
        """Offer members by their paths; `folder` is where they would lie on disk."""
        self.name, self.folder = name, folder
        self._members, self._gaps = members, gaps

    def last_changed(self, path: str) -> Commit | Gap | None:  # noqa: ARG002  nobody knows
        """None: there is no history."""
        return None

    def listing(self) -> Listing:
        """Every regular file, but those in folders that nobody asks for."""
        return Listing(tuple(sorted(self._members)), self._gaps)

    def text(self, path: str) -> str | Gap:
        """One file's text, or the gap that stands for it: too large, binary, not readable."""
        member = self._members.get(path)
        if member is None:
            return Gap(path, "not readable: no such file")
        return Gap(path, member.unreadable) if member.unreadable else text_of(path, member.data)

    def beginning(self, path: str) -> bytes | Gap:
        """The first bytes of a file."""
        return self.head(path, BEGINNING)

    def head(self, path: str, size: int) -> bytes | Gap:
        """The first `size` bytes of a file, or all that are kept, or the gap that stands for them."""
        member = self._members.get(path)
        if member is None or (member.unreadable and not member.data):
            return Gap(path, member.unreadable if member else "not readable: no such file")
        return member.data[:size]

    def size(self, path: str) -> int:
        """How many bytes a file has; 0 where nobody knows."""
        member = self._members.get(path)
        return member.size if member else 0

    def holds(self, path: str) -> bool:
        """Whether there is a regular file at a path."""
        return path in self._members

    def reopened(self) -> Self:
        """The same tree: nothing is open."""
        return self


def single(folder: Path, path: str, data: bytes) -> InMemory:
    """The tree that holds one file alone, at a path below a folder."""
    member = Member(len(data), data, TOO_LARGE if len(data) > SIZE_LIMIT else "")
    return InMemory(folder.name, folder, {path: member})

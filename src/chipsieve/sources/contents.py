"""What does a tree of files offer, wherever it lies, and which text do a file's bytes hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from chipsieve.facts.reading import Gap
from chipsieve.sources.languages import languages

SIZE_LIMIT = 4_000_000  # bytes; a larger file of a language we read is data, and becomes a gap
BEGINNING = 200  # bytes in which a `#!` line ends
TOO_LARGE = f"larger than {SIZE_LIMIT // 1_000_000} MB: not read"
BINARY = "binary content: not read"
POINTER = "a Git LFS pointer: the content lies elsewhere"
ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
LFS = b"version https://git-lfs.github.com/spec/"  # how Git LFS begins the file that stands for one stored elsewhere

UNDATED = "when it was last changed is not known: git did not come to an end in the history"
# Why a part of a tree was not walked; said alike of a folder on disk and of a revision.
SPECIAL = "neither file nor link: not read"
LEFT_OUT = "folder left out: installed packages or caches"
LEADS_OUT = "symbolic link leads out of the tree or nowhere"
FOLDER_LINK = "symbolic link to a folder, not followed"


class Listing(msgspec.Struct, frozen=True):
    """The paths of a tree's regular files (POSIX, below its folder, sorted), and what was not walked."""

    paths: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()


class Commit(msgspec.Struct, frozen=True):
    """The commit that a tree is of: its id, and the day on which it was made (`2024-11-05`, the committer's)."""

    id: str
    day: str


class Origin(msgspec.Struct, frozen=True):
    """Where a tree comes from, beside its commit; None is what nobody knows.

    `remote` is the public https address of its repository, `folder` where in that the tree lies, "" for all of it,
    `branch` the one that is checked out or read, and `modified` says whether a file that is read is not as the commit
    has it.
    """

    remote: str | None = None
    folder: str = ""
    branch: str | None = None
    modified: bool | None = None


class Tree(Protocol):
    """A tree of files to scan: a folder on disk, a git revision, or an archive."""

    @property
    def commit(self) -> Commit | None:
        """The commit that was checked out, or is read; None where there is none."""

    @property
    def origin(self) -> Origin:
        """Where the commit comes from."""

    def last_changed(self, path: str) -> Commit | Gap | None:
        """The commit that last changed a file, up to the one of the tree; None where there is none.

        A gap where the history has it and git could not find it.
        """

    @property
    def name(self) -> str:
        """What reports call the tree."""

    @property
    def folder(self) -> Path:
        """Where the files lie, or would lie if somebody checked the tree out; configurations count from there."""

    def listing(self) -> Listing:
        """Every regular file, but those in folders that nobody asks for."""

    def text(self, path: str) -> str | Gap:
        """One file's text, or the gap that stands for it: too large, binary, not readable."""

    def beginning(self, path: str) -> bytes | Gap:
        """The first bytes of a file."""

    def head(self, path: str, size: int) -> bytes | Gap:
        """The first `size` bytes of a file, or all there are, or the gap that stands for them."""

    def size(self, path: str) -> int:
        """How many bytes a file has; 0 where nobody knows."""

    def holds(self, path: str) -> bool:
        """Whether there is a regular file at a path, and no link on the way leads out of the tree."""

    def reopened(self) -> Tree:
        """The same tree for another process, which must not share what this one has open."""


def text_reader(tree: Tree) -> Callable[[str], str | None]:
    """Reads a file of a tree again, for reports that show or hash its text; None where it has none."""

    def read(path: str) -> str | None:
        text = tree.text(path)
        return text if isinstance(text, str) else None

    return read


def skipped_folder(path: str) -> str:
    """The first folder on the way to a path that nobody asks for, "" for none."""
    skip = languages().silent | languages().named
    folders = path.split("/")[:-1]
    return next(("/".join(folders[:depth]) for depth, name in enumerate(folders, 1) if name in skip), "")


def left_out(folder: str) -> Iterator[Gap]:
    """The gap that stands for a folder that nobody asks for, where it is worth a word."""
    if folder.rpartition("/")[2] in languages().named:
        yield Gap(folder, LEFT_OUT)


def text_of(path: str, data: bytes) -> str | Gap:
    """The text that a file's bytes hold, or the gap that stands for it."""
    if len(data) > SIZE_LIMIT:
        return Gap(path, TOO_LARGE)
    if b"\0" in data:
        return Gap(path, BINARY)
    if data.startswith(LFS):
        return Gap(path, POINTER)
    return decode(data)


def decode(data: bytes) -> str:
    """Text of the bytes: UTF-8, else GB 18030 (common in Chinese sources), else Latin-1, which takes all."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("Latin-1 decodes every byte")

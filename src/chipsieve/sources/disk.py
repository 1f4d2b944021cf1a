"""Which files lie in a folder? A walk that no file of the tree can hide from, and no symbolic link leads out of."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from errno import ENOENT
from pathlib import Path
from typing import BinaryIO, Self

from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import (
    BEGINNING,
    FOLDER_LINK,
    LEADS_OUT,
    LEFT_OUT,
    SIZE_LIMIT,
    SPECIAL,
    TOO_LARGE,
    UNDATED,
    Commit,
    Listing,
    Origin,
    text_of,
)
from chipsieve.sources.languages import languages

REASONS = {PermissionError: "permission denied", FileNotFoundError: "gone while scanning"}


class Disk:
    """A tree that lies in a folder; or one file of it, which then is all there is."""

    def __init__(self, folder: Path, only: str = "") -> None:
        """Take `folder`, which is resolved, or the file called `only` in it."""
        self.folder, self.only = folder, only

    @classmethod
    def at(cls, path: Path) -> Self:
        """The tree that is the folder, or the file, at a path."""
        resolved = path.resolve()
        return cls(resolved) if path.is_dir() else cls(resolved.parent, resolved.name)

    @property
    def name(self) -> str:
        """The folder's name, or the file's."""
        return self.only or self.folder.name

    @property
    def path(self) -> Path:
        """Where the tree lies: the folder, or the file."""
        return self.folder / self.only

    @property
    def commit(self) -> Commit | None:
        """The commit that is checked out, whatever was changed since."""
        from chipsieve.sources.git import checked_out  # most trees are asked once, `check` never

        return checked_out(self.folder)

    @property
    def origin(self) -> Origin:
        """Where the commit comes from that is checked out, and whether what lies here differs from it."""
        from chipsieve.sources.checkout import origin_of

        return origin_of(self, self.only)

    def last_changed(self, path: str) -> Commit | Gap | None:
        """The commit that last changed a file, whatever was changed since; None where there is none."""
        from chipsieve.sources.git import StoppedError, checked_out

        try:
            return checked_out(self.folder, path)
        except StoppedError:
            return Gap(path, UNDATED)

    def listing(self) -> Listing:
        """Every regular file, but those in folders that nobody asks for."""
        if self.only:
            return Listing((self.only,))
        gaps: list[Gap] = []
        return Listing(tuple(sorted(self._walk(gaps))), tuple(sorted(gaps, key=lambda gap: gap.path)))

    def _walk(self, gaps: list[Gap]) -> Iterator[str]:
        """Every regular file as a POSIX path; folders that cannot be listed become gaps."""

        def refused(error: OSError) -> None:
            where = Path(str(error.filename or self.folder))
            gaps.append(Gap(self._relative(where), f"folder not listed: {error.strerror or error}"))

        skip = languages()
        for folder, folders, names in os.walk(self.folder, onerror=refused, followlinks=False):
            here = Path(folder)
            for name in [name for name in folders if name in skip.silent | skip.named]:
                folders.remove(name)
                if name in skip.named:
                    gaps.append(Gap(self._relative(here / name), LEFT_OUT))
            gaps.extend(self._linked_folders(here, folders))
            yield from self._files(here, names, gaps)

    def _files(self, here: Path, names: list[str], gaps: list[Gap]) -> Iterator[str]:
        """The regular files of one folder; what else stands there and is no link inside the tree becomes a gap."""
        for name in names:
            where = here / name
            try:
                mode = where.lstat().st_mode
            except PermissionError as error:  # who may list a folder may not always enter it
                gaps.append(_unreadable(self._relative(here), error))
                return
            except OSError as error:
                gaps.append(_unreadable(self._relative(where), error))
                continue
            if stat.S_ISREG(mode):
                yield self._relative(where)
            elif not stat.S_ISLNK(mode):
                gaps.append(Gap(self._relative(where), SPECIAL))
            elif not self._inside(where):
                gaps.append(Gap(self._relative(where), LEADS_OUT))

    def _linked_folders(self, here: Path, names: list[str]) -> Iterator[Gap]:
        for name in names:
            if _is_link(here / name):
                reason = "" if self._inside(here / name) else " and leads out of the tree"
                yield Gap(self._relative(here / name), f"{FOLDER_LINK}{reason}")

    def _inside(self, where: Path) -> bool:
        try:
            where.stat()  # the system follows few links, `resolve` any number
            return where.resolve(strict=True).is_relative_to(self.folder)
        except (OSError, RuntimeError):  # a loop, or nothing there
            return False

    def _relative(self, where: Path) -> str:
        return where.relative_to(self.folder).as_posix() if where.is_relative_to(self.folder) else where.as_posix()

    def text(self, path: str) -> str | Gap:
        """One file's text, or the gap that stands for it: too large, binary, not readable."""
        try:
            with self._opened(path) as stream:
                if os.fstat(stream.fileno()).st_size > SIZE_LIMIT:
                    return Gap(path, TOO_LARGE)
                return text_of(path, stream.read(SIZE_LIMIT + 1))
        except OSError as error:
            return _unreadable(path, error)

    def beginning(self, path: str) -> bytes | Gap:
        """The first bytes of a file."""
        return self.head(path, BEGINNING)

    def head(self, path: str, size: int) -> bytes | Gap:
        """The first `size` bytes of a file, or all there are, or the gap that stands for them."""
        try:
            with self._opened(path) as stream:
                return stream.read(size)
        except OSError as error:
            return _unreadable(path, error)

    def _opened(self, path: str) -> BinaryIO:
        """A regular file inside the tree, open to read: a pipe keeps whoever opens it waiting, and a device never ends.

        A path from the root of the file system is one that the user has named: no listing has any.

        Raises:
            OSError: there is none.
        """
        where = self.folder / path
        if not (path.startswith("/") or self._inside(where)):
            raise FileNotFoundError(ENOENT, "no file inside the tree")
        stream = os.fdopen(os.open(where, os.O_RDONLY | os.O_NONBLOCK), "rb")
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.close()
            raise FileNotFoundError(ENOENT, "no regular file")
        return stream

    def size(self, path: str) -> int:
        """How many bytes a file has; 0 where nobody knows."""
        try:
            return (self.folder / path).stat().st_size
        except OSError:
            return 0

    def holds(self, path: str) -> bool:
        """Whether there is a regular file at a path, and no link on the way leads out of the tree."""
        if not path or path.startswith(("/", "..")) or "\0" in path:
            return False
        return self._inside(self.folder / path) and (self.folder / path).is_file()

    def reopened(self) -> Self:
        """The same tree: nothing is open."""
        return self


def _is_link(where: Path) -> bool:
    try:
        return where.is_symlink()
    except OSError:  # the walk says so when it comes there
        return False


def _unreadable(path: str, error: OSError) -> Gap:
    return Gap(path, f"not readable: {REASONS.get(type(error), error.strerror or str(error))}")

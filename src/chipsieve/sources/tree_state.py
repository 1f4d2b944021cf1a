"""Is a folder what it was? All of it that a verdict depends on, as the file system tells it: no file is opened.

Git knows by the same facts whether a file was changed: its size, its times, its number on the disk. The time of the
last change of these (ctime) is among them, which no program can set. A file that changed within the granularity of the
times may change once more and tell the same, so a state that is so young proves nothing: `settled` says from when on it
does.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from chipsieve.sources.contents import Tree
from chipsieve.sources.disk import Disk
from chipsieve.sources.git_directory import common_directory, repository_of
from chipsieve.sources.languages import languages

GRANULARITY = 2_000_000_000  # nanoseconds; of the coarsest file system in use, FAT
OF_GIT = ("HEAD", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD", "commondir")  # what a work tree has for itself
SHARED_IN_GIT = ("config", "packed-refs", "shallow")
GROWING_IN_GIT = ("refs", "reftable", "logs")  # folders that are looked at whole
OBJECTS = (Path("objects"), Path("objects", "pack"), Path("objects", "info"))
"""Folders of which the files count, and of the folders in them the times: a commit's content never changes, but it may
be missing."""


class TreeState(NamedTuple):
    """What the file system tells of a folder, as a digest, and from which time on (in ns) that proves it unchanged."""

    digest: bytes
    settled: int


def state_of(tree: Tree) -> TreeState | None:
    """The state of a folder on disk and of the repository around it; None of a single file, a revision, an archive."""
    if not isinstance(tree, Disk) or tree.only:
        return None
    digest, newest = hashlib.sha256(), 0
    for path, about in _entries(tree):
        written = f"{len(path)}:{path} {about.state}\n"
        digest.update(written.encode("utf-8", "surrogateescape"))
        newest = max(newest, about.changed)
    return TreeState(digest.digest(), newest + GRANULARITY)


class _About(NamedTuple):
    """What the file system tells of one file or folder, and when that changed."""

    state: str
    changed: int = 0


def _entries(tree: Disk) -> Iterator[tuple[str, _About]]:
    """All that counts of a tree, in an order of its own."""
    yield str(tree.folder), _of_folder(os.lstat(tree.folder))
    yield from _inside(str(tree.folder), languages().silent | languages().named)
    yield from _of_repository(tree.folder)


def _inside(folder: str, skip: frozenset[str]) -> Iterator[tuple[str, _About]]:
    """What lies in a folder and those below it; of a folder that nobody asks for, that it is there."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            yield here, _About(f"not listed: {error.errno}")
            continue
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield entry.path, _About(f"not known: {error.errno}")
                continue
            if stat.S_ISLNK(status.st_mode):
                yield entry.path, _of_link(entry.path, status)
            elif not stat.S_ISDIR(status.st_mode):
                yield entry.path, _of_file(status)
            elif entry.name in skip:
                yield entry.path, _About("left out")
            else:
                yield entry.path, _of_folder(status)
                waiting.append(entry.path)


def _of_file(status: os.stat_result) -> _About:
    owner, times = (status.st_uid, status.st_gid), (status.st_mtime_ns, status.st_ctime_ns)
    facts = (status.st_mode, *owner, status.st_size, *times, status.st_ino, status.st_dev)
    return _About(repr(facts), max(status.st_mtime_ns, status.st_ctime_ns))


def _of_folder(status: os.stat_result) -> _About:
    """What counts of a folder; its times tell nothing that its files do not, and git changes them by looking."""
    return _About(repr((status.st_mode, status.st_uid, status.st_gid, status.st_dev)))


def _of_link(path: str, status: os.stat_result) -> _About:
    """A link, and what is where it leads."""
    try:
        target = os.path.realpath(path)
        there = os.stat(target)  # noqa: PTH116 - a path that the system may not even take
    except (OSError, ValueError) as error:
        return _About(f"{_of_file(status).state} leads nowhere: {error}")
    return _About(repr((target, _of_file(status), _of_file(there))), max(status.st_ctime_ns, there.st_ctime_ns))


def _of_repository(folder: Path) -> Iterator[tuple[str, _About]]:
    """What counts of the repository in which a folder lies, and of the program that reads it."""
    program = shutil.which("git") or ""
    yield from _files([Path(program)] if program else [])
    repository = repository_of(folder)
    if repository is None:
        yield "no repository", _About("")
        return
    directory, common = repository.directory, common_directory(repository.directory)
    yield str(repository.top), _About(repr((str(directory), str(common), repository.below)))
    yield from _files(directory / name for name in OF_GIT)
    yield from _files(common / name for name in (*OF_GIT, *SHARED_IN_GIT))
    for name in GROWING_IN_GIT:
        yield from _inside(str(common / name), frozenset())
    for below in OBJECTS:
        yield from _files(_listed(common / below))


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, _About]]:
    """What is known of some files and folders, the times of folders among it."""
    for path in paths:
        try:
            status = path.lstat()
        except OSError as error:
            yield str(path), _About(f"not known: {error.errno}")
            continue
        yield str(path), _of_link(str(path), status) if stat.S_ISLNK(status.st_mode) else _of_file(status)

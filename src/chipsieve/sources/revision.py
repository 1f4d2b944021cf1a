"""Which files does a git revision hold? They are read from the repository's objects, without a checkout.

Texts are as they were committed: what a checkout would change by `.gitattributes` (line ends, encodings, filters) is
not done, and nothing that the repository configures is run.
"""

from __future__ import annotations

import difflib
import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import (
    BEGINNING,
    FOLDER_LINK,
    LEADS_OUT,
    SIZE_LIMIT,
    TOO_LARGE,
    UNDATED,
    Commit,
    Listing,
    Origin,
    left_out,
    skipped_folder,
    text_of,
)
from chipsieve.sources.git import Git, GitError, StoppedError
from chipsieve.sources.git_directory import repository_of
from chipsieve.sources.languages import languages

FOLDER, LINK, SUBMODULE = "040000", "120000", "160000"  # the modes of entries that are no files
SUBMODULE_GAP = "submodule: another repository, not read"
FOLDER_LACKING = "folder not in this clone, which is partial or damaged"
LACKING = -1  # the size of a file whose content the clone lacks
LINK_LIMIT = 4096  # bytes of a link's target
HOPS = 40  # links on the way to a file; more are a loop
LISTINGS = 200  # folders that are listed one by one where the clone lacks some
NEAREST = 3  # references that an error names
PARTS = re.compile(r"(?P<revision>:/.*|(?:[^:{]|\{[^}]*\})+)(?::(?P<folder>.*))?", re.DOTALL)


class Entry(NamedTuple):
    """What a revision holds at a path; the size is LACKING where the clone lacks the content."""

    mode: str
    object_id: str
    size: int


class Revision:
    """A tree that a git revision holds; open as long as the Git that it is made with."""

    def __init__(
        self, git: Git, name: str, folder: Path, entries: Mapping[str, Entry], *, unlisted: Sequence[Gap] = (),
        wanted: str = "HEAD", below: str = "",
    ) -> None:  # fmt: skip
        """Offer entries by their paths; a checkout would put them in `folder`. `unlisted` is what git cannot list.

        `wanted` is what the revision is called, and `below` the folder of it that holds them, "" for all of it.
        """
        self.name, self.folder, self._wanted, self._below = name, folder, wanted, below
        self._git, self._entries, self._unlisted = git, entries, unlisted
        self._objects = git.objects()

    def close(self) -> None:
        """End the git that reads files."""
        self._objects.close()

    def listing(self) -> Listing:
        """Every regular file, but those in folders that nobody asks for."""
        paths, gaps = [], {*self._unlisted}
        for path, entry in self._entries.items():
            skipped = skipped_folder(path)
            if skipped:
                gaps.update(left_out(skipped))
            elif entry.mode == SUBMODULE:
                gaps.add(Gap(path, SUBMODULE_GAP))
            elif entry.mode == LINK:
                gaps.update(self._link_gaps(path))
            else:
                paths.append(path)
        return Listing(tuple(sorted(paths)), tuple(sorted(gaps, key=lambda gap: gap.path)))

    def _link_gaps(self, path: str) -> Iterator[Gap]:
        """The gap that a symbolic link is: none when it leads to a file of the tree, which is read where it lies."""
        landing = self._landing(path)
        if landing in self._folders:
            yield from left_out(path) if _is_skipped(path) else (Gap(path, FOLDER_LINK),)
        elif landing not in self._entries:
            yield Gap(path, LEADS_OUT)

    @cached_property
    def _folders(self) -> frozenset[str]:
        parts = (path.split("/") for path in self._entries)
        return frozenset("/".join(folders[:depth]) for folders in parts for depth in range(len(folders)))

    def _landing(self, path: str) -> str | None:
        """The path in the tree to which a link leads at last, None when it leaves the tree or turns in a circle."""
        here: list[str] = []
        coming, hops = path.split("/"), 0
        while coming:
            part = coming.pop(0)
            if part == "..":
                if not here:
                    return None
                here.pop()
            elif part not in ("", "."):
                here.append(part)
            entry = self._entries.get("/".join(here))
            if entry is not None and entry.mode == LINK:
                target, hops = self._target(entry), hops + 1
                if hops > HOPS or target.startswith("/"):
                    return None
                here.pop()
                coming = [*target.split("/"), *coming]
        return "/".join(here)

    def _target(self, entry: Entry) -> str:
        """Where a link points; what is too long for a path, or lacking, leads out."""
        data = self._objects.data(entry.object_id) if 0 <= entry.size <= LINK_LIMIT else None
        return "/" if data is None else os.fsdecode(data)

    def text(self, path: str) -> str | Gap:
        """One file's text, or the gap that stands for it: too large, binary, not readable."""
        data = self._data(path)
        return data if isinstance(data, Gap) else text_of(path, data)

    def beginning(self, path: str) -> bytes | Gap:
        """The first bytes of a file; none of a large one, which is read whole or not at all, and no script."""
        data = b"" if self.size(path) > SIZE_LIMIT else self._data(path)
        return data if isinstance(data, Gap) else data[:BEGINNING]

    def head(self, path: str, size: int) -> bytes | Gap:
        """The first `size` bytes of a file, or all there are, or the gap that stands for them."""
        return self._data(path, size)

    def _data(self, path: str, head: int = 0) -> bytes | Gap:
        """A file's content; of a `head` of so many bytes the whole may be of any size."""
        entry = self._entries.get(path)
        if entry is None or not _is_file(entry):
            return Gap(path, "not readable: no such file in this revision")
        if entry.size == LACKING:
            return Gap(path, "not in this clone, which is partial or damaged: not read")
        if entry.size > SIZE_LIMIT and not head:
            return Gap(path, TOO_LARGE)
        data = self._objects.data(entry.object_id, head)
        return Gap(path, "not readable: git cannot read its content") if data is None else data

    def size(self, path: str) -> int:
        """How many bytes a file has; 0 where nobody knows."""
        entry = self._entries.get(path)
        return max(entry.size, 0) if entry else 0

    @cached_property
    def commit(self) -> Commit | None:
        """The commit that is read; None for a tree that no commit names."""
        return self._git.commit(self._wanted)

    @property
    def origin(self) -> Origin:
        """Where the commit comes from; all of it is as it was committed."""
        from chipsieve.sources.remote import remote_of

        return Origin(remote_of(self._git), self._below, self._git.branch(self._wanted), modified=False)

    @property
    def whole(self) -> bool:
        """Whether git lists every folder of it."""
        return not self._unlisted

    @property
    def submodules(self) -> frozenset[str]:
        """The folders that are other repositories."""
        return frozenset(path for path, entry in self._entries.items() if entry.mode == SUBMODULE)

    def id_of(self, path: str) -> str:
        """The id of a file's content, "" where there is none."""
        entry = self._entries.get(path)
        return entry.object_id if entry and _is_file(entry) else ""

    def last_changed(self, path: str) -> Commit | Gap | None:
        """The commit that last changed a file, up to this revision; None where there is none."""
        if self.commit is None or not self.holds(path):
            return None
        found = None
        with suppress(StoppedError):
            found = self._git.commit(self.commit.id, posixpath.join(self._below, path))
        return found or Gap(path, UNDATED)  # some commit has it, or this one would not hold the file

    def holds(self, path: str) -> bool:
        """Whether there is a regular file at a path."""
        entry = self._entries.get(path)
        return entry is not None and _is_file(entry)

    def reopened(self) -> Revision:
        """The same tree for another process, which must not share what this one has open."""
        return Revision(
            self._git, self.name, self.folder, self._entries,
            unlisted=self._unlisted, wanted=self._wanted, below=self._below,
        )  # fmt: skip


def _is_file(entry: Entry) -> bool:
    return entry.mode not in (FOLDER, LINK, SUBMODULE)


def _is_skipped(folder: str) -> bool:
    return folder.rpartition("/")[2] in languages().silent | languages().named


@contextmanager
def open_revision(path: Path, text: str) -> Iterator[Revision]:
    """The tree at `REV` or `REV:FOLDER` of the repository at a path; FOLDER counts from the path.

    Raises:
        GitError: there is no such repository, revision or folder, or git is not installed or cannot read it.
    """
    repository = repository_of(path.resolve())
    if repository is None:
        raise GitError(f"{path}: no git repository, so there is no revision {text!r} of it")
    parts = PARTS.fullmatch(text)
    wanted, folder = (parts["revision"], parts["folder"] or "") if parts else (text, "")
    inside = "/".join(part for part in f"{repository.below}/{folder}".split("/") if part not in ("", "."))
    with Git(repository.directory) as git:
        entry = _entry(git, _tree(git, path, wanted), inside)
        if entry is None:
            raise GitError(f"{path}: there is no {inside!r} in revision {wanted!r}")
        where, name = repository.top / inside, f"{(repository.top / repository.below).name}@{text}"
        if entry.mode == FOLDER:
            listed = _Listed(git, entry.object_id)
            found = Revision(
                git, name, where, listed.entries, unlisted=listed.gaps, wanted=wanted, below=inside,
            )  # fmt: skip
        else:
            above = posixpath.dirname(inside)
            found = Revision(git, name, where.parent, {where.name: entry}, wanted=wanted, below=above)
        try:
            yield found
        finally:
            found.close()


class Snapshot(NamedTuple):
    """The ids of the contents of a commit's files, by path, and what is none.

    `lacking` are the folders that the clone lacks, and `gaps` say so; submodules are gaps too.
    """

    contents: Mapping[str, str]
    lacking: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def below(self, paths: Sequence[str]) -> Snapshot:
        """The part at or below some paths; all of it where none is asked for."""
        asked = [path for path in paths if path]
        if not asked:
            return self

        def wanted(path: str) -> bool:
            return any(f"{path}/".startswith(f"{one}/") for one in asked)

        def holds(folder: str) -> bool:
            return folder == "." or any(f"{one}/".startswith(f"{folder}/") for one in asked)

        lacking = tuple(folder for folder in self.lacking if wanted(folder) or holds(folder))
        return Snapshot(
            {path: content for path, content in self.contents.items() if wanted(path)},
            lacking,
            tuple(gap for gap in self.gaps if wanted(gap.path) or gap.path in lacking),
        )


def snapshot_of(git: Git, commit: str) -> Snapshot:
    """The files of a commit.

    Raises:
        GitError: git does not end.
    """
    tree = git.run("rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")
    if tree is None:
        return Snapshot({}, (".",), (Gap(".", FOLDER_LACKING),))
    listed = _Listed(git, tree.decode().strip(), sizes=False)
    submodules = [Gap(path, SUBMODULE_GAP) for path, entry in listed.entries.items() if entry.mode == SUBMODULE]
    return Snapshot(
        {path: entry.object_id for path, entry in listed.entries.items() if _is_file(entry)},
        tuple(gap.path for gap in listed.gaps),
        (*listed.gaps, *submodules),
    )


def _tree(git: Git, path: Path, wanted: str) -> str:
    """The id of the tree that a revision means, as `git rev-parse` takes it."""
    named = None if wanted.startswith("-") else git.run("rev-parse", "--verify", "--quiet", wanted)
    if named is None:
        raise GitError(f"{path}: there is no revision {wanted!r}{_shared(git) or _nearest(git, wanted)}")
    tree = git.run("rev-parse", "--verify", "--quiet", f"{named.decode().strip()}^{{tree}}")
    if tree is None:
        raise GitError(f"{path}: revision {wanted!r} is no commit, or this clone lacks its files{_shared(git)}")
    return tree.decode().strip()


def _shared(git: Git) -> str:
    """What to say of a repository whose objects may lie elsewhere."""
    if not git.shares_objects:
        return ""
    return "; objects that its objects/info/alternates borrows are not read: `git repack -ad` makes the clone whole"


def _nearest(git: Git, wanted: str) -> str:
    """What to say to somebody whose revision is not there."""
    listed = git.run("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads", "refs/tags", "refs/remotes") or b""
    names = os.fsdecode(listed).split()
    if not names:
        return "; the repository has no branch and no tag"
    near = difflib.get_close_matches(wanted, names, n=NEAREST)
    if near:
        return f"; did you mean {' or '.join(map(repr, near))}?"
    return "; `git branch --all` and `git tag` list what there is"


def _entry(git: Git, tree: str, path: str) -> Entry | None:
    """What a tree holds at a path; "" is the tree itself."""
    if not path:
        return Entry(FOLDER, tree, 0)
    return next(iter(_rows(git.run("ls-tree", "-lz", tree, "--", path)).values()), None)


def _rows(listing: bytes | None) -> dict[str, Entry]:
    """The entries that git lists, by path: `MODE TYPE ID SIZE<tab>PATH`, where the size may be `-`, `BAD` or absent."""
    entries = {}
    for row in (listing or b"").split(b"\0")[:-1]:
        about, _, path = row.partition(b"\t")
        mode, _, object_id, *size = about.decode().split()
        known = LACKING if size == ["BAD"] else 0 if size in (["-"], []) else int(size[0])
        entries[os.fsdecode(path)] = Entry(mode, object_id, known)
    return entries


class _Listed:
    """All that a tree holds; where git lacks some folder, the others are listed one by one."""

    def __init__(self, git: Git, tree: str, *, sizes: bool = True) -> None:
        self.entries: dict[str, Entry] = {}
        self._form = "-lz" if sizes else "-z"
        self.gaps: list[Gap] = []
        self._git, self._listings = git, LISTINGS
        self._list(tree, "")

    def _list(self, tree: str, below: str) -> None:
        whole = self._git.run("ls-tree", "-r", self._form, tree)
        if whole is not None:
            self.entries |= {f"{below}{path}": entry for path, entry in _rows(whole).items()}
            return
        self._listings -= 1
        here = self._git.run("ls-tree", self._form, tree) if self._listings > 0 else None
        if here is None:
            self.gaps.append(Gap(below.rstrip("/") or ".", FOLDER_LACKING))
        for path, entry in _rows(here).items():
            if entry.mode == FOLDER:
                self._list(entry.object_id, f"{below}{path}/")
            else:
                self.entries[f"{below}{path}"] = entry

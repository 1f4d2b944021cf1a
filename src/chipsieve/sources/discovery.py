"""Which files of a tree are to be read? A walk's paths with their languages; what cannot be read becomes a gap.

The tree is hostile: nothing in it can hide a file from the scan, no symbolic link leads out of it, and size is
bounded. Nothing is opened that no reader asks for.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from chipsieve.facts.mentions import speaks
from chipsieve.facts.reading import Gap, Reading, Source, ordered_gaps
from chipsieve.sources.archive_names import ending_of
from chipsieve.sources.bounds import beginning
from chipsieve.sources.checkpoints import ranks, unopened
from chipsieve.sources.contents import Tree
from chipsieve.sources.disk import Disk
from chipsieve.sources.elsewhere import is_there, is_url, what_to_type
from chipsieve.sources.languages import language_of, language_of_program, languages

PATCHES = (".patch", ".diff")
PICTURE, WITHOUT_ENDING = "picture", "without ending"
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".ico", ".tif", ".tiff"})


class Discovery(msgspec.Struct, frozen=True):
    """What a walk found: files to read by path and language, how many of each kind were skipped, and the gaps.

    `mentions` are the vendors of whom paths speak, those of skipped files too (`kernels/ascend/`), and patches.
    `named` is what the names of files say that nobody opens. `paths` are all files of a tree that was walked.
    """

    tree: Tree
    files: tuple[tuple[str, str], ...]
    skipped: tuple[tuple[str, int], ...]
    gaps: tuple[Gap, ...]
    mentions: frozenset[str] = frozenset()
    named: tuple[Reading, ...] = ()
    paths: tuple[str, ...] = ()


@contextmanager
def open_tree(where: str | Path | Tree) -> Iterator[Tree]:
    """The tree to scan: a folder or file on disk, an archive, or `REPO@REV[:FOLDER]`, a revision without a checkout.

    What exists as a path is that path, whatever its name. A tree that is open stays so.

    Raises:
        FileNotFoundError: there is nothing at the path, or no such repository, revision or folder, or an archive that
            cannot be read; the message says what to type instead.
    """
    if not isinstance(where, str | Path):
        yield where
        return
    text = str(where)
    if is_there(Path(text)):
        yield _there(Path(text))
        return
    at = None if is_url(text) else _revision_at(text)
    if at is None:
        raise FileNotFoundError(f"{text}: {what_to_type(text)}")
    from chipsieve.sources.revision import open_revision  # a scan of a folder starts no git

    with open_revision(Path(text[:at]), text[at + 1 :]) as revision:
        yield revision


def _there(path: Path) -> Tree:
    """The tree that something is which exists."""
    if path.is_dir() or (path.is_file() and not ending_of(path.name)):
        try:
            return Disk.at(path)
        except OSError as error:  # a relative path needs the working folder
            raise FileNotFoundError(f"{path}: the working folder is gone; change to one that exists") from error
    if not path.is_file():
        raise FileNotFoundError(f"{path}: neither a folder nor a file that can be read")
    from chipsieve.sources.archive import open_archive

    return open_archive(path)


def _revision_at(text: str) -> int | None:
    """Where the `@` stands before which a path exists: the last such one, for folders' names may have one too."""
    places = (place for place in range(len(text) - 1, 0, -1) if text[place] == "@")
    return next((place for place in places if is_there(Path(text[:place]))), None)


def discover(tree: Tree) -> Discovery:
    """Find the files of a tree that a reader opens, sorted by path."""
    listing = tree.listing()
    found = named(tree, listing.paths)
    gaps = ordered_gaps((*listing.gaps, *found.gaps, *unopened(listing.paths)))
    walked = listing.paths if listing.paths != (tree.name,) else ()  # a file that was asked for alone is no walk
    return replace(found, gaps=gaps, paths=walked)


def named(tree: Tree, paths: Sequence[str]) -> Discovery:
    """The files of a list that a walk would find and a reader opens; the others are skipped."""
    skip = languages().silent | languages().named
    gaps: list[Gap] = []
    outside = (name for name in paths if not skip.intersection(name.split("/")[:-1]))
    found = tuple((name, language) for name in outside if (language := _language(tree, name, gaps)))
    opened = frozenset(name for name, _ in found)
    skipped = kinds(name for name in paths if name not in opened)
    spoken = _spoken(tree, paths, gaps)
    return Discovery(tree, found, skipped, tuple(gaps), spoken, ranks(paths))


def kinds(paths: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """How many files there are of each kind, which is a name's ending, the most frequent first."""
    counted = Counter(map(_kind, paths))
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _kind(path: str) -> str:
    ending = posixpath.splitext(path)[1].casefold()
    return PICTURE if ending in PICTURES else ending or WITHOUT_ENDING


def _language(tree: Tree, path: str, gaps: list[Gap]) -> str:
    """The language of a file by its name, or by what its `#!` line says where the name says nothing."""
    language = language_of(path)
    if language or "." in path.rpartition("/")[2]:
        return language
    beginning = tree.beginning(path)
    if isinstance(beginning, Gap):
        gaps.append(beginning)
        return ""
    return language_of_program(beginning)


def _spoken(tree: Tree, paths: Sequence[str], gaps: list[Gap]) -> frozenset[str]:
    """The vendors of whom paths speak, and patches, which no reader opens: ports to other hardware hide in them."""
    found = [speaks("", "\n".join(paths))]
    for path in paths:
        text = tree.text(path) if path.endswith(PATCHES) else None
        if isinstance(text, str):
            text, unread = beginning(Source(path, "patch", text))
            found.append(speaks(path, text))
            gaps += unread
    return frozenset().union(*found)

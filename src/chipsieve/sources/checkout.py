"""Is what lies in a folder what its commit holds? Two who look at the same commit may look at different files.

Only files that a reader opens are compared, by the names that git gives to contents: what nobody reads changes no
answer. Line ends, and contents that Git LFS keeps elsewhere, may be as a checkout makes them. Submodules are other
repositories, of which the commit says nothing here.
"""

from __future__ import annotations

import hashlib

from msgspec.structs import replace

from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import LFS, SIZE_LIMIT, Origin, Tree
from chipsieve.sources.languages import language_of, language_of_program
from chipsieve.sources.revision import Revision, open_revision

POINTER_SIZE = 1024  # bytes; what Git LFS keeps in a file's place is smaller, by its specification
HASHES = {40: "sha1", 64: "sha256"}  # by the digits of an object's id


def origin_of(tree: Tree, only: str = "") -> Origin:
    """Where the commit comes from that is checked out in a tree's folder, and whether its files differ from it.

    `only` is the one file that the tree consists of, "" for a whole folder.
    """
    try:
        with open_revision(tree.folder, "HEAD") as committed:
            return replace(committed.origin, modified=_differs(tree, committed, only) if committed.whole else None)
    except OSError:  # no git, no repository, no commit yet, or a folder that the commit does not hold
        return Origin()


def _differs(tree: Tree, committed: Revision, only: str) -> bool:
    """Whether a file was added, removed or changed that a reader opens."""
    here, there = (frozenset(one.listing().paths) for one in (tree, committed))
    there = there & {only} if only else there
    inside = tuple(f"{folder}/" for folder in committed.submodules)
    outside = (path for path in sorted(here | there) if not path.startswith(inside))
    read = (path for path in outside if _is_read(tree if path in here else committed, path))
    return any(path not in here & there or not _is_the_same(tree, committed, path) for path in read)


def _is_read(tree: Tree, path: str) -> bool:
    """Whether a reader opens a file: by its name, or by its `#!` line where the name says nothing."""
    if language_of(path) or "." in path.rpartition("/")[2]:
        return bool(language_of(path))
    beginning = tree.beginning(path)
    return isinstance(beginning, bytes) and bool(language_of_program(beginning))


def _is_the_same(tree: Tree, committed: Revision, path: str) -> bool:
    object_id, data = committed.id_of(path), tree.head(path, SIZE_LIMIT + 1)
    if isinstance(data, Gap):
        return False
    if len(data) > SIZE_LIMIT:  # too large to be read by anybody
        return tree.size(path) == committed.size(path)
    if object_id == _id(data, object_id) or object_id == _id(data.replace(b"\r\n", b"\n"), object_id):
        return True
    pointer = committed.head(path, POINTER_SIZE)
    kept = f"oid sha256:{hashlib.sha256(data).hexdigest()}\n".encode()
    return not isinstance(pointer, Gap) and pointer.startswith(LFS) and kept in pointer


def _id(data: bytes, like: str) -> str:
    """The id that git gives to a file's content, by the algorithm of another id."""
    digest = hashlib.new(HASHES.get(len(like), "sha1"), usedforsecurity=False)
    digest.update(b"blob %d\0%b" % (len(data), data))
    return digest.hexdigest()

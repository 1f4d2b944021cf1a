"""On what does a verdict depend? The tree, the repository around it, what was asked, and the program itself."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from chipsieve.sources.contents import Tree
from chipsieve.sources.reader_digest import reader_digest
from chipsieve.sources.tree_state import state_of


class Inputs(NamedTuple):
    """All that a verdict depends on, as a digest, and from which time on (in ns) equal digests are equal inputs."""

    digest: bytes
    settled: int


def verdict_digest(tree: Tree, asked: Mapping[str, object]) -> Inputs | None:
    """What the verdict on a folder depends on; None of anything else, which nobody can look at without reading it.

    Two scans with equal digests say the same, provided that the first began at `settled` or later, and that the digest
    was the same when it ended. It covers every file of the folder by the facts that the file system keeps of it, the
    repository around it, the code, tables, readers and libraries of the program, its user, and what was `asked`: every
    option, and whatever else the caller takes in, such as its configuration. The values must have a `repr` that says
    all that counts, and nothing that changes by itself.
    """
    state = state_of(tree)
    if state is None:
        return None
    digest = hashlib.sha256(program_digest())
    digest.update(state.digest)
    digest.update(repr((sorted(asked.items()), tree.name, _user())).encode("utf-8", "surrogatepass"))
    return Inputs(digest.digest(), state.settled)


def _user() -> object:
    """Who asks: what a user may not read is a gap."""
    return [os.geteuid(), sorted(os.getgroups())] if hasattr(os, "geteuid") else None


@cache
def program_digest() -> bytes:
    """A digest of the program: its modules, tables and pages, what readings depend on, and the version of Python."""
    digest = hashlib.sha256(reader_digest() + sys.version.encode())
    for name, data in own_files():
        digest.update(f"{name} {len(data)} ".encode() + data)
    return digest.digest()


def own_files() -> Iterator[tuple[str, bytes]]:
    """Every file of our package but compiled modules, by its path there, with its content."""
    home = Path(__file__).resolve().parents[1]
    for folder, folders, names in os.walk(home):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file():
                yield file.relative_to(home).as_posix(), file.read_bytes()

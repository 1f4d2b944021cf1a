"""Does a repository say the same as at the last look? One digest of all that its verdict depends on.

It is made without scanning: of the commit, or of the files that a reader opens, of chipsieve's version, and of what was
asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from chipsieve import __version__
from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import SIZE_LIMIT, Tree
from chipsieve.sources.discovery import discover
from chipsieve.sources.revision import Revision

LENGTH = 32  # digits


def digest_of(tree: Tree, asked: str) -> str:
    """The digest of a tree, of which something is `asked`."""
    digest = hashlib.sha256()
    for part in (__version__, asked, tree.commit.id if tree.commit else "", *_contents(tree)):
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8) + data)
    return digest.hexdigest()[:LENGTH]


def _contents(tree: Tree) -> Iterator[str | bytes]:
    """What a tree holds; of a revision the commit says it all, but for the folder that is read."""
    if isinstance(tree, Revision):
        yield tree.origin.folder
        return
    for path, _ in discover(tree).files:
        data = tree.head(path, SIZE_LIMIT + 1)
        yield path
        yield b"" if isinstance(data, Gap) else hashlib.sha256(data).digest()

"""Where are a labelled commit's files? In a git directory, from which they are read, or in a work tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from chipsieve.sources.contents import Tree
from chipsieve.sources.discovery import open_tree
from chipsieve.sources.disk import Disk
from evals.labels import Label


def find_clone(clones: Path, repo: str) -> Path | None:
    """The git directory or work tree of the repository `owner/name` below `clones`, None when it is not at hand.

    A clone is called `owner+name` or `owner/name`; it is a bare repository, holds one called `repo`, or is a work tree.
    """
    for name in (repo.replace("/", "+"), repo):
        for where in (clones / name, clones / f"{name}.git", clones / name / "repo", clones / name / ".git"):
            if (where / "objects").is_dir() and (where / "HEAD").is_file():
                return where
        if (clones / name).is_dir():
            return clones / name
    return None


@contextmanager
def tree_of(clone: Path, label: Label) -> Iterator[Tree]:
    """The tree that a label speaks of: a work tree as it is, or the labelled commit, HEAD where the clone lacks it.

    Where neither holds the label's folder, the tree is empty, and its row says so.
    """
    if not (clone / "objects").is_dir():
        yield Disk.at(clone / label.subdir)
        return
    with ExitStack() as stack:
        for commit in (label.commit, "HEAD"):
            found = None
            with suppress(FileNotFoundError):
                found = stack.enter_context(open_tree(f"{clone}@{commit}:{label.subdir}"))
            if found is not None:
                yield found
                return
        yield Disk.at(Path(stack.enter_context(TemporaryDirectory(prefix="chipsieve-eval-"))))

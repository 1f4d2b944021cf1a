"""Where are a labelled commit's files? In a git directory, whose text files are taken out, or in a work tree."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chipsieve.sources.disk import SIZE_LIMIT, language_of
from evals.labels import Label

# A clone may be partial, and its own configuration is nobody's to obey: no fetching, no hooks.
QUIET = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
LINK = "120000"


def find_clone(clones: Path, label: Label) -> Path | None:
    """The git directory or work tree of a label's repository below `clones`, None when it is not at hand.

    A clone is called `owner+name` or `owner/name`; it is a bare repository, holds one called `repo`, or is a work tree.
    """
    for name in (label.repo.replace("/", "+"), label.repo):
        for where in (clones / name, clones / f"{name}.git", clones / name / "repo", clones / name / ".git"):
            if (where / "objects").is_dir() and (where / "HEAD").is_file():
                return where
        if (clones / name).is_dir():
            return clones / name
    return None


@contextmanager
def files_of(clone: Path, label: Label) -> Iterator[Path]:
    """The folder that a label speaks of: a work tree as it is, or the commit's text files in a temporary folder."""
    if not (clone / "objects").is_dir():
        yield clone / label.subdir
        return
    with TemporaryDirectory(prefix="chipsieve-eval-") as folder:
        _take_out(clone, label, Path(folder))
        yield Path(folder) / label.subdir


def _take_out(clone: Path, label: Label, folder: Path) -> None:
    (folder / label.subdir).mkdir(parents=True, exist_ok=True)
    wanted = {path: sha for path, sha in _tree(clone, label) if _readable(path)}
    for (path, _), data in zip(wanted.items(), _blobs(clone, list(wanted.values())), strict=True):
        if data is not None and len(data) <= SIZE_LIMIT and b"\0" not in data:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)


def _readable(path: str) -> bool:
    """Whether a reader may open it: by its name, or perhaps by a shebang."""
    return bool(language_of(path)) or "." not in path.rpartition("/")[2]


def _git(clone: Path) -> list[str]:
    return ["git", "--git-dir", str(clone), "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"]


def _tree(clone: Path, label: Label) -> Iterator[tuple[str, str]]:
    """The path and blob of every regular file of the commit, of HEAD where the clone lacks the commit."""
    for commit in (label.commit, "HEAD"):
        command = [*_git(clone), "ls-tree", "-rz", commit, "--", *([label.subdir] if label.subdir else [])]
        done = subprocess.run(command, env=QUIET, capture_output=True, check=False)
        if done.returncode == 0:
            break
    for row in done.stdout.decode(errors="surrogateescape").split("\0"):
        meta, _, path = row.partition("\t")
        mode, kind, sha = meta.split() if path else ("", "", "")
        if kind == "blob" and mode != LINK:
            yield path, sha


def _blobs(clone: Path, shas: list[str]) -> Iterator[bytes | None]:
    """The content of each blob in turn, None for one that the clone lacks."""
    command = [*_git(clone), "cat-file", "--batch"]
    with subprocess.Popen(command, env=QUIET, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as git:
        assert git.stdin is not None
        assert git.stdout is not None
        for sha in shas:
            git.stdin.write(f"{sha}\n".encode())
            git.stdin.flush()
            words = git.stdout.readline().split()
            if len(words) != 3:  # "<sha> missing"
                yield None
                continue
            yield git.stdout.read(int(words[2]))
            git.stdout.read(1)
        git.stdin.close()

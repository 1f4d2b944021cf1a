"""Does a scan say whether it looked at what the commit holds, or at something that was changed since?"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.sources.contents import SIZE_LIMIT, Origin
from chipsieve.sources.discovery import open_tree
from chipsieve.sources.disk import Disk
from small_trees import RUN, TRAIN, write

Change = Callable[[Path], object]


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *who, "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "add", "--all", "--force", ".")
    git(folder, "commit", "-qm", "one")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    files = {"run.sh": RUN, "train.py": TRAIN, "launch": f"#!/bin/sh\n{RUN}", "conf/x.yaml": "a: 1\nb: 2\n"}
    root = write(tmp_path / "repository", {**files, "logo.svg": "<svg/>", ".gitignore": "outputs/\n"})
    git(root, "init", "-q", "-b", "main")
    commit(root)
    return root


def test_a_checkout_is_as_committed(repository: Path) -> None:
    assert Disk.at(repository).origin == Origin(branch="main", modified=False)
    assert Disk.at(repository / "conf").origin == Origin(folder="conf", branch="main", modified=False)
    assert Disk.at(repository / "run.sh").origin.modified is False


def _link(path: Path) -> Path:
    path.symlink_to("launch")
    return path


CHANGES: dict[str, Change] = {
    "changed": lambda root: (root / "run.sh").write_text(f"{RUN}\n# more\n"),
    "removed": lambda root: (root / "train.py").unlink(),
    "added": lambda root: (root / "more.py").write_text("import torch\n"),
    "added, though ignored": lambda root: write(root, {"outputs/log.md": "Trained on H20.\n"}),
    "a script without an ending": lambda root: (root / "launch").write_text("#!/bin/sh\n"),
    "staged": lambda root: ((root / "run.sh").write_text("#\n"), git(root, "add", ".")),
    "hidden from git": lambda root: (
        git(root, "update-index", "--assume-unchanged", "run.sh"),
        (root / "run.sh").write_text("#\n"),
    ),
    "a link in its place": lambda root: _link(root / "link").replace(root / "run.sh"),
    "too large": lambda root: (root / "run.sh").write_text("#" * (SIZE_LIMIT + 1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_a_reader_opens_was_changed(repository: Path, change: Change) -> None:
    change(repository)
    assert Disk.at(repository).origin.modified is True
    assert Disk.at(repository / "conf").origin.modified is False, "the change lies elsewhere"


HARMLESS: dict[str, Change] = {
    "no reader opens it": lambda root: (root / "logo.svg").write_text("<svg></svg>"),
    "nor what was added": lambda root: write(root, {"notes": "no script", "x.png": "", "__pycache__/x.py": "1\n"}),
    "line ends": lambda root: (root / "conf/x.yaml").write_bytes(b"a: 1\r\nb: 2\r\n"),
    "the time": lambda root: (root / "run.sh").touch(),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_changes_no_answer_is_no_change(repository: Path, change: Change) -> None:
    change(repository)
    assert Disk.at(repository).origin.modified is False


def test_contents_that_git_lfs_keeps_elsewhere(repository: Path) -> None:
    text = b'{"bf16": true}\n'
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(text).hexdigest()}\nsize 15\n"
    write(repository, {"big.json": pointer})
    commit(repository)
    (repository / "big.json").write_bytes(text)
    assert Disk.at(repository).origin.modified is False
    (repository / "big.json").write_bytes(text + b"\n")
    assert Disk.at(repository).origin.modified is True


def test_submodules_are_other_repositories(repository: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"x.py": "1\n"})
    git(other, "init", "-q")
    commit(other)
    git(repository, "submodule", "add", "-q", str(other), "third")
    commit(repository)
    (repository / "third/x.py").write_text("2\n")
    assert Disk.at(repository).origin.modified is False


def test_what_a_repository_configures_is_not_run(repository: Path, tmp_path: Path) -> None:
    write(repository, {".gitattributes": "*.sh filter=evil\n*.py diff=evil\n"})
    commit(repository)
    trace = tmp_path / "ran"
    for name in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "core.fsmonitor"):
        git(repository, "config", name, f"touch {trace}; cat")
    assert Disk.at(repository).origin.modified is False
    assert not trace.exists()


def test_the_branch_that_is_read(repository: Path, tmp_path: Path) -> None:
    git(repository, "branch", "feature/x")
    git(repository, "tag", "v1")
    git(tmp_path, "clone", "-q", "repository", "clone")
    expected = {
        "HEAD": "main",
        "feature/x": "feature/x",
        "v1": None,
        "main~0": None,
        git(repository, "rev-parse", "HEAD"): None,
    }
    for revision, branch in expected.items():
        with open_tree(f"{repository}@{revision}") as tree:
            assert tree.origin == Origin(branch=branch, modified=False)
    with open_tree(f"{tmp_path / 'clone'}@origin/feature/x") as tree:
        assert tree.origin.branch == "feature/x"
    git(repository, "checkout", "-q", "--detach")
    assert Disk.at(repository).origin == Origin(modified=False)


def test_where_nobody_knows(repository: Path, tmp_path: Path) -> None:
    assert Disk.at(write(tmp_path / "plain", {"run.sh": RUN})).origin == Origin()
    assert Disk.at(write(repository / "unpacked", {"run.sh": RUN})).origin == Origin()
    git(tmp_path, "init", "-q", "empty")
    assert Disk.at(write(tmp_path / "empty", {"run.sh": RUN})).origin == Origin()
    tree = git(repository, "rev-parse", "HEAD:conf")
    (repository / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    assert scan(repository, workers=1).origin == Origin(branch="main"), "a damaged clone"

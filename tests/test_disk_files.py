"""Is nothing opened that is no regular file inside the tree?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chipsieve import render, scan
from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import LEADS_OUT, SPECIAL
from chipsieve.sources.discovery import open_tree
from chipsieve.sources.disk import Disk
from small_trees import RUN, TRAIN, write

READ = ("text", "beginning")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with a pipe, a device and a stranger's file in the places of manifests."""
    root = write(tmp_path / "tree", {"run.sh": RUN, "train.py": TRAIN, "inside.toml": "x = 1\n"})
    write(tmp_path, {"secret": "password = 1\n"})
    os.mkfifo(root / "chipsieve.toml")
    (root / "pyproject.toml").symlink_to("/dev/zero")
    (root / "setup.py").symlink_to(tmp_path / "secret")
    (root / "setup.cfg").symlink_to(root / "inside.toml")
    return root


@pytest.mark.parametrize("name", ["chipsieve.toml", "pyproject.toml", "setup.py", "../secret", "gone", "."])
@pytest.mark.parametrize("way", READ)
def test_what_is_no_file_of_the_tree_is_a_gap(tree: Path, name: str, way: str) -> None:
    assert isinstance(getattr(Disk.at(tree), way)(name), Gap)


@pytest.mark.parametrize("way", READ)
def test_a_link_to_a_file_of_the_tree_is_read(tree: Path, way: str) -> None:
    assert getattr(Disk.at(tree), way)("setup.cfg") in ("x = 1\n", b"x = 1\n")


def test_the_verdict_in_sarif_stands_at_a_file_that_can_be_read(tree: Path) -> None:
    run = json.loads(render(scan(tree, workers=1), "sarif", code=tree))["runs"][0]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert isinstance(Disk.at(tree).text(place), str), place


def test_what_is_no_file_and_no_folder_is_a_gap(tree: Path) -> None:
    gaps = Disk.at(tree).listing().gaps
    assert {gap.path: gap.reason for gap in gaps} == {
        "chipsieve.toml": SPECIAL, "pyproject.toml": LEADS_OUT, "setup.py": LEADS_OUT,
    }  # fmt: skip


def test_a_path_longer_than_the_system_allows_is_a_gap(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        here, above = os.open("d" * 200, os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)
    (gap,) = Disk.at(tmp_path).listing().gaps
    assert gap.reason == "folder not listed: File name too long"
    with pytest.raises(FileNotFoundError, match="no such file"), open_tree("x" * 300):
        pass


@pytest.mark.parametrize(("mode", "reason"), [(0o644, "not readable"), (0o311, "folder not listed"), (0, "folder not")])
def test_a_folder_that_is_closed_is_a_gap(
    mode: int, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path, {"closed/run.sh": RUN, "run.sh": RUN})
    real = Path.lstat

    def closed(path: Path) -> os.stat_result:
        if path.parent.name == "closed" and os.geteuid() == 0:  # root may enter any
            raise PermissionError
        return real(path)

    if os.geteuid() == 0 and mode != 0o644:
        pytest.skip("root may list any folder")
    monkeypatch.setattr(Path, "lstat", closed)
    (root / "closed").chmod(mode)
    listing = Disk.at(root).listing()
    (root / "closed").chmod(0o755)
    assert listing.paths == ("run.sh",)
    (gap,) = listing.gaps
    assert (gap.path, gap.reason.startswith(reason)) == ("closed", True)


def chipsieve_without_folder(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A run whose working folder is gone when it begins."""
    start = "import os, sys; os.rmdir(os.getcwd()); from chipsieve.cli import main; main(sys.argv[1:])"
    (tmp_path / "gone").mkdir()
    command = [sys.executable, "-c", start, *words]
    return subprocess.run(command, cwd=tmp_path / "gone", capture_output=True, text=True, check=False)


def test_without_a_working_folder_what_is_named_in_full_is_scanned(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"run.sh": RUN, "train.py": TRAIN})
    done = chipsieve_without_folder(tmp_path, "scan", str(root), "--quiet", "--no-cache")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("words", "code"), [(("scan", "."), 3), (("history", "."), 2)])
def test_without_a_working_folder_the_run_says_so(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    done = chipsieve_without_folder(tmp_path, *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert "the working folder is gone; change to one that exists" in done.stderr


STARTS = {
    "bash .git/hooks/go.sh": ".git/hooks/go.sh",
    ". ./.git/hooks/go.sh": ".git/hooks/go.sh",
    '"$ROOT/.git/hooks/go"': ".git/hooks/go",
    "python scripts/__pycache__/train.py": "scripts/__pycache__/train.py",
    "cp go.sh .git/hooks/go.sh": "",
    "cat .git/HEAD": "",
    "bash .git/hooks/absent.sh": "",
    "bash run.sh": "",
}


@pytest.mark.parametrize("line", STARTS)
def test_code_in_a_folder_that_nobody_reads_is_a_gap_where_it_is_started(line: str, tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "run.sh": f"{line}\n", ".git/hooks/go.sh": RUN, ".git/hooks/go": f"#!/bin/sh -e\n{RUN}", ".git/HEAD": "x\n",
            "scripts/__pycache__/train.py": TRAIN,
        },
    )  # fmt: skip
    gaps = [gap for gap in scan(root, workers=1).gaps if "a folder that is not read" in gap.reason]
    assert [(gap.path, gap.line, STARTS[line] in gap.reason) for gap in gaps] == [("run.sh", 1, True)] * bool(
        STARTS[line]
    )

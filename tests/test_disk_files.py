"""Is nothing opened that is no regular file inside the tree?"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from chipsieve import render, scan
from chipsieve.facts.reading import Gap
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

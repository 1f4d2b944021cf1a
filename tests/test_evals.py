"""Does the measurement on labelled repositories count what it says? On throw-away repositories with known truths."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from evals.clones import find_clone, tree_of
from evals.labels import Label, load_labels
from evals.measure import measure
from evals.totals import blame, failures, totals

TRAIN = "torchrun --nproc_per_node 8 train.py --bf16\n"
CODE = "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--bf16', action='store_true')\n"
A100, V100 = frozenset({"a100-sxm4-80gb"}), frozenset({"v100-sxm2-16gb"})


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    """One repository called owner/name: a first commit that trains in bfloat16, a second that removed it."""
    root = tmp_path / "owner+name"
    root.mkdir()
    git(root, "init", "-q")
    (root / "train.sh").write_text(TRAIN, encoding="utf-8")
    (root / "train.py").write_text(CODE, encoding="utf-8")
    (root / "weights.bin").write_bytes(b"\0" * 10)
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    (root / "train.sh").write_text("torchrun train.py\n", encoding="utf-8")
    git(root, "commit", "-qam", "two")
    return tmp_path


def label(clones: Path, *truth: frozenset[str], kind: str = "positive") -> Label:
    first = git(clones / "owner+name", "rev-list", "--max-parents=0", "HEAD")
    return Label("owner/name", first, "", kind, truth, "high", "", "")


def test_the_labelled_commits_files_are_read(clones: Path) -> None:
    row = label(clones, A100)
    clone = find_clone(clones, row)
    assert clone is not None
    with tree_of(clone, row) as tree:
        assert tree.listing().paths == ("train.py", "train.sh", "weights.bin")
        assert tree.text("train.sh") == TRAIN
    with tree_of(clone, replace(row, commit="0" * 40)) as tree:
        assert tree.text("train.sh") == "torchrun train.py\n", "HEAD where the clone lacks the commit"
    with tree_of(clone, replace(row, subdir="nowhere")) as tree:
        assert tree.listing().paths == ()
    assert find_clone(clones, Label("who/else", "0", "", "positive", (), "high", "", "")) is None


def test_a_truth_that_stays_is_kept_and_one_that_goes_is_blamed(clones: Path, tmp_path: Path) -> None:
    clone = find_clone(clones, label(clones, A100))
    assert clone is not None
    remembering = tmp_path / "kept.sqlite"
    kept = measure(clone, label(clones, A100), remembering)
    lost = measure(clone, label(clones, V100), remembering)
    assert (kept["remembered"], lost["remembered"]) == (0, kept["files"])
    assert kept["modes"]["balanced"]["lost"] == []
    assert kept["modes"]["balanced"]["excluded"] > 0.2
    assert lost["modes"]["balanced"]["lost"] == [["v100-sxm2-16gb"]]
    assert lost["modes"]["balanced"]["blame"][0]["signal"] == "bf16-training"
    assert lost["modes"]["strict"]["lost"] == []
    assert lost["modes"]["search"]["lost"] == [["v100-sxm2-16gb"]]
    table = list(totals([kept, lost]))
    assert any(line.startswith("| balanced | repository | 2 | 1 (50.0 %)") for line in table)
    assert len(list(failures([kept, lost], "balanced"))) == 1
    assert "| `bf16-training` | 1 |" in list(blame([lost], "balanced"))


def test_a_negative_with_an_exclusion_is_counted(clones: Path, tmp_path: Path) -> None:
    clone = find_clone(clones, label(clones))
    assert clone is not None
    record = measure(clone, label(clones, kind="negative"), tmp_path / "kept.sqlite")
    assert any("| 1 of 1 |" in line for line in totals([record]))


def test_every_label_names_chips_of_the_catalogue() -> None:
    from chipsieve.catalogue import load_catalogue

    ids = {chip for row in load_labels() for group in row.truth for chip in group}
    assert ids <= set(load_catalogue().by_id)
    assert len(load_labels()) == 307

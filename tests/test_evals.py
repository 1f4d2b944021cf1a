"""Does the measurement on labelled repositories count what it says? On throw-away repositories with known truths."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from chipsieve.catalogue import load_catalogue
from evals.clones import find_clone, tree_of
from evals.headlines import missed, recall
from evals.labels import Label, load_labels
from evals.measure import measure
from evals.reports import FieldReport, agrees, check, load_reports, table
from evals.totals import blame, failures, totals

TRAIN = "torchrun --nproc_per_node 8 train.py --bf16\n"
CODE = (
    "import transformers\ntransformers.HfArgumentParser(transformers.TrainingArguments).parse_args_into_dataclasses()\n"
)
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
    clone = find_clone(clones, row.repo)
    assert clone is not None
    with tree_of(clone, row) as tree:
        assert tree.listing().paths == ("train.py", "train.sh", "weights.bin")
        assert tree.text("train.sh") == TRAIN
    with tree_of(clone, replace(row, commit="0" * 40)) as tree:
        assert tree.text("train.sh") == "torchrun train.py\n", "HEAD where the clone lacks the commit"
    with tree_of(clone, replace(row, subdir="nowhere")) as tree:
        assert tree.listing().paths == ()
    assert find_clone(clones, "who/else") is None


def test_a_truth_that_stays_is_kept_and_one_that_goes_is_blamed(clones: Path, tmp_path: Path) -> None:
    clone = find_clone(clones, "owner/name")
    assert clone is not None
    remembering = tmp_path / "kept.sqlite"
    kept = measure(clone, label(clones, A100), remembering)
    lost = measure(clone, label(clones, V100), remembering)
    assert (kept["remembered"], lost["remembered"]) == (0, kept["files"])
    assert kept["modes"]["balanced"]["lost"] == []
    assert kept["modes"]["balanced"]["excluded"] > 0.2
    assert lost["modes"]["balanced"]["lost"] == [["v100-sxm2-16gb"]]
    assert lost["modes"]["balanced"]["blame"][0]["signal"] == "bf16-refused"
    assert lost["modes"]["strict"]["lost"] == []
    assert lost["modes"]["search"]["lost"] == [["v100-sxm2-16gb"]]
    table = list(totals([kept, lost]))
    assert any(line.startswith("| balanced | repository | 2 | 1 (50.0 %)") for line in table)
    assert len(list(failures([kept, lost], "balanced"))) == 1
    assert "| `bf16-refused` | 1 |" in list(blame([lost], "balanced"))


def test_a_negative_with_an_exclusion_is_counted(clones: Path, tmp_path: Path) -> None:
    clone = find_clone(clones, "owner/name")
    assert clone is not None
    record = measure(clone, label(clones, kind="negative"), tmp_path / "kept.sqlite")
    assert any("| 1 of 1 |" in line for line in totals([record]))


def test_every_label_names_chips_of_the_catalogue() -> None:
    from chipsieve.catalogue import load_catalogue

    ids = {chip for row in load_labels() for group in row.truth for chip in group}
    assert ids <= set(load_catalogue().by_id)
    assert len(load_labels()) == 351


def test_the_headline_of_a_row_is_found_and_put_first(clones: Path, tmp_path: Path) -> None:
    clone, kept = find_clone(clones, "owner/name"), tmp_path / "kept.sqlite"
    assert clone is not None
    row = replace(label(clones, A100), headline=("train.py",), role="training")
    right = measure(clone, row, kept, ("balanced",))
    assert right["headline"] == {
        "entry": "train.py", "found": True, "role": True, "training": True, "main": True, "also": False,
        "instead": "train.sh:1",
    }  # fmt: skip
    by_script = measure(clone, replace(row, headline=("x.py", "train.sh"), role="inference"), kept, ("balanced",))
    assert (by_script["headline"]["found"], by_script["headline"]["role"]) == (True, False)
    lost = measure(clone, replace(row, headline=("pretrain.py",), also=("train.py",)), kept, ("balanced",))
    assert (lost["headline"]["found"], lost["headline"]["main"], lost["headline"]["also"]) == (False, False, True)
    assert measure(clone, label(clones, A100), kept, ("balanced",))["headline"] is None
    assert list(recall([right, lost]))[-1] == "| 2 | 1 (50 %) | 1 (50 %) | 1 (50 %) | 1 (50 %) | 2 (100 %) |"
    assert list(missed([right, lost])) == [f"- {lost['key']}: pretrain.py is no launch"]


def test_every_headline_of_the_labels_has_a_role() -> None:
    rows = [one for one in load_labels() if one.headline]
    assert rows
    assert {one.role for one in rows} <= {"training", "fine-tuning"}


@pytest.mark.parametrize(
    ("chips", "works", "expected"),
    [
        (A100, True, ("kept", True)),
        (V100, True, ("excluded", False)),
        (V100, False, ("excluded", True)),
        (A100, False, ("kept", False)),
        (V100 | A100, True, ("kept", True)),
        (frozenset({"mi300x"}), True, ("kept", True)),
        (frozenset({"mi300x"}), False, ("kept", False)),
    ],
)
def test_a_public_report_is_answered(
    clones: Path, chips: frozenset[str], *, works: bool, expected: tuple[str, bool]
) -> None:
    root = clones / "owner+name"
    (root / "train.sh").write_text("export NCCL_IB_HCA=mlx5_0\n" + TRAIN, encoding="utf-8")
    git(root, "commit", "-qam", "three")
    commit = git(root, "rev-parse", "HEAD")
    for launch in ("train.sh:2", "train.sh:9", ""):
        found = check(root, FieldReport("r", "owner/name", commit, launch, "train.py", chips, works, "x"))
        assert (found["launch"], found["policies"]["balanced"]["answer"]) == ("train.sh:2", expected[0])
        assert agrees(found, "balanced") is expected[1]
    nowhere = check(root, FieldReport("r", "owner/name", commit, "run.sh:1", "other.py", chips, works, "x"))
    assert nowhere["policies"]["strict"]["answer"] == "no launch"
    assert not agrees(nowhere, "strict")
    assert list(table([nowhere]))[-1].startswith("| r | owner/name | ")


def test_every_report_names_chips_of_the_catalogue() -> None:
    known = load_catalogue().by_id
    assert [one.id for one in load_reports() if not one.chips <= known.keys()] == []

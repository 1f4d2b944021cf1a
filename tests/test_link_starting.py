"""Which runs are launches of their own, what each is for, who tells people to start it, in which project."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Function, Reading
from chipsieve.facts.words import Resolved
from chipsieve.link.launch import Launch
from chipsieve.link.linking import LinkedTree
from chipsieve.link.roles import devices, role_of
from link_builders import command, module, script
from small_trees import write


def document(path: str, *lines: str) -> Reading:
    """A document that shows commands, from its first line on."""
    return Reading(path, "prose", commands=tuple(command(line, at) for at, line in enumerate(lines, 1)))


def launches(*readings: Reading) -> dict[str, Launch]:
    return {one.id: one for one in LinkedTree(readings).launches}


TRAIN, TUNE = module("train.py", entry=True), module("sft.py", entry=True)


def test_a_document_shows_runs_of_programs_that_no_script_starts() -> None:
    found = launches(
        script("run.sh", command("python sft.py")),
        document("README.md", "python train.py", "python sft.py"),
        TRAIN,
        TUNE,
    )
    assert list(found) == ["README.md:1", "run.sh:1"]


def test_a_program_that_only_an_example_starts_is_shown_too() -> None:
    found = launches(
        script("examples/a.sh", command("python train.py")), document("README.md", "python train.py"), TRAIN
    )
    assert list(found) == ["README.md:1", "examples/a.sh:1"]


def test_a_script_that_a_document_calls_is_one_launch_and_told() -> None:
    found = launches(script("run.sh", command("python train.py", 4)), document("README.md", "ls", "bash run.sh"), TRAIN)
    assert {name: one.documented_at for name, one in found.items()} == {"run.sh:4": "README.md:2"}


def test_translations_of_a_document_show_nothing_new() -> None:
    several = (document(name, "python train.py --x 1") for name in ("README.md", "README_zh.md"))
    assert list(launches(*several, TRAIN)) == ["README.md:1"]


def test_an_entry_that_nothing_starts_is_a_launch_beside_others() -> None:
    found = launches(script("run.sh", command("python sft.py")), TRAIN, TUNE, module("serve.py", entry=True))
    assert list(found) == ["run.sh:1", "train.py"]


def test_an_entry_that_only_a_test_starts_is_a_launch_of_its_own() -> None:
    found = launches(script("tests/run.sh", command("python train.py")), TRAIN)
    assert {name: one.role for name, one in found.items()} == {"tests/run.sh:1": "test", "train.py": "training"}


def test_other_peoples_entries_are_none() -> None:
    assert launches(module("third_party/lib/train.py", entry=True), TUNE).keys() == {"sft.py"}


@pytest.mark.parametrize(
    ("names", "role"),
    [({"backward"}, "training"), ({"Trainer", "fit"}, "training"), ({"Trainer"}, "other"), ({"forward"}, "other")],
)
def test_a_name_that_says_nothing_trains_when_its_code_does(names: set[str], role: str) -> None:
    entry = module("main.py", functions=(Function("__main__", tuple(names)),), entry=True)
    (found,) = launches(script("run.sh", command("python main.py")), entry).values()
    assert found.role == role


@pytest.mark.parametrize(
    ("entry", "path", "verb", "role"),
    [
        ("train.py", "lora_pretrain.sh", "", "training"),
        ("pretrained_demo.py", "", "", "inference"),
        ("lab/cli.py", "", "sft", "fine-tuning"),
        ("lab/cli.py", "", "pretrain", "training"),
        ("create_finetune_tfrecords.py", "", "", "data preparation"),
        ("train_tokenizer.py", "", "", "data preparation"),
        ("train_video_tokenizer.py", "", "", "training"),
        ("main.py", "data/run.sh", "", "data preparation"),
        ("cpt_fpt.py", "", "", "training"),
    ],
)
def test_names_say_what_a_run_is_for(entry: str, path: str, verb: str, role: str) -> None:
    assert role_of(entry, path, (), distributed=False, verb=verb) == role


def test_the_larger_of_two_counts_of_devices_holds() -> None:
    words = [
        Resolved(word, "", Span(1, 1, 1, 2))
        for word in ["srun", "--nodes=$(...)", "--ntasks=256", "--ntasks-per-node=8"]
    ]
    assert devices(words, {}) == 256


@pytest.mark.parametrize(
    ("told", "by"),
    [
        (("README.md", "docs/train.md"), "README.md:1"),
        (("docs/train.md", "examples/README.md"), "docs/train.md:1"),
        (("README_zh.md", "README.md"), "README.md:1"),
        (("notes.md", "README_zh.md"), "README_zh.md:1"),
    ],
)
def test_the_document_that_people_read_first_tells(told: tuple[str, str], by: str) -> None:
    documents = (document(path, "bash run.sh") for path in told)
    (found,) = launches(*documents, script("run.sh", command("python train.py")), TRAIN).values()
    assert found.documented_at == by


def test_a_project_is_what_the_nearest_readme_speaks_of() -> None:
    files = [document("README.md"), document("vision/README.md"), document("vision/notes/a.md")]
    files += [script(path, command("python train.py")) for path in ("a.sh", "vision/notes/b.sh", "text/c.sh")]
    assert {one.path: one.project for one in launches(*files, TRAIN).values()} == {
        "a.sh": "", "vision/notes/b.sh": "vision", "text/c.sh": "",
    }  # fmt: skip


def test_a_silent_launch_is_no_counterexample(tmp_path: Path) -> None:
    texts = {
        "run.sh": "torchrun train.py --bf16 --fp8-format e4m3\n",
        "train.py": "",
        "other.sh": "torchrun train_b.py\n",
    }
    verdict = scan(write(tmp_path, {**texts, "train_b.py": "print(1)\n"}), workers=1)
    alone = scan(write(tmp_path / "alone", {"run.sh": texts["run.sh"], "train.py": ""}), workers=1)
    assert [(one.launch.path, one.silent) for one in verdict.launches] == [("other.sh", True), ("run.sh", False)]
    assert verdict.possible == alone.possible
    assert len(verdict.possible) < len(verdict.accelerators)


def test_where_every_launch_is_silent_nothing_is_excluded(tmp_path: Path) -> None:
    verdict = scan(write(tmp_path, {"run.sh": "torchrun train.py\n", "train.py": "print(1)\n"}), workers=1)
    assert len(verdict.possible) == len(verdict.accelerators)
    (project,) = verdict.projects
    assert (project.id, project.launches, project.silent, project.main) == ("", 1, 1, "run.sh:1")


def test_a_launch_that_is_linked_again_keeps_who_tells_of_it_and_its_project() -> None:
    tree = LinkedTree([document("a/README.md", "bash run.sh"), script("a/run.sh", command("python train.py")), TRAIN])
    (launch,) = tree.launches
    again = tree.relink(launch, frozenset({"flash_attn"}))
    assert (again.id, again.documented_at, again.project) == (launch.id, "a/README.md:1", "a")


def test_a_side_run_speaks_only_where_nothing_else_does(tmp_path: Path) -> None:
    side = {"a/README.md": "```bash\ntorchrun side.py --bf16\n```\n", "side.py": "import torch\n"}
    own = {"run.sh": "torchrun train.py --fp8-format e4m3\n", "train.py": "import torch\n"}
    both, alone, only_side = (
        scan(write(tmp_path / name, texts), workers=1)
        for name, texts in (("both", {**side, **own}), ("alone", own), ("side", side))
    )
    assert [one.launch.id for one in both.speaking] == ["run.sh:1"]
    assert both.possible == alone.possible
    assert [one.launch.id for one in only_side.speaking] == ["a/README.md:2"]

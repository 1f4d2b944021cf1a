"""Does a name keep its chip in, is each contradiction reported, and does nothing else hold the sieve up?"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chipsieve.report import render
from chipsieve.sieve.outcome import Verdict
from small_trees import cuts_of, main_of, of_vendor, scanned, vendors

SCHEMA = json.loads((files("chipsieve") / "schema" / "chipsieve-2.json").read_text(encoding="utf-8"))
JOB = "#!/bin/bash\n#SBATCH --nodes=2\n#SBATCH --gres=gpu:{}8\nsrun python train.py --bf16\n"
NAMED, UNNAMED = {"job.slurm": JOB.format("v100:")}, {"job.slurm": JOB.format("")}
TRAIN = {
    "train.py": "import transformers\n"
    "transformers.HfArgumentParser(transformers.TrainingArguments).parse_args_into_dataclasses()\n"
}
VOLTA = {"v100-pcie-16gb", "v100-pcie-32gb", "v100-sxm2-16gb", "v100-sxm2-32gb", "v100s-pcie-32gb"}
TABLES = {
    "a table": "PEAK = {'v100': 125e12, 'a100': 312e12, 'h100': 989e12}\nprint(PEAK)\n",
    "a list": "PEAK = [125e12, 312e12, 989e12]\n",
    "a chain of tests": "if chip == 'v100':\n    peak = 125e12\nelif chip == 'a100':\n    peak = 312e12\n"
    "elif chip == 'h100':\n    peak = 989e12\n",
    "a comment": "# V100 has 125e12\n",
    "a text": "print('V100')\n",
    "a choice": "import argparse\nargparse.ArgumentParser().add_argument('--chip', choices=['V100', 'A100'])\n",
}


def report(verdict: Verdict) -> dict[str, Any]:
    """The verdict as JSON, which follows the schema."""
    document: dict[str, Any] = json.loads(render(verdict, "json"))
    Draft202012Validator(SCHEMA).validate(document)
    return document


def by_bf16(verdict: Verdict) -> set[str]:
    return {chip for cut in cuts_of(verdict) if cut.signal == "bf16-refused" for chip in cut.excluded}


def test_a_chip_that_the_launch_names_is_never_excluded(tmp_path: Path) -> None:
    found = scanned(tmp_path, NAMED | TRAIN)
    launch = main_of(found)
    assert set(launch.remaining) >= VOLTA
    assert set(found.possible) >= VOLTA
    assert by_bf16(found), "the others go"
    (against,) = launch.contradictions
    assert (against.naming.path, against.naming.line, against.naming.by) == ("job.slurm", 3, "scheduler")
    assert set(against.accelerators) == VOLTA
    assert against.signals == ("bf16-refused",)
    assert found.contradictions == (), "the launch keeps them in"
    assert launch.conflict is None


def test_without_the_name_the_same_chips_go(tmp_path: Path) -> None:
    found = scanned(tmp_path, UNNAMED | TRAIN)
    assert by_bf16(found) >= VOLTA
    assert VOLTA.isdisjoint(found.possible)
    assert main_of(found).contradictions == ()


@pytest.mark.parametrize("chip", ["a100:", "h100:", "strange:"])
def test_a_name_that_agrees_or_that_nobody_knows_contradicts_nothing(chip: str, tmp_path: Path) -> None:
    found = scanned(tmp_path, {"job.slurm": JOB.format(chip)} | TRAIN)
    assert by_bf16(found) >= VOLTA
    assert main_of(found).contradictions == ()
    assert report(found)["launches"][0]["contradictions"] == []


def test_the_contradiction_is_in_every_report(tmp_path: Path) -> None:
    found = scanned(tmp_path, NAMED | TRAIN)
    (launch,) = report(found)["launches"]
    (against,) = launch["contradictions"]
    assert set(against["accelerators"]) == VOLTA
    assert against["signals"] == ["bf16-refused"]
    assert "job.slurm:3" in json.dumps(against)
    for form in ("text", "markdown", "html"):
        said = " ".join(render(found, form).split())
        assert (
            "named at job.slurm:3 (scheduler), and kept in although bfloat16 that a library refuses speaks against it"
            in said
        )


def test_reports_without_a_contradiction_do_not_speak_of_one(tmp_path: Path) -> None:
    found = scanned(tmp_path, UNNAMED | TRAIN)
    assert all("kept in" not in render(found, form) for form in ("text", "markdown", "html"))


def test_a_name_that_no_run_says_keeps_nothing_in_and_is_reported(tmp_path: Path) -> None:
    found = scanned(tmp_path, {**UNNAMED, **TRAIN, "README.md": "Trained on 8 V100.\n"})
    assert VOLTA.isdisjoint(found.possible)
    assert main_of(found).contradictions == ()
    assert "V100" in {naming.text for naming in found.named}
    for form in ("text", "markdown", "html"):
        said = " ".join(render(found, form).split())
        assert "named at README.md:1 (prose), and excluded all the same by bfloat16 that a library refuses" in said
    (against,) = found.contradictions
    assert (against.naming.path, against.naming.line, against.signals) == ("README.md", 1, ("bf16-refused",))
    (reported,) = report(found)["repository"]["contradictions"]
    assert set(reported["accelerators"]) == VOLTA


def test_what_another_launch_keeps_in_needs_no_name(tmp_path: Path) -> None:
    other = {"other.slurm": "#!/bin/bash\n#SBATCH --gres=gpu:v100:8\nsrun python train.py\n"}
    found = scanned(tmp_path, UNNAMED | other | TRAIN)
    by_id = {one.launch.path: one for one in found.launches}
    assert VOLTA.isdisjoint(by_id["job.slurm"].remaining), "a name speaks for its own launch"
    assert set(by_id["other.slurm"].remaining) >= VOLTA
    assert not found.contradictions
    assert set(found.possible) >= VOLTA


@pytest.mark.parametrize("case", TABLES)
def test_what_tells_of_many_chips_or_is_only_text_vetoes_nothing(case: str, tmp_path: Path) -> None:
    found = scanned(tmp_path, {**UNNAMED, "train.py": TRAIN["train.py"] + TABLES[case]})
    assert VOLTA.isdisjoint(main_of(found).remaining)
    assert main_of(found).contradictions == ()


def test_what_people_write_into_the_launchs_own_files_keeps_nothing_in(tmp_path: Path) -> None:
    for name, text in (("a", "PEAK = 125e12\n"), ("b", "pass  # on 8 V100 GPUs\n")):
        found = scanned(tmp_path / name, {**UNNAMED, "train.py": TRAIN["train.py"] + text})
        assert VOLTA.isdisjoint(main_of(found).remaining), text
        assert any(VOLTA & set(naming.accelerators) for naming in found.named), "listed all the same"


def test_stacks_that_exclude_each_other_keep_what_explains_them_and_nothing_else(tmp_path: Path) -> None:
    both = "export HSA_OVERRIDE_GFX_VERSION=9.0.0\nexport HCCL_WHITELIST_DISABLE=1\nexport MIOPEN_FIND_MODE=1\n"
    found = scanned(tmp_path, {"run.sh": f"{both}torchrun train.py\n"} | TRAIN)
    launch = main_of(found)
    assert launch.conflict is not None
    assert found.conflict == launch.conflict
    assert set(launch.remaining) == set(launch.conflict.kept)
    assert vendors(found) <= {"amd", "hygon", "huawei"}
    assert {"amd", "huawei"} <= vendors(found)
    assert set(found.possible) == set(launch.remaining)
    assert report(found)["launches"][0]["conflict"]
    assert "contradicts itself" in render(found, "text")


@pytest.mark.parametrize(
    ("variables", "kept"),
    [
        ("export HSA_OVERRIDE_GFX_VERSION=9.0.0\n", {"amd", "hygon"}),
        ("export HCCL_WHITELIST_DISABLE=1\n", {"huawei"}),
    ],
)
def test_one_stack_alone_is_no_conflict(variables: str, kept: set[str], tmp_path: Path) -> None:
    found = scanned(tmp_path, {"run.sh": f"{variables}torchrun train.py\n"} | TRAIN)
    assert main_of(found).conflict is None
    assert vendors(found) <= kept


@pytest.mark.parametrize(
    "options",
    [
        "--use-ipex --dist-backend ccl --bf16",
        "--device cpu --bf16",
        "--no-cuda --bf16",
        "--dist_backend=gloo --bf16",
    ],
)
@pytest.mark.parametrize("train", ["print(1)\n", "import torch\ntorch.cuda.set_device(0)\n"])
def test_a_run_on_processors_excludes_nothing(options: str, train: str, tmp_path: Path) -> None:
    found = scanned(tmp_path, {"run.sh": f"torchrun train.py {options}\n", "train.py": train})
    assert cuts_of(found) == []
    assert len(found.possible) == len(found.accelerators)
    assert main_of(found).contradictions == ()
    report(found)


@pytest.mark.parametrize("options", ["--dist-backend nccl --bf16", "--device cuda --bf16", "--use-ipe --bf16"])
def test_a_run_that_does_not_ask_for_processors_is_judged(options: str, tmp_path: Path) -> None:
    assert by_bf16(scanned(tmp_path, {"run.sh": f"torchrun train.py {options}\n"} | TRAIN)) >= VOLTA


def test_a_run_that_may_be_on_processors_is_judged(tmp_path: Path) -> None:
    train = TRAIN["train.py"] + "import torch\ndevice = 'cuda' if torch.cuda.is_available() else 'cpu'\n"
    assert by_bf16(scanned(tmp_path, {"run.sh": "torchrun train.py --bf16\n", "train.py": train})) >= VOLTA


@pytest.mark.parametrize(
    ("options", "train"),
    [
        ("--use-ipex --dist-backend ccl --bf16 --use_habana", "print(1)\n"),
        ("--dist-backend gloo --bf16", "import optimum.habana\n"),
    ],
)
def test_a_run_with_an_accelerators_own_stack_is_judged_by_it(options: str, train: str, tmp_path: Path) -> None:
    found = scanned(tmp_path, {"run.sh": f"torchrun train.py {options}\n", "train.py": train})
    assert "gaudi-stack" in {cut.signal for cut in cuts_of(found)}
    assert set(found.possible) <= of_vendor(found, "intel")
    assert found.possible


def test_a_launch_on_processors_speaks_for_itself_alone(tmp_path: Path) -> None:
    texts = {"cpu.sh": "torchrun train.py --device cpu --bf16\n", "run.sh": "torchrun train.py --bf16\n"}
    found = scanned(tmp_path, texts | TRAIN)
    excluded = {one.launch.path: len(found.accelerators) - len(one.remaining) for one in found.launches}
    assert excluded["cpu.sh"] == 0
    assert excluded["run.sh"] >= len(VOLTA)


OWN = {"run.sh": "torchrun --nproc_per_node 2 train.py\n", **TRAIN}
LOUD = "torchrun --nnodes 64 --nproc_per_node 8 train.py --bf16\n"


@pytest.mark.parametrize(
    "folder", ["third_party/megatron", "examples", "docs", "submodules/x", "a/vendor", "tutorials/1"]
)
def test_a_borrowed_script_is_not_the_main_one_where_the_project_has_its_own(folder: str, tmp_path: Path) -> None:
    borrowed = {f"{folder}/train.sh": LOUD, f"{folder}/train.py": "print(2)\n"}
    found = scanned(tmp_path / "a", OWN | borrowed)
    assert found.main == "run.sh:1"
    assert {one.launch.path for one in found.launches} == {"run.sh", f"{folder}/train.sh"}
    alone = scanned(tmp_path / "b", TRAIN | borrowed)
    assert alone.main == f"{folder}/train.sh:1", "better than none"


@pytest.mark.parametrize("folder", ["scripts", "train", "recipes", "sampled", "vendors", "mydocs"])
def test_a_louder_script_of_the_projects_own_is_the_main_one(folder: str, tmp_path: Path) -> None:
    assert scanned(tmp_path, {**OWN, f"{folder}/train.sh": LOUD}).main == f"{folder}/train.sh:1"


def test_an_example_is_nearer_than_another_projects_code(tmp_path: Path) -> None:
    texts = {"examples/train.sh": OWN["run.sh"], "third_party/x/train.sh": LOUD, **TRAIN}
    assert scanned(tmp_path, texts).main == "examples/train.sh:1"

"""`chipsieve explain`: one screen for an accelerator, and a page for a launch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import verdicts
from chipsieve.cli import main
from chipsieve.report.explain import explain, explain_several
from chipsieve.report.launch_page import explain_launch
from small_trees import write

TRAIN = "import torch\nfrom transformers import Trainer, TrainingArguments\nTrainer(args=TrainingArguments()).train()\n"


def test_variants_of_which_the_same_is_said_are_explained_together() -> None:
    said = explain_several(verdicts.verdict(), verdicts.VOLTA)
    assert said.count(" excluded for example.") == 1
    assert all(f"({chip})" in said.splitlines()[0] for chip in verdicts.VOLTA)
    apart = explain_several(verdicts.verdict(), (verdicts.VOLTA[0], "h20-96gb"))
    headings = [line.removesuffix(" for example.") for line in apart.splitlines() if line.endswith(" for example.")]
    assert [heading.partition(") ")[2] for heading in headings] == ["is excluded", "remains possible"]


def test_three_lines_of_a_kind_and_the_others_in_sum(tmp_path: Path) -> None:
    scripts = {f"run{number}.sh": "python train.py --bf16 True\n" for number in range(5)}
    config = {"README.md": "".join(f"Trained on V100, run {number}.\n\n" for number in range(6))}
    tree = str(
        write(tmp_path, {**scripts, **config, "train.py": TRAIN, "serve.sh": "python serve.py\n", "serve.py": ""})
    )
    shown = CliRunner().invoke(main, ["explain", "v100-sxm2-16gb", tree, "--no-cache"]).output
    assert "Further launches: 4 exclude it (-v lists them)." in shown
    assert shown.count("named as 'V100'") == 3
    assert "and 3 more" in shown
    whole = CliRunner().invoke(main, ["explain", "v100-sxm2-16gb", tree, "--no-cache", "-v"]).output
    assert [f"run{number}.sh:1 (training): excluded" in whole for number in range(5)] == [True] * 5
    assert whole.count("named as 'V100'") == 6


def test_a_launch_is_explained_by_its_id(tmp_path: Path) -> None:
    lines = ["export NCCL_DEBUG=INFO", *(f"export A_{number}={number}" for number in range(12))]
    script = "\n".join([*lines, "torchrun --nproc_per_node 8 train.py --bf16 True\n"])
    tree = str(write(tmp_path, {"run.sh": script, "train.py": TRAIN}))
    shown = CliRunner().invoke(main, ["explain", "run.sh:14", tree, "--no-cache"]).output
    said = [line.strip() for line in shown.splitlines()]
    assert said[0] == f"Launch run.sh:14 (training) of {Path(tree).name}"
    assert said[1] == "runs train.py"
    assert "asks for 8 accelerators, 8 per node" in said
    assert "files (2):" in said
    assert any(line.endswith("more (-v lists them)") for line in said)
    assert any(line.startswith("run.sh:14: bfloat16 that a library refuses (bf16-refused): excludes ") for line in said)
    whole = CliRunner().invoke(main, ["explain", "run.sh:14", tree, "--no-cache", "-v"]).output
    assert "A_11 = 11 (environment, run.sh:13)" in whole


def test_programs_get_records(tmp_path: Path) -> None:
    tree = str(write(tmp_path, {"run.sh": "python train.py --bf16 True\n", "train.py": TRAIN}))
    shown = CliRunner().invoke(main, ["explain", "v100", tree, "--no-cache", "--format", "json"]).output
    records = json.loads(shown)["accelerators"]
    assert {one["possible"] for one in records} == {False}
    (launch,) = records[0]["launches"]
    assert (launch["main"], launch["speaks"], launch["cuts"][0]["signal"]) == (True, True, "bf16-refused")
    assert "run.sh:1" in launch["cuts"][0]["lines"]


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    tree = str(write(tmp_path, {"run.sh": "python train.py\n", "train.py": TRAIN}))
    refused = CliRunner().invoke(main, ["explain", "nowhere.sh:3", tree, "--no-cache"])
    assert refused.exit_code == 2
    with pytest.raises(KeyError):
        explain(verdicts.verdict(), "nochip")
    with pytest.raises(KeyError):
        explain_launch(verdicts.verdict(), "nowhere.sh:3")


@pytest.mark.parametrize("command", ["explain", "runs-on"])
def test_swapped_arguments_are_recognised(tmp_path: Path, command: str) -> None:
    tree = str(write(tmp_path, {"run.sh": "python train.py\n", "train.py": TRAIN}))
    refused = CliRunner().invoke(main, [command, tree, "h100"])
    assert refused.exit_code == 2
    assert f"the accelerator comes first: chipsieve {command} h100 {tree}" in refused.stderr


def test_the_facts_that_can_be_asked_for_are_listed() -> None:
    shown = CliRunner().invoke(main, ["accelerators", "--facts"]).output
    assert "true or false: bf16_native, " in shown
    assert "memory_gb" in shown
    assert "controlled" in shown.splitlines()[-1]


def test_the_deciding_line_is_quoted_first_and_what_is_not_known_says_what_it_waits_for(tmp_path: Path) -> None:
    files = {
        "a.json": '{"bf16": {"enabled": true}}\n',
        "run.sh": "deepspeed train.py --deepspeed_config a.json --bf16 True\n",
        "train.py": TRAIN,
    }
    tree = str(write(tmp_path, files))
    shown = CliRunner().invoke(main, ["explain", "v100-sxm2-16gb", tree, "--no-cache"]).output
    quoted = [line.split("  ")[2] for line in shown.splitlines() if line.startswith("    ") and "bf16" in line]
    assert quoted[0] == "run.sh:1"
    test = "torch.cuda.is_bf16_supported() and torch.cuda.is_available()"
    guarded = f"{TRAIN}import torch\nif {test}:\n    torch.device('mps')\n"
    (tmp_path / "train.py").write_text(guarded, encoding="utf-8")
    possible = ["explain", "a100-sxm4-80gb", tree, "--no-cache"]
    shown = CliRunner().invoke(main, possible).output
    assert "Apple's Metal device (mps-device): behind a test of the device" in " ".join(shown.split())
    assert "condition:" not in shown
    whole = " ".join(CliRunner().invoke(main, [*possible, "-v"]).output.split())
    assert "condition: the machine says yes to torch.cuda.is_bf16_supported() and the machine says yes to" in whole


def test_reasons_that_do_not_count_are_cut_short(tmp_path: Path) -> None:
    backends = ("hccl", "cncl", "eccl", "mccl", "xla", "ccl", "tccl", "bkcl", "neuron")
    asked = "".join(f"if args.by == '{one}':\n    torch.distributed.init_process_group('{one}')\n" for one in backends)
    parsed = (
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--by')\nargs = parser.parse_args()\n"
    )
    tree = str(write(tmp_path, {"run.sh": "python train.py --by $1\n", "train.py": f"import torch\n{parsed}{asked}"}))
    shown = CliRunner().invoke(main, ["explain", "v100-sxm2-16gb", tree, "--no-cache"]).output
    whole = CliRunner().invoke(main, ["explain", "v100-sxm2-16gb", tree, "--no-cache", "-v"]).output
    assert shown.count("does not count against it") == 5
    left = whole.count("does not count against it") - 5
    assert f"and {left} more of which nothing is known, or that does not count (-v lists them)" in shown

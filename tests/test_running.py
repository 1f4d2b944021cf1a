"""`chipsieve runs-on`: yes, no or nothing known, what stands in the way, and what would change it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chipsieve.cli import main
from chipsieve.sieve.running_on import meant_by
from chipsieve.tables import TableError
from small_trees import write

TRAIN = "import torch\nfrom transformers import Trainer, TrainingArguments\nTrainer(args=TrainingArguments()).train()\n"
BF16 = {"run.sh": "python train.py --bf16 True\n", "train.py": TRAIN}
SILENT = {"run.sh": "python train.py --lr 1\n", "train.py": "import math\nprint(math.pi)\n"}


def asked(names: str, path: Path, *options: str) -> Result:
    """What the command prints, and how it ends."""
    return CliRunner().invoke(main, ["runs-on", names, str(path), "--no-cache", "--no-progress", *options])


def test_no_says_which_line_is_in_the_way_and_the_known_way_around(tmp_path: Path) -> None:
    result = asked("v100", write(tmp_path, BF16))
    assert result.exit_code == 1
    lines = [line.strip() for line in result.output.splitlines()]
    assert lines[0].endswith("run.sh:1 (training):")
    assert lines[1] == "v100: no, 16 to 32 GB a device"
    assert any(line.startswith("run.sh:1  ") for line in lines)
    assert any(line.startswith("escape: PyTorch 2.4 and newer emulate bfloat16") for line in lines)
    assert lines[-1].startswith("without this, nothing speaks against it")


def test_yes_ends_with_nothing_in_the_way(tmp_path: Path) -> None:
    result = asked("A100 80GB,h100", write(tmp_path, BF16))
    assert result.exit_code == 0
    assert [line.strip().partition(",")[0] for line in result.output.splitlines()[1:]] == [
        "A100 80GB: yes",
        "h100: yes",
    ]


def test_silence_is_no_yes(tmp_path: Path) -> None:
    write(tmp_path, SILENT)
    result = asked("h100", tmp_path)
    assert (result.exit_code, "h100: nothing known" in result.output) == (0, True)
    assert asked("h100", tmp_path, "--known").exit_code == 1


def test_a_vendor_a_family_and_a_fleet_are_asked_for_alike(tmp_path: Path) -> None:
    write(tmp_path / "tree", BF16)
    config = tmp_path / "chipsieve.toml"
    config.write_text('fleet.ours = ["v100", "amd"]\n', encoding="utf-8")
    result = asked("ours", tmp_path / "tree", "--config", str(config), "--format", "json")
    answers = json.loads(result.output)["launches"][0]["answers"]
    assert [(one["name"], one["runs"]) for one in answers] == [("v100", False), ("amd", True)]
    assert answers[0]["obstacles"][0]["lines"]


def test_other_launches_are_counted_and_one_can_be_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {**BF16, "plain.sh": "python train.py --fp16 True\n"})
    whole = asked("v100", tmp_path)
    assert "v100 on 1 other launches: " in whole.output
    alone = asked("v100", tmp_path, "--launch", "run.sh:1")
    assert "other launches" not in alone.output
    assert alone.exit_code == 1
    missing = asked("v100", tmp_path, "--launch", "nowhere.sh:1")
    assert missing.exit_code == 2
    assert "there is no launch 'nowhere.sh:1'; among those that there are: plain.sh:1, run.sh:1" in missing.output


def test_without_a_launch_nothing_is_known(tmp_path: Path) -> None:
    result = asked("h100", write(tmp_path, {"a.py": "x = 1\n"}))
    assert "nothing is known" in result.output or "nothing known" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize("name", ["", "nochip", "h100 and more"])
def test_a_name_that_means_nothing_is_refused(name: str) -> None:
    with pytest.raises(TableError, match=r"no accelerator is called .*; fleets are in the configuration's table"):
        meant_by([name], {})


def test_each_name_means_what_the_catalogue_says() -> None:
    (family, vendor, chip) = meant_by(["A100", "Huawei", "h100-sxm5-80gb", "A100"], {})
    assert all(one.startswith("a100-") for one in family.chips)
    assert any(one.startswith("ascend-910") for one in vendor.chips)
    assert chip.chips == ("h100-sxm5-80gb",)


def test_weak_evidence_against_a_chip_is_no_yes(tmp_path: Path) -> None:
    write(tmp_path, {**BF16, "run.sh": "export NCCL_DEBUG=INFO\npython train.py --bf16 True\n"})
    result = asked("tpu v4,mi300x,h100", tmp_path)
    lines = [line.strip().partition(",")[0] for line in result.output.splitlines()]
    assert "tpu v4: nothing known" in lines
    assert "this is too weak to say no" in lines
    assert {"mi300x: yes", "h100: yes"} <= set(lines)
    assert result.exit_code == 0

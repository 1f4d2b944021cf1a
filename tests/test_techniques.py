"""Are a launch's techniques and its site said with value and line, and those of many launches summed up?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chipsieve import scan
from chipsieve.report import render
from chipsieve.sieve.outcome import Verdict
from chipsieve.signals import read_signal
from chipsieve.tables import TableError
from small_trees import write

TRAIN = (
    "import torch\n\nmodel = torch.nn.Linear(2, 2).cuda()\nloss = model(torch.ones(2).cuda()).sum()\nloss.backward()\n"
)


def judged(root: Path, script: str, **files: str) -> Verdict:
    return scan(write(root, {"run.sh": script, "train.py": TRAIN, **files}), workers=1)


def said(verdict: Verdict) -> dict[str, list[tuple[str, str | None]]]:
    """The techniques of the main launch, by name, each with its value and place."""
    main = json.loads(render(verdict, "json"))["launches"][0]
    table: dict[str, list[tuple[str, str | None]]] = {}
    for one in main["techniques"]:
        table.setdefault(one["name"], []).append((one["at"], one["value"]))
    return table


@pytest.mark.parametrize(
    ("flags", "name", "value"),
    [
        ("--bf16", "mixed precision", "bfloat16"),
        ("--mixed_precision fp16", "mixed precision", "float16"),
        ("--mixed_precision fp8", "mixed precision", "FP8"),
        ("--use_amp", "mixed precision", None),
        ("--zero_stage 3", "ZeRO stage", "3"),
        ('--fsdp "full_shard auto_wrap"', "FSDP", "full_shard"),
        ("--enable_fsdp", "FSDP", None),
        ("--load_in_4bit", "quantised weights", "4 bits"),
        ("--quantization_bit 8", "quantised weights", "8 bits"),
        ("--gradient_accumulation_steps 16", "gradient accumulation", "16"),
        ("--tensor-model-parallel-size 8", "tensor parallelism", "8"),
        ("--offload_param_device nvme", "offload to NVMe", None),
        ("--cpu-offloading-num-layers 4", "activation offload", None),
        ("--gradient_checkpointing", "activation checkpointing", None),
        ("--num-experts 16", "mixture of experts", None),
    ],
)
def test_each_technique_is_said_once_with_value_and_line(tmp_path: Path, flags: str, name: str, value: str) -> None:
    found = said(judged(tmp_path, f"torchrun --nproc_per_node 8 train.py {flags}\n"))
    assert found[name] == [("run.sh:1", value)]


def test_rdma_is_asked_for_or_switched_off(tmp_path: Path) -> None:
    run = "torchrun --nproc_per_node 8 train.py\n"
    assert "RDMA between nodes" in said(judged(tmp_path / "a", f"export NCCL_NET=IB\n{run}"))
    off = said(judged(tmp_path / "b", f"export NCCL_IB_DISABLE=1\nexport NCCL_NET=IB\n{run}"))
    assert "RDMA switched off" in off
    assert "RDMA between nodes" not in off
    assert set(said(judged(tmp_path / "c", run))) == {"devices per node"}


def sites(verdict: Verdict) -> list[tuple[str, str | None]]:
    main: dict[str, Any] = json.loads(render(verdict, "json"))["launches"][0]
    return [(one["site"], one["place"]) for one in main["site"]]


def test_a_site_is_a_cloud_or_on_premises_only_where_a_line_says_so(tmp_path: Path) -> None:
    run = "torchrun --nproc_per_node 8 train.py\n"
    aws = judged(tmp_path / "a", f"export FI_PROVIDER=efa\n{run}")
    assert sites(aws) == [("AWS, Elastic Fabric Adapter", "cloud")]
    assert "cloud: AWS, Elastic Fabric Adapter: run.sh:1" in render(aws, "text")
    slingshot = judged(tmp_path / "b", f"export FI_CXI_DEFAULT_CQ_SIZE=131072\n{run}")
    assert sites(slingshot) == [("HPE Slingshot", "on premises")]
    bonded = judged(tmp_path / "c", f"export NCCL_IB_HCA=mlx5_bond_0\n{run}")
    assert {place for _, place in sites(bonded)} == {None}


def test_a_machine_type_that_the_launch_asks_for_is_a_cloud(tmp_path: Path) -> None:
    rented = judged(tmp_path, "python train.py --instance-type p4d.24xlarge\n")
    assert ("machine type p4d.24xlarge", "cloud") in sites(rented)


def test_what_many_launches_show_is_summed_up(tmp_path: Path) -> None:
    runs = {f"run{number}.sh": f"torchrun train.py --bf16 --zero_stage {1 + number % 2}\n" for number in range(6)}
    verdict = scan(write(tmp_path, {**runs, "train.py": TRAIN}), workers=1)
    repository = json.loads(render(verdict, "json"))["repository"]
    counts = {one["technique"]: (one["launches"], one["at"]) for one in repository["techniques"]}
    assert counts == {
        "mixed precision (bfloat16)": (6, "run0.sh:1"), "ZeRO stage 1": (3, "run0.sh:1"),
        "ZeRO stage 2": (3, "run1.sh:1"),
    }  # fmt: skip
    text = " ".join(render(verdict, "text").split())
    assert "Techniques of 6 launches: mixed precision (bfloat16): 6; ZeRO stage 1: 3; ZeRO stage 2: 3." in text
    assert "| ZeRO stage | 1 |" in render(verdict, "markdown")
    assert "<caption>In how many of 6 launches, and the first line that shows it</caption>" in render(verdict, "html")


def test_one_launch_needs_no_summary(tmp_path: Path) -> None:
    text = render(judged(tmp_path, "torchrun train.py --bf16\n"), "text")
    assert "\nTechniques\n" in text
    assert "Techniques of" not in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"place": "moon"}, "place 'moon' is none of cloud, on premises"),
        ({"effect": "technique"}, "effect 'site' alone"),
    ],
)
def test_a_wrong_place_is_refused(changes: dict[str, str], message: str) -> None:
    table = {
        "title": "x", "question": "x?", "step": "none", "effect": "site", "strength": "weak", "label": "x",
        "why": "x", "place": "cloud", "match": [{"kind": "env", "names": ["X"]}],
    }  # fmt: skip
    with pytest.raises(TableError, match=message):
        read_signal("one", {**table, **changes})

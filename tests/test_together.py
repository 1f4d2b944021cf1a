"""Does a signal that asks for others stand only where they do, and does the answer say the way around it?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chipsieve.report import render
from chipsieve.sieve.outcome import Verdict
from chipsieve.signals import read_signal
from chipsieve.tables import TableError
from small_trees import cuts_of, main_of, scanned

TURING = {"t4", "rtx-2080-ti"}
PASCAL = {"gtx-1080-ti", "tesla-p40"}
TRAINER = (
    "from transformers import HfArgumentParser, TrainingArguments\n"
    "args, = HfArgumentParser((TrainingArguments,)).parse_args_into_dataclasses()\n"
)
AUTOCAST = "import torch\nwith torch.autocast('cuda', dtype=torch.bfloat16):\n    print(1)\n"


def run(tmp_path: Path, train: str, options: str = "", **more: str) -> Verdict:
    """The verdict on a script that starts a program."""
    texts = {"run.sh": f"torchrun --nproc_per_node 8 train.py {options}\n", "train.py": train}
    return scanned(tmp_path, {**texts, **{name.replace("_", "."): text for name, text in more.items()}})


def decided(found: Verdict) -> set[str]:
    return {cut.signal for cut in cuts_of(found)}


def test_bfloat16_by_itself_excludes_nobody_and_its_escape_is_said(tmp_path: Path) -> None:
    found = run(tmp_path, "import torch\n", "--bf16")
    assert "bf16-training" in {piece.signal for piece in main_of(found).evidence}
    assert cuts_of(found) == []
    for form in ("text", "markdown", "html"):
        assert "by emulation: slow, not impossible" in " ".join(render(found, form).split())


@pytest.mark.parametrize(
    ("train", "options"),
    [
        (TRAINER, "--bf16 True"),
        (TRAINER, "--bf16"),
        (AUTOCAST, ""),
        ("from accelerate import Accelerator\nAccelerator(mixed_precision='bf16')\n", ""),
        ("from transformers import TrainingArguments\nTrainingArguments('out', bf16=True)\n", ""),
    ],
)
def test_a_library_that_refuses_bfloat16_excludes_what_has_none(train: str, options: str, tmp_path: Path) -> None:
    found = run(tmp_path, train, options)
    assert decided(found) == {"bf16-refused"}
    assert TURING.isdisjoint(found.possible)
    assert {"a100-sxm4-80gb", "mi50-32gb", "mi300x", "tpu-v4"} & set(found.possible), "for AMD PyTorch always says yes"
    (cut,) = (cut for step in json.loads(render(found, "json"))["launches"][0]["steps"] for cut in step["cuts"])
    assert "emulate" in cut["escape"]
    assert all(place.partition(":")[0] in ("run.sh", "train.py") for place in cut["evidence"])


@pytest.mark.parametrize(
    ("train", "options"),
    [
        (TRAINER, ""),
        (TRAINER, "--bf16 False"),
        ("from transformers import AutoTokenizer\nAutoTokenizer.from_pretrained('x')\n", "--bf16"),
        (AUTOCAST.replace("bfloat16", "float16"), "--bf16"),
        (
            "import torch\nimport sys\nif len(sys.argv) > 3:\n" + "    print(torch.autocast('cuda', torch.bfloat16))\n",
            "",
        ),
    ],
)
def test_where_nothing_checks_or_nothing_asks_nobody_is_excluded(train: str, options: str, tmp_path: Path) -> None:
    assert cuts_of(run(tmp_path, train, options)) == []


@pytest.mark.parametrize(("pin", "kept"), [("torch==2.6.0", True), ("torch==2.1.2", False), ("torch", False)])
def test_a_pytorch_that_emulates_bfloat16_passes_the_check(pin: str, kept: bool, tmp_path: Path) -> None:
    found = run(tmp_path, AUTOCAST, requirements_txt=f"{pin}\n")
    assert (set(found.possible) >= TURING) is kept


def test_a_tf32_flag_counts_where_the_arguments_that_check_it_are_used(tmp_path: Path) -> None:
    assert decided(run(tmp_path / "a", TRAINER, "--tf32 True")) == {"tf32-training"}
    assert cuts_of(run(tmp_path / "b", "import torch\n", "--tf32 True")) == []


def test_bfloat16_takes_turing_out_of_flash_attention(tmp_path: Path) -> None:
    plain = run(tmp_path / "a", "import torch\n", "--use-flash-attn")
    both = run(tmp_path / "b", "import torch\n", "--use-flash-attn --bf16")
    assert set(plain.possible) >= TURING
    assert TURING.isdisjoint(both.possible)
    assert "flash-attention-bf16" in decided(both)


def test_what_triton_compiles_needs_volta_unless_it_is_kept_out(tmp_path: Path) -> None:
    compiled = "import torch\nmodel = torch.compile(torch.nn.Linear(2, 2))\n"
    found = run(tmp_path / "a", compiled)
    assert decided(found) == {"triton-compiler"}
    assert PASCAL.isdisjoint(found.possible)
    assert set(found.possible) >= TURING
    for number, other in enumerate((
        compiled.replace("2, 2)", "2, 2), backend='aot_eager'"),
        compiled.replace("model =", "import sys\nif len(sys.argv) > 3:\n    model ="),
    )):  # fmt: skip
        assert cuts_of(run(tmp_path / str(number), other)) == [], other


def test_a_method_called_compile_is_not_called_by_every_regular_expression(tmp_path: Path) -> None:
    task = (
        "import re\nimport torch\nclass Task:\n    def compile(self):\n        self.model = torch.compile(self.model)\n"
        "task = Task()\npattern = re.compile('x')\n"
    )
    assert cuts_of(run(tmp_path, task)) == []


def test_fp8_is_needed_where_it_is_asked_for_and_multiplied(tmp_path: Path) -> None:
    product = "import torch\ntorch._scaled_mm(a, b)\n"
    assert decided(run(tmp_path / "a", product, "--fp8")) == {"fp8-product"}
    assert cuts_of(run(tmp_path / "b", product)) == [], "nothing asks for it"
    assert cuts_of(run(tmp_path / "c", "import torch\n", "--fp8")) == [], "a program's own switch"
    assert cuts_of(run(tmp_path / "d", "import torch\n", "--mixed_precision fp8")) == [], "Accelerate falls back"


@pytest.mark.parametrize("partners", ["bf16-training", [["bf16-training"], "x"], [[]], [[1]]])
def test_partners_are_lists_of_ids(partners: object) -> None:
    table = {
        "title": "t", "question": "q?", "step": "memory", "effect": "requires", "strength": "weak",
        "requires": {"vendor": "nvidia"}, "why": "w.", "references": ["r"], "together_with": partners,
    }  # fmt: skip
    with pytest.raises(TableError, match="together_with"):
        read_signal("some-signal", table)

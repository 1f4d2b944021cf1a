"""Which generations remain where a launch uses a kernel, a number format or a version that not all of them have?"""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve.sieve.outcome import Verdict
from small_trees import cuts_of, scanned

V100, T4, A100, ADA = "v100-sxm2-32gb", "t4", "a100-sxm4-80gb", "l40s"
H100, B200, RTX_5090, MI300X = "h100-sxm5-80gb", "b200", "rtx-5090", "mi300x"
CHIPS = {V100, T4, A100, ADA, H100, B200, RTX_5090, MI300X}


def run(tmp_path: Path, train: str, options: str = "", **more: str) -> Verdict:
    """The verdict on a script that starts a program."""
    texts = {"run.sh": f"torchrun --nproc_per_node 8 train.py {options}\n", "train.py": f"import torch\n{train}\n"}
    return scanned(tmp_path, texts | {name.replace("_", "."): text for name, text in more.items()})


def gone(found: Verdict) -> set[str]:
    return CHIPS - set(found.possible)


@pytest.mark.parametrize(
    ("train", "expected"),
    [
        ("import flash_attn_interface", {V100, T4, B200, RTX_5090}),
        ("from deep_ep import HybridEPBuffer\nHybridEPBuffer()", {V100, T4, A100, ADA}),
        ("torch._grouped_mm(1, 2)", {V100, T4}),
        ("from torch.sparse import to_sparse_semi_structured\nto_sparse_semi_structured(1)", {V100, T4}),
        ("import torch.nn.attention as a\na.sdpa_kernel(a.SDPBackend.CUDNN_ATTENTION)", {V100, T4}),
        ("import transformer_engine.pytorch as te\nte.fp8_autocast(fp8_recipe=1)", {V100, T4, A100}),
        ("import transformer_engine.pytorch as te\nte.fp8_autocast(enabled=False)", set()),
        ("from torchao.float8 import convert_to_float8_training\nconvert_to_float8_training(1)", {V100, T4, A100}),
        ("import torchao.float8 as f\nf.convert_to_float8_training(1, f.Float8LinearConfig(emulate=True))", set()),
        ("from composer import Trainer\nTrainer(precision='amp_fp8')", {V100, T4, A100, ADA}),
    ],
)  # fmt: skip
def test_what_a_call_needs(train: str, expected: set[str], tmp_path: Path) -> None:
    assert gone(run(tmp_path, train)) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--model.converters float8", {V100, T4, A100}),
        ("--model.converters quantize.linear.mx", {V100, T4, A100, ADA, H100, MI300X}),
        ("--moe-flex-dispatcher-backend hybridep", {V100, T4, A100, ADA}),
        ("--moe-flex-dispatcher-backend deepep", {V100, T4}),
    ],
)
def test_what_an_option_needs(options: str, expected: set[str], tmp_path: Path) -> None:
    assert gone(run(tmp_path, "", options)) == expected


def test_grouped_products_are_hoppers_alone_before_2_9(tmp_path: Path) -> None:
    call = "torch._grouped_mm(1, 2)"
    assert gone(run(tmp_path, call, requirements_txt="torch==2.8.0\n")) == CHIPS - {H100, MI300X}
    assert gone(run(tmp_path, call, requirements_txt="torch==2.9.0\n")) == {V100, T4}


def test_a_triton_pin_bounds_what_imports_triton(tmp_path: Path) -> None:
    pin = {"requirements_txt": "triton==3.2.0\n"}
    assert gone(run(tmp_path, "import triton", **pin)) >= {B200, RTX_5090}
    assert gone(run(tmp_path, "", **pin)) == set()


@pytest.mark.parametrize(
    ("tag", "left"),
    [("910b", {f"ascend-910b{bin_}" for bin_ in (1, 2, 3, 4)}), ("a3", {"ascend-910c"}), ("910", {"ascend-910a"})],
)
def test_the_tag_of_an_image_says_for_which_chip_it_is(tag: str, left: set[str], tmp_path: Path) -> None:
    image = f"quay.io/ascend/cann:8.2.rc1-{tag}-ubuntu22.04-py3.11"
    found = scanned(tmp_path, {"run.sh": f"docker run {image} python train.py\n", "train.py": "import torch\n"})
    assert {chip for chip in found.possible if chip.startswith("ascend")} == left


@pytest.mark.parametrize(
    ("version", "gone"),
    [("5.7", {"mi300x", "mi355x"}), ("6.2", {"mi355x"}), ("7.0", set())],
)
def test_the_version_of_rocm_bounds_amds_generations(version: str, gone: set[str], tmp_path: Path) -> None:
    found = run(tmp_path, "", requirements_txt=f"torch==2.1.0+rocm{version}\n")
    assert {"mi250x", "mi300x", "mi355x", "rx-7900-xtx"} - set(found.possible) == gone


def test_an_architecture_list_binds_a_run_that_compiles_its_extension(tmp_path: Path) -> None:
    listed = {"run_sh": "export TORCH_CUDA_ARCH_LIST='8.0;8.6'\npython train.py\n"}
    load = "from torch.utils.cpp_extension import load\nload('k', ['k.cu'])"
    assert gone(run(tmp_path, load, **listed)) == {V100, T4, H100, B200, RTX_5090}
    assert gone(run(tmp_path, "", **listed)) == set()
    assert gone(run(tmp_path, load)) == set()
    assert gone(run(tmp_path, f"def later():\n    {load.splitlines()[0]}\n    load('k', ['k.cu'])", **listed)) == set()


def test_what_is_not_asked_for_needs_nothing(tmp_path: Path) -> None:
    found = run(tmp_path, "print('flash_attn_interface', '_grouped_mm')  # torch._grouped_mm, amp_fp8")
    assert not cuts_of(found)

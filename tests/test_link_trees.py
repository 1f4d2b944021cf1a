"""Do real scripts and code lead where they should? Whole trees: from the text of the files to where findings stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.check import check
from chipsieve.configuration.file import NONE
from chipsieve.link.launch import Launch, Standing
from chipsieve.sieve.outcome import Verdict
from small_trees import write

BF16 = "import torch\nx = torch.bfloat16\n"
TWO_ENTRIES = {"train.py": "x = 1\n", "sub/train.py": BF16}


def only(verdict: Verdict) -> Launch:
    """The one launch of a verdict."""
    (outcome,) = verdict.launches
    return outcome.launch


@pytest.mark.parametrize(
    ("script", "entry", "known"),
    [
        ("python ${root}/train.py\n", "sub/train.py", False),
        ("python $root/train.py\n", "sub/train.py", False),
        ("python ${base}/train.py\n", "sub/train.py", False),
        ("root=/opt/code\npython ${root}/train.py\n", "sub/train.py", True),
        ("root=..\npython ${root}/train.py\n", "train.py", True),
        ('root=$(dirname "$0")\npython ${root}/train.py\n', "sub/train.py", True),
        ('root=$(dirname "$0")/..\npython ${root}/train.py\n', "train.py", True),
        ('cd "$(dirname "$0")/.."\npython train.py\n', "train.py", True),
        ('cd "$(dirname "$0")"\npython train.py\n', "sub/train.py", True),
        ('cd "$(dirname "$0")"\npython $(pwd)/../train.py\n', "train.py", True),
    ],
)
def test_a_variable_called_root_is_a_variable_and_the_scripts_own_place_is_a_place(
    tmp_path: Path, script: str, entry: str, *, known: bool
) -> None:
    launches = scan(write(tmp_path, {**TWO_ENTRIES, "sub/run.sh": script}), workers=1).launches
    (launch,) = (one.launch for one in launches if one.launch.path == "sub/run.sh")
    assert launch.entry == entry
    assert launch.command[1].known is known
    assert ("bf16-tensor" in {item.signal for item, _ in launch.findings}) is (entry == "sub/train.py")


CHOSEN = """import argparse
import torch

parser = argparse.ArgumentParser()
parser.add_argument("--backend")
args = parser.parse_args()
torch.distributed.init_process_group(args.backend)
torch.distributed.init_process_group("hccl")
"""
BACKENDS = ("nccl-backend", "hccl-backend")


def backends(launch: Launch, line: int) -> dict[str, Standing]:
    """Which back ends a line asks for, and where that stands."""
    return {item.signal: stands for item, stands in launch.findings
            if item.signal in BACKENDS and item.path == "train.py" and item.span.line == line}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--backend nccl", {"nccl-backend": "asserted"}),
        ("--backend=hccl", {"hccl-backend": "asserted"}),
        ("--backend gloo", {}),
        ("--backend $BACKEND", dict.fromkeys(BACKENDS, "optional")),
    ],
)
def test_the_run_decides_what_an_option_chooses(tmp_path: Path, words: str, expected: dict[str, Standing]) -> None:
    texts = {"train.py": CHOSEN, "run.sh": f"torchrun train.py {words}\n"}
    launch = only(scan(write(tmp_path, texts), workers=1))
    assert backends(launch, 7) == expected
    assert backends(launch, 8) == {"hccl-backend": "asserted"}


def test_without_a_run_a_chosen_value_is_sure_by_eye_and_optional_in_a_hook(tmp_path: Path) -> None:
    write(tmp_path, {"train.py": CHOSEN})
    by_eye = only(scan(tmp_path, scope="tree", workers=1))
    alone = only(check(tmp_path, ["train.py"], NONE))
    assert backends(by_eye, 7) == dict.fromkeys(BACKENDS, "asserted")
    assert backends(alone, 7) == dict.fromkeys(BACKENDS, "optional")
    assert backends(by_eye, 8) == backends(alone, 8) == {"hccl-backend": "asserted"}


def test_a_variable_of_the_script_counts_where_it_is_in_force(tmp_path: Path) -> None:
    script = """export NCCL_IB_HCA=mlx4_0
export NCCL_IB_HCA=mlx5_0
torchrun train.py
export NCCL_SOCKET_IFNAME=ib0
"""
    code = 'import os\nos.environ["NCCL_SOCKET_IFNAME"] = "ib0"\n'

    def variables(train: str) -> list[tuple[str, int]]:
        launch = only(scan(write(tmp_path, {"run.sh": script, "train.py": train}), workers=1))
        return sorted({(item.path, item.span.line) for item, _ in launch.findings if item.row == "env"})

    assert variables("x = 1\n") == [("run.sh", 2)]
    assert variables(code) == [("run.sh", 2), ("train.py", 2)]


def test_a_setting_is_what_the_run_sets_else_what_the_code_declares(tmp_path: Path) -> None:
    code = (
        "import argparse\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--batch-size', default=8)\nparser.add_argument('--layers', default=12)\n"
    )
    launch = only(
        scan(write(tmp_path, {"run.sh": "N=2 python train.py --batch_size 16\n", "train.py": code}), workers=1)
    )
    found = [launch.setting(name) for name in ("batch_size", "--layers", "N", "other")]
    assert [one and (one.value, one.path, one.span.line, one.source) for one in found] == [
        ("16", "run.sh", 1, "command line"), ("12", "train.py", 4, "default"), ("2", "run.sh", 1, "environment"), None,
    ]  # fmt: skip


def test_keys_are_named_with_those_above_and_the_command_line_wins(tmp_path: Path) -> None:
    config = "zero:\n  stage: 2\n  offload:\n    device: cpu\nmodel:\n  device: cuda\nlayers: 4\ndtype: ${kind}\n"
    files = {
        "run.sh": "python train.py --config conf.yaml --layers 8 zero.stage=3 --device cuda:0\n",
        "train.py": "import sys\n", "conf.yaml": config,
    }  # fmt: skip
    launch = only(scan(write(tmp_path, files), workers=1))
    found = {one.name: one.value for one in launch.settings}
    assert found == {
        "config": "conf.yaml", "layers": "8", "zero.stage": "3", "device": "cuda:0",
        "zero.offload.device": "cpu", "model.device": "cuda", "dtype": "${dtype}",
    }  # fmt: skip
    device = launch.setting("device")
    assert device
    assert device.value == "cuda:0", "what the command line sets comes first"


LIBRARY = 'run() { echo "$*"; "$@"; }\nlaunch() { shift; run torchrun $ARGS "$@"; }\n'


@pytest.mark.parametrize(
    ("library", "script", "expected"),
    [
        (LIBRARY, "run torchrun train.py --x", ["torchrun train.py --x"]),
        (LIBRARY, "launch 8 train.py --x", ["torchrun ${ARGS} train.py --x"]),
        (LIBRARY, "ARGS=--y\nlaunch 8 train.py\nARGS=--z", ["torchrun ${ARGS} train.py"]),
        (LIBRARY, "ARGS=--y\nlaunch 8 train.py", ["torchrun --y train.py"]),
        (LIBRARY, "run torchrun train.py\nrun python train.py", ["torchrun train.py", "python train.py"]),
        ('one() { two "$@"; }\ntwo() { one "$@"; }', "one x", []),
        ('go() { eval "$1"; }', "go 'torchrun train.py --x'", ["torchrun train.py --x"]),
        ('go() { srun "${@:2}"; }', "go 8 python train.py", ["srun python train.py"]),
        ('go() { source inner.sh; torchrun "$@"; }', "go train.py", ["torchrun train.py"]),
        ("go() { torchrun train.py --x; }", "echo nothing", ["torchrun train.py --x"]),
        ("go() { torchrun train.py $1; }", "bash go", ["torchrun train.py ${1}"]),
    ],
)
def test_functions_of_a_sourced_script_run_with_the_arguments_of_their_calls(
    tmp_path: Path, library: str, script: str, expected: list[str]
) -> None:
    texts = {"lib.sh": library, "run.sh": f"source lib.sh given\n{script}\n", "inner.sh": "X=1\n", "train.py": ""}
    launches = [one.launch for one in scan(write(tmp_path, texts), workers=1).launches if one.launch.path == "run.sh"]
    assert [" ".join(word.text for word in launch.command) for launch in launches if launch.command] == expected


@pytest.mark.parametrize(
    ("launcher", "expected"),
    [
        (("torchrun", "torchrun"), [{("ib0", "optional"), ("eth0", "optional")}]),
        (("torchrun", "python"), [{("ib0", "optional")}, {("eth0", "optional")}]),
    ],
)
def test_each_value_that_a_variable_of_the_environment_may_have_is_optional(
    tmp_path: Path, launcher: tuple[str, str], expected: list[set[tuple[str, Standing]]]
) -> None:
    first, second = (
        f"export NCCL_SOCKET_IFNAME={one}; L={two}" for one, two in zip(("ib0", "eth0"), launcher, strict=True)
    )
    script = f"if fast; then {first}; else {second}; fi\n$L train.py\n"
    verdict = scan(write(tmp_path, {"run.sh": script, "train.py": ""}), workers=1)
    assert [
        {(item.value, stands) for item, stands in one.launch.findings if item.signal == "nccl-variables"}
        for one in verdict.launches
    ] == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('C=torchrun\n[ -n "$H" ] && C+=" --x $H"\nC+=" train.py --bf16"\n[ -n "$R" ] && C+=" --r"\n$C', "asserted"),
        ('C="torchrun train.py"\n[ -n "$H" ] && C+=" --bf16"\n$C', "optional"),
        ('S=; [ -n "$H" ] && S=16\ntorchrun train.py --bf$S', "optional"),
        ("bash -c 'torchrun train.py --bf16'", "asserted"),
        ("C=$(echo -n torchrun train.py --bf16)\n$C", "asserted"),
    ],
)
def test_what_stands_beside_an_alternative_is_not_under_its_condition(
    tmp_path: Path, script: str, expected: Standing
) -> None:
    (one,) = scan(write(tmp_path, {"run.sh": f"{script}\n", "train.py": ""}), workers=1).launches
    stands = {stands for item, stands in one.launch.findings if item.signal == "bf16-training"}
    assert stands == {expected}


EITHER_VERSION = """try:
    from flash_attn.flash_attn_interface import flash_attn_unpadded_func as kernel
except ImportError:
    {otherwise}


class Attention:
    def forward(self, q, padded):
        if padded is None:
            out = {called}(q)
        else:
            out = {otherwise_called}(q, padded)
        return out
"""
PLUGIN = {
    "run.sh": "torchrun train.py configs/small.py\n",
    "train.py": "import mmcv\n\nmmcv.train()\n",
    "configs/small.py": """plugin = True
plugin_dir = "plug/"
model = dict(type="Model", attention=dict(type="Attention"))
""",
    "plug/__init__.py": "from .attention import *\n",
}


@pytest.mark.parametrize(
    ("otherwise", "called", "otherwise_called", "expected"),
    [
        ("from flash_attn.flash_attn_interface import flash_attn_varlen_func as kernel", "kernel", "kernel",
         "asserted"),
        ("kernel = None", "kernel", "kernel", None),
        ("from flash_attn.flash_attn_interface import flash_attn_varlen_func as kernel", "kernel", "other",
         "optional"),
    ],
)  # fmt: skip
def test_what_every_branch_and_either_version_needs_is_needed(
    tmp_path: Path, otherwise: str, called: str, otherwise_called: str, expected: Standing | None
) -> None:
    code = EITHER_VERSION.format(otherwise=otherwise, called=called, otherwise_called=otherwise_called)
    launch = only(scan(write(tmp_path, {**PLUGIN, "plug/attention.py": code}), workers=1))
    stands = {item.signal: where for item, where in launch.findings}
    assert stands.get("flash-attention-kernel") == expected
    assert stands.get("flash-attention-2") != "asserted"

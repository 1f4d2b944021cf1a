"""Which tests of the device bind a run? Those past which the program stops, wherever the run reaches them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve.sieve.outcome import Verdict
from small_trees import cuts_of, scanned

AMPERE, TURING, HOPPER = "a100-sxm4-80gb", "t4", "h100-sxm5-80gb"
RUN = "torchrun --nproc_per_node 8 train.py\n"


def run(tmp_path: Path, train: str, **more: str) -> Verdict:
    """The verdict on a script that starts a program."""
    texts = {"run.sh": RUN, "train.py": f"import os, sys\nimport torch\n{train}\n"}
    return scanned(tmp_path, texts | {name.replace("_", "."): text for name, text in more.items()})


def gone(found: Verdict) -> set[str]:
    return {chip for cut in cuts_of(found) for chip in cut.excluded}


@pytest.mark.parametrize(
    "test",
    [
        "assert torch.cuda.get_device_capability()[0] >= 8",
        "assert (8, 0) <= torch.cuda.get_device_capability()",
        "assert torch.cuda.is_available() and torch.cuda.get_device_capability() >= (8, 0)",
        "if torch.cuda.get_device_capability() < (8,):\n    raise RuntimeError",
        "if torch.cuda.is_available() and torch.cuda.get_device_capability()[0] < 8:\n    sys.exit(1)",
        "if torch.cuda.is_available():\n    assert torch.cuda.get_device_capability()[0] > 7",
        "capability = torch.cuda.get_device_capability()\nif capability[0] <= 7:\n    raise RuntimeError",
        "major, _ = torch.cuda.get_device_capability()\nif not major >= 8:\n    raise RuntimeError",
        "c = torch.cuda.get_device_capability()\nsm = c[0] * 10 + c[1]\nif sm < 80:\n    exit()",
        "if torch.cuda.get_device_properties(0).major >= 8:\n    print(1)\nelse:\n    raise RuntimeError",
        "def check():\n    if torch.cuda.get_device_capability()[0] < 8:\n        raise RuntimeError\ncheck()",
        "if not has_cuda_capability(8, 0):\n    raise ValueError",
        "LEAST = (8, 0)\nassert torch.cuda.get_device_capability() >= LEAST",
    ],
)
def test_a_program_that_stops_below_a_capability_leaves_out_what_is_below(test: str, tmp_path: Path) -> None:
    found = run(tmp_path, test)
    assert TURING in gone(found)
    assert {AMPERE, HOPPER, "b200", "rtx-5090", "mi50-32gb", "ascend-910b1"} <= set(found.possible)


@pytest.mark.parametrize(
    "test",
    [
        "if torch.cuda.get_device_capability()[0] < 8:\n    print('slow')",
        "fast = torch.cuda.get_device_capability()[0] >= 8",
        "try:\n    assert torch.cuda.get_device_capability()[0] >= 8\nexcept AssertionError:\n    pass",
        "def check():\n    assert torch.cuda.get_device_capability()[0] >= 8",
        "def f():\n    assert torch.cuda.get_device_capability()[0] >= 8\ntry:\n    f()\nexcept Exception:\n    pass",
        "assert torch.cuda.get_device_capability()[0] >= 8 or os.environ.get('FORCE')",
        "if os.environ.get('STRICT') and torch.cuda.get_device_capability()[0] < 8:\n    raise RuntimeError",
        "if sys.argv[1:] and torch.cuda.get_device_capability()[0] < 8:\n    raise RuntimeError",
        "if torch.cuda.get_device_capability()[0] < 8:\n    if sys.argv[1:]:\n        raise RuntimeError",
        "if torch.cuda.get_device_capability()[0] < limit:\n    raise RuntimeError",
        "def f(properties):\n    assert properties.major >= 8\nf(sys.version_info)",
        "assert sys.version_info.major >= 3",
        "'assert torch.cuda.get_device_capability()[0] >= 8'",
        "assert torch.cuda.get_device_capability()[0] < 10",
    ],
)
def test_a_test_past_which_a_program_may_go_on_leaves_nobody_out(test: str, tmp_path: Path) -> None:
    assert gone(run(tmp_path, test)) == set()


def test_an_option_that_the_run_gives_decides(tmp_path: Path) -> None:
    declared = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--fast', action='store_true')\n"
    test = "if args.fast and torch.cuda.get_device_capability()[0] < 8:\n    raise RuntimeError"
    train = f"{declared}args = p.parse_args()\n{test}"
    assert TURING not in gone(run(tmp_path, train))
    assert TURING in gone(run(tmp_path, train, run_sh=RUN.replace("train.py", "train.py --fast")))


def test_some_capabilities_alone(tmp_path: Path) -> None:
    found = run(tmp_path, "assert torch.cuda.get_device_capability() in ((8, 0), (9, 0))")
    assert {TURING, "rtx-3090", "b200"} <= gone(found)
    assert {AMPERE, HOPPER, "mi300x"} <= set(found.possible)
    assert gone(run(tmp_path, "assert torch.cuda.get_device_capability()[0] in (8, number)")) == set()


def test_one_capability_alone(tmp_path: Path) -> None:
    found = run(tmp_path, "if torch.cuda.get_device_capability()[0] != 9:\n    raise RuntimeError")
    assert {AMPERE, TURING, "b200"} <= gone(found)
    assert {HOPPER, "mi300x"} <= set(found.possible)


@pytest.mark.parametrize(
    "test",
    [
        "assert torch.cuda.get_device_properties(0).total_memory >= 70 * 1024**3",
        "if torch.cuda.get_device_properties(0).total_memory / 1e9 < 70:\n    raise RuntimeError",
        "GB = 1 << 30\nif torch.cuda.mem_get_info()[1] // GB < 70:\n    raise RuntimeError",
        "p = torch.cuda.get_device_properties(0)\nif round(p.total_memory / 2**30) < 80:\n    sys.exit()",
        "class T:\n    def f(self):\n        assert torch.cuda.mem_get_info()[1] > 70e9\nT().f()",
    ],
)
def test_a_program_that_stops_below_an_amount_of_memory(test: str, tmp_path: Path) -> None:
    """A card of 80 GB shows about 79 GiB to a program."""
    found = run(tmp_path, test)
    assert {"a100-sxm4-40gb", "v100-sxm2-32gb", "mi100"} <= gone(found)
    assert {AMPERE, HOPPER, "mi300x", "tpu-v4", "ascend-910b1"} <= set(found.possible)
    assert "rtx-6000-ada" in gone(found)


@pytest.mark.parametrize(
    "test",
    [
        "import psutil\nassert psutil.virtual_memory().total > 70e9",
        "if torch.cuda.mem_get_info()[0] < 70e9:\n    raise RuntimeError",
        "if torch.cuda.get_device_properties(0).total_memory < 70e9:\n    batch = 1",
        "if torch.cuda.get_device_properties(0).total_memory > 90e9:\n    raise RuntimeError",
    ],
)
def test_other_questions_for_memory_leave_nobody_out(test: str, tmp_path: Path) -> None:
    assert gone(run(tmp_path, test)) == set()


@pytest.mark.parametrize(("pin", "turing"), [("torch==2.2.1", True), ("torch>=2.4", False), ("torch", False)])
def test_bfloat16_is_native_where_the_pinned_pytorch_does_not_emulate_it(
    pin: str, turing: bool, tmp_path: Path
) -> None:  # fmt: skip
    found = run(tmp_path, "assert torch.cuda.is_bf16_supported()", requirements_txt=f"{pin}\n")
    assert (TURING in gone(found)) is turing
    assert {AMPERE, "mi50-32gb"} <= set(found.possible)


def test_bfloat16_without_emulation_needs_no_pin(tmp_path: Path) -> None:
    assert TURING in gone(run(tmp_path, "assert torch.cuda.is_bf16_supported(including_emulation=False)"))


def test_what_follows_a_test_that_stops_the_run_stays_certain(tmp_path: Path) -> None:
    train = (
        "if torch.cuda.get_device_capability()[0] < 7:\n    raise RuntimeError\n"
        "assert torch.cuda.get_device_capability()[0] >= 8"
    )
    assert TURING in gone(run(tmp_path, train))

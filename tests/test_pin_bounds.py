"""Which versions does a requirement allow, and what follows for the chips? Lower and upper bounds, and who is bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve.commands.pins import poetry
from chipsieve.match.requirements import implied, parsed
from chipsieve.signals.signal import Row
from small_trees import cuts_of, of_vendor, scanned

TRAIN = {"run.sh": "torchrun --nproc_per_node 8 train.py\n", "train.py": "import torch\ntorch.zeros(1).cuda()\n"}
HOPPER, BLACKWELL = {"h100-sxm5-80gb", "h20-96gb", "gh200-96gb"}, {"b200", "gb200", "rtx-5090"}
AMPERE, PASCAL = {"a100-sxm4-80gb", "rtx-3090"}, {"tesla-p40", "gtx-1080-ti"}


@pytest.mark.parametrize(
    ("wanted", "requirement", "answer"),
    [
        ("<2", "torch==1.13.1", True),
        ("<2", "torch==1.13.*", True),
        ("<2", "torch>=1.8,<2", True),
        ("<2", "torch<2.0.0", True),
        ("<2", "torch~=1.13", True),
        ("<2", "torch===1.13.1", True),
        ("<2", "torch<=1.13.1", True),
        ("<2", "torch<=2.0", False),
        ("<2", "torch~=2.0", False),
        ("<2", "torch==2.*", False),
        ("<2", "torch>=1.13", False),
        ("<2", "torch!=2.0", False),
        ("<2", "torch", False),
        (">=2.4", "torch==2.4.*", True),
        (">=2.4", "torch>=2.4,<3", True),
        (">=2.4", "torch<3", False),
        (">=2.8,<2.11", "torch==2.9.0", True),
        (">=2.8,<2.11", "torch>=2.8", False),
        (">=2.8,<2.11", "torch<2.11", False),
    ],
)
def test_a_bound_is_implied_as_far_as_bounds_show(wanted: str, requirement: str, answer: bool) -> None:
    pinned = parsed(requirement)
    assert pinned is not None
    assert implied(pinned, Row("pin", ("torch",), (wanted,))) is answer


@pytest.mark.parametrize(
    ("version", "text"),
    [("^1.13", "torch>=1.13,<2"), ("^2.1.0", "torch>=2.1.0,<3"), ("^0.4", "torch>=0.4"), ("2.1", "torch==2.1")],
)
def test_a_caret_ends_before_the_next_major_version(version: str, text: str) -> None:
    assert [pin.text for pin in poetry("torch", version)] == [text]


@pytest.mark.parametrize(
    ("pin", "gone", "kept"),
    [
        ("torch==1.13.1", HOPPER | BLACKWELL, AMPERE | PASCAL),
        ("torch==2.0.1+cu117", HOPPER | BLACKWELL, AMPERE | PASCAL),
        ("torch>=1.9,<2", HOPPER | BLACKWELL, AMPERE | PASCAL),
        ("torch==2.0.1", BLACKWELL, HOPPER | AMPERE | PASCAL),
        ("torch==2.6.0", BLACKWELL, HOPPER | AMPERE | PASCAL),
        ("torch==2.7.0+cu126", BLACKWELL, HOPPER | AMPERE | PASCAL),
        ("torch==1.4.0", HOPPER | BLACKWELL | AMPERE, PASCAL),
        ("torch==1.12.1+cu102", HOPPER | BLACKWELL | AMPERE, PASCAL),
        ("torch==1.12.1+cu113", HOPPER | BLACKWELL, AMPERE | PASCAL),
        ("torch==2.9.0+cu128", PASCAL, HOPPER | BLACKWELL | AMPERE | {"v100-sxm2-32gb"}),
        ("torch==2.11.0+cu128", PASCAL | {"v100-sxm2-32gb"}, HOPPER | BLACKWELL | AMPERE | {"t4"}),
        ("torch==2.9.0", set(), HOPPER | BLACKWELL | AMPERE | PASCAL),
        ("torch>=1.13", set(), HOPPER | BLACKWELL | AMPERE | PASCAL),
    ],
)
def test_what_a_pin_that_the_run_installs_reaches(pin: str, gone: set[str], kept: set[str], tmp_path: Path) -> None:
    found = scanned(tmp_path, {**TRAIN, "requirements.txt": f"{pin}\n"})
    assert not gone & set(found.possible)
    assert kept <= set(found.possible)
    assert {"mi300x", "ascend-910b1"} <= set(found.possible), "other vendors take PyTorch from elsewhere"


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "x"\nversion = "1"\n[project.optional-dependencies]\nold = ["torch==1.13.1"]\n',
        '[dependency-groups]\nold = ["torch==1.13.1"]\n',
        '[tool.poetry.dependencies]\ntorch = {version = "1.13.1", optional = true}\n',
    ],
)
def test_an_extra_bounds_nothing(text: str, tmp_path: Path) -> None:
    found = scanned(tmp_path, {**TRAIN, "pyproject.toml": text})
    assert not cuts_of(found)


def test_a_pin_bounds_no_run_that_does_not_import_it(tmp_path: Path) -> None:
    texts = {"run.sh": "python train.py\n", "train.py": "import jax\n", "requirements.txt": "torch==1.13.1\n"}
    assert "h100-sxm5-80gb" in of_vendor(scanned(tmp_path, texts), "nvidia")

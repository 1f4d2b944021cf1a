"""What does chipsieve say of a few files written by hand? Small trees for tests of the whole way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from chipsieve import scan
from chipsieve.sieve.outcome import LaunchVerdict, Verdict
from chipsieve.sieve.proof import Ruling

TRAIN = "import torch\n\ntorch.cuda.set_device(0)\n"
RUN = "torchrun --nproc_per_node 8 train.py\n"


def write(root: Path, texts: Mapping[str, str]) -> Path:
    """The tree at `root`, with these files in it."""
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def scanned(root: Path, texts: Mapping[str, str], policy: str = "balanced") -> Verdict:
    """The verdict on a tree of these files."""
    return scan(write(root, texts), policy=policy, workers=1)


def main_of(verdict: Verdict) -> LaunchVerdict:
    """The launch that speaks for the tree."""
    return next(one for one in verdict.launches if one.launch.id == verdict.main)


def cuts_of(verdict: Verdict) -> list[Ruling]:
    """What excludes anything, in any launch."""
    return [cut for one in verdict.launches for step in one.steps for cut in step.cuts]


def vendors(verdict: Verdict) -> frozenset[str]:
    """The vendors of whom at least one chip is possible."""
    return frozenset(chip.vendor for chip in verdict.accelerators if chip.id in verdict.possible)


def of_vendor(verdict: Verdict, *names: str) -> set[str]:
    """The ids of these vendors' chips."""
    return {chip.id for chip in verdict.accelerators if chip.vendor in names}

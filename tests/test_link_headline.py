"""Which launch comes first, why, and which launches belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve.facts.places import Span
from chipsieve.facts.words import Resolved
from chipsieve.link.headline import headline, is_side_run
from chipsieve.link.launch import Launch
from small_trees import scanned


def launch(
    path: str, entry: str = "train.py", *, role: str = "training", shown: str = "", devices: int = 0,
    by_itself: bool = False, its_program: bool = False,
) -> Launch:  # fmt: skip
    """A run of a script's first line; one `by_itself` is an entry module that nothing starts."""
    span = Span(1, 1, 1, 2)
    words = () if by_itself else (Resolved("python", path, span), Resolved(entry, path, span))
    itself = bool(shown) and not its_program
    return Launch(
        path, role, path, 1, entry, words, {}, (entry,), devices=devices, documented_at=shown, documented_itself=itself
    )


def first(*launches: Launch) -> str:
    found = headline(launches, lambda _: 0)
    assert headline(launches[::-1], lambda _: 0) == found
    return found.launch


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (launch("a/run.sh"), launch("third_party/lib/run.sh", shown="README.md:1")),
        (launch("z.sh"), launch("a.py", "a.py", by_itself=True)),
        (launch("z.sh"), launch("a.sh", "sft.py", role="fine-tuning")),
        (launch("z.sh", shown="README.md:9"), launch("a.sh")),
        (launch("z.sh", shown="README.md:9"), launch("a.sh", shown="docs/a.md:1")),
        (launch("z.sh", shown="README.md:9"), launch("a.sh", shown="README.md:1", its_program=True)),
        (launch("examples/z.sh", shown="README.md:9"), launch("examples/a.sh", shown="README.md:1", its_program=True)),
        (launch("z.sh"), launch("benchmarks/a.sh", shown="README.md:1")),
        (launch("z.sh"), launch("a.sh", "sync.py", role="training")),
        (launch("scripts/z.sh"), launch("examples/a.sh")),
        (launch("examples/z.sh", shown="README.md:9"), launch("examples/a.sh", shown="examples/README.md:1")),
        (launch("z.sh", "pretrain_gpt.py"), launch("a.sh", "train.py")),
        (launch("z.sh", "main.py"), launch("a.sh", "train_vae.py")),
        (launch("z.sh", devices=512), launch("a.sh", devices=8)),
        (launch("pretrain_70b.sh"), launch("pretrain_7b.sh")),
    ],
)
def test_one_launch_comes_before_another(before: Launch, behind: Launch) -> None:
    assert first(behind, before) == before.id


def test_evidence_settles_what_nothing_else_does() -> None:
    several = [launch("a.sh"), launch("b.sh")]
    assert headline(several, lambda one: one.path == "b.sh").launch == "b.sh"


@pytest.mark.parametrize(
    ("several", "reason"),
    [
        ((launch("z.sh", shown="README.md:9"), launch("a.sh")), "README.md:9 runs it"),
        ((launch("z.sh", shown="README.md:9", its_program=True), launch("a.sh")), "README.md:9 runs its program"),
        ((launch("a.sh"),), "it is the only training launch"),
        ((launch("a.sh"), launch("e.sh", role="evaluation")), "it is the only training launch"),
        ((launch("a.sh", devices=64), launch("b.sh", devices=8)), "it asks for most accelerators, 64"),
        ((launch("a.sh"), launch("b.sh")), "its program is train.py"),
        ((), ""),
    ],
)
def test_the_reason_is_what_a_reader_can_check(several: tuple[Launch, ...], reason: str) -> None:
    assert headline(several, lambda _: 0).reason == reason


@pytest.mark.parametrize(
    ("one", "side"),
    [
        (launch("run.sh"), False),
        (launch("README.md", shown="README.md:1"), False),
        (launch("TRAINING.md", shown="TRAINING.md:1"), False),
        (launch("AGENTS.md", shown="AGENTS.md:1"), True),
        (launch("vision/README.md", shown="vision/README.md:1"), True),
        (launch("lab/tutorial.ipynb"), True),
        (launch("train.py", "train.py", by_itself=True), False),
        (launch("tools/train.py", "tools/train.py", by_itself=True), False),
        (launch("lib/deep/train.py", "lib/deep/train.py", by_itself=True), True),
        (launch("train_vae.py", "train_vae.py", by_itself=True), True),
        (launch("examples/train.py", "examples/train.py", by_itself=True), True),
    ],
)
def test_side_runs(one: Launch, *, side: bool) -> None:
    assert is_side_run(one) is side


@pytest.mark.parametrize(
    ("readme", "aside"),
    [
        ("On older cards, replace `tune_mem.py` by `tune_xformers.py`.", False),
        ("On older cards, use [another program](lib/zoo/tune_xformers.py).", False),
        ("Older cards are not supported; see https://example.org/tune_xformers.py.txt", True),
    ],
)
def test_an_entry_that_the_topmost_readme_names_is_no_side_run(tmp_path: Path, readme: str, aside: bool) -> None:
    program = "import torch\nfrom transformers import Trainer\n\nif __name__ == '__main__':\n    Trainer().train()\n"
    texts = {"README.md": readme, "run.sh": "python lib/zoo/tune_mem.py\n"}
    entries = {f"lib/zoo/{name}.py": program for name in ("tune_mem", "tune_xformers")}
    verdict = scanned(tmp_path, {**texts, **entries})
    found = next(one.launch for one in verdict.launches if one.launch.entry == "lib/zoo/tune_xformers.py")
    assert is_side_run(found) is aside

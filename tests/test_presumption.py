"""Does what a weak sign presumes exclude nobody, and does the verdict still say of whom the tree speaks?"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chipsieve.facts.mentions import speaks
from chipsieve.report import render
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.policies import load_policy
from chipsieve.signals import load_signals
from small_trees import RUN, TRAIN, cuts_of, main_of, scanned, vendors

PLAIN = {"run.sh": RUN, "train.py": TRAIN}
HABANA = {"run.sh": RUN.replace("\n", " --use_habana\n"), "train.py": "print(1)\n"}
WORDS = tomllib.loads((files("chipsieve") / "mentions.toml").read_text(encoding="utf-8"))["words"]
SPEAKING = {
    "a README": ({"README.md": "Works on ROCm 6 too.\n"}, {"amd", "hygon"}),
    "a comment": ({"train.py": TRAIN + "# no TPU yet\n"}, {"google"}),
    "a string": ({"train.py": TRAIN + 'print("on gaudi2?")\n'}, {"intel"}),
    "an import somewhere": ({"other.py": "import torch_npu\n"}, {"huawei"}),
    "a branch": ({"train.py": TRAIN + "if torch.version.hip:\n    pass\n"}, {"amd", "hygon"}),
    "a file's name": ({"train_npu_8p.py": "pass\n"}, {"huawei"}),
    "a folder's name": ({"kernels/musa/notes.bin": ""}, {"moore-threads"}),
    "a patch": ({"port.patch": "--- a/x\n+++ b/x\n+# for Ascend 910B\n"}, {"huawei"}),
    "a config": ({"conf/a.json": '{"device": "mlu"}\n'}, {"cambricon"}),
    "a list of packages": ({"requirements.txt": "jax\n"}, {"google"}),
    "two of them": ({"README.md": "IPU\n", "notes.md": "Cerebras\n"}, {"graphcore", "cerebras"}),
}
QUIET = {
    "nothing": {},
    "words that mean something else": {"README.md": "Ascending order of hips, in a table's <thead>, on AMD EPYC.\n"},
    "NVIDIA itself": {"README.md": "8 H100 with CUDA 12 and NCCL\n"},
    "data": {"data/words.json": json.dumps(["a tpu", "of words"] * 20_000)},
    "a picture": {"notes.ipynb": '{"cells": [], "image/png": "' + "tpu+" * 1000 + '"}\n'},
    "git's own folder": {".git/rocm": "rocm\n"},
    "a program in another language": {"kernel.rs": "// rocm\n"},
}
COMMENTS = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2000, exclude_categories=["Cs", "Zl", "Zp", "Cc"])),
    st.lists(
        st.sampled_from([
            "cuda", "nccl", "NVIDIA", "bf16", "--bf16", "import apex", "torch.cuda.synchronize()", "chip", "hips", "if",
            "export NCCL_IB_HCA=mlx5_0", "model.cuda()", "AMD EPYC", "works", "not", "#", "'''", "\\", "train.py", "$(",
        ])
    ).map(" ".join),
).filter(lambda text: not speaks("", text))  # fmt: skip


def verdict(texts: Mapping[str, str], policy: str = "balanced") -> Verdict:
    """The verdict on a tree that is gone afterwards."""
    with TemporaryDirectory() as root:
        return scanned(Path(root), texts, policy)


def answer(of: Verdict) -> object:
    """What a reader takes from a verdict."""
    return of.possible, of.remaining, [(cut.signal, cut.excluded) for cut in cuts_of(of)]


@pytest.mark.parametrize("policy", ["balanced", "strict"])
def test_what_a_weak_sign_presumes_excludes_nobody(policy: str, tmp_path: Path) -> None:
    found = scanned(tmp_path, PLAIN, policy)
    asserted = [piece.signal for piece in main_of(found).evidence if piece.standing == "asserted"]
    assert "cuda-device" in asserted
    assert load_signals()["cuda-device"].presumption == {"vendor": "nvidia"}, "a premise of the estimate"
    assert cuts_of(found) == []
    assert len(found.possible) == len(found.accelerators)
    assert found.mentions == ()
    assert "presumed" not in render(found, "text")


@pytest.mark.parametrize("case", SPEAKING)
def test_the_verdict_says_of_whom_the_tree_speaks(case: str, tmp_path: Path) -> None:
    texts, spoken = SPEAKING[case]
    found = scanned(tmp_path, {**PLAIN, **texts})
    assert set(found.mentions) == spoken
    assert cuts_of(found) == []


@pytest.mark.parametrize("case", QUIET)
def test_neighbours_speak_of_nobody(case: str, tmp_path: Path) -> None:
    assert scanned(tmp_path, {**PLAIN, **QUIET[case]}).mentions == ()


def test_the_papers_policy_is_as_it_was(tmp_path: Path) -> None:
    assert cuts_of(scanned(tmp_path / "a", PLAIN, "paper")) == []
    nccl = {"run.sh": RUN, "train.py": "import torch\ntorch.distributed.init_process_group('nccl')\n"}
    for name, more in (("b", {}), ("c", {"README.md": "Works on ROCm.\n"})):
        found = scanned(tmp_path / name, {**nccl, **more}, "paper")
        assert [cut.signal for cut in cuts_of(found)] == ["nccl-backend"]
        assert vendors(found) == {"nvidia"}


def test_no_signal_that_only_presumes_excludes_by_itself() -> None:
    balanced = load_policy("balanced")
    presuming = [one for one in load_signals().values() if one.presumption]
    assert presuming
    assert [one.id for one in presuming if balanced.predicate(one) == one.presumption] == []


def test_one_vendors_own_stack_excludes_whatever_the_tree_speaks_of(tmp_path: Path) -> None:
    plain = scanned(tmp_path / "a", HABANA)
    spoken = scanned(tmp_path / "b", {**HABANA, "README.md": "ROCm, TPU, Ascend, MUSA\n"})
    assert vendors(plain) == {"intel"}
    assert answer(spoken) == answer(plain)


@settings(max_examples=40)
@given(COMMENTS)
def test_a_comment_that_names_nobody_changes_no_verdict(comment: str) -> None:
    texts = {name: text + f"\n# {comment}\n" for name, text in PLAIN.items()}
    assert answer(verdict(texts)) == answer(verdict(PLAIN))


@settings(max_examples=40)
@given(
    st.sampled_from(sorted(WORDS)).flatmap(lambda vendor: st.tuples(st.just(vendor), st.sampled_from(WORDS[vendor]))),
    st.sampled_from(["README.md", "train.py", "run.sh", "notes.txt"]),
    st.sampled_from([PLAIN, HABANA, {**PLAIN, "run.sh": RUN.replace("\n", " --bf16\n")}]),
    st.sampled_from(["balanced", "strict", "paper"]),
)
def test_a_mention_changes_no_verdict(word: tuple[str, str], place: str, texts: Mapping[str, str], policy: str) -> None:
    said = f"\n# {word[1].rstrip('*')} is not meant\n"
    before, after = verdict(texts, policy), verdict({**texts, place: texts.get(place, "") + said}, policy)
    assert answer(before) == answer(after)
    assert word[0] in after.mentions

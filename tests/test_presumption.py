"""Does what a weak sign presumes spare every vendor of whom the tree speaks, and nobody else?"""

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

from chipsieve import scan
from chipsieve.api import sieve
from chipsieve.border.sarif import write as as_sarif
from chipsieve.check import check
from chipsieve.configuration.file import NONE
from chipsieve.facts.mentions import speaks
from chipsieve.report import render
from chipsieve.sieve.outcome import Verdict
from small_trees import RUN, TRAIN, cuts_of, main_of, of_vendor, scanned, vendors, write

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
    return of.possible, of.remaining, [(cut.signal, cut.presumed, cut.excluded) for cut in cuts_of(of)]


def test_a_weak_sign_presumes_its_vendor_where_the_tree_speaks_of_no_other(tmp_path: Path) -> None:
    found = scanned(tmp_path, PLAIN)
    (cut,) = cuts_of(found)
    assert (cut.signal, cut.strength, cut.presumed) == ("cuda-device", "weak", True)
    assert vendors(found) == {"nvidia"}
    assert set(found.possible) == of_vendor(found, "nvidia"), "no chip of NVIDIA's is excluded"
    assert found.mentions == ()
    assert "presumed" in render(found, "text")


@pytest.mark.parametrize("case", SPEAKING)
def test_whom_the_tree_speaks_of_is_spared_and_nobody_else(case: str, tmp_path: Path) -> None:
    texts, spoken = SPEAKING[case]
    found = scanned(tmp_path, {**PLAIN, **texts})
    assert set(found.mentions) == spoken
    assert set(main_of(found).remaining) == of_vendor(found, "nvidia", *spoken)
    assert all(cut.presumed for cut in cuts_of(found))


@pytest.mark.parametrize("case", QUIET)
def test_neighbours_spare_nobody(case: str, tmp_path: Path) -> None:
    found = scanned(tmp_path, {**PLAIN, **QUIET[case]})
    assert found.mentions == ()
    assert vendors(found) == {"nvidia"}


@pytest.mark.parametrize(
    "train",
    [
        "import torch\nif torch.cuda.is_available():\n    print(1)\n",
        "import torch\ntorch.manual_seed(0)\n",
        "import torch\ndevice = 'cpu'\nif False:\n    torch.cuda.set_device(0)\n",
        "import torch\n# torch.cuda.set_device(0)\n",
        "import torch, sys\nif len(sys.argv) > 3:\n    torch.cuda.set_device(0)\n",
    ],
)
def test_what_takes_no_effect_presumes_nothing(train: str, tmp_path: Path) -> None:
    assert cuts_of(scanned(tmp_path, {**PLAIN, "train.py": train})) == []


def test_strict_presumes_nothing(tmp_path: Path) -> None:
    found = scanned(tmp_path, PLAIN, "strict")
    assert cuts_of(found) == []
    assert len(found.possible) == len(found.accelerators)


def test_the_papers_policy_is_as_it_was(tmp_path: Path) -> None:
    assert cuts_of(scanned(tmp_path / "a", PLAIN, "paper")) == []
    nccl = {"run.sh": RUN, "train.py": "import torch\ntorch.distributed.init_process_group('nccl')\n"}
    for name, more in (("b", {}), ("c", {"README.md": "Works on ROCm.\n"})):
        found = scanned(tmp_path / name, {**nccl, **more}, "paper")
        assert [(cut.signal, cut.presumed) for cut in cuts_of(found)] == [("nccl-backend", False)]
        assert vendors(found) == {"nvidia"}


def test_files_on_their_own_presume_nothing(tmp_path: Path) -> None:
    root = write(tmp_path, PLAIN)
    found = check(root, ["run.sh", "train.py"], NONE)
    (launch,) = found.launches
    assert "cuda-device" in {item.signal for item, stands in launch.launch.findings if stands == "asserted"}
    assert cuts_of(found) == []
    assert len(found.possible) == len(found.accelerators)


def test_a_report_without_its_tree_presumes_nothing(tmp_path: Path) -> None:
    root, report = write(tmp_path / "tree", PLAIN), tmp_path / "found.sarif"
    report.write_text(json.dumps(as_sarif(scan(root, workers=1))), encoding="utf-8")
    alone, beside = sieve([report], scope="tree"), sieve([report], root, workers=1)
    assert [item.signal for one in alone.launches for item in one.evidence] == ["cuda-device"]
    assert cuts_of(alone) == []
    assert len(alone.possible) == len(alone.accelerators)
    assert [(cut.signal, cut.presumed) for cut in cuts_of(beside)] == [("cuda-device", True)]


def test_a_mention_brings_nothing_back_that_a_requirement_excludes(tmp_path: Path) -> None:
    texts = {**PLAIN, "run.sh": RUN.replace("\n", " --bf16\n")}
    plain = scanned(tmp_path / "a", texts)
    spoken = scanned(tmp_path / "b", {**texts, "README.md": "on AMD, Ascend and Cambricon\n"})
    required = {chip for cut in cuts_of(plain) if not cut.presumed for chip in cut.excluded}
    assert required
    assert required.isdisjoint(spoken.possible)
    again = {chip for cut in cuts_of(spoken) if not cut.presumed for chip in cut.excluded}
    assert again & of_vendor(spoken, "amd", "huawei", "cambricon"), "bfloat16 excludes older chips of theirs"
    assert again.isdisjoint(spoken.possible)


def test_one_vendors_own_stack_is_no_presumption(tmp_path: Path) -> None:
    plain = scanned(tmp_path / "a", HABANA)
    spoken = scanned(tmp_path / "b", {**HABANA, "README.md": "ROCm, TPU, Ascend, MUSA\n"})
    assert vendors(plain) == {"intel"}
    assert answer(spoken) == answer(plain)
    assert not any(cut.presumed for cut in cuts_of(spoken))


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
def test_a_mention_only_ever_widens(word: tuple[str, str], place: str, texts: Mapping[str, str], policy: str) -> None:
    said = f"\n# {word[1].rstrip('*')} is not meant\n"
    before, after = verdict(texts, policy), verdict({**texts, place: texts.get(place, "") + said}, policy)
    assert set(before.possible) <= set(after.possible)
    assert set(before.remaining) <= set(after.remaining)
    assert word[0] in after.mentions
    gone = {chip for cut in cuts_of(after) if cut.presumed for chip in cut.excluded}
    assert gone.isdisjoint(of_vendor(after, *after.mentions))
    assert gone == {chip for cut in cuts_of(before) if cut.presumed for chip in cut.excluded} - of_vendor(
        after, *after.mentions
    )

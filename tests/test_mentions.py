"""Whose hardware does a text speak of? Typical words of each vendor, and their neighbours that mean something else."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from chipsieve.catalogue import load_catalogue
from chipsieve.facts.mentions import DATA_FROM, LIST_FROM, LONG_LINE, mentioned, speaks, words_of
from chipsieve.limits import CHARACTERS
from chipsieve.sources.discovery import discover
from chipsieve.sources.disk import Disk
from offenders import listed
from small_trees import write

SPOKEN = {
    "amd": [
        "ROCm 6.2", "rocm/pytorch:latest", "8 MI250X nodes", "an MI300A", "MI50", "torch.version.hip is not None",
        "HIP kernels", "HIP_VISIBLE_DEVICES=0", "hipcc -O3", "hipify-perl", "RCCL", "gfx90a", "an AMD GPU",
        "the Frontier supercomputer", "AMD's MI210", "LUMI-G", "amdgpu-dkms", "MIOpen", "if is_hip():",
    ],
    "apple": ["torch.backends.mps", 'device("mps")', "an Apple M2", "Apple Silicon", "mlx", "CoreML"],
    "aws": ["neuronx-distributed", "torch_neuronx", "trn1.32xlarge", "Trainium2", "inf2.xlarge", "NeuronCore"],
    "biren": ["BR100", "a Biren BR104", "supa:0"],
    "cambricon": ["MLU370", 'device("mlu")', "torch_mlu", "Cambricon", "cnmon", "cncl"],
    "cerebras": ["Cerebras CS-2", "WSE-2", "wse3", "cstorch"],
    "enflame": ["Enflame", 'device("gcu")', "TopsRider", "eccl"],
    "google": ["a TPU v4 pod", "tpu_name", "import jax", "jaxlib", "torch_xla", "libtpu.so", "flax"],
    "graphcore": ["IPU", "poptorch", "Graphcore", "an IPU-POD16"],
    "groq": ["GroqChip", "groq"],
    "huawei": ["Ascend 910B", "Ascend910", "import torch_npu", "npu:0", "NPUs", "HCCL_CONNECT_TIMEOUT", "MindSpore"],
    "hygon": ["a DCU", "dtk-23.10", "Hygon", "ROCm", "gfx906"],
    "iluvatar": ["Iluvatar", "CoreX", "ixsmi"],
    "intel": ["habana_frameworks", "Gaudi2", 'device("hpu")', "torch.xpu", "oneCCL", "SYCL", "ipex"],
    "kunlunxin": ["Kunlunxin", "Kunlun R480", "BKCL", "P800", 'device("xpu")'],
    "meta": ["MTIA", "mtia_v2", 'device("mtia")'],
    "metax": ["MetaX", "maca", "mxmaca"],
    "microsoft": ["Maia 100", "maia100"],
    "moore-threads": ["MUSA_VISIBLE_DEVICES=0", "torch_musa", "Moore Threads S4000", "MooreThreads", "mthreads-gmi"],
    "preferred-networks": ["MN-Core 2", "mncore"],
    "qualcomm": ["qaic", "AIC100"],
    "sambanova": ["SambaNova", "sambaflow"],
    "tecorigin": ["Tecorigin", "torch_sdaa", 'device("sdaa")'],
    "tenstorrent": ["Tenstorrent", "ttnn", "TT-Metalium"],
    "tesla": ["Dojo"],
    "thead": ["T-Head", 'device("ppu")', "hggc"],
}  # fmt: skip
SILENT = [
    "AMD EPYC 7763", "an AMD Ryzen", "AMD64", "linux/amd64", "hips do not lie", "whip", "chips", "hipster",
    "a cDNA library", "frontier models", "the frontier of research", "instinctively", "volumi", "ascending order",
    "ascends", "ascendant", "apple pie", "an apple", "neuron", "neurons", "<thead>", "</thead>", "thead", "ahead",
    "moore's law", "cnn", "output", "input", "macaron", "jaxtyping", "mlx5_0", "HCA=mlx5_1", "info", "mpsc", "MI5",
    "mi2", "NVIDIA H100", "CUDA_VISIBLE_DEVICES=0", "an A100", "nccl", "ml_collections", "distributed", "xpum", "",
    "plt.xlabel(x)", "xlarge", "tput setaf 1",
]  # fmt: skip
TPUS = "trained on TPUs"


def speak(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Of whom a text speaks, alone and inside a sentence."""
    return speaks("notes.md", text), speaks("notes.md", f"before, ({text}) and after")


def test_a_vendor_is_spoken_of_by_its_words() -> None:
    unheard = [
        f"{vendor}: {text!r}"
        for vendor, texts in SPOKEN.items()
        for text in texts
        if not all(vendor in vendors for vendors in speak(text))
    ]
    assert not unheard, listed("src/chipsieve/mentions.toml lacks a word for:", unheard)


def test_neighbours_speak_of_nobody() -> None:
    heard = [f"{text!r}: {sorted(set().union(*speak(text)))}" for text in SILENT if any(speak(text))]
    assert not heard, listed("a word of src/chipsieve/mentions.toml takes too much:", heard)


def test_most_words_are_one_vendors_alone() -> None:
    shared = [
        vendor for vendor, texts in SPOKEN.items() if not any(speaks("notes.md", text) == {vendor} for text in texts)
    ]
    assert not shared, listed("no word speaks of these vendors alone:", shared)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USE_ROCM=1", {"amd", "hygon"}),
        ("def is_tpu():", {"google"}),
        ("--use-npu", {"huawei"}),
        ("train_hpu_8x.sh", {"intel"}),
        ("docker.io/vendor-musa", {"moore-threads"}),
        ("is_npus2", set()),
        ("inputpus", set()),
    ],
)
def test_parts_of_names_are_words(text: str, expected: set[str]) -> None:
    assert speaks("a.py", text) == expected


def test_case_does_not_matter_but_where_it_tells() -> None:
    assert speaks("a.md", "tpu") == speaks("a.md", "TPU") == speaks("a.md", "Tpu") == {"google"}
    assert speaks("a.md", "HIP") == {"amd", "hygon"}
    assert not speaks("a.md", "hip") | speaks("a.md", "Hip")


def test_a_text_may_speak_of_several() -> None:
    assert speaks("a.md", "on TPU, Gaudi and Ascend") == {"google", "intel", "huawei"}
    assert speaks("a.md", f"AMD EPYC hosts; {TPUS}") == {"google"}


def test_each_word_counts_once_whatever_its_case() -> None:
    assert words_of("--use-Tpu use tpu_v4") == {"use", "tpu", "v4"}
    assert mentioned("", words_of("tpu_v4")) == {"google"}


@pytest.mark.parametrize("name", ["a.json", "a.txt", "deep/a.JSONL", "a.csv"])
def test_large_data_speaks_of_nobody(name: str) -> None:
    small = f'{{"text": "{TPUS}"}}\n'
    large = small + '{"text": "of the many words that a data set has, one a line"}\n' * (DATA_FROM // 60)
    assert speaks(name, small) == {"google"}
    assert len(large) > DATA_FROM
    assert speaks(name, large) == frozenset()
    assert speaks("a.md", large) == {"google"}


def test_lists_of_words_speak_of_nobody() -> None:
    listed = "\n".join(["tpu", *(f"word{number}" for number in range(LIST_FROM))])
    prose = "\n".join([TPUS, *(f"and this is line {number} of a text" for number in range(LIST_FROM))])
    assert len(prose) < DATA_FROM
    assert speaks("vocab.txt", listed) == frozenset()
    assert speaks("requirements.txt", "jax\nflax\n") == {"google"}
    assert speaks("log.txt", prose) == {"google"}
    assert speaks("words.py", listed) == {"google"}


def test_lines_that_nobody_wrote_speak_of_nobody() -> None:
    encoded = "iVBOR/" + "tpu+/" * (LONG_LINE // 5)
    assert len(encoded) > LONG_LINE
    assert speaks("a.ipynb", f'"image/png": "{encoded}"\n') == frozenset()
    assert speaks("a.ipynb", f'"image/png": "{encoded}"\n"# {TPUS}"\n') == {"google"}
    assert speaks("a.ipynb", f'"{encoded[: LONG_LINE - 10]}"\n') == {"google"}


def test_the_table_has_words_of_every_vendor_but_the_one_whose_stack_is_presumed() -> None:
    table = tomllib.loads((files("chipsieve") / "mentions.toml").read_text(encoding="utf-8"))
    vendors = {chip.vendor for chip in load_catalogue().accelerators}
    assert set(table["words"]) == vendors - {"nvidia"}
    assert set(table["phrases"]) <= vendors - {"nvidia"}
    assert set(SPOKEN) == set(table["words"])


def test_every_word_of_the_table_speaks_of_its_vendor() -> None:
    table = tomllib.loads((files("chipsieve") / "mentions.toml").read_text(encoding="utf-8"))
    for vendor, words in table["words"].items():
        beginnings = tuple(word.rstrip("*") for word in words if word.endswith("*"))
        assert len(words) == len(set(words)), vendor
        for word in words:
            longer = word.rstrip("*") + "qqq"
            assert word == word.casefold()
            assert vendor in speaks("a.md", word.rstrip("*")), word
            assert (vendor in speaks("a.md", longer)) == longer.startswith(beginnings), word


def test_paths_and_patches_count_in_a_walk(tmp_path: Path) -> None:
    texts = {
        "kernels/ascend/readme.bin": "",
        "train_hpu.py": "pass\n",
        "port.patch": "--- a/x\n+++ b/x\n+import poptorch\n",
        "old.diff": "+device = 'mlu'\n",
        "picture.svg": "tpu",
        "train.py": "# jax\n",
        ".git/rocm": "",
        "node_modules/musa/x.js": "",
    }
    assert discover(Disk.at(write(tmp_path, texts))).mentions == {"huawei", "intel", "graphcore", "cambricon"}


def test_a_patch_that_cannot_be_read_is_silent(tmp_path: Path) -> None:
    (tmp_path / "binary.patch").write_bytes(b"tpu\0tpu")
    (tmp_path / "folder.patch").mkdir()
    (tmp_path / "gone.patch").symlink_to(tmp_path / "nowhere")
    assert discover(Disk.at(tmp_path)).mentions == frozenset()


def test_of_a_very_long_patch_the_beginning_counts_and_a_gap_says_so(tmp_path: Path) -> None:
    limit, beginning, end = CHARACTERS["patch"], "+import poptorch\n+", "\nmlu\n"
    for more, vendors in ((1, {"graphcore"}), (0, {"graphcore", "cambricon"})):
        filling = "x" * (limit - len(beginning) - len(end) + more)
        (tmp_path / "port.patch").write_text(beginning + filling + end)
        found = discover(Disk.at(tmp_path))
        assert found.mentions == vendors
        assert [gap.path for gap in found.gaps] == ["port.patch"] * more

"""What do weights say, beside code or alone? Headers within their bounds, ranks by names, nothing unpickled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chipsieve.cli import main
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Reading
from chipsieve.match.matching import findings
from chipsieve.match.table import default_table
from chipsieve.sources.checkpoints import ranks, unopened
from chipsieve.sources.discovery import discover
from chipsieve.sources.disk import Disk
from chipsieve.sources.languages import languages
from chipsieve.sources.readers import read_tree

LIMIT = languages().headers["weights"]
HEADER = {
    "__metadata__": {"format": "pt"},
    "a.weight": {"dtype": "F8_E4M3", "shape": [2, 2], "data_offsets": [0, 4]},
    "a.weight_scale_inv": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]},
}


def framed(header: bytes, length: int | None = None) -> bytes:
    """A header behind its length, as the format has it."""
    return (len(header) if length is None else length).to_bytes(8, "little") + header


def readings(folder: Path) -> tuple[Reading, ...]:
    """What is read of a folder."""
    return read_tree(discover(Disk.at(folder)), default_table().vocabulary)


def found(stated: tuple[Reading, ...]) -> list[Finding]:
    """What the shipped signals see in readings."""
    return [item for one in stated for item in findings(one.facts, one.path, default_table())]


def test_a_header_says_the_number_format(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(framed(json.dumps(HEADER).encode()) + b"\xff" * 8)
    (reading,) = readings(tmp_path)
    assert [fact.value for fact in reading.facts] == ["F8_E4M3", "F32"]
    assert [(item.signal, item.value) for item in found((reading,))] == [("fp8-weights", "F8_E4M3")]
    assert reading.gaps == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "longer than the file"),
        (b"\x01\x00", "longer than the file"),
        (framed(b"{}", 2**64 - 1), "longer than the file"),
        (framed(b"{}", 3), "longer than the file"),
        (framed(b" " * (LIMIT + 1)), "longer than 4 MB"),
        (framed(b"\xff\xfe"), "no UTF-8"),
        (framed(b"{"), "no JSON"),
        (framed(b"[" * 100_000), "no JSON"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "Git LFS pointer"),
    ],
)
def test_hostile_headers_are_gaps(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "model.safetensors").write_bytes(data)
    (reading,) = readings(tmp_path)
    assert reading.facts == ()
    assert [reason in gap.reason for gap in reading.gaps] == [True]


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b"null",
        b'{"a": 1}',
        b'{"a": {"dtype": 1}}',
        b'{"a": {"dtype": ["F8_E4M3"]}}',
        b'{"dtype": "F8_E4M3"}',
    ],
)
def test_odd_headers_say_nothing(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(framed(header))
    assert found(readings(tmp_path)) == []


def test_metadata_is_no_tensor(tmp_path: Path) -> None:
    header = {"__metadata__": {"dtype": "F8_E4M3"}, "a": {"dtype": "BF16"}}
    (tmp_path / "model.safetensors").write_bytes(framed(json.dumps(header).encode()))
    assert found(readings(tmp_path)) == []


@pytest.mark.parametrize(
    ("paths", "count"),
    [
        ([f"out/checkpoint-9/rng_state_{n}.pth" for n in range(8)], 8),
        ([f"ck/random_states_{n}.pkl" for n in range(4)], 4),
        ([f"ck/__{n}_{k}.distcp" for n in range(16) for k in range(2)], 16),
        ([f"g1/zero_pp_rank_{d}_mp_rank_{m:02}_optim_states.pt" for d in range(4) for m in range(2)], 8),
        ([f"g1/bf16_zero_pp_rank_{d}_mp_rank_00_optim_states.pt" for d in range(64)], 64),
        ([f"g1/mp_rank_{m:02}_model_states.pt" for m in range(4)], 4),
        ([f"iter_0001000/mp_rank_{t:02}_{p:03}/model_optim_rng.pt" for t in range(8) for p in range(4)], 32),
        ([f"iter_0001000/mp_rank_{t:02}/model_optim_rng.pt" for t in range(2)], 2),
        ([f"step9/train/rank{n}.pt" for n in range(32)], 32),
    ],
)
def test_names_count_ranks(paths: list[str], count: int) -> None:
    stated = ranks([*paths, "README.md"])
    assert [(item.signal, item.value, item.statement and item.statement.devices) for item in found(stated)] == [
        ("checkpoint-ranks", str(count), count)
    ]
    assert {one.path for one in stated} <= {*paths}


@pytest.mark.parametrize(
    "paths",
    [
        ["rng_state.pth"],
        ["rng_state_0.pth"],
        ["rng_state_999999.pth"],
        ["ck/mp_rank_00_model_states.pt"],
        ["consolidated.00.pth", "consolidated.01.pth"],
        ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"],
        ["model-00001-of-00030.safetensors"],
        ["epoch_1.pt", "epoch_2.pt"],
        ["my_rng_state_0.pth", "my_rng_state_1.pth"],
        ["rank0.txt", "rank1.txt"],
    ],
)
def test_other_names_count_nothing(paths: list[str]) -> None:
    assert ranks(paths) == ()


def test_checkpoints_of_as_many_ranks_are_one() -> None:
    paths = [f"checkpoint-{step}/rng_state_{n}.pth" for step in range(100) for n in range(8)]
    assert len(ranks(paths)) == 1


def test_pickled_files_are_counted_and_never_opened() -> None:
    (gap,) = unopened(["b/model.pt", "a/pytorch_model.bin", "train.py"])
    assert gap.path == "a/pytorch_model.bin"
    assert gap.reason == "the first of 2 pickled files of weights or data: never opened, for opening one can run code"
    assert list(unopened(["train.py"])) == []


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin"])
def test_a_folder_of_weights_is_scanned(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(framed(json.dumps(HEADER).encode()))
    done = CliRunner().invoke(main, ["scan", str(tmp_path), "--no-cache"])
    assert done.exit_code == 0
    assert "no launch was found" in done.stdout

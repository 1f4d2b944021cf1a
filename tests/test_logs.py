"""What did a run leave behind? Devices in logs and metadata, how many there were, and the bounds of reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import chipsieve_config
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Source
from chipsieve.match.matching import findings
from chipsieve.match.table import default_table
from chipsieve.sources.discovery import discover
from chipsieve.sources.disk import Disk
from chipsieve.sources.languages import language_of, languages
from chipsieve.sources.readers import read_source, read_tree

LEFT_BEHIND = ("named-in-log", "named-in-metadata")
HEAD = languages().heads["log"]


def found(path: str, text: str) -> list[Finding]:
    """What the shipped signals see of a run's devices in a text."""
    table = default_table()
    reading = read_source(Source(path, language_of(path), text), table.vocabulary)[0]
    return [item for item in findings(reading.facts, path, table) if item.signal in LEFT_BEHIND]


def counted(path: str, text: str) -> list[tuple[str, int | None]]:
    """The devices that a text names, each with how many it counts."""
    return [(item.value, item.statement.devices if item.statement else None) for item in found(path, text)]


def table_of(device: str, count: int) -> str:
    """The rows of a device query's table."""
    return "".join(
        f"|   {n}  {device}  On   | 00000000:{26 + n:02X}:00.0 Off |\n|  {30 + n}% 40C |\n" for n in range(count)
    )


@pytest.mark.parametrize(
    ("text", "device", "devices"),
    [
        (table_of("NVIDIA A100-SXM4-80GB      ", 8), "NVIDIA A100-SXM4-80GB", 8),
        ("".join(f"GPU {n}: Tesla V100-SXM2-32GB (UUID: GPU-{n:08x}-1111-2222)\n" for n in range(4)),
         "Tesla V100-SXM2-32GB", 4),
        ("GPU 0,1,2,3: NVIDIA A100-SXM4-40GB\n", "NVIDIA A100-SXM4-40GB", 4),
        ('{"env_info": "linux\\nGPU 0,1: NVIDIA A100-SXM4-40GB\\nGCC: 9"}\n', "NVIDIA A100-SXM4-40GB", 2),
        ("".join(f"# Rank {n} on node7 device  {n} [0x{n:02x}] NVIDIA H100 80GB HBM3\n" for n in range(8)),
         "NVIDIA H100 80GB HBM3", 8),
        ("[TpuDevice(id=0, process_index=0), TpuDevice(id=31, process_index=3)]\n", "TpuDevice", 32),
        ('{"accelerators_per_node": 8, "gpu_name": "NVIDIA H200"}\n', "NVIDIA H200", 8),
        ("Using GPU: NVIDIA RTX A6000\n", "NVIDIA RTX A6000", None),
        ("2024-01-01 10:00:00 device: NVIDIA A40\n", "NVIDIA A40", None),
    ],
)  # fmt: skip
def test_a_log_counts_its_devices(text: str, device: str, devices: int | None) -> None:
    assert set(counted("train.log", text)) == {(device, devices)}


@pytest.mark.parametrize(
    "path",
    ["a.log", "slurm-12345.out", "job.err", "nohup.out", "run.o123456", "logs/rank0.txt", "log_rank0.txt", "a.log.3",
     "train.log.json", "rocm-smi.txt", "node_collect_env.txt", "results/result_0.txt"],
)  # fmt: skip
def test_what_is_a_log(path: str) -> None:
    assert language_of(path) == "log"


@pytest.mark.parametrize(
    "path", ["a.o", "catalog.txt", "logs.md", "logs/notes.md", "result.txt", "a.outline", "errors"]
)
def test_what_is_no_log(path: str) -> None:
    assert language_of(path) != "log"


def test_lines_that_differ_in_numbers_alone_are_one() -> None:
    text = "".join(f"step {n} loss 0.{n} on cuda:{n % 4} (NVIDIA A100-SXM4-80GB)\n" for n in range(5000))
    assert counted("train.log", text) == [("NVIDIA A100-SXM4-80GB", 4)]


def test_chips_that_differ_in_a_number_are_two() -> None:
    cards = ("NVIDIA GeForce RTX 3090", "NVIDIA GeForce RTX 4090", "Quadro RTX 8000", "Quadro RTX 6000")
    text = "".join(f"GPU 0: {card}\n" for card in cards)
    assert len(found("train.log", text)) == 4


def test_a_finding_stands_where_the_name_stands() -> None:
    (item,) = found("train.log", "a\r\nb\n  device: Tesla T4\n")
    assert (item.span.line, item.span.column, item.span.end_column, item.by) == (3, 11, 19, "log")


def test_a_log_of_many_ways_to_name_a_chip_is_cut() -> None:
    text = "".join(f"host{n} GPU 0: NVIDIA A100-SXM4-80GB\n" for n in range(1000))
    reading = chipsieve_config.read(Source("a.log", "log", text), default_table().vocabulary)
    assert len(reading.facts) == 100
    assert [gap.line for gap in reading.gaps] == [101]


def test_no_more_than_the_head_of_a_large_log_is_read(tmp_path: Path) -> None:
    start, line = "GPU 0: NVIDIA A100-SXM4-80GB\n", "step 1 | loss 2.3\n"
    (tmp_path / "train.log").write_text(start + line * (6 * HEAD // len(line)) + "GPU 0: Tesla T4\n", encoding="utf-8")
    (reading,) = read_tree(discover(Disk.at(tmp_path)), default_table().vocabulary)
    assert [fact.value for fact in reading.facts] == [start.strip()]
    assert [gap.reason for gap in reading.gaps] == ["a log of 6.0 MB: only the first 1 MB were read"]


@pytest.mark.parametrize(
    "path",
    [".github/ISSUE_TEMPLATE/bug.md", "docs/faq.md", "docs/install.md", "bug_report.md", "TROUBLESHOOTING.md",
     "CONTRIBUTING.md"],
)  # fmt: skip
def test_who_asks_for_a_report_ran_nothing(path: str) -> None:
    assert found(path, "Paste what it prints:\nGPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-1)\n") == []


@pytest.mark.parametrize(
    "line",
    ["- GPU: NVIDIA A100 (40GB)", "| 8 A100 | 12 h | 3.4 |", "device: NVIDIA A100-SXM4-80GB", "`10de:20b0` is an A100",
     "[smi](https://example.org/a100-sxm4-80gb)"],
)  # fmt: skip
def test_prose_that_no_device_query_prints_is_no_log(line: str) -> None:
    assert found("README.md", f"{line}\n") == []


METADATA = '{"gpu": "NVIDIA A100-SXM4-80GB", "gpu_count": 8, "cpu_count": 64, "program": "train.py"}'


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("wandb/run-1/files/wandb-metadata.json", METADATA, [("NVIDIA A100-SXM4-80GB", 8)]),
        ("wandb-metadata.json", '{"gpu": "[NVIDIA H100, NVIDIA H100]", "gpu_count": 2}', [("NVIDIA H100", 2)]),
        ("wandb-metadata.json", '{"gpu_nvidia": [{"name": "Tesla T4"}]}', [("Tesla T4", None)]),
        ("config.json", METADATA, []),
        ("wandb-metadata.json", '{"cpu_count": 8}', []),
        ("out/emissions.csv", "run,gpu_count,gpu_model\n" + "1,8,8 x NVIDIA A100-SXM4-80GB\n" * 2,
         [("NVIDIA A100-SXM4-80GB", 8)]),
        ("emissions.csv", 'a,gpu_model,gpu_count\n"x,y",1 x Tesla T4,1\n,,\n', [("Tesla T4", 1)]),
        ("emissions.csv", "", []),
        ("emissions.csv", "gpu_model\n", []),
        ("emissions.csv", '"', []),
        ("systems/node.json", '{"accelerator_model_name": "NVIDIA H100-SXM5-80GB", "accelerators_per_node": 8}',
         [("NVIDIA H100-SXM5-80GB", 8)]),
        ("systems/node.json", '{"accelerator_model_name": "N/A", "accelerators_per_node": 0}', []),
        ("system_info.json", '{"gpu_name": "NVIDIA A40", "num_gpus": 4}', [("NVIDIA A40", 4)]),
        ("hardware.json", '{"gpu_type": "any"}', []),
    ],
)  # fmt: skip
def test_metadata(path: str, text: str, expected: list[tuple[str, int | None]]) -> None:
    assert counted(path, text) == expected


def notebook(output: dict[str, object], source: str = "f()") -> str:
    """A notebook with one cell that printed this."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [output], "source": [source]}
    return json.dumps({"cells": [cell], "nbformat": 4}, indent=1)


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "text": ["hello\n", "Using GPU: Tesla T4\n"]},
        {"output_type": "stream", "text": "hello\n\tUsing GPU: Tesla T4\nbye"},
        {"output_type": "execute_result", "data": {"text/plain": ["'Tesla T4'"]}},
        {"output_type": "stream", "text": ["|   0  Tesla T4   Off  | 00000000:00:04.0 Off |      0 |\n"]},
    ],
)
def test_what_a_notebook_printed_is_a_claim(output: dict[str, object]) -> None:
    text = notebook(output)
    (item,) = found("a.ipynb", text)
    assert (item.value, item.by) == ("Tesla T4", "notebook")
    line = text.splitlines()[item.span.line - 1]
    assert line[item.span.column - 1 : item.span.end_column - 1] == "Tesla T4"


@pytest.mark.parametrize(
    "text",
    [
        notebook({"data": {"image/png": "GPU 0: Tesla T4"}}),
        notebook({"data": {"text/html": ["<b>GPU 0: Tesla T4</b>"]}}),
        notebook({"text": ["GPU 0: idle\n"]}, source="# GPU 0: Tesla T4"),
        notebook({"text": ["word " * 40 + "\n"]}),
    ],
)
def test_other_parts_of_a_notebook_are_no_log(text: str) -> None:
    assert found("a.ipynb", text) == []


def test_a_notebook_states_a_bounded_number_of_lines_it_printed() -> None:
    text = notebook({"text": [f"rank{n} cuda:0 (Tesla T4)\n" for n in range(500)] * 2})
    assert len(found("a.ipynb", text)) == 50

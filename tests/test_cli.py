"""Does the command line keep its contract: exit codes, streams, bad input?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chipsieve.cli import main
from chipsieve.commands.launchers import ROLES, launchers
from small_repositories import git

REPOS = Path(__file__).parent.parent / "fixtures" / "repos"
LARGE = str(REPOS / "hunyuan-large-2024-11-05")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["scan", "--workers", "1", *arguments])


def test_a_scan_exits_zero_whatever_it_finds() -> None:
    result = run(LARGE)
    assert result.exit_code == 0
    assert "H20" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "sarif", "html", "markdown", "github", "csv", "spdx"])
def test_same_input_same_bytes_in_every_format(form: str) -> None:
    first, second = run(LARGE, "--format", form), run(LARGE, "--format", form)
    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    assert first.stdout.endswith("\n")
    assert first.stderr == ""


def test_parallel_and_serial_scans_agree() -> None:
    serial = CliRunner().invoke(main, ["scan", "--workers", "1", "--format", "json", str(REPOS)])
    parallel = CliRunner().invoke(main, ["scan", "--workers", "2", "--format", "json", str(REPOS)])
    assert serial.exit_code == parallel.exit_code == 0
    assert serial.stdout == parallel.stdout.replace('"--workers","2"', '"--workers","1"')


def test_output_goes_to_the_file_and_nothing_to_stdout(tmp_path: Path) -> None:
    result = run(LARGE, "--format", "json", "--output", str(tmp_path / "verdict.json"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads((tmp_path / "verdict.json").read_text(encoding="utf-8"))["schema"] == "chipsieve/2"


def test_output_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    result = run(LARGE, "--output", str(tmp_path / "no" / "such" / "folder.txt"))
    assert result.exit_code == 2
    assert "folder.txt" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "bf16-training"], 1),
        (["--fail-on", "technique"], 1),
        (["--fail-on", "excludes:v100"], 1),
        (["--fail-on", "excludes:h20-96gb"], 0),
        (["--fail-on", "excludes:any"], 1),
        (["--fail-on", "names:h20"], 1),
        (["--fail-on", "names:tpu v4"], 0),
        (["--fail-on", "fp8-training"], 0),
        (["--strict-coverage"], 0),
    ],
)
def test_fail_on(arguments: Sequence[str], code: int) -> None:
    result = run(LARGE, *arguments)
    assert result.exit_code == code, result.output
    assert ("[fail-on " in result.stderr) == (code == 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--policy", "bold"], "balanced"),
        (["--format", "xml"], "sarif"),
        (["--fail-on", "bf16-trainning"], "bf16-training"),
        (["--fail-on", "excludes:chip-9000"], "chipsieve accelerators"),
        (["--link-base", "javascript:alert(1)//{path}"], "https://"),
        (["--link-base", "https://example.org/"], "{path}"),
        (["--colour"], "--colour"),
    ],
)
def test_wrong_usage_exits_two_and_says_the_mend(arguments: Sequence[str], said: str) -> None:
    result = run(LARGE, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_missing_path_exits_three(tmp_path: Path) -> None:
    result = run(str(tmp_path / "nowhere"))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "nowhere: no such file or folder" in result.stderr


def test_an_empty_folder_exits_three(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    result = run(str(tmp_path))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "nothing to scan" in result.stderr
    assert "@HEAD" not in result.stderr


def test_a_bare_clone_without_a_revision_is_answered_with_what_to_type(tmp_path: Path) -> None:
    git(tmp_path, "init", "--bare", "mirror.git")
    result = run(str(tmp_path / "mirror.git"))
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.endswith(f"name a revision, {tmp_path / 'mirror.git'}@HEAD\n")


BROKEN = {
    "broken.py": "def f(:\n    pass\n",
    "python2.py": "print 'hello'\n",
    "broken.json": '{"bf16": {"enabled": true}, "zero_optimization": {"stage": 3',
    "broken.yaml": "a: [1, 2\nb: {{ x }}\n",
    "broken.sh": "if true; then\n  torchrun train.py --bf16\n",
    "broken.toml": "a = = 1\n",
    "broken.ipynb": '{"cells": [',
    "deep.json": "[" * 100_000,
    "deep.py": "x = " + "(" * 5_000 + ")" * 5_000 + "\n",
    "long.py": "x = " + "+".join(["a"] * 5_000) + "\n",
    "nul.py": "x = 1\0\n",
    "empty.py": "",
    "empty.sh": "",
    "empty.json": "",
    "name\nwith\x1b[31mescapes.py": "import torch\n",
}


def test_bad_files_are_gaps_and_cost_nobody_else_a_finding(tmp_path: Path) -> None:
    for name, text in BROKEN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "large.json").write_bytes(b'{"a": "' + b"x" * 50_000_000 + b'"}')
    (tmp_path / "loop").symlink_to(tmp_path)
    arguments = "from transformers import TrainingArguments\nif __name__ == '__main__':\n    TrainingArguments('out')\n"
    (tmp_path / "train.py").write_text(arguments, encoding="utf-8")
    (tmp_path / "train.sh").write_text("torchrun --nproc_per_node 8 train.py --bf16\n", encoding="utf-8")
    result = run(str(tmp_path), "--format", "json")
    assert result.exit_code == 0, result.output
    verdict = json.loads(result.stdout)
    gaps = {gap["path"] for gap in verdict["gaps"]}
    assert {
        "broken.py",
        "python2.py",
        "broken.json",
        "broken.toml",
        "broken.ipynb",
        "deep.json",
        "nul.py",
        "large.json",
        "loop",
    } <= gaps
    assert not {"empty.py", "empty.sh", "train.py", "train.sh"} & gaps
    assert all(gap["reason"] and "Traceback" not in gap["reason"] for gap in verdict["gaps"])
    assert "v100-sxm2-32gb" not in verdict["repository"]["possible"]
    assert run(str(tmp_path), "--strict-coverage").exit_code == 4
    assert "\x1b" not in run(str(tmp_path)).stdout


def test_an_internal_error_exits_seventy_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by us")

    monkeypatch.setattr("chipsieve.api.scan", broken)
    result = run(LARGE, "--no-cache")
    assert result.exit_code == 70
    assert "internal error: ZeroDivisionError: by us" in result.stderr
    assert "Traceback" not in result.stderr


def test_help_has_an_example() -> None:
    for command in (["--help"], ["scan", "--help"], ["accelerators", "--help"]):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0
        assert "Example" in result.stdout


def test_accelerators_filters_and_refuses_unknown_facts() -> None:
    listed = CliRunner().invoke(main, ["accelerators", "--where", "bf16_native=true", "--format", "json"])
    assert listed.exit_code == 0
    ids = {chip["id"] for chip in json.loads(listed.stdout)}
    assert "h20-96gb" in ids
    assert "v100-sxm2-32gb" not in ids
    refused = CliRunner().invoke(main, ["accelerators", "--where", "bf16_nativ=true"])
    assert refused.exit_code == 2
    assert "bf16_native" in refused.stderr


def test_explain_takes_a_name_and_shows_the_lines_that_exclude() -> None:
    explained = CliRunner().invoke(main, ["explain", "V100-32GB", LARGE])
    assert explained.exit_code == 0
    said = " ".join(explained.stdout.split())
    assert "(v100-sxm2-32gb), Tesla V100S PCIe 32GB (v100s-pcie-32gb) are excluded for " in said
    assert "train/train.sh:53" in explained.stdout
    possible = CliRunner().invoke(main, ["explain", "h20-96gb", LARGE])
    assert "(h20-96gb) remains possible" in possible.stdout
    assert "README.md:5" in possible.stdout
    refused = CliRunner().invoke(main, ["explain", "h2o", LARGE])
    assert refused.exit_code == 2
    assert "chipsieve accelerators" in refused.stderr


def test_signals_are_listed_and_shown() -> None:
    listed = CliRunner().invoke(main, ["signals"])
    assert "bf16-training" in listed.stdout
    shown = CliRunner().invoke(main, ["signals", "gpudirect-settings"])
    assert "prove nothing" in shown.stdout
    assert "    export NCCL_P2P_DISABLE=0\n" in shown.stdout
    refused = CliRunner().invoke(main, ["signals", "bf16-trainin"])
    assert refused.exit_code == 2
    assert "did you mean 'bf16-training'" in refused.stderr


def test_every_role_that_launchers_toml_has_words_for_can_be_asked_for() -> None:
    assert {role for role, _ in launchers().roles} == set(ROLES) - {"other"}


def test_further_formats_are_written_from_the_same_run(tmp_path: Path) -> None:
    also = ("--also", f"json={tmp_path / 'a.json'}", "--also", f"markdown={tmp_path / 'a.md'}")
    result = run(LARGE, *also)
    assert result.exit_code == 0
    assert "\nneeds  " in result.stdout
    for name, form in (("a.json", "json"), ("a.md", "markdown")):
        printed = run(LARGE, *also, "--format", form).stdout
        assert (tmp_path / name).read_text(encoding="utf-8") == printed, "of the same run, so with its command"


@pytest.mark.parametrize("text", ["xml=a.xml", "json", "json="])
def test_a_further_format_needs_a_name_that_there_is_and_a_file(text: str) -> None:
    result = run(LARGE, "--also", text)
    assert result.exit_code == 2
    assert "markdown" in result.stderr


TWO_LAUNCHES = {
    "train.sh": "torchrun train.py --bf16\n",
    "eval/evaluate.sh": "python evaluate.py --fp16\n",
    "train.py": "import torch\n",
    "eval/evaluate.py": "import torch\n",
}


def tree_of(folder: Path, files: Mapping[str, str]) -> str:
    """The path of a folder with such files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


def test_one_launch_speaks_alone(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, TWO_LAUNCHES)
    whole = json.loads(run(tree, "--format", "json").stdout)
    assert whole["repository"]["main"] == "train.sh:1"
    asked = json.loads(run(tree, "--format", "json", "--launch", "eval/evaluate.sh:1").stdout)
    assert asked["repository"]["main"] == "eval/evaluate.sh:1"
    assert asked["repository"]["main_reason"] == "it was asked for"
    assert len(asked["repository"]["possible"]) == len(asked["repository"]["remaining"])
    assert [one["id"] for one in asked["launches"]] == [one["id"] for one in whole["launches"]]
    text = run(tree, "--launch", "eval/evaluate.sh:1").stdout
    assert "the launch to look at first is eval/evaluate.sh:1" in text
    assert "no training launch" not in text


def test_a_launch_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    result = run(tree_of(tmp_path, TWO_LAUNCHES), "--launch", "eval/evaluate.sh:7")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "those that there are: eval/evaluate.sh:1, train.sh:1" in result.stderr


def test_several_paths_are_scanned_one_after_the_other(tmp_path: Path) -> None:
    first, second = tree_of(tmp_path / "a", TWO_LAUNCHES), tree_of(tmp_path / "b", {"train.py": "import torch\n"})
    done = run(first, second)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"==> {first} <==\n{run(first).stdout}==> {second} <==\n{run(second).stdout}"
    marked = run(first, second, "--format", "markdown").stdout
    assert marked.startswith(f"# `{first}`\n\n## ")
    lines = [json.loads(line) for line in run(first, second, "--format", "jsonl").stdout.splitlines()]
    assert [line["root"] for line in lines if line["kind"] == "repository"] == ["a", "b"]


@pytest.mark.parametrize("arguments", [["--format", "json"], ["--output", "x.txt"], ["--also", "json=x.json"]])
@pytest.mark.parametrize("form", [[], ["--format", "jsonl"]])
def test_several_paths_go_to_standard_output(arguments: list[str], form: list[str], tmp_path: Path) -> None:
    tree = tree_of(tmp_path, TWO_LAUNCHES)
    done = run(tree, tree, *form, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "text, markdown, jsonl" in done.stderr


def test_the_exit_code_of_several_paths_is_the_worst(tmp_path: Path) -> None:
    good = tree_of(tmp_path / "good", TWO_LAUNCHES)
    bad = tree_of(tmp_path / "bad", {"broken.json": '{"bf16": {"enabled": tru'})
    gone = str(tmp_path / "gone")
    assert run(gone, good).exit_code == 3
    assert "==>" in run(gone, good).stdout
    assert run(good, gone, bad, "--strict-coverage").exit_code == 4
    assert run(good, gone, bad, "--strict-coverage", "--fail-on", "bf16-training").exit_code == 1


@pytest.mark.parametrize(
    "files",
    [
        {"LICENSE.txt": "Permission is hereby granted, free of charge, to any person.\n"},
        {"README.md": "# Recipes\nFlour, water, salt.\n", "bread.png": "x"},
    ],
)
def test_texts_that_say_nothing_cannot_be_judged(files: Mapping[str, str], tmp_path: Path) -> None:
    tree = tree_of(tmp_path, files)
    done = run(tree)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "nothing here can be judged" in done.stderr
    assert "nothing" in run(str(tmp_path / next(iter(files)))).stderr


@pytest.mark.parametrize(
    "files", [{"README.md": "Trained on 64 H100 GPUs.\n"}, {"setup.cfg": "[x]\n"}, {"x.py": "print(1)\n"}]
)
def test_what_says_something_is_judged(files: Mapping[str, str], tmp_path: Path) -> None:
    assert run(tree_of(tmp_path, files)).exit_code == 0


def test_trusted_names_are_those_of_schedulers_not_of_prose_or_tables(tmp_path: Path) -> None:
    (tmp_path / "job.slurm").write_text("#!/bin/bash\n#SBATCH --gres=gpu:h100:8\npython train.py\n", encoding="utf-8")
    table = "".join(f"    {number}e12,\n" for number in (989, 312, 125, 2500))
    train = f"# We have an A100.\nPEAK = [\n{table}]\nif __name__ == '__main__':\n    print(PEAK)\n"
    (tmp_path / "train.py").write_text(train, encoding="utf-8")
    trusted = json.loads(run(str(tmp_path), "--trust-names", "--format", "json").stdout)["repository"]
    assert trusted["possible"]
    assert all(chip.startswith("h100-") for chip in trusted["possible"])
    assert trusted["conflict"] is None
    (tmp_path / "job.slurm").write_text("#!/bin/bash\npython train.py\n", encoding="utf-8")
    hinted = json.loads(run(str(tmp_path), "--trust-names", "--format", "json").stdout)["repository"]
    assert any(chip.startswith("v100") for chip in hinted["possible"])

"""Does a report, sieved, say what a scan says? chipsieve's own SARIF is the report whose findings are all known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from chipsieve import scan
from chipsieve.api import sieve
from chipsieve.border.sarif import write
from chipsieve.cli import main
from chipsieve.configuration.file import Config
from chipsieve.match.matcher import place_of
from chipsieve.tables import TableError

REPOS = sorted(path for path in (Path(__file__).parents[1] / "fixtures/repos").iterdir() if path.is_dir())
EXAMPLE = next(path for path in REPOS if path.name.startswith("hunyuan-large"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The example's findings as SARIF."""
    path = tmp_path / "example.sarif"
    path.write_text(json.dumps(write(scan(EXAMPLE, workers=1))), encoding="utf-8")
    return path


@pytest.mark.parametrize("root", REPOS, ids=lambda root: root.name)
@pytest.mark.parametrize("scope", ["launch", "tree"])
def test_our_own_report_gives_the_same_verdict(tmp_path: Path, root: Path, scope: str) -> None:
    scanned = scan(root, scope=scope, workers=1)
    path = tmp_path / "own.sarif"
    path.write_text(json.dumps(write(scanned)), encoding="utf-8")
    sieved = sieve([path, path], root, scope=scope, workers=1)
    reported = {place_of(item) for item in scanned.findings}
    words_of_others = [
        item for one in scanned.launches for item, _ in one.launch.findings if place_of(item) not in reported
    ]
    if not words_of_others:  # else linking found more than any file says, and the report cannot hold it
        assert (sieved.possible, sieved.remaining, sieved.main) == (
            scanned.possible, scanned.remaining, scanned.main,
        )  # fmt: skip
        assert sieved.launches == scanned.launches
    assert set(scanned.possible) <= set(sieved.possible)
    own = tuple(item for item in sieved.findings if place_of(item) in reported)
    assert own == scanned.findings  # besides, what linking made of words of a launch
    assert {place_of(item) for item in sieved.findings} - reported <= {place_of(item) for item in words_of_others}


def test_a_report_that_leaves_findings_out_says_so_when_it_is_sieved(tmp_path: Path) -> None:
    (tmp_path / "train.sh").write_text("export NCCL_DEBUG=INFO\ntorchrun train.py --bf16\n", encoding="utf-8")
    (tmp_path / "train.py").write_text("import torch\n", encoding="utf-8")
    path = tmp_path / "short.sarif"
    assert run("scan", tmp_path, "--output", path).exit_code == 0
    said = run("sieve", path, "--root", tmp_path, "--format", "json").stdout
    assert "--sarif-level all" in said


def test_the_example_says_the_same_either_way(report: Path) -> None:
    sieved, scanned = sieve([report], EXAMPLE, workers=1), scan(EXAMPLE, workers=1)
    assert sieved.launches == scanned.launches
    assert len(sieved.possible) < len(sieved.accelerators)


def test_without_a_root_nothing_is_excluded(report: Path) -> None:
    verdict = sieve([report])
    assert len(verdict.possible) == len(verdict.accelerators)
    assert {standing for one in verdict.launches for _, standing in one.launch.findings} == {"optional"}
    assert verdict.findings


def test_without_a_root_a_tree_is_taken_by_eye(report: Path) -> None:
    verdict = sieve([report], scope="tree", policy="paper")
    assert verdict.possible == scan(EXAMPLE, scope="tree", policy="paper", workers=1).possible


def test_half_a_report_excludes_no_more(report: Path) -> None:
    document = json.loads(report.read_text(encoding="utf-8"))
    whole = sieve([report], EXAMPLE, workers=1)
    document["runs"][0]["results"] = document["runs"][0]["results"][::2]
    report.write_text(json.dumps(document), encoding="utf-8")
    assert set(whole.possible) <= set(sieve([report], EXAMPLE, workers=1).possible)


def test_the_command_writes_every_format(report: Path) -> None:
    text = run("sieve", report, "--root", EXAMPLE)
    assert text.exit_code == 0, text.output
    assert "\nneeds " in text.stdout
    parsed: dict[str, Any] = json.loads(run("sieve", report, "--root", EXAMPLE, "--format", "json").stdout)
    assert parsed["schema"] == "chipsieve/2"
    assert parsed["repository"]["main"].startswith("train/train.sh")


def test_what_is_not_ours_is_told_on_stderr(report: Path) -> None:
    document = json.loads(report.read_text(encoding="utf-8"))
    document["runs"][0]["results"].append({"ruleId": "eval-used", "message": {"text": "eval"}})
    report.write_text(json.dumps(document), encoding="utf-8")
    done = run("sieve", report, "--root", EXAMPLE)
    assert done.exit_code == 0
    assert "1 result of rule chipsieve eval-used: no signal of chipsieve's" in done.stderr
    assert "without --root" in run("sieve", report).stderr


def test_a_report_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "x.sarif").write_text("{", encoding="utf-8")
    done = run("sieve", tmp_path / "x.sarif")
    assert done.exit_code == 2
    assert "x.sarif: not valid JSON" in done.stderr


def test_a_root_that_is_not_there(report: Path, tmp_path: Path) -> None:
    assert run("sieve", report, "--root", tmp_path / "gone").exit_code == 3


def test_a_report_on_another_tree_is_wrong_usage(report: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.py").write_text("x = 1\n", encoding="utf-8")
    result = run("sieve", report, "--root", other)
    assert (result.exit_code, result.stdout) == (2, "")
    count = len(scan(EXAMPLE, workers=1).findings)
    assert f"example.sarif: 0 of {count} results lie in this tree; wrong --root?" in result.stderr
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    (other / "README.md").write_text("x\n" * readme.count("\n"), encoding="utf-8")  # called alike, as in every tree
    assert run("sieve", report, "--root", other).exit_code == 2
    (other / "README.md").write_text(readme, encoding="utf-8")
    assert run("sieve", report, "--root", other).exit_code == 0


def test_without_a_root_no_files_are_counted(report: Path) -> None:
    shown = run("sieve", report)
    assert "Coverage: no tree was read." in run("sieve", report, "-v").stdout
    assert "0 files found" not in shown.stdout
    assert "without --root nobody can tell what takes effect" in shown.stderr


def test_a_report_on_a_file_that_is_left_out_counts_with_no_ignore_alone(report: Path) -> None:
    config = Config(exclude=("train/",), folder=EXAMPLE.resolve(), where="chipsieve.toml")
    left_out, overridden = (
        sieve([report], EXAMPLE, config=replace(config, honour_ignores=honoured), workers=1)
        for honoured in (True, False)
    )
    assert not any(item.path.startswith("train/") for item in left_out.findings)
    assert overridden.findings == sieve([report], EXAMPLE, workers=1).findings


def test_fail_on(report: Path) -> None:
    assert run("sieve", report, "--root", EXAMPLE, "--fail-on", "excludes:v100").exit_code == 1
    assert run("sieve", report, "--fail-on", "excludes:v100").exit_code == 0


def test_rules_are_where_the_command_says() -> None:
    home = Path(run("rules").stdout.strip())
    beside = map(Path, run("rules", "--beside-readers").stdout.splitlines())
    assert {*beside} == {*home.glob("*.yaml")} - {home / "shell.yaml"}
    assert Path(run("rules", "--ruff").stdout.strip()).name == "chipsieve.toml"


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(TableError, match="semgrep"):
        scan(EXAMPLE, engines=("semgrap",))

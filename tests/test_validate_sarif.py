"""Does the check with the SARIF multitool find what it should, and say so when it cannot be made?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import validate_sarif
from npm_packages import Unavailable
from validate_sarif import CANARY, faults, install, main

RULES = [
    {"id": "SARIF2002", "messageStrings": {"Note": {"text": "{0}: use an id in {1}"}}},
    {"id": "GH1015", "messageStrings": {"Error": {"text": "{0} has no location"}}},
]


def result(name: str, rule: str, level: str | None, message: str) -> dict[str, Any]:
    place = {"physicalLocation": {"artifactLocation": {"uri": f"file:///reports/{name}"}}}
    levels = {} if level is None else {"level": level}
    return {
        "ruleId": rule, **levels, "locations": [place],
        "message": {"id": message, "arguments": ["runs[0]", "message"]},
    }  # fmt: skip


CAUGHT = result(CANARY, "GH1015", "error", "Error")


def judged(*results: dict[str, Any], finished: bool = True) -> dict[str, Any]:
    driver = {"name": "Sarif.Multitool", "rules": RULES}
    invocations = [{"executionSuccessful": finished}]
    return {"runs": [{"tool": {"driver": driver}, "results": list(results), "invocations": invocations}]}


def test_expected_notes_are_no_faults() -> None:
    assert faults(judged(CAUGHT, result("a.sarif", "SARIF2002", "note", "Note"))) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (result("a b.sarif", "GH1015", "error", "Error"), "a b.sarif: error GH1015: runs[0] has no location"),
        (result("a.sarif", "GH1015", "note", "Error"), "a.sarif: note GH1015: runs[0] has no location"),
        (result("a.sarif", "SARIF2002", "error", "Note"), "a.sarif: error SARIF2002: runs[0]: use an id in message"),
        (result("a.sarif", "SARIF2002", None, "Note"), "a.sarif: warning SARIF2002: runs[0]: use an id in message"),
        (result("a.sarif", "NEW1/sub", "note", "?"), "a.sarif: note NEW1: "),
    ],
)
def test_anything_else_is_one(found: dict[str, Any], said: str) -> None:
    assert faults(judged(CAUGHT, found)) == [said]


def test_a_tool_that_is_blind_or_stops_is_one() -> None:
    assert faults(judged()) == ["the multitool finds no error in a file that has one"]
    assert faults(judged(CAUGHT, finished=False)) == ["the multitool did not finish"]


@pytest.fixture
def without_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(validate_sarif, "TOOL", tmp_path / "not-there")


@pytest.mark.usefixtures("without_npm")
@pytest.mark.parametrize(("environment", "arguments", "code"), [("", [], 0), ("1", [], 1), ("", ["--required"], 1)])
def test_without_npm_the_check_is_left_out_where_it_may(
    environment: str, arguments: list[str], code: int,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("CI", environment)
    assert main(arguments) == code
    assert "not checked with the multitool: npm is not installed" in capsys.readouterr().err


def test_npm_that_fails_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no route to host' >&2\nexit 1\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(validate_sarif, "HOME", tmp_path / "home")
    monkeypatch.setattr(validate_sarif, "TOOL", tmp_path / "not-there")
    with pytest.raises(Unavailable, match="no route to host"):
        install()


def test_a_report_of_each_tree_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trees = validate_sarif.TREES[:2]
    monkeypatch.setattr(validate_sarif, "TREES", trees)
    validate_sarif.write_reports(tmp_path)
    written = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*.sarif")}
    assert written.keys() == {*(tree.name for tree in trees), "clone", Path(CANARY).stem}
    (run,) = written["clone"]["runs"]
    assert run["versionControlProvenance"][0]["repositoryUri"] == "https://github.com/chipsieve/chipsieve"


def test_every_tree_is_checked() -> None:
    assert {"hunyuan-large-2024-11-05", "mixed-vendors", "hostile"} <= {tree.name for tree in validate_sarif.TREES}

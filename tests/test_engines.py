"""Does a scan with Semgrep say what a scan without it says, and what when Semgrep fails?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.api import sieve
from chipsieve.border.semgrep import running
from chipsieve.border.semgrep.running import SemgrepError, find_semgrep, rules_home, run_semgrep
from chipsieve.match.matcher import place_of

EXAMPLE = Path(__file__).parents[1] / "fixtures/repos/hunyuan-large-2024-11-05"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The example with what Semgrep passes over by default: a test folder, a silenced line, ignored files."""
    root = shutil.copytree(EXAMPLE, tmp_path / "tree")
    (root / "tests").mkdir()
    (root / "tests/run.py").write_text("import torch\nx = torch.bfloat16  # nosemgrep\n", encoding="utf-8")
    (root / "broken.json").write_text('{"bf16": {{ on }} ]', encoding="utf-8")
    (root / ".semgrepignore").write_text("*\n", encoding="utf-8")
    (root / "node_modules").mkdir()
    (root / "node_modules/x.py").write_text("import torch\nx = torch.bfloat16\n", encoding="utf-8")
    return root


@pytest.mark.costly
def test_semgrep_beside_our_readers_changes_no_verdict(tree: Path) -> None:
    without, both = scan(tree, workers=1), scan(tree, engines=("semgrep", "visitors"), workers=1)
    assert (both.possible, both.remaining, both.main) == (without.possible, without.remaining, without.main)
    assert set(map(place_of, without.findings)) <= set(map(place_of, both.findings))
    (ours,) = (item.engine for item in without.findings if item.path == "tests/run.py")
    engines = {item.span.line: item.engine for item in both.findings if item.path == "tests/run.py"}
    assert engines == {2: "+".join(sorted([ours, "semgrep"]))}
    assert any(gap.path == "broken.json" and gap.reason.startswith("semgrep:") for gap in both.gaps)
    assert not any(item.path.startswith("node_modules") for item in both.findings)


@pytest.mark.costly
def test_semgrep_alone_gives_the_same_verdict_here(tree: Path) -> None:
    alone = scan(tree, engines=("semgrep",), workers=1)
    assert alone.possible == scan(tree, workers=1).possible
    assert {item.engine for item in alone.findings} == {"semgrep"}
    assert len(alone.possible) < len(alone.accelerators)


@pytest.mark.costly
def test_its_json_sieved_is_the_same_as_the_engine(tree: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps(run_semgrep(tree, [rules_home()], leave_out=["node_modules"])), encoding="utf-8")
    sieved, alone = sieve([report], tree, workers=1), scan(tree, engines=("semgrep",), workers=1)
    assert sieved.launches == alone.launches
    assert sieved.findings == alone.findings


def test_a_missing_semgrep_is_an_error_that_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PROGRAMS", ("no-such-semgrep",))
    with pytest.raises(SemgrepError, match=r"pip install 'chipsieve\[semgrep\]'"):
        scan(EXAMPLE, engines=("semgrep",), workers=1)


@pytest.mark.slow
def test_rules_that_cannot_be_loaded_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SemgrepError):
        run_semgrep(EXAMPLE, [tmp_path / "none.yaml"])


def test_the_program_beside_this_python_is_taken() -> None:
    assert find_semgrep().is_file()

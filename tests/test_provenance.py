"""Can two who compare reports see whether they looked at the same tree, with the same tool, in the same way?"""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

import verdicts
from chipsieve import __version__, scan
from chipsieve.api import sieve
from chipsieve.cli import main
from chipsieve.report import FORMATS, render
from chipsieve.report.provenance import command_line, provenance_record, provenance_words
from chipsieve.report.saved_report import compared_verdict
from chipsieve.report.sentence import sentence
from chipsieve.sieve.comparing import compare
from chipsieve.sources.contents import Origin
from small_trees import RUN, TRAIN, write

COMMAND = ("scan", "-v", "my tree", "--also", "json=a.json")
ORIGIN = Origin("https://github.com/o/n", "sub", "main", modified=True)
WHOLE = verdicts.verdict(origin=ORIGIN)
ID = "0123456789abcdef0123456789abcdef01234567"


def test_in_words() -> None:
    made = f"chipsieve {__version__}, catalogue 2026-11-22"
    assert provenance_words(WHOLE, COMMAND) == (
        f"{made}, commit {ID} of 2024-11-05, branch main, from https://github.com/o/n, folder sub, with local changes; "
        "command: chipsieve scan -v 'my tree' --also json=a.json"
    )
    assert provenance_words(WHOLE, COMMAND, short=True) == f"{made}, commit 0123456 of 2024-11-05, with local changes"
    as_committed = replace(WHOLE, origin=Origin(modified=False))
    assert provenance_words(as_committed, ()) == f"{made}, commit {ID} of 2024-11-05, as committed"
    assert provenance_words(verdicts.verdict(), ()) == f"{made}, commit {ID} of 2024-11-05"
    assert provenance_words(verdicts.empty(), ()) == f"{made}, no commit is known"


def test_in_a_record() -> None:
    assert provenance_record(WHOLE, COMMAND) == {
        "version": __version__, "catalogue": "2026-11-22", "commit": {"id": ID, "day": "2024-11-05"}, "modified": True,
        "branch": "main", "remote": "https://github.com/o/n", "folder": "sub", "command": [*COMMAND],
    }  # fmt: skip
    unknown = provenance_record(verdicts.empty(), ())
    assert {name for name, value in unknown.items() if value is None} == {
        "commit", "modified", "branch", "remote", "command",
    }  # fmt: skip


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_format_says_it(form: str) -> None:
    text = render(WHOLE, form, command=COMMAND).replace("\\", "")
    said = " ".join(text.split())
    wanted = (__version__, "2026-11-22", ID, "2024-11-05", "my tree")
    assert [one for one in wanted if one not in said] == []
    assert "with local changes" in said or '"modified":true' in said or '"modified": true' in said
    assert render(WHOLE, form) == render(WHOLE, form), "a program has no command"
    assert "command: chipsieve" not in render(WHOLE, form)


def test_the_screen_has_it_on_one_line() -> None:
    text = render(WHOLE, "text", detail="digest", command=COMMAND)
    (line,) = [line for line in text.splitlines() if line.startswith("provenance  ")]
    assert line == f"provenance  {provenance_words(WHOLE, (), short=True)}"
    assert "provenance" not in render(WHOLE, "text", detail="sentence")


def test_the_paragraph_does_not_call_changed_files_a_commit() -> None:
    assert sentence(WHOLE).startswith("example at commit 0123456 of 2024-11-05 with local changes: ")
    assert sentence(verdicts.verdict()).startswith("example at commit 0123456 of 2024-11-05: ")
    before, after = compared_verdict(verdicts.verdict()), compared_verdict(WHOLE)
    assert compare(before, after).nothing, "what differs is compared line by line"


def test_each_row_of_a_table_says_it() -> None:
    for form in ("csv", "evidence-csv"):
        rows = list(csv.DictReader(StringIO(render(WHOLE, form, command=COMMAND))))
        assert {row["provenance"] for row in rows} == {provenance_words(WHOLE, COMMAND)}


def test_sarif_has_a_place_for_it() -> None:
    (run,) = json.loads(render(WHOLE, "sarif", command=COMMAND))["runs"]
    known = {"repositoryUri": "https://github.com/o/n", "revisionId": ID, "branch": "main"}
    assert run["versionControlProvenance"] == [{**known, "mappedTo": {"uriBaseId": "REPOROOT"}}]
    bases = run["originalUriBaseIds"]
    assert (bases["%SRCROOT%"]["uri"], bases["%SRCROOT%"]["uriBaseId"]) == ("sub/", "REPOROOT")
    assert "uri" not in bases["REPOROOT"], "where it lies on this machine concerns nobody"
    (invocation,) = run["invocations"]
    assert (invocation["commandLine"], invocation["arguments"]) == (command_line(COMMAND), [*COMMAND])
    assert run["properties"]["chipsieve/provenance"] == provenance_record(WHOLE, COMMAND)


def test_sarif_invents_no_address() -> None:
    for origin in (Origin(branch="main", modified=False), Origin("https://github.com/o/n")):
        bare = verdicts.verdict(origin=origin, commit=None) if origin.remote else verdicts.verdict(origin=origin)
        (run,) = json.loads(render(bare, "sarif"))["runs"]
        assert "versionControlProvenance" not in run
        assert not {"commandLine", "arguments"} & run["invocations"][0].keys()


def test_paths_count_from_what_was_scanned() -> None:
    (run,) = json.loads(render(verdicts.verdict(origin=Origin("https://github.com/o/n")), "sarif"))["runs"]
    assert run["versionControlProvenance"][0]["mappedTo"] == {"uriBaseId": "%SRCROOT%"}
    assert run["originalUriBaseIds"].keys() == {"%SRCROOT%"}
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"] for one in run["results"]]
    assert {one["uriBaseId"] for one in places} == {"%SRCROOT%"}
    assert {one["uri"] for one in places} >= {"run.sh", "train.py"}


def test_a_command_is_one_line_that_a_shell_takes() -> None:
    assert command_line(("scan", "a b", "x;rm")) == "chipsieve scan 'a b' 'x;rm'"
    assert command_line(("scan", "a\nb\x1b[1m\u202ecaf\udce9")) == "chipsieve scan 'a\\nb\\x1b[1m\\u202ecaf\\udce9'"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write(tmp_path / "tree", {"run.sh": RUN, "train.py": TRAIN})
    monkeypatch.chdir(tmp_path)
    return root


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *who, *arguments]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)


def asked(*arguments: str) -> dict[str, object]:
    shown = CliRunner().invoke(main, [*arguments])
    assert shown.exit_code == 0, shown.output
    made: dict[str, object] = json.loads(shown.stdout)["provenance"]
    return made


def test_the_words_are_those_that_were_typed(tree: Path) -> None:
    words = ("scan", "--format=json", "--workers", "1", "--policy", "strict", "--", tree.name)
    assert asked(*words)["command"] == [*words]
    findings = tree.parent / "a.sarif"
    findings.write_text(render(scan(tree, workers=1), "sarif", sarif_level="all"))
    judging = ("sieve", findings.name, "--root", tree.name, "--format", "json", "--workers", "1")
    assert asked(*judging)["command"] == [*judging]


def test_what_leaves_as_sarif_comes_back_from_a_part_of_a_repository(tree: Path) -> None:
    git(tree.parent, "init", "-q")
    git(tree.parent, "add", ".")
    git(tree.parent, "commit", "-qm", "one")
    before = scan(tree, workers=1)
    assert before.origin.folder == "tree"
    report = tree.parent / "a.sarif"
    report.write_text(render(before, "sarif", sarif_level="all"))
    after = sieve([report], tree, workers=1)
    places = [(one.signal, one.path, one.span.line) for one in before.findings]
    assert [(one.signal, one.path, one.span.line) for one in after.findings] == places
    assert places
    assert not [gap for gap in after.gaps if not gap.notice]


def test_a_password_in_an_address_is_left_out(tree: Path) -> None:
    base = "https://user:secret@example.org/{path}"
    words = ("scan", "--format", "json", "--workers", "1", f"--link-base={base}", tree.name)
    shown = CliRunner().invoke(main, [*words]).stdout
    assert "secret" not in shown
    assert json.loads(shown)["provenance"]["command"][-2] == "--link-base=https://example.org/{path}"


def test_a_program_has_no_command(tree: Path) -> None:
    assert json.loads(render(scan(tree, workers=1), "json"))["provenance"]["command"] is None


def _another_commit(root: Path) -> None:
    write(root, {"x.py": "1\n"})
    git(root, "add", ".")
    git(root, "commit", "-qm", "two")


CHANGES: dict[str, Callable[[Path], object]] = {
    "another commit": _another_commit,
    "a changed file": lambda root: (root / "run.sh").write_text("#\n"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_two_who_compare_see_whether_it_was_the_same_tree(tree: Path, change: Callable[[Path], object]) -> None:
    git(tree, "init", "-q", "-b", "main")
    git(tree, "remote", "add", "origin", "https://u:secret@github.com/o/n.git")
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "one")
    words = ("scan", "--format", "json", "--workers", "1", tree.name)
    first = asked(*words)
    git(tree.parent, "clone", "-q", "tree", "elsewhere/tree")
    git(tree.parent / "elsewhere/tree", "remote", "set-url", "origin", "git@github.com:o/n.git")
    second = CliRunner().invoke(main, [*words[:-1], "elsewhere/tree"])
    same = json.loads(second.stdout)["provenance"]
    assert {**same, "command": first["command"]} == first
    assert (first["remote"], first["modified"], first["branch"]) == ("https://github.com/o/n", False, "main")
    change(tree)
    assert asked(*words) != first

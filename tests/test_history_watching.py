"""Does a scheduled run say what is new, all of it and nothing else, and lose nothing when a run fails?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from chipsieve.cli import main
from chipsieve.retrospect import history as history_of
from chipsieve.timeline.life import History
from chipsieve.timeline.news import SCHEMA
from small_repositories import Made, built, git, unjudged

HCA, GDR, RUN = "export NCCL_IB_HCA=mlx5_0\n", "export NCCL_NET_GDR_LEVEL=2\n", "torchrun train.py\n"
BEGIN = (Made("start", {"run.sh": HCA + GDR + RUN}), Made("take", {"run.sh": GDR + RUN}))
THEN = (*BEGIN, Made("more", {"b.sh": HCA}), Made("less", {"run.sh": RUN}))
SIDE = Made("side", {"run.sh": HCA + RUN}, after=["start"], ref="refs/heads/side")


def run(*arguments: str | Path, form: str = "json") -> Result:
    """Run `chipsieve history`, as a scheduled job does."""
    return CliRunner().invoke(main, ["history", "--workers", "1", "--format", form, *map(str, arguments)])


def document_of(*arguments: str | Path) -> dict[str, Any]:
    """The document of a run that must succeed."""
    done = run(*arguments)
    assert done.exit_code in (0, 1), done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def lives(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The states of variables, with their files."""
    return {(life["state"], life["variable"], life["last"]["path"]) for life in document["lives"] if life["variable"]}


@pytest.fixture
def watched(tmp_path: Path) -> tuple[Path, Path]:
    """A repository of two commits, and a state file that is not there yet."""
    built(tmp_path / "r", BEGIN)
    return tmp_path / "r", tmp_path / "state.json"


def test_the_first_run_tells_all_the_second_nothing_and_the_next_what_came(watched: tuple[Path, Path]) -> None:
    root, state = watched
    first = document_of("--state", state, root)
    assert lives(first) == lives(document_of(root)) == {
        ("removed", "NCCL_IB_HCA", "run.sh"), ("present", "NCCL_NET_GDR_LEVEL", "run.sh"),
    }  # fmt: skip
    assert first["commits"]["new"] is None
    written = state.read_bytes()
    second = document_of("--state", state, root)
    assert (second["lives"], second["rewritten"], second["commits"]["new"]) == ([], [], [])
    assert state.read_bytes() == written
    ids = built(root, THEN)
    third = document_of("--state", state, root)
    assert lives(third) == {("present", "NCCL_IB_HCA", "b.sh"), ("removed", "NCCL_NET_GDR_LEVEL", "run.sh")}
    assert third["commits"]["new"] == sorted([ids["more"], ids["less"]])
    assert [answer["commit"]["subject"] for answer in third["answers"]][-1] == "less"
    assert document_of("--state", state, root)["lives"] == []


def test_without_a_state_every_run_tells_all(watched: tuple[Path, Path]) -> None:
    root, state = watched
    assert run(root).stdout == run(root).stdout
    assert not state.exists()


def test_what_is_merged_later_is_told_when_it_is_merged(tmp_path: Path) -> None:
    """Its commits are known from the branch by then; that they lead to the tip is new."""
    built(tmp_path, [BEGIN[0], SIDE, Made("main", {"c.sh": "true\n"}, after=["start"])])
    before = unjudged(tmp_path)
    assert before.in_state("removed") == ()
    built(tmp_path, [
        BEGIN[0], SIDE, Made("main", {"c.sh": "true\n"}, after=["start"]),
        Made("merge", {"run.sh": HCA + RUN}, after=["main", "side"]),
    ])  # fmt: skip
    after = unjudged(tmp_path, reported=before.refs)
    assert [(life.variable, life.removed and life.removed.subject) for life in after.in_state("removed")] == [
        ("NCCL_NET_GDR_LEVEL", "side"), ("NCCL_NET_GDR_LEVEL", "side"),
    ]  # fmt: skip
    assert unjudged(tmp_path, reported=after.refs).lives == ()


def rewritten(history: History) -> tuple[str, ...]:
    assert history.news is not None
    return history.news.rewritten


def test_rewritten_history_is_said(tmp_path: Path) -> None:
    ids = built(tmp_path, [*THEN, SIDE])
    refs = unjudged(tmp_path).refs
    assert rewritten(unjudged(tmp_path, reported=refs)) == ()
    git(tmp_path, "update-ref", "refs/heads/main", ids["take"])
    assert rewritten(unjudged(tmp_path, reported=refs)) == ("HEAD", "refs/heads/main", "tip")
    git(tmp_path, "update-ref", "refs/heads/kept", ids["less"])
    assert rewritten(unjudged(tmp_path, reported=refs)) == ("HEAD", "refs/heads/main", "tip"), "wherever it is kept"
    git(tmp_path, "update-ref", "refs/heads/main", ids["less"])
    git(tmp_path, "update-ref", "-d", "refs/heads/side")
    assert rewritten(unjudged(tmp_path, reported=refs)) == ("refs/heads/side",)
    git(tmp_path, "reflog", "expire", "--expire=now", "--all")
    git(tmp_path, "gc", "-q", "--prune=now")
    assert rewritten(unjudged(tmp_path, reported=refs)) == ("refs/heads/side",), "also when its commits are gone"


def test_a_rewritten_branch_ends_with_1_and_a_rewritten_pull_request_does_not(watched: tuple[Path, Path]) -> None:
    folder, state = watched
    arguments = (folder, "--state", state, "--exit-code")
    git(folder, "update-ref", "refs/pull/7/head", git(folder, "commit-tree", "HEAD^{tree}", "-m", "theirs"))
    run(*arguments)
    assert run(*arguments).exit_code == 0
    git(folder, "update-ref", "refs/pull/7/head", git(folder, "commit-tree", "HEAD^{tree}", "-m", "theirs, anew"))
    assert run(*arguments).exit_code == 0
    git(folder, "update-ref", "refs/heads/main", git(folder, "commit-tree", "HEAD^{tree}", "-m", "written anew"))
    assert run(*arguments).exit_code == 1


def test_a_branch_that_grows_is_merged_or_goes_after_that_is_not_rewritten(tmp_path: Path) -> None:
    ids = built(tmp_path, BEGIN)
    git(tmp_path, "update-ref", "refs/heads/done", ids["start"])
    git(tmp_path, "tag", "-a", "-m", "x", "v1", ids["take"])
    refs = unjudged(tmp_path).refs
    assert refs["refs/tags/v1"] == ids["take"]
    built(tmp_path, THEN)
    git(tmp_path, "update-ref", "-d", "refs/heads/done")
    for asked in ({}, {"since": "2030-01-01"}, {"paths": ("nowhere",)}, {"revisions": "main~1"}):
        assert rewritten(unjudged(tmp_path, reported=refs, **asked)) == (), asked


def test_what_a_report_says_of_a_rewritten_reference_is_in_every_form(watched: tuple[Path, Path]) -> None:
    root, state = watched
    document_of("--state", state, root)
    git(root, "update-ref", "refs/heads/main", "main~1")
    kept = state.read_bytes()
    assert document_of("--state", state, root)["rewritten"] == ["HEAD", "refs/heads/main", "tip"]
    state.write_bytes(kept)
    assert "refs/heads/main no longer leads to the commit" in " ".join(
        run("--state", state, root, form="text").stdout.split()
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not valid JSON"), ("{", "not valid JSON"), ("[" * 100_000, "not valid JSON"),
        ("\udcff", "not valid JSON"),
        ("[]", "no state of"), ('{"schema": "chipsieve/2"}', "no state of"),
        (f'{{"schema": "{SCHEMA}", "repositories": 3}}', "not a whole state"),
        (f'{{"schema": "{SCHEMA}", "repositories": {{"x": {{"HEAD": 1}}}}}}', "not a whole state"),
    ],
)  # fmt: skip
def test_a_broken_state_is_said_and_left_alone(watched: tuple[Path, Path], text: str, reason: str) -> None:
    root, state = watched
    state.write_text(text, encoding="utf-8", errors="surrogateescape")
    written = state.read_bytes()
    done = run("--state", state, root)
    assert (done.exit_code, done.stdout) == (2, "")
    assert reason in done.stderr
    assert state.read_bytes() == written


def test_a_state_that_names_no_commits_is_a_first_run_of_what_is_there(watched: tuple[Path, Path]) -> None:
    root, state = watched
    odd = {"HEAD": "--all", "refs/heads/main": "x\ny", "tip": "0" * 40, "refs/heads/a b": "HEAD"}
    state.write_text(json.dumps({"schema": SCHEMA, "repositories": {str(root): odd}}), encoding="utf-8")
    document = document_of("--state", state, root)
    assert len(document["commits"]["new"]) == 2
    assert document["rewritten"] == sorted(odd)


def test_a_run_that_fails_reports_again(watched: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The state is written when the report is, and no sooner."""
    root, state = watched

    def fail(*_: object, **__: object) -> str:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr("chipsieve.report.timeline_records.as_json", fail)
        assert run("--state", state, root).exit_code == 70
    assert not state.exists()
    assert lives(document_of("--state", state, root))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this platform has no device that is full")
def test_a_report_that_nobody_got_is_made_again(watched: tuple[Path, Path]) -> None:
    root, state = watched
    assert run("--state", state, "--output", "/dev/full", root).exit_code == 2
    command = [sys.executable, "-m", "chipsieve", "history", "--state", str(state), str(root)]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode != 0
    assert not state.exists()


def test_a_state_is_written_whole_or_not_at_all(watched: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root, state = watched
    document_of("--state", state, root)
    built(root, THEN)
    before = state.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Path, "replace", fail)
    done = run("--state", state, root)
    assert done.exit_code == 2
    assert "cannot be written: no room" in done.stderr
    assert state.read_bytes() == before
    assert sorted(path.name for path in state.parent.iterdir()) == ["r", "state.json"], "nothing half written is left"


def test_a_state_may_be_read_by_others_as_other_files_are(watched: tuple[Path, Path]) -> None:
    root, state = watched
    mask = os.umask(0o022)
    try:
        document_of("--state", state, root)
    finally:
        os.umask(mask)
    assert state.stat().st_mode & 0o777 == 0o644


def test_a_link_to_a_state_stays_a_link(watched: tuple[Path, Path]) -> None:
    root, state = watched
    (state.parent / "there").mkdir()
    state.symlink_to("there/state.json")
    document_of("--state", state, root)
    assert state.is_symlink()
    assert (state.parent / "there" / "state.json").is_file()


def test_a_state_that_cannot_be_written_is_said_before_the_run(watched: tuple[Path, Path]) -> None:
    root, state = watched
    done = run("--state", state.parent / "nowhere" / "state.json", root)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "there is no folder" in done.stderr


def test_one_state_keeps_several_repositories(tmp_path: Path) -> None:
    built(tmp_path / "a", BEGIN)
    built(tmp_path / "b", BEGIN)
    state = tmp_path / "state.json"
    both = ("--state", state, tmp_path / "a", tmp_path / "b")
    assert run(*both, form="jsonl").stdout.count('"kind":"repository"') == 2
    assert json.loads(state.read_text(encoding="utf-8"))["repositories"].keys() == {f"{tmp_path}/a", f"{tmp_path}/b"}
    built(tmp_path / "b", THEN)
    rows = [json.loads(line) for line in run(*both, form="jsonl").stdout.splitlines()]
    assert [row.get("root", row["kind"]) for row in rows][:2] == ["a", "b"]
    assert {row["last"]["path"] for row in rows if row["kind"] == "life"} == {"run.sh", "b.sh"}


def test_one_that_is_missing_costs_the_others_nothing(tmp_path: Path) -> None:
    built(tmp_path / "a", BEGIN)
    state = tmp_path / "state.json"
    done = run("--state", state, tmp_path / "nowhere", tmp_path / "a", form="jsonl")
    assert done.exit_code == 3
    assert "no git repository" in done.stderr
    assert '"kind":"repository"' in done.stdout
    assert list(json.loads(state.read_text(encoding="utf-8"))["repositories"]) == [f"{tmp_path}/a"]


def test_the_exit_code_says_whether_something_was_removed_since(watched: tuple[Path, Path]) -> None:
    root, state = watched
    codes = [run("--exit-code", "--state", state, root).exit_code for _ in range(2)]
    built(root, THEN)
    codes += [run("--exit-code", "--state", state, root).exit_code for _ in range(2)]
    assert codes == [1, 0, 1, 0]
    assert run(root).exit_code == 0
    assert run("--exit-code", "--rev", "main~3", root).exit_code == 0


def test_a_program_watches_by_the_references_that_it_was_given(tmp_path: Path) -> None:
    built(tmp_path, BEGIN)
    refs = history_of(tmp_path, workers=1).refs
    ids = built(tmp_path, THEN)
    news = history_of(tmp_path, workers=1, reported=refs).news
    assert news is not None
    assert news.commits == {ids["more"], ids["less"]}

"""Does a hostile repository run nothing, stop nothing, and act on nothing that a history is shown on?"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from click.testing import CliRunner

from chipsieve.cli import main
from chipsieve.report.style import Style
from chipsieve.report.timeline_formats import FORMATS, render_history
from chipsieve.sources import commit_graph, commits
from chipsieve.sources.git import GitError
from chipsieve.timeline.life import History
from page_parser import Page
from small_repositories import ATTRIBUTES, H800, Made, built, git, history_of, remove, trapped, unjudged
from small_trees import write

HCA, GDR = "export NCCL_IB_HCA=mlx5_0\n", "export NCCL_NET_GDR_LEVEL=2\n"
EVERYTHING = Style(detail="everything")


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A repository that would like to run a program, and the file that the program makes."""
    root = tmp_path / "trap.git"
    ids = built(root, [
        Made("start", {"run.sh": HCA + GDR, "README.md": H800, ".gitattributes": ATTRIBUTES, ".mailmap": "a <a@b>\n"}),
        Made("take", {"run.sh": GDR}), Made("rename", {"run.sh": None, "b.sh": GDR + "echo\n"}),
    ])  # fmt: skip
    remove(root, f"{ids['start']}:.mailmap")
    sprung = trapped(root, tmp_path)
    yield root, sprung
    assert not sprung.exists()
    assert not (tmp_path / "trace").exists()


def test_nothing_that_a_repository_configures_is_run(trap: tuple[Path, Path], tmp_path: Path) -> None:
    root, sprung = trap
    write(tmp_path / "further", {".git": f"gitdir: {root}\n"})
    for where in (root, tmp_path / "further"):
        for options in ([], ["--rev", "HEAD~1..HEAD"], ["--since", "2024-01-02"], ["--paths", "run.sh"]):
            done = CliRunner().invoke(main, ["history", "--no-cache", *options, str(where)])
            assert done.exit_code == 0, done.output
            assert not sprung.exists(), options
    lives = history_of(root).lives
    assert [life.removed.subject for life in lives if life.variable == "NCCL_IB_HCA" and life.removed] == [
        "take", "take",
    ]  # fmt: skip


def test_nothing_that_a_repository_configures_changes_what_is_told(tmp_path: Path) -> None:
    built(tmp_path, [
        Made("start", {"run.sh": HCA + GDR, "README.md": H800}), Made("rename", {"run.sh": None, "b.sh": HCA + GDR}),
        Made("side", {"b.sh": HCA}, ref="refs/heads/side"), Made("main", {"b.sh": GDR}, after=["rename"]),
        Made("merge \u00e4", {"b.sh": "true\n"}, after=["main", "side"]),
    ])  # fmt: skip
    expected = unjudged(tmp_path)
    for key, value in {
        "i18n.logOutputEncoding": "UTF-16", "log.date": "relative", "log.diffMerges": "off", "diff.renames": "false",
        "diff.renameLimit": "1", "core.quotePath": "true", "diff.orderFile": "/etc/hostname", "log.decorate": "full",
        "format.pretty": "oneline", "log.follow": "true", "log.showRoot": "false", "color.ui": "always",
        "core.abbrev": "4", "transfer.hideRefs": "refs/heads", "core.warnAmbiguousRefs": "false",
    }.items():  # fmt: skip
        git(tmp_path, "config", key, value)
    assert unjudged(tmp_path) == expected
    assert expected.tip.subject == "merge \u00e4"


def test_the_traps_are_real(trap: tuple[Path, Path]) -> None:
    """Else that nothing ran would show nothing."""
    root, sprung = trap
    tried = (["git", "cat-file", "-p", "HEAD~2:.mailmap"], ["git", "log", "-p", "--ext-diff"])
    for arguments in tried:
        subprocess.run(arguments, cwd=root, capture_output=True, check=False, timeout=60)
        assert sprung.exists(), arguments
        sprung.unlink()


def test_objects_of_other_repositories_are_not_read(tmp_path: Path) -> None:
    built(tmp_path / "secret", [Made("secret", {"run.sh": HCA})])
    git(tmp_path, "clone", "-q", "--bare", "--shared", "secret", "shared.git")
    with pytest.raises(GitError, match="the repository has no commit"):
        history_of(tmp_path / "shared.git")
    built(tmp_path / "own", [Made("own", {"b.sh": GDR})])
    write(tmp_path, {"own/objects/info/alternates": "../../secret/objects\n"})
    secret = git(tmp_path / "secret", "rev-parse", "HEAD")
    write(tmp_path, {"own/refs/heads/borrowed": f"{secret}\n"})
    history = history_of(tmp_path / "own")
    assert {life.variable for life in history.lives} == {"NCCL_NET_GDR_LEVEL"}
    assert [moment.subject for moment in history.commits] == ["own"]


@pytest.mark.parametrize("target", ["../nowhere", "/etc", "", "\0", "x" * 5000])
def test_a_git_file_that_points_at_no_repository_is_said(tmp_path: Path, target: str) -> None:
    write(tmp_path / "r", {".git": f"gitdir: {target}\n"})
    done = CliRunner().invoke(main, ["history", str(tmp_path / "r")])
    assert (done.exit_code, done.stdout) == (3, "")
    assert "no git repository" in done.stderr


NAMES = (
    "a\x1b[31m<script>alert(1)<\nscript>\n::error::x\u202egnp|`@octocat.sh", os.fsdecode(b"caf\xe9.sh"), "=cmd().sh",
    "-rf.sh", "##[error]x.sh", "c:d 50%#?.sh", "\u2066\u061c.sh", "x\x01\x02:y.sh", ":100644 000000.sh",
)  # fmt: skip
SUBJECT = (
    "\x1b]0;owned\x07 ::error file=x::owned <img src=x onerror=alert(1)> | [a](https://e.org) @octocat "
    "\u202e\u2066 =1+1 `x` ##[error]x \x01y\x02z www.e.org"
)
REFS = ("refs/heads/--help", "refs/heads/$(touch${IFS}x)", "refs/heads/\u202egnp", "refs/pull/1/head", "refs/x/HEAD")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> History:
    """A history whose paths, lines, subjects and references try to act."""
    folder = tmp_path_factory.mktemp("hostile")
    root = folder / "<b>\x1b[1m::error::root.git"
    tricky = f"{HCA}export NCCL_NET_GDR_LEVEL='::error::\x1b[31m</pre><script>'\n"
    named = "We trained on H800 GPUs \u202e::error:: <b>.\n"
    lines = dict.fromkeys(NAMES, tricky)
    widths = range(3, 60, 7)  # one of them wraps before the command
    commands = [Made(f"c{one}", {"README.md": named * one}, subject=f"{'x' * one} ::error::{one}") for one in widths]
    sides = [Made(f"s{one}", {"s.sh": HCA * one}, subject=SUBJECT, ref=ref) for one, ref in enumerate(REFS, 1)]
    built(root, [
        Made("start", {**lines, "README.md": named}, subject=SUBJECT), *commands,
        Made("take", {**dict.fromkeys(NAMES), "README.md": "x\n"}, subject=SUBJECT), *sides,
        Made("more", {"ok.sh": GDR}, after=["take"]),
    ])  # fmt: skip
    return history_of(root)


def test_the_hostile_history_was_read(hostile: History) -> None:
    """Else that nothing escapes would show nothing."""
    assert {life.last.path for life in hostile.in_state("removed")} == {*NAMES, "README.md"}
    assert {life.ref for life in hostile.lives if life.state == "elsewhere"} <= set(REFS)
    assert set(REFS) <= hostile.refs.keys()
    assert hostile.gaps == ()


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_acts_in_any_format(hostile: History, form: str) -> None:
    text = render_history(hostile, form, EVERYTHING)
    assert {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} <= {"\n"}
    assert text.encode("utf-8")
    for line in text.splitlines():
        assert not line.lstrip().startswith(("::", "##["))


def test_markup_is_shown_and_never_parsed(hostile: History) -> None:
    text = render_history(hostile, "html", EVERYTHING)
    page = Page(text)
    assert page.open == []
    assert page.elements.isdisjoint({"script", "img", "b", "link", "iframe", "object", "a"})
    assert page.attributes.isdisjoint({"src", "href", "onerror", "onclick"})
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import", text)
    assert "<img src=x onerror=alert(1)>" in "".join(page.text)


def test_a_comment_mentions_nobody_and_links_nowhere(hostile: History) -> None:
    text = render_history(hostile, "markdown", EVERYTHING)
    assert not re.search(r"@\w|://\w|www\.\w|(?<!\\)[<\[]|(?<!\\)\|", text.replace("<!-- -->", "\0"))


def test_no_cell_is_a_formula(hostile: History) -> None:
    head, *rows = csv.reader(io.StringIO(render_history(hostile, "csv", EVERYTHING)))
    assert len(rows) == len(hostile.lives)
    assert all(len(row) == len(head) and not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_what_a_program_reads_is_as_it_was_committed(hostile: History) -> None:
    document = json.loads(render_history(hostile, "json", EVERYTHING))
    assert {life["last"]["path"] for life in document["lives"] if life["state"] == "removed"} == {*NAMES, "README.md"}
    assert {life["removed"]["subject"] for life in document["lives"] if life["removed"]} >= {SUBJECT}


def raw_commit(root: Path, tree: str, parents: list[str], when: str) -> str:
    """A commit as nobody's git writes it."""
    who = (f"author x <x> {when}", f"committer x <x> {when}")
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents), *who]
    text = "\n".join([*lines, "", "odd", ""])
    return git(root, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", text=text)


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("0 +0000", "1970-01-01"), ("99999999999 +0000", "5138-11-16"), ("253402300799 +1400", ""), ("-5 +0000", ""),
        ("99999999999999999999 +0000", None), ("1 -9999", "1969-12-27"), ("never", ""), ("", ""),
        ("1704110400 +999999", None), ("1704153599 +0000", "2024-01-01"), ("1704153599 +0100", "2024-01-02"),
    ],
)  # fmt: skip
def test_no_day_stops_a_history(tmp_path: Path, when: str, day: str | None) -> None:
    ids = built(tmp_path, [Made("start", {"run.sh": HCA + GDR}), Made("take", {"run.sh": GDR})])
    tree = git(tmp_path, "rev-parse", "HEAD^{tree}")
    odd = raw_commit(tmp_path, tree, [ids["take"]], when)
    git(tmp_path, "update-ref", "refs/heads/main", odd)
    history = unjudged(tmp_path)
    assert history.tip.id == odd
    assert day is None or history.tip.day == day
    assert {life.removed.id for life in history.in_state("removed") if life.removed} == {ids["take"]}
    for form in FORMATS:
        assert len(render_history(history, form, EVERYTHING)) < 100_000


@pytest.mark.slow
def test_a_hundred_thousand_references_take_seconds(tmp_path: Path) -> None:
    ids = built(tmp_path, [
        Made("start", {"run.sh": HCA + GDR}), Made("take", {"run.sh": GDR}),
        Made("side", {"b.sh": HCA}, ref="refs/x/y"),
    ])  # fmt: skip
    names = sorted(f"refs/pull/{number}/head" for number in range(100_000))
    rows = [f"{ids[('start', 'take', 'side')[number % 3]]} {name}" for number, name in enumerate(names)]
    write(tmp_path, {"packed-refs": "\n".join(["# pack-refs with: peeled fully-peeled sorted ", *rows, ""])})
    begin = monotonic()
    history = unjudged(tmp_path)
    again = unjudged(tmp_path, reported=history.refs)
    render_history(history, "json", EVERYTHING)
    assert monotonic() - begin < 30
    assert len(history.refs) == 100_004
    assert len(history.commits) == 3
    assert history.in_state("removed")
    assert again.news is not None
    assert (again.news.commits, again.news.rewritten) == (frozenset(), ())


def test_an_octopus_of_a_thousand_parents_is_followed(tmp_path: Path) -> None:
    arms = [Made(f"arm {number}", {f"{number}.sh": f"echo {number}\n"}, after=["start"]) for number in range(1000)]
    arms[500] = arms[500]._replace(files={"500.sh": HCA})
    grown = {f"{number}.sh": f"echo {number}\n" for number in range(0, 1000, 300)}
    built(tmp_path, [
        Made("start", {"run.sh": GDR}), *arms,
        Made("octopus", {"500.sh": HCA, **grown}, after=[one.name for one in arms]),
        Made("take", {"500.sh": "true\n"}),
    ])  # fmt: skip
    history = unjudged(tmp_path)
    assert len(history.commits) == 1003
    lives = {
        (life.first and life.first.subject, life.removed and life.removed.subject)
        for life in history.in_state("removed")
    }
    assert lives == {("arm 500", "take")}
    assert history.gaps == ()


def test_limits_of_the_walk_are_gaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path, [Made(f"c{number}", {"run.sh": HCA * (number + 1)}) for number in range(6)])
    monkeypatch.setattr(commits, "COMMITS", 4)
    history = unjudged(tmp_path)
    assert [gap.reason for gap in history.gaps] == ["the newest 4 commits were walked, older ones were not"]
    assert {life.first for life in history.lives} == {None}
    monkeypatch.undo()
    monkeypatch.setattr(commits, "CHANGES", 7)
    assert [gap.reason for gap in unjudged(tmp_path).gaps] == ["the newest 3 commits were walked, older ones were not"]
    monkeypatch.undo()
    monkeypatch.setattr(commit_graph, "PARENTS", 3)
    assert [gap.reason for gap in unjudged(tmp_path).gaps] == [
        "commits with more than 3 parents together: the others are not known"
    ]
    monkeypatch.undo()
    assert unjudged(tmp_path).gaps == ()

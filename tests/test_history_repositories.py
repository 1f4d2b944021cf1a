"""Is every kind of repository looked at, and is what a clone lacks never said to be removed?"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from chipsieve.sources import git as git_room
from chipsieve.sources.commit_graph import BROKEN
from chipsieve.sources.commits import SHALLOW, WITHOUT_CONTENTS
from chipsieve.sources.contents import LFS
from chipsieve.sources.git import GitError
from chipsieve.timeline.life import History, State
from chipsieve.timeline.sayings import LACKING
from small_repositories import Made, built, commit, git, history_of, objects_of, remove, unjudged
from small_trees import write

HCA, GDR, RUN = "export NCCL_IB_HCA=mlx5_0\n", "export NCCL_NET_GDR_LEVEL=2\n", "torchrun train.py\n"
START, TAKE = Made("start", {"run.sh": HCA + GDR + RUN}), Made("take", {"run.sh": GDR + RUN})
SIMPLE = (START, TAKE, Made("other", {"b.sh": "true\n"}))
PARTIAL = "folder not in this clone, which is partial or damaged"


def states(history: History, variable: str = "NCCL_IB_HCA") -> set[tuple[State, str | None, str | None]]:
    """What became of a variable: its state, and the commits that began and ended it."""
    return {
        (life.state, life.first and life.first.subject, life.removed and life.removed.subject)
        for life in history.lives if life.variable == variable
    }  # fmt: skip


def reasons(history: History) -> set[str]:
    return {gap.reason for gap in history.gaps}


def lives(history: History) -> list[tuple[object, ...]]:
    return [
        (life.signal, life.state, *(one and one.id for one in (life.first, life.removed))) for life in history.lives
    ]


def test_clones_of_every_kind_tell_the_same(tmp_path: Path) -> None:
    built(tmp_path / "made", SIMPLE)
    expected = lives(unjudged(tmp_path / "made"))
    assert len(expected) > 3
    git(tmp_path, "clone", "-q", "made", "tree")
    git(tmp_path, "clone", "-q", "--bare", "made", "bare.git")
    git(tmp_path, "clone", "-q", "--mirror", "made", "mirror")
    git(tmp_path / "tree", "worktree", "add", "-q", "-b", "further", str(tmp_path / "further"))
    git(tmp_path / "mirror", "gc", "-q")
    for where in ("tree", "tree/.git", "bare.git", "mirror", "further"):
        history = unjudged(tmp_path / where)
        assert lives(history) == expected, where
        assert history.gaps == (), where
    assert [unjudged(tmp_path / where).root for where in ("tree", "tree/.git", "bare.git")] == ["tree", "tree", "bare"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_mirror_of_another_user_is_read(tmp_path: Path) -> None:
    built(tmp_path / "made", SIMPLE)
    expected = lives(unjudged(tmp_path / "made"))
    for path in (tmp_path / "made", *(tmp_path / "made").rglob("*")):
        os.chown(path, 65534, 65534)
    with pytest.raises(subprocess.CalledProcessError):
        git(tmp_path / "made", "log")
    assert lives(unjudged(tmp_path / "made")) == expected


def test_a_further_work_tree_stands_at_its_own_commit(tmp_path: Path) -> None:
    built(tmp_path / "made", SIMPLE)
    git(tmp_path, "clone", "-q", "made", "tree")
    git(tmp_path / "tree", "worktree", "add", "-q", "--detach", str(tmp_path / "further"), "HEAD~2")
    assert states(unjudged(tmp_path / "further")) == {("present", "start", None)}


def test_a_detached_head_is_the_tip(tmp_path: Path) -> None:
    ids = built(tmp_path, SIMPLE)
    (tmp_path / "HEAD").write_text(f"{ids['start']}\n", encoding="ascii")
    history = unjudged(tmp_path)
    assert history.tip.id == ids["start"]
    assert states(history) == {("present", "start", None)}
    assert len(history.commits) == 3


def test_without_a_head_the_newest_branch_stands_for_today(tmp_path: Path) -> None:
    ids = built(tmp_path, [*SIMPLE, Made("side", {"c.sh": "true\n"}, ref="refs/heads/side")], head="unborn")
    assert unjudged(tmp_path).tip.id == ids["side"]


def test_repositories_with_other_ids_are_read(tmp_path: Path) -> None:
    ids = built(tmp_path, SIMPLE, "--object-format=sha256")
    history = history_of(tmp_path)
    assert states(history) == {("removed", "start", "take")}
    assert len(ids["take"]) == 64
    assert history.judged > 1


def test_a_repository_without_a_commit_and_no_repository_are_said(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "empty")
    with pytest.raises(GitError, match="the repository has no commit"):
        unjudged(tmp_path / "empty")
    with pytest.raises(GitError, match="no git repository, so there is no history"):
        unjudged(tmp_path)


def test_replacements_and_grafts_change_nothing(tmp_path: Path) -> None:
    ids = built(tmp_path, SIMPLE)
    expected = lives(unjudged(tmp_path))
    git(tmp_path, "replace", ids["take"], ids["start"])
    write(tmp_path, {"info/grafts": f"{ids['other']} {ids['start']}\n"})
    history = unjudged(tmp_path)
    assert [life for life in lives(history) if life[1] != "elsewhere"] == expected
    above = [moment.subject for moment in history.commits if moment.id in history.ancestors]
    assert above == ["other", "take", "start"]


def test_what_a_shallow_clone_lacks_is_older_than_all(tmp_path: Path) -> None:
    built(tmp_path / "made", [*SIMPLE, Made("new", {"c.sh": HCA})])
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{tmp_path}/made", "shallow")
    history = unjudged(tmp_path / "shallow")
    assert reasons(history) == {SHALLOW}
    assert states(history, "NCCL_NET_GDR_LEVEL") == {("present", None, None)}
    assert states(history) == {("present", "new", None)}
    whole = unjudged(tmp_path / "made")
    assert states(whole, "NCCL_NET_GDR_LEVEL") == {("present", "start", None)}
    assert whole.gaps == ()


# What was not read: the contents that are taken out of the repository, and what may be said then.
EDIT, BACK = Made("edit", {"run.sh": GDR + RUN + "echo\n"}), Made("back", {"run.sh": HCA + GDR + RUN + "echo\n"})


@pytest.mark.parametrize(
    ("commits", "lacking", "expected"),
    [
        ((START, TAKE), (), ("removed", "start", "take")),
        ((START, TAKE), ("take:run.sh",), ("unread", "start", None)),
        ((START, TAKE, SIMPLE[-1]), ("take:run.sh",), ("unread", "start", None)),
        ((START, TAKE, EDIT), ("take:run.sh",), ("removed", "start", None)),
        ((START, TAKE, EDIT), ("edit:run.sh",), ("removed", "start", "take")),
        ((START, TAKE, BACK), ("take:run.sh",), ("present", "start", None)),
        ((START, BACK), ("start:run.sh",), ("present", None, None)),
        ((START, BACK, TAKE), ("start:run.sh",), ("removed", None, "take")),
        ((START, Made("delete", {"run.sh": None})), (), ("removed", "start", "delete")),
        ((START, Made("rename", {"run.sh": None, "new.sh": RUN})), (), ("removed", "start", "rename")),
        ((START, Made("rename", {"run.sh": None, "new.sh": RUN})), ("rename:new.sh",), ("unread", "start", None)),
        ((START, Made("rename", {"run.sh": None, "a.png": RUN})), ("rename:a.png",), ("removed", "start", "rename")),
    ],
)  # fmt: skip
def test_lines_of_a_content_that_was_not_read_are_not_said_to_be_removed(
    tmp_path: Path, commits: tuple[Made, ...], lacking: tuple[str, ...], expected: tuple[str, str | None, str | None]
) -> None:
    ids = built(tmp_path, commits)
    remove(tmp_path, *(f"{ids[name.partition(':')[0]]}:{name.partition(':')[2]}" for name in lacking))
    history = unjudged(tmp_path)
    assert states(history) == {expected}
    assert (LACKING in reasons(history)) == any(not name.endswith(".png") for name in lacking)


def test_a_merge_with_a_content_that_was_not_read_removes_nothing(tmp_path: Path) -> None:
    ids = built(tmp_path, [
        START, Made("side", {"b.sh": "true\n"}, ref="refs/heads/side"),
        Made("main", {"c.sh": "true\n"}, after=["start"]),
        Made("merge", {"run.sh": GDR + RUN, "b.sh": "true\n"}, after=["main", "side"]),
    ])  # fmt: skip
    assert states(unjudged(tmp_path)) == {("removed", "start", "merge")}
    remove(tmp_path, f"{ids['merge']}:run.sh")
    assert states(unjudged(tmp_path)) == {("unread", "start", None)}


def test_a_clone_without_contents_tells_of_the_tip_alone_and_removes_nothing(tmp_path: Path) -> None:
    built(tmp_path / "made", [*SIMPLE, Made("rename", {"run.sh": None, "new.sh": GDR + RUN + "echo\n"})])
    git(tmp_path / "made", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{tmp_path}/made", "partial")
    history = history_of(tmp_path / "partial")
    assert {(life.variable, life.state, life.first) for life in history.lives if life.variable} == {
        ("NCCL_NET_GDR_LEVEL", "present", None)
    }
    assert {WITHOUT_CONTENTS, f"{LACKING} (2 contents)"} <= reasons(history)
    assert [answer.moment.subject for answer in history.answers][-1] == "rename"


def test_a_clone_without_folders_says_where_it_ends(tmp_path: Path) -> None:
    built(tmp_path / "made", SIMPLE)
    git(tmp_path / "made", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=tree:0", f"file://{tmp_path}/made", "treeless")
    history = history_of(tmp_path / "treeless")
    assert BROKEN in reasons(history)
    assert history.in_state("removed") == ()
    assert states(history, "NCCL_NET_GDR_LEVEL") == {("present", None, None)}


def test_a_folder_of_the_tip_that_is_lacking_is_a_gap_and_removes_nothing(tmp_path: Path) -> None:
    ids = built(tmp_path, [
        Made("start", {"a/run.sh": HCA, "b.sh": GDR}), Made("both", {"a/run.sh": HCA + RUN, "b.sh": RUN}),
    ])  # fmt: skip
    assert states(unjudged(tmp_path)) == {("present", "start", None)}
    remove(tmp_path, f"{ids['both']}:a")
    history = unjudged(tmp_path)
    assert PARTIAL in reasons(history)
    assert history.in_state("removed") == ()


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (f"{LFS.decode()}v1\noid sha256:4d7a\nsize 12345\n", "a Git LFS pointer: the content lies elsewhere"),
        ("#!/bin/sh\0\0\n", "binary content: not read"),
        ("echo nothing much\n" * 250_000, "larger than 4 MB: not read"),
    ],
)  # fmt: skip
def test_what_becomes_something_that_is_not_read_is_not_said_to_be_removed(
    tmp_path: Path, later: str, reason: str
) -> None:
    built(tmp_path, [START, Made("store", {"run.sh": later})])
    history = unjudged(tmp_path)
    assert states(history) == {("unread", "start", None)}
    assert reason in reasons(history)


IMPORT, SET = "import os\n", 'os.environ["NCCL_IB_HCA"] = "mlx5_0"\n'
BROKEN_OFF = "def train(:\n    pass\n"


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (IMPORT + SET + BROKEN_OFF, ("unread", "start", None)),
        (IMPORT + BROKEN_OFF, ("removed", "start", "break")),
        (IMPORT + SET + "def train():\n    pass\n", ("present", "start", None)),
    ],
)
def test_a_line_that_no_reader_understands_any_more_is_not_said_to_be_removed(
    tmp_path: Path, later: str, expected: tuple[str, str, str | None]
) -> None:
    built(tmp_path, [Made("start", {"a.py": IMPORT + SET}), Made("break", {"a.py": later})])
    assert states(unjudged(tmp_path)) == {expected}


def test_a_line_that_becomes_readable_is_as_old_as_its_text(tmp_path: Path) -> None:
    closed = IMPORT + SET + SET.replace("IB_HCA", "IB_TC")
    built(tmp_path, [Made("broken", {"a.py": IMPORT + SET + BROKEN_OFF}), Made("closed", {"a.py": closed})])
    history = unjudged(tmp_path)
    assert states(history) == {("present", None, None)}
    assert states(history, "NCCL_IB_TC") == {("present", "closed", None)}


def test_submodules_are_gaps(tmp_path: Path) -> None:
    root = write(tmp_path / "r", {"run.sh": HCA})
    git(root, "init", "-q", "-b", "main")
    commit(root)
    git(root, "submodule", "--quiet", "add", str(root), "third_party/inner")
    commit(root, "two")
    history = history_of(root)
    assert [(gap.path, gap.reason) for gap in history.gaps] == [
        ("third_party/inner", "submodule: another repository, not read")
    ]
    assert states(history) == {("present", "one", None)}


def test_a_file_that_becomes_a_link_says_nothing_by_itself(tmp_path: Path) -> None:
    built(tmp_path, [
        Made("start", {"a.sh": HCA, "b.sh": GDR, "c.sh": "true\n"}),
        Made("link", {"a.sh": None, "c.sh": HCA}, links={"a.sh": "c.sh", "b.sh": "/etc/passwd"}),
    ])  # fmt: skip
    history = unjudged(tmp_path)
    assert states(history) == {("moved", "start", "link"), ("present", "link", None)}
    assert states(history, "NCCL_NET_GDR_LEVEL") == {("removed", "start", "link")}


def spoil(repository: Path, name: str) -> None:
    """Damage an object."""
    object_id = git(repository, "rev-parse", name)
    damaged = objects_of(repository) / object_id[:2] / object_id[2:]
    data = damaged.read_bytes()
    damaged.chmod(0o644)
    damaged.write_bytes(data[:-4])


@pytest.mark.parametrize("harm", [spoil, remove])
def test_a_commit_that_is_damaged_or_lacking_ends_the_walk_with_a_gap(
    tmp_path: Path, harm: Callable[[Path, str], None]
) -> None:
    ids = built(tmp_path, [*SIMPLE, Made("new", {"b.sh": "true\n"}), Made("newest", {"b.sh": HCA})])
    harm(tmp_path, ids["take"])
    history = history_of(tmp_path)
    assert BROKEN in reasons(history)
    assert [moment.subject for moment in history.commits] == ["newest"]
    assert states(history, "NCCL_NET_GDR_LEVEL") == {("present", None, None)}
    assert states(history) == {("present", "newest", None)}
    assert history.in_state("removed") == ()


def test_a_damaged_history_with_a_merge_that_drops_a_side_is_told_as_far_as_it_goes(tmp_path: Path) -> None:
    ids = built(tmp_path, [
        Made("base", {"run.sh": RUN}), Made("one", {"b.sh": "true\n"}), Made("two", {"b.sh": "false\n"}),
        Made("three", {"c.sh": "true\n"}), Made("side", {"run.sh": HCA + RUN}, ref="refs/heads/side"),
        Made("main", {"b.sh": GDR}, after=["three"]), Made("merge", {}, after=["main", "side"]),
    ])  # fmt: skip
    assert states(unjudged(tmp_path)) == {("removed", "side", "merge")}
    remove(tmp_path, ids["base"])
    history = unjudged(tmp_path)
    assert [gap.reason for gap in history.gaps].count(BROKEN) == 1
    assert states(history) == {("removed", "side", None)}, "the merge is the last that git lists, and may be cut short"


@pytest.mark.parametrize("harm", [spoil, remove])
def test_a_tip_that_is_damaged_or_lacking_is_a_clear_error(tmp_path: Path, harm: Callable[[Path, str], None]) -> None:
    ids = built(tmp_path, SIMPLE)
    harm(tmp_path, ids["other"])
    with pytest.raises(GitError, match="the repository has no commit"):
        history_of(tmp_path)


def test_a_damaged_content_is_a_gap(tmp_path: Path) -> None:
    ids = built(tmp_path, SIMPLE)
    spoil(tmp_path, f"{ids['take']}:run.sh")
    history = history_of(tmp_path)
    assert states(history) == {("unread", "start", None)}
    assert LACKING in reasons(history)


def test_references_that_lead_nowhere_or_to_no_commit_hide_nothing(tmp_path: Path) -> None:
    ids = built(tmp_path, SIMPLE)
    expected = lives(unjudged(tmp_path))
    content = git(tmp_path, "rev-parse", f"{ids['take']}:run.sh")
    git(tmp_path, "update-ref", "refs/tags/content", content)
    assert unjudged(tmp_path).gaps == ()
    write(tmp_path, {"refs/heads/gone": "1234567890" * 4 + "\n", "refs/heads/nonsense": "nonsense\n"})
    history = unjudged(tmp_path)
    assert lives(history) == expected
    assert reasons(history) == {"1 references lead to objects that are not in this clone"}
    assert set(history.refs) == {"HEAD", "tip", "refs/heads/main"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_pipe_in_place_of_a_content_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = built(tmp_path, SIMPLE)
    content = git(tmp_path, "rev-parse", f"{ids['take']}:run.sh")
    remove(tmp_path, content)
    os.mkfifo(objects_of(tmp_path) / content[:2] / content[2:])
    monkeypatch.setattr(git_room, "SECONDS", 1)
    history = unjudged(tmp_path)
    assert history.in_state("removed") == ()
    assert any(reason.startswith(LACKING) for reason in reasons(history))

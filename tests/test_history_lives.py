"""Does a life begin and end at the right commit, whatever shape the history has?"""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chipsieve.report.style import Style
from chipsieve.report.timeline_formats import FORMATS, render_history
from chipsieve.sources.git import GitError
from chipsieve.tables import TableError
from chipsieve.timeline.life import History, Life, State
from small_repositories import H800, Made, built, git, unjudged

HCA, GDR = "export NCCL_IB_HCA=mlx5_0\n", "export NCCL_NET_GDR_LEVEL=2\n"
P2P = "export NCCL_P2P_DISABLE=1\n"
RUN = "torchrun --nproc_per_node 8 train.py\n"
FILLER = "".join(f"echo step {number} of many, so that a file stays alike\n" for number in range(9))


class End(NamedTuple):
    """Where a life stands, with the names of the commits that began and ended it."""

    state: State
    first: str | None = None
    removed: str | None = None


def ends(history: History, path: str = "run.sh", said: str = "NCCL_IB_HCA") -> End:
    """What became of a variable, or of a name in prose, in a file as it was called last."""
    of = [life for life in history.lives if said in (life.variable, life.value) and life.last.path == path]
    found = {End(life.state, life.first and life.first.subject, life.removed and life.removed.subject) for life in of}
    assert len(found) == 1, found
    return found.pop()


def of_all(history: History) -> set[tuple[object, ...]]:
    """What is said of every life, but for the references that lead to its commits."""
    return {
        (life.signal, life.variable, life.state, life.last, *(one and one.id for one in (life.first, life.removed)))
        for life in history.lives
    }


def test_a_line_that_stays_is_present_and_one_that_goes_is_removed_by_its_commit(tmp_path: Path) -> None:
    root = tmp_path / "r"
    ids = built(root, [
        Made("start", {"run.sh": f"set -e\n{HCA}{GDR}{RUN}", "README.md": H800}),
        Made("edit", {"run.sh": f"set -e\necho\n{HCA}{GDR}{RUN}"}),
        Made("RM NET CONFIG", {"run.sh": f"set -e\n{GDR}{RUN}"}, day=7),
        Made("later", {"other.sh": "true\n"}),
    ])  # fmt: skip
    history = unjudged(root)
    assert ends(history, said="NCCL_NET_GDR_LEVEL") == End("present", "start")
    assert ends(history, "README.md", "H800") == End("present", "start")
    assert ends(history) == End("removed", "start", "RM NET CONFIG")
    life = next(life for life in history.lives if life.variable == "NCCL_IB_HCA")
    assert life.removed is not None
    assert (life.removed.id, life.removed.day, life.removed.parent) == (ids["RM NET CONFIG"], "2024-01-08", ids["edit"])
    assert (life.place.at, life.last.at, life.last.snippet) == ("run.sh:2", "run.sh:3", HCA.strip())
    assert life.content == git(root, "rev-parse", f"{ids['edit']}:run.sh")


def test_a_deleted_file_takes_its_lines_along(tmp_path: Path) -> None:
    built(tmp_path, [Made("start", {"run.sh": HCA + RUN, "b.sh": GDR}), Made("delete", {"run.sh": None})])
    history = unjudged(tmp_path)
    assert ends(history) == End("removed", "start", "delete")
    assert ends(history, "b.sh", "NCCL_NET_GDR_LEVEL") == End("present", "start")


def test_another_value_in_the_same_file_replaces_and_the_same_in_another_file_moves(tmp_path: Path) -> None:
    built(tmp_path, [
        Made("start", {"a.sh": "export NCCL_IB_TC=1\n", "b.sh": HCA, "c.sh": "true\n", "d.sh": P2P}),
        Made("change", {"a.sh": "export NCCL_IB_TC=2\n", "b.sh": None, "c.sh": f"true\n{HCA}", "d.sh": "true\n"}),
    ])  # fmt: skip
    history = unjudged(tmp_path)
    states = {(life.last.path, life.state, life.still_at) for life in history.lives if life.state != "present"}
    assert states == {
        ("a.sh", "replaced", ("a.sh:1",)), ("b.sh", "moved", ("c.sh:2",)), ("d.sh", "removed", ()),
    }  # fmt: skip


def test_a_name_that_another_takes_the_place_of_is_removed(tmp_path: Path) -> None:
    """Who strikes H800 and writes H20 has struck H800."""
    built(tmp_path, [Made("start", {"README.md": H800}), Made("edit", {"README.md": H800.replace("H800", "H20")})])
    assert ends(unjudged(tmp_path), "README.md", "H800") == End("removed", "start", "edit")


def test_a_name_is_the_same_whoever_writes_it_and_however(tmp_path: Path) -> None:
    said, again = "We trained on v100-16gb cards.\n", "We trained on v100-16GB cards.\n"
    built(tmp_path, [
        Made("start", {"README.md": said, "docs/a.md": said}),
        Made("capitals", {"README.md": again, "docs/a.md": "Nothing.\n"}),
    ])  # fmt: skip
    lives = unjudged(tmp_path).lives
    assert {(life.last.path, life.state) for life in lives if life.value == "v100-16gb"} == {
        ("README.md", "replaced"), ("docs/a.md", "moved"),
    }  # fmt: skip
    assert {life.state for life in lives if life.value == "v100"} == {"present"}


@pytest.mark.parametrize("edited", ["", "echo one line more\n"])
def test_a_renamed_file_is_one_life(tmp_path: Path, edited: str) -> None:
    built(tmp_path, [
        Made("start", {"run.sh": FILLER + HCA + RUN}),
        Made("rename", {"run.sh": None, "scripts/train.sh": FILLER + edited + HCA + RUN}),
        Made("remove", {"scripts/train.sh": FILLER + edited + RUN}),
    ])  # fmt: skip
    history = unjudged(tmp_path)
    assert ends(history, "scripts/train.sh") == End("removed", "start", "remove")
    assert ends(unjudged(tmp_path, revisions="main~1"), "scripts/train.sh") == End("present", "start")


def test_empty_files_of_one_commit_are_no_renames(tmp_path: Path) -> None:
    built(tmp_path, [
        Made("start", {"a/run.sh": "", "b.sh": RUN}), Made("move", {"a/run.sh": None, "c/run.sh": ""}),
        Made("fill", {"a/run.sh": HCA, "c/run.sh": HCA}), Made("empty", {"a/run.sh": None}),
    ])  # fmt: skip
    assert ends(unjudged(tmp_path), "a/run.sh").state == "moved"


def test_what_a_revert_brings_back_is_present_and_goes_when_it_goes_again(tmp_path: Path) -> None:
    commits = [
        Made("start", {"run.sh": HCA + RUN}), Made("remove", {"run.sh": RUN}), Made("revert", {"run.sh": HCA + RUN}),
        Made("again", {"run.sh": RUN}),
    ]  # fmt: skip
    built(tmp_path, commits)
    assert ends(unjudged(tmp_path)) == End("removed", "start", "again")
    assert ends(unjudged(tmp_path, revisions="main~1")) == End("present", "start")
    assert ends(unjudged(tmp_path, revisions="main~3..main~1")) == End("present", None), "it is older than the range"


def test_two_files_with_the_same_line_have_a_life_each(tmp_path: Path) -> None:
    built(tmp_path, [
        Made("start", {"a.sh": HCA, "b.sh": HCA}), Made("first", {"a.sh": "true\n"}),
        Made("second", {"b.sh": "true\n"}),
    ])  # fmt: skip
    assert ends(unjudged(tmp_path, revisions="main~1"), "a.sh") == End("moved", "start", "first")
    history = unjudged(tmp_path)
    assert [ends(history, path) for path in ("a.sh", "b.sh")] == [
        End("removed", "start", "first"), End("removed", "start", "second"),
    ]  # fmt: skip


def branched(merged: dict[str, str | None]) -> list[Made]:
    """A branch that adds a line beside a main that adds another, and a merge that ends with some files."""
    return [
        Made("base", {"run.sh": RUN, "b.sh": "true\n"}),
        Made("side", {"run.sh": HCA + RUN}, ref="refs/heads/side"),
        Made("main", {"b.sh": GDR}, after=["base"]),
        Made("merge", merged, after=["main", "side"]),
        Made("after", {"c.sh": "true\n"}),
    ]  # fmt: skip


def test_a_merge_of_both_sides_brings_and_takes_nothing(tmp_path: Path) -> None:
    built(tmp_path, branched({"run.sh": HCA + RUN}))
    history = unjudged(tmp_path)
    assert ends(history) == End("present", "side")
    assert ends(history, "b.sh", "NCCL_NET_GDR_LEVEL") == End("present", "main")


def test_a_merge_that_drops_one_side_is_the_removal(tmp_path: Path) -> None:
    built(tmp_path / "ours", branched({}))
    assert ends(unjudged(tmp_path / "ours")) == End("removed", "side", "merge")
    built(tmp_path / "theirs", branched({"run.sh": HCA + RUN, "b.sh": "true\n"}))
    history = unjudged(tmp_path / "theirs")
    assert ends(history, "b.sh", "NCCL_NET_GDR_LEVEL") == End("removed", "main", "merge")
    assert ends(history) == End("present", "side")


def test_the_first_merge_that_drops_a_side_is_named_and_no_later_one(tmp_path: Path) -> None:
    built(tmp_path, [
        *branched({}), Made("more", {"d.sh": "true\n"}, after=["side"], ref="refs/heads/side"),
        Made("merge again", {"d.sh": "true\n"}, after=["after", "more"]),
    ])  # fmt: skip
    assert ends(unjudged(tmp_path)) == End("removed", "side", "merge")


def test_a_merge_that_takes_what_both_sides_have_is_the_removal(tmp_path: Path) -> None:
    both = {"run.sh": HCA + RUN, "b.sh": "true\n"}
    built(tmp_path, [
        Made("base", both), Made("side", {"b.sh": "false\n"}, ref="refs/heads/side"),
        Made("main", {"c.sh": "true\n"}, after=["base"]),
        Made("evil", {"run.sh": RUN + GDR, "b.sh": "false\n"}, after=["main", "side"]),
    ])  # fmt: skip
    history = unjudged(tmp_path)
    assert ends(history) == End("removed", "base", "evil")
    assert ends(history, said="NCCL_NET_GDR_LEVEL") == End("present", "evil")


def test_a_merge_that_only_carries_a_removal_is_not_it(tmp_path: Path) -> None:
    """Also where the merge had to solve a conflict in the same file, and where the other branch took it and back."""
    built(tmp_path, [
        Made("base", {"run.sh": HCA + RUN}),
        Made("remove", {"run.sh": f"echo side\n{RUN}"}, ref="refs/heads/side"),
        Made("edit", {"run.sh": f"echo main\n{HCA}{RUN}"}, after=["base"]),
        Made("take", {"run.sh": f"echo main\n{RUN}"}), Made("back", {"run.sh": f"echo main\n{HCA}{RUN}"}, day=99),
        Made("merge", {"run.sh": f"echo both\n{RUN}"}, after=["back", "remove"], day=100),
    ])  # fmt: skip
    assert ends(unjudged(tmp_path)) == End("removed", "base", "remove")


@pytest.mark.parametrize("ref", ["refs/heads/wip", "refs/pull/7/head", "refs/tags/v0", "refs/notes/x", "refs/stash"])
def test_what_never_led_to_the_tip_is_elsewhere(tmp_path: Path, ref: str) -> None:
    built(tmp_path, [
        Made("base", {"run.sh": RUN}), Made("try", {"run.sh": HCA + RUN}, ref=ref),
        Made("undo", {"run.sh": RUN}, ref=ref), Made("main", {"run.sh": GDR + RUN}, after=["base"]),
    ])  # fmt: skip
    history = unjudged(tmp_path)
    assert ends(history) == End("elsewhere", "try", "undo")
    assert {life.ref for life in history.lives if life.state == "elsewhere"} == {ref}
    assert history.in_state("removed") == ()


def test_what_a_branch_removes_is_present_until_it_is_merged(tmp_path: Path) -> None:
    built(tmp_path, [
        Made("base", {"run.sh": HCA + RUN}), Made("remove", {"run.sh": RUN}, ref="refs/heads/side"),
        Made("main", {"b.sh": "true\n"}, after=["base"]),
    ])  # fmt: skip
    assert ends(unjudged(tmp_path)) == End("present", "base")
    git(tmp_path, "update-ref", "refs/heads/main", "refs/heads/side")
    assert ends(unjudged(tmp_path)) == End("removed", "base", "remove")


RANGES = [
    Made("one", {"run.sh": HCA + GDR + RUN, "docs/README.md": H800}),
    Made("two", {"run.sh": GDR + RUN}),
    Made("three", {"docs/README.md": "Nothing.\n", "train/a.sh": HCA}),
    Made("four", {"train/a.sh": "true\n"}),
]


BY_TWO, BY_THREE, BY_FOUR = (
    ("run.sh", "one", "two"), ("docs/README.md", "one", "three"), ("train/a.sh", "three", "four"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "walked", "gone"),
    [
        ({}, 4, {BY_TWO, BY_THREE, BY_FOUR}),
        ({"revisions": "main~1"}, 3, {BY_TWO, BY_THREE}),
        ({"revisions": "v2..main"}, 2, {("docs/README.md", None, "three"), ("train/a.sh", "three", "four")}),
        ({"revisions": "v2"}, 2, {BY_TWO}),
        ({"since": "2024-01-03"}, 2, {("docs/README.md", None, "three"), ("train/a.sh", "three", "four")}),
        ({"since": "2024-01-04"}, 1, {("train/a.sh", None, "four")}),
        ({"since": "2025-01-01"}, 0, set()),
        ({"paths": ("docs",)}, 2, {BY_THREE}),
        ({"paths": ("docs/", "./train/a.sh")}, 3, {BY_THREE, BY_FOUR}),
        ({"paths": ("nowhere",)}, 0, set()),
        ({"paths": (".",)}, 4, {BY_TWO, BY_THREE, BY_FOUR}),
        ({"revisions": "v2..main", "paths": ("train",)}, 2, {BY_FOUR}),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_what_is_told(
    tmp_path: Path, asked: dict[str, object], walked: int, gone: set[tuple[str, str | None, str]]
) -> None:
    built(tmp_path, RANGES)
    git(tmp_path, "tag", "-a", "-m", "x", "v2", "main~2")
    history = unjudged(tmp_path, **asked)
    assert len(history.commits) == walked
    found = {
        (life.last.path, life.first and life.first.subject, life.removed and life.removed.subject)
        for life in history.lives if life.state in ("removed", "moved", "replaced")
    }  # fmt: skip
    assert found == gone
    assert history.tip.id == git(
        tmp_path, "rev-parse", "v2^{commit}" if asked.get("revisions") == "v2" else history.tip.id
    )


def test_a_folder_is_asked_for_by_its_path_and_paths_count_from_it(tmp_path: Path) -> None:
    built(tmp_path / "bare", RANGES)
    git(tmp_path, "clone", "-q", "bare", "tree")
    (tmp_path / "tree" / "docs").mkdir(exist_ok=True)
    assert {life.last.path for life in unjudged(tmp_path / "tree" / "docs").lives} == {"docs/README.md"}
    assert {life.last.path for life in unjudged(tmp_path / "tree" / "train", paths=("a.sh",)).lives} == {"train/a.sh"}
    assert unjudged(tmp_path / "tree" / "train", paths=("run.sh",)).lives == ()
    assert {life.last.path for life in unjudged(tmp_path / "tree" / "train", paths=("../run.sh",)).lives} == {"run.sh"}
    with pytest.raises(TableError, match="leads out of the repository"):
        unjudged(tmp_path / "tree" / "train", paths=("../../x",))


@pytest.mark.parametrize("name", ["nothing", "v1..nothing", "--all", "-1", "main:run.sh", "^main", " "])
def test_a_range_that_is_none_is_said(tmp_path: Path, name: str) -> None:
    built(tmp_path, RANGES)
    with pytest.raises(GitError, match="there is no revision or range"):
        unjudged(tmp_path, revisions=name)


def test_a_day_in_the_future_hides_no_later_commit_and_one_long_ago_no_earlier(tmp_path: Path) -> None:
    """Git would stop at a commit with a day of long ago, when it is asked for those since a day."""
    built(tmp_path, [
        Made("start", {"run.sh": HCA + GDR + RUN}, day=300), Made("take", {"run.sh": GDR + RUN}, day=310),
        Made("long ago", {"b.sh": "true\n"}, day=-19_000), Made("far away", {"c.sh": "true\n"}, day=20_000),
    ])  # fmt: skip
    assert ends(unjudged(tmp_path)) == End("removed", "start", "take")
    assert ends(unjudged(tmp_path, since="2024-11-01")) == End("removed", None, "take")


# What files of linear histories are made from; no line says what another says.
SAID = {
    HCA: "NCCL_IB_HCA", GDR: "NCCL_NET_GDR_LEVEL", P2P: "NCCL_P2P_DISABLE",
    "export HSA_OVERRIDE_GFX_VERSION=9.0.0\n": "HSA_OVERRIDE_GFX_VERSION",
}  # fmt: skip
TEXTS = st.lists(st.sampled_from([*SAID, "echo nothing\n"]), max_size=4, unique=True).map("".join)
PATHS = ("a.sh", "b.sh", "c/d.sh")
TREES = st.lists(st.dictionaries(st.sampled_from(PATHS), TEXTS | st.none(), max_size=3), min_size=1, max_size=6)


def linear(steps: list[dict[str, str | None]]) -> list[dict[str, str]]:
    """The trees that follow each other when files are written and deleted step by step."""
    trees: list[dict[str, str]] = []
    for step in steps:
        tree = dict(trees[-1]) if trees else {"README.md": "x\n"}
        for path, text in step.items():
            if text is None:
                tree.pop(path, None)
            else:
                tree[path] = text
        trees.append(tree)
    return trees


def commits_of(trees: list[dict[str, str]]) -> list[Made]:
    """A commit for each tree."""
    before: dict[str, str] = {}
    commits = []
    for number, tree in enumerate(trees):
        gone = {path: None for path in before if path not in tree}
        commits.append(Made(f"c{number}", {**gone, **tree}))
        before = tree
    return commits


def says(tree: dict[str, str], variable: str) -> bool:
    """Whether some file of a tree sets a variable."""
    return any(f"export {variable}=" in text for text in tree.values())


@given(TREES)
@settings(max_examples=25)
def test_lives_of_linear_histories_keep_the_laws(steps: list[dict[str, str | None]]) -> None:
    trees = linear(steps)
    with TemporaryDirectory() as folder:
        ids = built(Path(folder), commits_of(trees))
        numbers = {commit: int(name[1:]) for name, commit in ids.items()}
        history = unjudged(Path(folder))
        again = unjudged(Path(folder))
    lives: dict[str, list[Life]] = {name: [] for name in SAID.values()}
    for life in history.lives:
        lives[life.variable].append(life)
    for variable, several in lives.items():
        assert bool(several) == any(says(tree, variable) for tree in trees)
        assert any(life.state == "present" for life in several) == says(trees[-1], variable)
        for life in several:
            assert life.state in ("present", "removed", "moved", "replaced")
            assert life.first is not None
            assert says(trees[numbers[life.first.id]], variable)
            if life.state == "removed":
                assert not says(trees[-1], variable)
            if life.removed is None:
                assert life.state == "present"
            else:
                at = numbers[life.removed.id]
                assert life.last.snippet in trees[at - 1].get(life.last.path, "")
                assert life.last.snippet not in trees[at].get(life.last.path, "")
    for form in FORMATS:
        assert render_history(history, form, Style()) == render_history(again, form, Style())


GRAPHS = st.lists(
    st.tuples(
        st.sets(st.integers(1, 4), min_size=1, max_size=2), st.dictionaries(st.sampled_from(PATHS), TEXTS, max_size=2)
    ),
    min_size=2, max_size=7,
)  # fmt: skip


@given(GRAPHS, st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_lives_of_branched_histories_keep_the_laws_whatever_references_are_called(
    graph: list[tuple[set[int], dict[str, str]]], order: Random
) -> None:
    """All commits of one day, so that nothing but the commits themselves can order them."""
    commits = [Made("c0", {"README.md": "x\n"}, day=0)]
    trees = [{"README.md": "x\n"}]
    above = [{0}]
    for number, (back, files) in enumerate(graph, 1):
        parents = list(dict.fromkeys(max(number - one, 0) for one in sorted(back)))
        made = Made(f"c{number}", files, after=[f"c{one}" for one in parents], ref=f"refs/heads/b{number}", day=0)
        commits.append(made._replace(ref="refs/heads/main") if number == len(graph) else made)
        trees.append({**trees[parents[0]], **files})
        above.append({number}.union(*(above[one] for one in parents)))
    with TemporaryDirectory() as folder:
        ids = built(Path(folder), commits)
        before = unjudged(Path(folder))
        rename(Path(folder), list(ids.values()), order)
        assert of_all(unjudged(Path(folder))) == of_all(before)
    numbers = {commit: int(name[1:]) for name, commit in ids.items()}
    for variable in SAID.values():
        lives = [life for life in before.lives if life.variable == variable]
        assert any(life.state == "present" for life in lives) == says(trees[-1], variable)
        assert all(life.state == "elsewhere" for life in lives) or any(says(trees[one], variable) for one in above[-1])
    for life in before.lives:
        if life.state == "removed":
            assert life.removed is not None
            at = numbers[life.removed.id]
            assert at in above[-1]
            parents = [int(name[1:]) for name in commits[at].after or ()]
            assert life.last.snippet not in trees[at].get(life.last.path, "")
            assert any(life.last.snippet in trees[one].get(life.last.path, "") for one in parents)


def rename(root: Path, commits: list[str], order: Random) -> None:
    """Call every reference but main something else, in another order."""
    old = git(root, "for-each-ref", "--format=delete %(refname)", "refs/heads/b*")
    names = [f"n{number}" for number in range(len(commits))]
    order.shuffle(names)
    new = [f"create refs/heads/{name} {commit}" for name, commit in zip(names, commits, strict=True)]
    git(root, "update-ref", "--stdin", text="\n".join([*filter(None, [old]), *new, ""]))
    git(root, "pack-refs", "--all")

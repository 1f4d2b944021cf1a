"""Is an answer told at the very commit that changed it, and does what was removed weigh only where it may?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve import scan
from chipsieve.sieve.outcome import Verdict
from chipsieve.sources.commits import Moment
from chipsieve.timeline import turning_points
from chipsieve.timeline.life import History
from chipsieve.timeline.turning_points import Judging, same
from small_repositories import Made, built, history_of
from small_trees import RUN, TRAIN

FLASH = "import torch\nfrom flash_attn import flash_attn_func\n\nx = flash_attn_func(q, k, v)\n"
TREE = {"run.sh": RUN, "train.py": TRAIN, "README.md": "# A model\n"}


def subjects(history: History) -> list[str]:
    return [answer.moment.subject for answer in history.answers]


def quiet(number: int) -> Made:
    """A commit that says nothing of hardware."""
    return Made(f"quiet {number}", {"notes.py": f"x = {number}\n"})


def test_the_commit_that_changes_an_answer_is_named_among_many(tmp_path: Path) -> None:
    before, after = ([quiet(number) for number in numbers] for numbers in (range(5), range(5, 12)))
    built(tmp_path, [Made("start", TREE), *before, Made("flash", {"train.py": FLASH}), *after])
    history = history_of(tmp_path)
    assert subjects(history) == ["start", "flash", "quiet 11"]
    first, turned, last = history.answers
    assert turned.remaining < first.remaining
    assert same(turned, last)
    assert not same(first, turned)
    assert history.judged == 4, "the ends, the candidate, and the one before it"
    assert not history.gaps


def test_a_commit_changes_an_answer_though_no_statement_comes_or_goes(tmp_path: Path) -> None:
    """The script that is started changes: what it said stands in its file all the same."""
    commits = [Made("start", {**TREE, "train.py": FLASH}), *map(quiet, range(6))]
    started = Made("another start", {"run.sh": RUN.replace("train", "other"), "other.py": "print(1)\n"})
    built(tmp_path, [*commits, started, *map(quiet, range(6, 9))])
    history = history_of(tmp_path)
    assert subjects(history) == ["start", "another start", "quiet 8"]
    assert history.candidates == 2


def test_an_unchanged_history_has_a_first_and_a_last_answer(tmp_path: Path) -> None:
    built(tmp_path / "many", [Made("start", {**TREE, "train.py": FLASH}), *map(quiet, range(9))])
    assert subjects(history_of(tmp_path / "many")) == ["start", "quiet 8"]
    built(tmp_path / "one", [Made("start", TREE)])
    history = history_of(tmp_path / "one")
    assert subjects(history) == ["start"]
    assert history.judged == 1


def test_the_last_answer_is_that_of_a_scan(tmp_path: Path) -> None:
    built(tmp_path, [Made("start", TREE), Made("flash", {"train.py": FLASH})])
    verdict = scan(f"{tmp_path}@HEAD", workers=1)
    history = history_of(tmp_path)
    assert history.now is not None
    assert history.answers[-1].possible == frozenset(verdict.possible) == frozenset(history.now.possible)
    assert history.answers[-1].sentence == verdict.sentence.replace("@HEAD", "")


@pytest.mark.parametrize("limit", ["JUDGED", "LAUNCHES"])
def test_where_a_limit_is_met_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    edits = [Made(f"pin {number}", {"requirements.txt": f"torch==2.{number}.0\n"}) for number in range(6)]
    built(tmp_path, [Made("start", TREE), *edits])
    assert [gap for gap in history_of(tmp_path).gaps if "both answers" in gap.reason] == []
    monkeypatch.setattr(turning_points, limit, 3)
    history = history_of(tmp_path)
    assert history.judged == 3
    assert history.candidates == 7
    reasons = [gap.reason for gap in history.gaps]
    assert any(reason.startswith("both answers were asked at 3 of the 7 commits") for reason in reasons)


def test_what_was_removed_weighs_in_the_estimate_and_excludes_nothing(tmp_path: Path) -> None:
    readme = "# A model\n\nWe trained the model on 64 H800 GPUs.\n"
    built(tmp_path, [
        Made("start", {**TREE, "README.md": readme, "train.py": FLASH}),
        Made("strike", {"README.md": "# A model\n", "train.py": TRAIN}),
    ])  # fmt: skip
    history = history_of(tmp_path)
    now, ever = history.now, history.trained_on_ever
    assert now is not None
    assert ever is not None
    assert ever.first is not None
    assert ever.first.name == "H800"
    lines = [why.at for family in ever.families for why in family.because if why.at]
    removed = next(life.removed for life in history.lives if life.value == "H800")
    assert removed is not None
    assert f"README.md@{removed.id[:7]}^:3" in lines
    assert now.trained_on is None or now.trained_on.first is None or now.trained_on.first.name != "H800"
    assert history.answers[-1].possible == frozenset(scan(f"{tmp_path}@HEAD", workers=1).possible)
    assert len(history.answers[-1].possible) > len(history.answers[0].possible), "FlashAttention is asked for no longer"


def test_a_removed_cell_of_a_table_weighs_nothing(tmp_path: Path) -> None:
    """Its head alone says what was done on the chip, and a head is easily misread."""
    table = "# A model\n\n## Training\n\n| GPU | hours |\n|---|---|\n| H800 | 20 |\n"
    built(tmp_path, [Made("start", {**TREE, "README.md": table}), Made("strike", {"README.md": "# A model\n"})])
    history = history_of(tmp_path)
    assert [life.state for life in history.lives if life.value == "H800"] == ["removed"]
    assert history.now is not None
    assert history.trained_on_ever == history.now.trained_on
    assert [one.sentence.partition(" from ")[0] for one in history.declared] == ["README.md named H800"]


def test_without_a_removal_both_estimates_are_one(tmp_path: Path) -> None:
    built(tmp_path, [Made("start", {**TREE, "README.md": "# A model\n\nWe trained the model on 64 H800 GPUs.\n"})])
    history = history_of(tmp_path)
    assert history.now is not None
    assert history.trained_on_ever == history.now.trained_on


# A trunk whose commits are judged by a table: the answer of each is a letter.


def judged(answers: str, candidates: Sequence[int], unreadable: Sequence[int] = ()) -> Judging:
    """What judging finds on a trunk with these answers; commits that cannot be read have none."""
    moments = [Moment(str(number), "", "", "", "") for number in range(len(answers))]

    def verdict(moment: Moment) -> Verdict | None:
        if int(moment.id) in unreadable:
            return None
        chips = (answers[int(moment.id)],)
        whole = SimpleNamespace(trained_on=None, main_launch=None, possible=chips, remaining=chips, sentence="")
        return cast("Verdict", SimpleNamespace(**vars(whole), launches=()))

    judging = Judging(moments, cast("Callable[[Moment], Any]", verdict), lambda _done, _total: None)
    judging.turns(candidates)
    return judging


def named(judging: Judging) -> list[int]:
    return [int(answer.moment.id) for answer in judging.shown()]


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=40))
def test_every_change_at_a_candidate_is_found_exactly(letters: list[str]) -> None:
    turns = [number for number in range(1, len(letters)) if letters[number] != letters[number - 1]]
    judging = judged("".join(letters), turns)
    assert named(judging) == sorted({0, *turns, len(letters) - 1})
    assert judging.gaps == []


def test_one_change_among_more_candidates_than_are_judged_is_found_exactly() -> None:
    judging = judged("a" * 777 + "b" * 223, range(1000))
    assert named(judging) == [0, 777, 999]
    (gap,) = judging.gaps
    assert gap.reason.startswith("both answers were asked at 40 of the 1000 commits at which evidence came or went")


def test_one_change_at_no_candidate_is_found_exactly() -> None:
    judging = judged("a" * 777 + "b" * 223, [])
    assert named(judging) == [0, 777, 999]
    assert judging.gaps == []


def test_a_change_whose_commit_is_not_certain_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "an answer changed between two commits that were judged: the later one is named"
    monkeypatch.setattr(turning_points, "JUDGED", 4)
    assert said in [gap.reason for gap in judged("a" * 777 + "b" * 223, []).gaps]
    monkeypatch.undo()
    assert said in [gap.reason for gap in judged("aabb", [], unreadable=[2]).gaps]
    assert judged("aabb", [2]).gaps == []


def test_a_trunk_of_no_commit_and_one_that_cannot_be_read_have_no_answer() -> None:
    assert judged("", []).shown() == ()
    assert judged("aaa", [], unreadable=range(3)).shown() == ()
    assert judged("aaa", [], unreadable=[2]).latest is None

"""What counts as a difference between two verdicts? Small ones, written by hand, which differ in one thing each."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chipsieve.sieve.comparing import SHIFT, Compared, Fact, Name, Shift, compare

BF16 = Fact("bf16-training", "true", "run.sh", "python train.py --bf16", 3, "asserted", "asserted")
NCCL = Fact("nccl-backend", "nccl", "train.py", "init('nccl')", 9, "optional", "asserted")
H100 = Name("H100", "prose", "README.md", 4, ("h100-sxm5-80gb",))
A100 = Name("A100", "prose", "README.md", 5, ("a100-sxm4-80gb",))
THEN = Compared(
    tree="repo",
    asked={"policy": "balanced", "role": "training"},
    facts=(BF16, NCCL),
    names=(H100, A100),
    main="run.sh:3",
    possible=frozenset({"a", "b", "c"}),
    remaining=frozenset({"a", "b"}),
    families={"h100": 60, "a100": 30},
    sentence="repo at commit abc123 of 2024-11-05: run.sh:3 excludes all but a (60%).",
)


def test_the_same_verdict_differs_in_nothing() -> None:
    same = compare(THEN, THEN)
    assert same.nothing
    assert (same.then, same.now) == (THEN, THEN)
    assert (same.facts_came, same.facts_went, same.restood, same.names_came, same.names_went) == ((), (), (), (), ())
    assert (same.possible, same.remaining, same.families) == (Shift((), ()), Shift((), ()), ())
    assert (same.main_changed, same.sentence_changed, same.asked_otherwise) == (False, False, ())


def test_what_came_and_what_went_are_told_apart() -> None:
    now = replace(THEN, facts=(NCCL, replace(BF16, value="false")), names=(A100, replace(H100, by="log")))
    found = compare(THEN, now)
    assert (found.facts_came, found.facts_went) == ((replace(BF16, value="false"),), (BF16,))
    assert (found.names_came, found.names_went) == ((replace(H100, by="log"),), (H100,))
    assert found.restood == ()


@pytest.mark.parametrize("moved", [{"line": 77}, {"snippet": "python  train.py  --bf16"}])
def test_a_fact_that_moves_or_is_written_otherwise_is_the_same(moved: dict[str, object]) -> None:
    assert compare(THEN, replace(THEN, facts=(replace(BF16, **moved), NCCL))).nothing


@pytest.mark.parametrize("other", [{"signal": "fp8"}, {"value": "1"}, {"path": "other.sh"}])
def test_another_signal_value_or_file_is_another_fact(other: dict[str, object]) -> None:
    found = compare(THEN, replace(THEN, facts=(replace(BF16, **other), NCCL)))
    assert (found.facts_came, found.facts_went) == ((replace(BF16, **other),), (BF16,))


@pytest.mark.parametrize("other", [{"text": "H200"}, {"by": "log"}, {"path": "docs.md"}])
def test_another_text_speaker_or_file_is_another_name(other: dict[str, object]) -> None:
    found = compare(THEN, replace(THEN, names=(replace(H100, **other), A100)))
    assert (found.names_came, found.names_went) == ((replace(H100, **other),), (H100,))
    assert compare(THEN, replace(THEN, names=(replace(H100, line=99, accelerators=()), A100))).nothing


@pytest.mark.parametrize("stands", [{"main": "inert"}, {"anywhere": "optional"}])
def test_a_fact_that_stands_otherwise_neither_comes_nor_goes(stands: dict[str, object]) -> None:
    found = compare(THEN, replace(THEN, facts=(replace(BF16, **stands), NCCL)))
    assert found.restood == ((BF16, replace(BF16, **stands)),)
    assert (found.facts_came, found.facts_went) == ((), ())
    assert not found.nothing


def test_a_fact_that_no_launch_reaches_is_inert() -> None:
    loose = Fact("bf16-training", "true", "run.sh", "", 1)
    assert (loose.main, loose.anywhere) == ("inert", "inert")


def test_chips_are_newly_excluded_or_allowed_in_order() -> None:
    found = compare(THEN, replace(THEN, possible=frozenset("cdef"), remaining=frozenset("a")))
    assert found.possible == Shift(excluded=("a", "b"), allowed=("d", "e", "f"))
    assert found.remaining == Shift(excluded=("b",), allowed=())


@pytest.mark.parametrize("side", ["possible", "remaining"])
@pytest.mark.parametrize("chips", [frozenset("a"), frozenset("abcd")])
def test_one_chip_more_or_less_is_a_difference(side: str, chips: frozenset[str]) -> None:
    assert not compare(THEN, replace(THEN, **{side: chips})).nothing


@pytest.mark.parametrize(
    ("now", "moved"),
    [
        ({"h100": 60, "a100": 30}, ()),
        ({"h100": 60 + SHIFT - 1, "a100": 30 - SHIFT + 1}, ()),  # a day's work of the clock
        ({"h100": 60 + SHIFT, "a100": 30}, (("h100", 60, 60 + SHIFT),)),
        ({"h100": 60, "a100": 30 - SHIFT}, (("a100", 30, 30 - SHIFT),)),
        ({"h100": 60}, (("a100", 30, 0),)),
        ({"v100": 5, "a100": 30}, (("h100", 60, 0), ("v100", 0, 5))),
    ],
)
def test_an_estimate_has_to_move_to_count(now: dict[str, int], moved: tuple[tuple[str, int, int], ...]) -> None:
    found = compare(THEN, replace(THEN, families=now))
    assert found.families == moved
    assert found.nothing is not bool(moved)


def test_another_main_launch_is_one_in_another_file() -> None:
    assert not compare(THEN, replace(THEN, main="run.sh:40")).main_changed
    other = compare(THEN, replace(THEN, main="other.sh:3"))
    assert other.main_changed
    assert not other.nothing


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("repo at commit def456 of 2025-01-01: run.sh:7 excludes all but a (70%).", False),
        ("repo, last changed on 2025-01-01 with local changes: run.sh:3 excludes all but a (60%).", False),
        ("repo at commit abc123 of 2024-11-05: run.sh:3 excludes all but b (60%).", True),
        ("repo: run.sh:3 excludes nothing.", True),
    ],
)
def test_a_sentence_says_the_same_on_another_line_day_and_commit(sentence: str, changed: bool) -> None:
    found = compare(THEN, replace(THEN, sentence=sentence))
    assert found.sentence_changed is changed
    assert found.nothing is not changed


def test_a_tree_may_be_called_otherwise() -> None:
    elsewhere = replace(THEN, tree="copy", sentence=THEN.sentence.replace("repo", "copy"))
    assert compare(THEN, elsewhere).nothing
    assert compare(THEN, replace(THEN, tree="copy")).sentence_changed


@pytest.mark.parametrize(
    ("asked", "otherwise"),
    [
        ({"policy": "balanced", "role": "training"}, ()),
        ({"policy": "strict", "role": "training"}, (("policy", "balanced", "strict"),)),
        ({"policy": "balanced", "role": "training", "scope": "tree"}, (("scope", "", "tree"),)),
        ({"policy": "balanced", "role": "training", "scope": ""}, ()),
    ],
)
def test_what_was_asked_otherwise_is_named(asked: dict[str, str], otherwise: tuple[tuple[str, str, str], ...]) -> None:
    found = compare(THEN, replace(THEN, asked=asked))
    assert found.asked_otherwise == otherwise
    assert found.nothing  # the answers may be the same all the same

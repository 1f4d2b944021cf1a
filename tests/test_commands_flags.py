"""Which flags does a command line give, and what is each one's operand?"""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from chipsieve.commands.flags import Flag, flags, given, is_flag
from chipsieve.facts.words import Resolved, written
from link_builders import span


def line(text: str) -> list[Resolved]:
    """The words of a command line; `$X` stands for something unknown."""
    return [written(word, "run.sh", span(1, column)) for column, word in enumerate(text.split(), 1)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--a=b"], [Flag(0, "--a", "b", 4)]),
        (["--a="], [Flag(0, "--a", "", 4)]),
        (["--a=b=c"], [Flag(0, "--a", "b=c", 4)]),
        (["--a=-1"], [Flag(0, "--a", "-1", 4)]),
        (["--a=b\nc"], [Flag(0, "--a", "b\nc", 4)]),
        (["--a", "b"], [Flag(0, "--a", "b")]),
        (["--a", "b", "c"], [Flag(0, "--a", "b")]),
        (["--a", ""], [Flag(0, "--a", "")]),
        (["--a", "-1"], [Flag(0, "--a", "-1")]),
        (["--a", "-.5"], [Flag(0, "--a", "-.5")]),
        (["--a", "-1e-3"], [Flag(0, "--a", "-1e-3")]),
        (["--a", "-"], [Flag(0, "--a", "-")]),
        (["--a", "b c"], [Flag(0, "--a", "b c")]),
        (["--a", None], [Flag(0, "--a", None)]),
        (["--a"], [Flag(0, "--a", "true", bare=True)]),
        (["--a", "--"], [Flag(0, "--a", "true", bare=True)]),
        (["--a", "--b"], [Flag(0, "--a", "true", bare=True), Flag(1, "--b", "true", bare=True)]),
        (["--a", "-b", "1"], [Flag(0, "--a", "true", bare=True), Flag(1, "-b", "1")]),
        (["-a", "1"], [Flag(0, "-a", "1")]),
        (["-np", "8", "x"], [Flag(0, "-np", "8")]),
        (["--model.dtype", "bf16"], [Flag(0, "--model.dtype", "bf16")]),
        (["x", "--a", "1", "y", "--a", "2"], [Flag(1, "--a", "1"), Flag(4, "--a", "2")]),
        ([None, "--a"], [Flag(1, "--a", "true", bare=True)]),
    ],
)
def test_a_flag_has_the_operand_that_follows_it(words: list[str | None], expected: list[Flag]) -> None:
    assert list(flags(words)) == expected


@pytest.mark.parametrize("word", ["", "a", "-", "--", "---a", "-1", "--1", "a--b", "a=--b", "--=b", "-- a", None])
def test_what_is_no_flag(word: str | None) -> None:
    assert list(flags([word])) == []


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("--a", True),
        ("-a", True),
        ("--", True),
        ("-1", False),
        ("-.5", False),
        ("-", False),
        ("a", False),
        (None, False),
    ],
)
def test_a_number_and_what_is_unknown_are_operands(word: str | None, *, answer: bool) -> None:
    assert is_flag(word) is answer


@drawn(st.lists(st.sampled_from(["--a", "-b", "--c=d", "--e=", "f", "-1", "--", "g=h"]) | st.none(), max_size=8))
def test_every_flag_is_found_once_with_a_value_that_stands_there(words: list[str | None]) -> None:
    found = list(flags(words))
    assert [flag.at for flag in found] == [
        at for at, word in enumerate(words) if word is not None and word.startswith(("--a", "-b", "--c", "--e"))
    ]
    for flag in found:
        word = words[flag.at] or ""
        assert word.startswith(flag.name)
        if flag.start is not None:
            assert word[flag.start :] == flag.value
        elif flag.bare:
            assert flag.value == "true"
            assert is_flag((*words, "--end")[flag.at + 1])
        else:
            assert words[flag.at + 1] == flag.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--a=b", [("--a", "b", False)]),
        ("--a b", [("--a", "b", False)]),
        ("--a -1", [("--a", "-1", False)]),
        ("--a --b", [("--a", "true", False), ("--b", "true", False)]),
        ("--a", [("--a", "true", False)]),
        ("--a=", [("--a", "", False)]),
        ("--a $X", [("--a", None, False)]),
        ("--a=$X", [("--a", None, False)]),
        ("--a=dir/$X", [("--a", None, False)]),
        ("--a $X --b 1", [("--a", None, False), ("--b", "1", False)]),
        ("$X --a 1", [("--a", "1", False)]),
        ("x.y=1", [("x.y", "1", True)]),
        ("+x.y=1", [("x.y", "1", True)]),
        ("++x.y=1", [("x.y", "1", True)]),
        ("x/y@z=1", [("x/y@z", "1", True)]),
        ("x.y=", [("x.y", "", True)]),
        ("x.y=a=b", [("x.y", "a=b", True)]),
        ("x.y=$X", [("x.y", None, True)]),
        ("--set x.y=1", [("--set", "x.y=1", False), ("x.y", "1", True)]),
        ("--lr 1 x.y=1 --bf16", [("--lr", "1", False), ("x.y", "1", True), ("--bf16", "true", False)]),
        ("+++x=1", []),
        ("~x=1", []),
        ("=1", []),
        ("1=1", []),
        ("$X=1", []),
        ("${X}.y=1", []),
        ("train.py -1 a:b", []),
        ("http://host/?a=b", []),
        ("a,b=1", []),
    ],
)
def test_what_a_launch_gives_its_options(text: str, expected: list[tuple[str, str | None, bool]]) -> None:
    assert [(one.name, one.known_text, one.overrides) for one in given(line(text))] == expected


def test_an_operand_keeps_what_is_unknown_in_it_and_where_it_stands() -> None:
    beside, behind, bare = given(line("--a=dir/$X/$Y.json --b $Z --c"))
    assert beside.value is not None
    assert (beside.value.text, beside.value.unknown) == ("dir/$X/$Y.json", ((4, 6), (7, 9)))
    assert beside.value.span == beside.word.span == span(1, 1)
    assert behind.value is not None
    assert (behind.value.text, behind.value.wholly_unknown) == ("$Z", True)
    assert (behind.word.span, behind.value.span) == (span(1, 2), span(1, 3))
    assert (bare.value, bare.word.text) == (None, "--c")


def test_an_operand_may_be_a_path_below_the_root() -> None:
    words = [Resolved("--a=sub/x", "run.sh", span(), root_at=4), Resolved("y=sub", "run.sh", span(), root_at=2)]
    assert [one.value and (one.value.text, one.value.root_at) for one in given(words)] == [("sub/x", 0), ("sub", 0)]
    assert [one.known_text for one in given(words)] == ["sub/x", "sub"]

"""Does a word keep track of what stayed unknown in it, however it is cut, joined and split?"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from chipsieve.facts.conditions import Question
from chipsieve.facts.words import Resolved, written
from link_builders import span

LETTERS = "ab/=. -"
texts = st.text(LETTERS, max_size=5)
unknowns = st.sampled_from(["${X}", "$(...)", "$1", "`date`"])


def resolved(text: str, *unknown: tuple[int, int], root_at: int | None = None) -> Resolved:
    return Resolved(text, "run.sh", span(), unknown=unknown, root_at=root_at)


@st.composite
def words(draw: st.DrawFn) -> Resolved:
    """A word of known and unknown stretches; a path below the root may begin anywhere in it."""
    text, stretches = "", []
    for known, unknown in draw(st.lists(st.tuples(texts, unknowns | st.just("")), max_size=4)):
        start = len(text) + len(known)
        text += known + unknown
        stretches += [(start, len(text))] if unknown else []
    root = draw(st.none() | st.integers(0, len(text) - 1)) if text else None
    conditions = draw(st.sampled_from([(), (Question("variable", "X"),)]))
    return replace(resolved(text, *stretches, root_at=root), conditions=conditions)


def stretches_of(word: Resolved) -> list[str]:
    return [word.text[start:end] for start, end in word.unknown]


@given(words(), words(), st.sampled_from(["", " ", "="]))
def test_what_is_joined_can_be_cut_again(left: Resolved, right: Resolved, between: str) -> None:
    whole = left.joined(right, between)
    first, second = whole.cut(0, len(left.text)), whole.cut(len(left.text) + len(between), len(whole.text))
    assert whole.text == left.text + between + right.text
    assert (first.text, first.unknown) == (left.text, left.unknown)
    assert (second.text, second.unknown) == (right.text, right.unknown)
    assert whole.conditions == left.conditions + right.conditions
    if right.root_at is None:
        assert (first.root_at, second.root_at) == (left.root_at, None)
    else:
        assert (first.root_at, second.root_at) == (None, right.root_at)


@given(words(), words(), words())
def test_it_does_not_matter_which_two_are_joined_first(first: Resolved, second: Resolved, third: Resolved) -> None:
    assert first.joined(second).joined(third) == first.joined(second.joined(third))


@given(words(), st.data())
def test_what_stayed_unknown_lies_in_the_text_in_its_order(word: Resolved, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(word.text)))
    end = data.draw(st.integers(start, len(word.text)))
    for piece in (word, word.cut(start, end), word.joined(word, " "), *word.split()):
        ends = [place for stretch in piece.unknown for place in stretch]
        assert ends == sorted(ends)
        assert all(0 <= first < last <= len(piece.text) for first, last in piece.unknown)
        assert piece.root_at is None or 0 <= piece.root_at < len(piece.text)


@given(words(), st.data())
def test_a_cut_keeps_what_it_covers(word: Resolved, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(word.text)))
    end = data.draw(st.integers(start, len(word.text)))
    piece = word.cut(start, end)
    unknown = {place for first, last in word.unknown for place in range(first, last)}
    assert piece.text == word.text[start:end]
    assert {place + start for first, last in piece.unknown for place in range(first, last)} == unknown & {
        *range(start, end)
    }
    assert (piece.path, piece.span, piece.conditions) == (word.path, word.span, word.conditions)
    assert word.cut(0, len(word.text)) == word


@given(words())
def test_a_command_line_in_one_text_is_split_into_its_words(word: Resolved) -> None:
    pieces = word.split()
    assert [piece.text for piece in pieces] == word.text.split()
    assert "".join(map("".join, map(stretches_of, pieces))) == re.sub(r"\s", "", "".join(stretches_of(word)))


@given(words(), st.lists(texts, min_size=4, max_size=4))
def test_its_pattern_fits_whatever_the_unknown_may_be(word: Resolved, values: list[str]) -> None:
    filled, done = "", 0
    for value, (start, end) in zip(values, word.unknown, strict=False):
        filled += word.text[done:start] + value
        done = end
    filled += word.text[done:]
    assert fnmatchcase(filled, word.pattern)
    assert word.unknown or word.pattern == word.text


@given(words())
def test_its_tail_is_what_stands_behind_the_last_unknown(word: Resolved) -> None:
    assert word.text.endswith(word.tail)
    assert word.cut(len(word.text) - len(word.tail), len(word.text)).unknown == ()
    if word.unknown:
        assert word.text == word.text[: word.unknown[-1][1]] + word.tail
    else:
        assert word.tail == word.text


@given(words())
def test_a_word_is_known_when_all_of_it_is(word: Resolved) -> None:
    assert word.known == (not word.unknown and word.root_at in (None, 0))
    assert word.known_text == (word.text if word.known else None)
    assert not (word.known and word.wholly_unknown)


@given(words(), words())
def test_what_is_joined_is_known_when_both_are(left: Resolved, right: Resolved) -> None:
    assume(left.root_at is None and right.root_at is None)
    assert left.joined(right).known == (left.known and right.known)


def test_the_joined_word_stands_where_the_first_that_says_anything_does() -> None:
    empty, first, second = (Resolved(text, f"{text}.sh", span(at)) for at, text in enumerate(["", "a", "b"], 1))
    assert (first.joined(second).path, first.joined(second).span) == ("a.sh", span(2))
    assert (empty.joined(second).path, empty.joined(second).span) == ("b.sh", span(3))


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("train.py", []),
        ("", []),
        ("100%", []),
        ("cost: 5$", []),
        ("{name}.yaml", []),
        ("~/train.py", []),
        ("${CODE}/train.py", ["${CODE}"]),
        ("$CODE/train.py", ["$CODE"]),
        ("ds_${STAGE}_$NAME.json", ["${STAGE}", "$NAME"]),
        ("$(pwd)/train.py", ["$(pwd)"]),
        ("`pwd`/train.py", ["`pwd`"]),
        ("$@", ["$@"]),
        ("--nodes=$1", ["$1"]),
        ("${NAME:-default}", ["${NAME:-default}"]),
    ],
)
def test_what_a_shell_would_fill_in_is_unknown(text: str, unknown: list[str]) -> None:
    word = written(text, "a.yaml", span())
    assert (word.text, stretches_of(word), word.root_at) == (text, unknown, None)
    assert word.known is not bool(unknown)
    assert word.wholly_unknown is (unknown == [text])


@pytest.mark.parametrize(
    ("root_at", "start", "expected"), [(0, 0, 0), (9, 9, 0), (9, 2, 7), (9, 10, None), (None, 3, None), (0, 1, None)]
)
def test_a_path_below_the_root_is_one_where_its_beginning_is_kept(
    root_at: int | None, start: int, expected: int | None
) -> None:
    word = resolved("--config=sub/ds.json", root_at=root_at)
    assert word.cut(start, len(word.text)).root_at == expected
    assert word.cut(0, 9).root_at == (root_at if root_at == 0 else None)

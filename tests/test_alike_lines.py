"""Are the lines found that hold a word, and is what was learnt of one line right of those that are alike?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.facts import alike_lines
from chipsieve.facts.alike_lines import AlikeLines, alike, any_of
from chipsieve.facts.claims import claims
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.match.table import default_table

WORDS = ("a100", "h20", "mi2", "tpu", "gpu max 1", "昇腾", "1080", "3090")
PIECES = st.sampled_from(
    [*WORDS, "A100", "8xH20", "output", "a123", "h21", "31080", "step:1080/5100", *" -_xé", "\n", "\r\n", "\r"]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def holding(text: str) -> list[str]:
    """The lines that hold a word where it begins, asked one by one."""
    words = "|".join(map(re.escape, WORDS))
    wanted = re.compile(rf"(?:(?<![a-z0-9])|(?<=[0-9]x))(?:{words})")
    return [line for line in re.split(r"\r\n?|\n", text) if wanted.search(line.casefold())]


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_exactly_the_lines_that_hold_a_word_are_claims(texts: list[str]) -> None:
    vocabulary = Vocabulary({"claim": WORDS})
    for text in texts:  # what is remembered of the lines of one text is right for the next
        assert [text[start:end].rstrip("\r\n") for start, end in vocabulary.claims(text, 0, len(text))] == holding(text)


@given(TEXTS, st.integers(0, 40), st.integers(0, 40))
def test_a_stretch_of_a_text_is_searched_as_a_text_by_itself(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    found = [text[at:stop].rstrip("\r\n") for at, stop in Vocabulary({"claim": WORDS}).claims(text, start, end)]
    assert found == holding(text[start:end])


def test_the_answers_for_lines_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike_lines, "KEPT", 3)
    lines = AlikeLines(any_of(["tpu"]))
    text = "".join(f"{letter} tpu\n{letter} cpu\n" for letter in "abcdefgh")
    assert [text[at:].split("\n")[0] for at in lines.starts(text) * 2] == [f"{letter} tpu" for letter in "abcdefgh"] * 2


@pytest.mark.parametrize("line", ["the output of a step", "a123 is no chip", "sha 7fa2c1", "x31080"])
def test_letters_within_a_word_are_no_word(line: str) -> None:
    assert list(claims(line, default_table().vocabulary)) == []


@pytest.mark.parametrize("line", ["8xA100", "64x H100", "on TPU v4", "昇腾910B", "(V100)", "p4d.24xlarge", "RTX 3090"])
def test_a_count_before_a_name_hides_nothing(line: str) -> None:
    assert list(claims(line, default_table().vocabulary)) == [(0, len(line))]


def test_lines_are_alike_that_differ_in_digits_and_case() -> None:
    assert alike("Step 12: A100\r\n") == b"step 00: a000\r\n"


def test_one_number_on_a_line_many_times_takes_no_time() -> None:
    """Each line is left once a number stands on it; else a megabyte of one number costs the square."""
    text = "1080" * 300_000 + "\n3090 GPU\n"
    assert AlikeLines("(?!)", numbers=("1080", "3090")).starts(text) == [0, text.index("\n") + 1]

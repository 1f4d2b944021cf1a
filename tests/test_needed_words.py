"""Does the condition on a file's words hold where one of them stands, and nowhere else?"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.border.semgrep.needed_words import ANYWHERE, Needed, Word, in_files_with, word

NAMES = st.lists(st.text("ab_.-/(", min_size=1, max_size=6), min_size=1, max_size=6)


def held(needs: Sequence[Needed], text: str) -> bool:
    """Whether a file of that text is looked into."""
    conditions = [condition[ANYWHERE] for condition in in_files_with(needs)]
    return all(isinstance(one, dict) and re.search(one["pattern-regex"], text) for one in conditions)


@pytest.mark.parametrize(
    ("needed", "text", "looked_into"),
    [
        (word("bf16"), "x = {'BF16': 1}", True),
        (word("bf16"), "x = bf16_mixed", False),
        (word("bf16"), "x = my_bf16", False),
        (word("*backend"), "x = my_Backend", True),
        (word("NCCL_*", "[A-Z0-9_]*", "=", exact=True), "NCCL_DEBUG=INFO", True),
        (word("NCCL_*", "[A-Z0-9_]*", "=", exact=True), "nccl_debug=INFO", False),
        (word("NCCL_*", "[A-Z0-9_]*", "=", exact=True), "print('NCCL_DEBUG')", False),
        (Word("#[^\n]*?H100"), "H100\n# no\n# on H100", True),
        (Word("#[^\n]*?H100"), "# no\nH100", False),
    ],
)
def test_one_word(needed: Word, text: str, *, looked_into: bool) -> None:
    assert held([((needed,),)], text) == looked_into


def test_a_file_must_hold_a_word_and_a_value() -> None:
    needs = [((word("backend"),), (word("nccl"),)), ((word("fabric"),), (word("ofi"),))]
    assert held(needs, "nccl in front of backend")
    assert held(needs, "fabric\nofi")
    assert not held(needs, "backend, fabric")
    assert not held(needs, "nccl, ofi")


def test_an_empty_list_asks_for_nothing() -> None:
    assert held([((word("backend"),), ())], "the backend")
    assert not held([((word("backend"),), ())], "the front")


def test_what_another_condition_asks_for_is_asked_once() -> None:
    """A need of one list stands in every condition, and where that is all there is, there is one."""
    alone: Needed = ((word("backend"),),)
    assert len(in_files_with([alone, ((word("backend"),), (word("nccl"),))])) == 1


@given(NAMES, st.text("ab_.-/( ", max_size=20))
def test_any_of_several_words_is_found_as_a_plain_search_finds_it(names: list[str], text: str) -> None:
    needs: list[Needed] = [(tuple(word(f"*{name}", behind="") for name in names),)]
    assert held(needs, text) == any(name in text for name in names)

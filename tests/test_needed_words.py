"""Does the condition on a file's words hold where one of them stands, and nowhere else?"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.border.semgrep.needed_words import Needed, Word, holds, in_files_with, word

NAMES = st.lists(st.text("ab_.-/(", min_size=1, max_size=6), min_size=1, max_size=6)


def held(needs: Sequence[Needed], text: str) -> bool:
    """Whether a file of that text is looked into."""
    inside = in_files_with(needs)["pattern-inside"]
    assert isinstance(inside, dict)
    return re.search(inside["pattern-regex"].replace(r"\z", r"\Z"), text) is not None


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
        (Word("#", "#[^\n]*?H100"), "H100\n# no\n# on H100", True),
        (Word("#", "#[^\n]*?H100"), "# no\nH100", False),
    ],
)
def test_one_word(needed: Word, text: str, *, looked_into: bool) -> None:
    assert held([((needed,),)], text) == looked_into


def test_a_file_must_hold_a_word_and_a_value_of_the_same_need() -> None:
    needs = [((word("backend"),), (word("nccl"),)), ((word("fabric"),), (word("ofi"),))]
    assert held(needs, "nccl in front of backend")
    assert held(needs, "fabric\nofi")
    assert not held(needs, "backend, ofi")


def test_an_empty_list_asks_for_nothing() -> None:
    assert held([((word("backend"),), ())], "the backend")
    assert holds(()) == ""


@given(NAMES, st.text("ab_.-/( ", max_size=20))
def test_any_of_several_words_is_found_as_a_plain_search_finds_it(names: list[str], text: str) -> None:
    needs: list[Needed] = [(tuple(word(f"*{name}", behind="") for name in names),)]
    assert held(needs, text) == any(name in text for name in names)

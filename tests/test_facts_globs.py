"""Are globs of one star answered as fnmatch answers them?"""

from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from chipsieve.facts.globs import fits

TEXT = st.text(alphabet="ab.*?[]!-", max_size=6)


@given(name=TEXT, glob=TEXT)
def test_a_glob_fits_what_fnmatch_says(name: str, glob: str) -> None:
    assert fits(name, glob) is fnmatchcase(name, glob)

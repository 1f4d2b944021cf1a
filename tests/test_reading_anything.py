"""Does each reader survive any text? Pieces of fixtures cut, doubled and mixed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.facts.reading import Source
from chipsieve.match.table import default_table
from chipsieve.sources.languages import language_of
from chipsieve.sources.readers import readers

FIXTURES = Path(__file__).parents[1] / "fixtures"
VOCABULARY = default_table().vocabulary
LANGUAGES = sorted(readers().by_language)
STRANGE = (
    "\0",
    "\\",
    "\\\n",
    "'",
    '"',
    "`",
    "$(",
    "${",
    "((",
    "[[",
    "{{",
    "}}",
    "<<E\n",
    "\ud800",
    "\u202e",
    "\r",
    "\t",
    "#",
    "'''",
    "if ",
    "case x in ",
    "*",
    "9" * 5000,
    "(" * 300,
)


@cache
def seeds(language: str) -> Sequence[str]:
    """The lines of fixtures in a language."""
    files = (path for path in sorted(FIXTURES.rglob("*")) if path.is_file() and language_of(path.name) == language)
    lines = [
        line for path in files for line in path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    ]
    return tuple(dict.fromkeys(lines))[:5000] or ("x\n",)


def texts(language: str) -> st.SearchStrategy[str]:
    """Texts of pieces of lines of a language, with what is strange between them."""
    line = st.sampled_from(seeds(language))
    piece = st.tuples(line, st.integers(0, 30), st.integers(0, 80)).map(lambda cut: cut[0][cut[1] : cut[1] + cut[2]])
    return st.lists(st.one_of(line, piece, st.sampled_from(STRANGE), st.text(max_size=5)), max_size=30).map("".join)


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_a_reader_reads_anything(language: str, data: st.DataObject) -> None:
    text = data.draw(texts(language))
    try:
        reading = readers().by_language[language].read(Source("a/file", language, text), VOCABULARY)
    except RecursionError:  # the guard makes a gap of it
        return
    lines = text.count("\n") + text.count("\r") + 2
    for fact in reading.facts:
        assert 0 < fact.span.line <= lines

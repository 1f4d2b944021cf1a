"""Does every hostile tree come to an end, with a gap where a bound was met? `make hostile` measures them whole."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from chipsieve.facts.reading import Gap
from chipsieve.link.file_index import FileIndex
from chipsieve.link.following import follow
from chipsieve.match.table import default_table
from chipsieve.sources.discovery import discover, open_tree
from chipsieve.sources.readers import read_tree
from hostile.__main__ import outcome_of
from hostile.bombs import BOMBS, Bomb

SMALL = 0.002
FAILED = re.compile(r"reading took over|nested too deeply to read|the \w+ reader failed")


def gaps_of(bomb: Bomb, root: Path, size: float) -> list[Gap]:
    """The gaps of a bomb's files, of those alone."""
    with open_tree(bomb.written(root, size)) as tree:
        found = discover(tree)
        readings = read_tree(found, default_table().vocabulary, workers=1)
    return [*found.gaps, *(gap for reading in readings for gap in reading.gaps), *follow(FileIndex(readings)).gaps]


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_one_is_read_to_its_end(name: str, tmp_path: Path) -> None:
    gaps = gaps_of(BOMBS[name], tmp_path / "tree", SMALL)
    assert not [gap.reason for gap in gaps if FAILED.match(gap.reason)]


MET = {
    "sourcing-ladder": ("chipsieve.link.following", "FOLLOWED_PER_SCRIPT", 100, "sources and runs too much"),
    "plain-megabyte": ("chipsieve_shell.record", "STEPS", 20, "steps to evaluate"),
    "nested-loops": ("chipsieve_shell.record", "STEPS", 20, "steps to evaluate"),
    "three-megabytes": ("chipsieve.sources.readers", "CHARACTERS", {"shell": 500}, "longer than 500 characters"),
    "toml-settings": ("chipsieve.sources.readers", "CHARACTERS", {"toml": 500}, "longer than 500 characters"),
    "json-settings": ("chipsieve.facts.bounded", "STATED", 5, "states more than"),
    "comments-with-chips": ("chipsieve.facts.bounded", "STATED", 5, "states more than"),
    "code-fences": ("chipsieve.sources.bounds", "DOCUMENTS", 5, "texts inside it"),
    "make-recipes": ("chipsieve.sources.bounds", "DOCUMENT_CHARACTERS", 100, "texts inside it that are too long"),
    "make-grown": ("chipsieve_config.makefile_variables", "LONGEST", 100, "too many or too long values"),
}


@pytest.mark.parametrize("name", MET)
def test_a_bound_that_is_met_is_a_gap(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, constant, value, words = MET[name]
    size = 0.001 if name == "make-grown" else 0.01
    before = [gap for gap in gaps_of(BOMBS[name], tmp_path / "before", size) if words in gap.reason]
    monkeypatch.setattr(importlib.import_module(module), constant, value)
    met = [gap for gap in gaps_of(BOMBS[name], tmp_path / "met", size) if words in gap.reason]
    assert met
    assert not before or name == "nested-loops", "only the bound that was lowered"


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_larger_one_ends_within_its_time_and_memory(name: str, tmp_path: Path) -> None:
    outcome = outcome_of(BOMBS[name], tmp_path, 0.02)
    assert outcome.survived, outcome

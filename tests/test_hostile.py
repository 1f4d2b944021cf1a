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
from hostile.bombs import Bomb
from hostile.every import BOMBS

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
    "long-elif": ("chipsieve_shell.record", "STEPS", 20, "steps to evaluate"),
    "case-of-megabyte": ("chipsieve_shell.record", "ASSIGNED", 5, "is assigned in more than"),
    "large-environment": ("chipsieve_shell.run.simple_commands", "ENVIRONMENT", 5, "in the environment"),
    "closers": ("chipsieve.sources.bounds", "GAPS", 5, "more places were not read"),
    "lines-that-name-chips": ("chipsieve_config.collector", "CLAIMS", 5, "lines that may name chips"),
    "long-lines-that-name-chips": ("chipsieve_config.collector", "PARTS", 0, "in more than"),
    "docker-runs": ("chipsieve_config.dockerfile_reader", "VARIABLES", 5, "a stage sets more than"),
    "three-megabytes": ("chipsieve.sources.bounds", "CHARACTERS", {"shell": 500}, "longer than 500 characters"),
    "toml-settings": ("chipsieve.sources.bounds", "CHARACTERS", {"toml": 500}, "longer than 500 characters"),
    "json-settings": ("chipsieve.facts.bounded", "STATED", 5, "states more than"),
    "comments-with-chips": ("chipsieve.facts.bounded", "STATED", 5, "states more than"),
    "code-fences": ("chipsieve.sources.bounds", "DOCUMENTS", 5, "texts inside it"),
    "make-recipes": ("chipsieve.sources.bounds", "DOCUMENT_CHARACTERS", 100, "texts inside it that are too long"),
    "make-branches": ("chipsieve_config.makefile_variables", "CONDITIONAL", 5, "too many or too long values"),
}


@pytest.mark.parametrize("name", MET)
def test_a_bound_that_is_met_is_a_gap(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, constant, value, words = MET[name]
    before = [gap for gap in gaps_of(BOMBS[name], tmp_path / "before", SMALL) if words in gap.reason]
    monkeypatch.setattr(importlib.import_module(module), constant, value)
    met = [gap for gap in gaps_of(BOMBS[name], tmp_path / "met", SMALL) if words in gap.reason]
    assert met
    assert not before, "only the bound that was lowered"


def test_a_key_of_too_many_parts_is_a_gap(tmp_path: Path) -> None:
    (gap,) = gaps_of(BOMBS["toml-one-key"], tmp_path, SMALL)
    assert (gap.path, gap.line, gap.reason) == ("a.toml", 1, "a key of more than 100 parts: not read")


@pytest.mark.costly
@pytest.mark.parametrize("name", BOMBS)
def test_a_larger_one_ends_within_its_time_and_memory(name: str, tmp_path: Path) -> None:
    outcome = outcome_of(BOMBS[name], tmp_path, 0.02)
    assert outcome.survived, outcome

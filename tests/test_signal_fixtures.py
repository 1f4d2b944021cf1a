"""Does each signal match the lines that it should, and no neighbour? Every annotated fixture, read by its reader.

The marks are those of tests/annotations.py. What is only mentioned (a comparison, a table) is no match, unless the
signal is about names.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from annotations import FILES, annotated
from chipsieve.border.semgrep.rule_files import hand_written
from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.names import normal
from chipsieve.facts.conditions import MENTION
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Source
from chipsieve.match.matching import findings as matched
from chipsieve.match.table import default_table

NO_READER = ("cuda", "cmake")
"""C and CMake are no launches' code: the rules written by hand are for Semgrep, and so are their fixtures' marks."""
READ = [path for path in FILES if path.parent.name not in NO_READER]
READERS = ("chipsieve_config", "chipsieve_python", "chipsieve_shell")


def reader(language: str) -> ModuleType:
    """The plugin that reads a language; one that cannot be imported fails the test."""
    plugins = [importlib.import_module(name) for name in READERS]
    return next(plugin for plugin in plugins if language in plugin.LANGUAGES)


def findings(source: Source) -> list[Finding]:
    """What the readers find in a text and in the texts inside it, none of which may leave a gap."""
    plugin, table = reader(source.language), default_table()
    states_facts = getattr(plugin, "STATES_FACTS", False)
    reading = plugin.read(source, table.vocabulary if states_facts else table)
    assert not reading.gaps, reading.gaps
    found = matched(reading.facts, source.path, table) if states_facts else list(reading.findings)
    for document in reading.documents:
        padded = "\n" * (document.span.line - 1) + document.text
        found += findings(Source(source.path, document.language, padded))
    return found


def test_there_are_fixtures() -> None:
    assert FILES


def test_what_has_no_reader_has_rules_written_by_hand() -> None:
    plugins = [importlib.import_module(name) for name in READERS]
    assert not {language for plugin in plugins for language in plugin.LANGUAGES} & {*NO_READER}
    folders = {name.partition("/")[0] for name in hand_written(default_table().signals)}
    assert folders == {*NO_READER}
    fixtures = {f"{path.parent.name}/{path.stem}.yaml" for path in FILES if path not in READ}
    assert fixtures == hand_written(default_table().signals)


@pytest.mark.parametrize("path", READ, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture(path: Path) -> None:
    fixture = annotated(path)
    assert fixture.readers(), "a fixture needs a line that matches"
    assert fixture.lines["ok"], "a fixture needs a neighbour that stays silent"
    signal = default_table().signals[fixture.signal]
    found = [item for item in findings(fixture.source) if item.signal == signal.id]
    if signal.effect != "names":
        found = [item for item in found if MENTION not in item.conditions]
    assert sorted({item.span.line for item in found}) == fixture.readers()
    if signal.requires == {"named": "$value"}:
        names = load_catalogue().names
        assert {normal(item.value) for item in found} <= set(names), "words that catalogue/names.toml does not have"

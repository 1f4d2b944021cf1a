"""Does each signal match the lines that it should, and no neighbour? Every annotated fixture, read by its reader.

In a fixture a comment stands on the line before the one that it speaks of: `ruleid` must match, `ok` must not,
`todoruleid` is known to be missed. What is only mentioned (a comparison, a table) is no match, unless the signal is
about names.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.names import normal
from chipsieve.model import MENTION, Finding, Source
from chipsieve.signals.table import default_table

ROOT = Path(__file__).parents[1] / "fixtures/signals"
READERS = ("chipsieve_config", "chipsieve_python", "chipsieve_shell")
MARK = re.compile(r"(?:#|//|<!--)\s*(?P<word>ruleid|ok|todoruleid):\s*(?P<signal>[\w-]+)")
FILES = sorted(path for path in ROOT.glob("*/*") if path.is_file())


@dataclass(frozen=True)
class Annotated:
    """One fixture: its signal, its source, and the lines that each kind of mark speaks of."""

    signal: str
    source: Source
    lines: dict[str, list[int]]


def annotated(path: Path) -> Annotated:
    text = path.read_text(encoding="utf-8")
    lines: dict[str, list[int]] = {"ruleid": [], "ok": [], "todoruleid": []}
    for number, line in enumerate(text.splitlines(), 1):
        mark = MARK.search(line)
        if mark:
            assert mark["signal"] == path.stem, f"{path.name}:{number} speaks of another signal"
            lines[mark["word"]].append(number + 1)
    return Annotated(path.stem, Source(path.name, path.parent.name, text), lines)


def reader(language: str) -> ModuleType:
    """The plugin that reads a language; one that cannot be imported fails the test."""
    plugins = [importlib.import_module(name) for name in READERS]
    return next(plugin for plugin in plugins if language in plugin.LANGUAGES)


def findings(source: Source) -> list[Finding]:
    """What the readers find in a text and in the texts inside it, none of which may leave a gap."""
    reading = reader(source.language).read(source, default_table())
    assert not reading.gaps, reading.gaps
    found = list(reading.findings)
    for document in reading.documents:
        padded = "\n" * (document.span.line - 1) + document.text
        found += findings(Source(source.path, document.language, padded))
    return found


def test_there_are_fixtures() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture(path: Path) -> None:
    fixture = annotated(path)
    assert fixture.lines["ruleid"], "a fixture needs a line that matches"
    assert fixture.lines["ok"], "a fixture needs a neighbour that stays silent"
    signal = default_table().signals[fixture.signal]
    found = [item for item in findings(fixture.source) if item.signal == signal.id]
    if signal.effect != "names":
        found = [item for item in found if MENTION not in item.conditions]
    assert sorted({item.span.line for item in found}) == fixture.lines["ruleid"]
    if signal.requires == {"named": "$value"}:
        names = load_catalogue().names
        assert {normal(item.value) for item in found} <= set(names), "words that catalogue/names.toml does not have"

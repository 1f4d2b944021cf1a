"""What do the readers find in a text, with every shipped signal?"""

from __future__ import annotations

import importlib
from types import ModuleType

from chipsieve.facts.conditions import MENTION
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Source
from chipsieve.match import matching
from chipsieve.match.table import default_table

NO_READER = ("cuda", "cmake")
"""C and CMake are no launches' code: the rules written by hand are for Semgrep, and so are their fixtures' marks."""
READERS = ("chipsieve_config", "chipsieve_python", "chipsieve_shell")


def readers() -> list[ModuleType]:
    """The plugins that read languages; one that cannot be imported fails the test."""
    return [importlib.import_module(name) for name in READERS]


def findings(source: Source) -> list[Finding]:
    """What the readers find in a text and in the texts inside it, none of which may leave a gap."""
    table = default_table()
    reader = next(plugin for plugin in readers() if source.language in plugin.LANGUAGES)
    reading = reader.read(source, table.vocabulary)
    assert not reading.gaps, reading.gaps
    found = matching.findings(reading.facts, source.path, table)
    for document in reading.documents:
        padded = "\n" * (document.span.line - 1) + document.text
        found += findings(Source(source.path, document.language, padded))
    return found


def counted(found: list[Finding]) -> list[Finding]:
    """Those that speak for their signal: what is only mentioned does so where the signal is about names."""
    signals = default_table().signals
    return [item for item in found if signals[item.signal].effect == "names" or MENTION not in item.conditions]

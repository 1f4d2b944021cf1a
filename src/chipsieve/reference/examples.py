"""Which lines show what a signal matches, and what it does not? Those of its fixtures, by the comments above them.

A comment on the line above says what holds: `ruleid` and `readers` match, `ok` stays silent, and what begins
with `todo` is known to be missed by one engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from chipsieve.bundled import bundled

MARK = re.compile(r"(?:#|//|<!--)\s*(?P<word>ruleid|readers|ok|todoruleid|todoreaders):\s*[\w-]+")
MATCH, SILENT = frozenset({"ruleid", "readers"}), frozenset({"ok"})
MISSED = frozenset({"todoreaders"})
SHOWN = 4
"""Lines of one kind and one language on a page."""
LANGUAGES = ("shell", "python", "yaml", "json", "toml", "dockerfile", "requirements", "prose", "log", "cuda", "cmake")
"""The order on a page."""


class Examples(msgspec.Struct, frozen=True):
    """Lines of one language that match, and lines that do not."""

    language: str
    matching: tuple[str, ...]
    silent: tuple[str, ...]


@cache
def _homes() -> dict[str, list[Path]]:
    """The fixtures by signal, in the order of the languages."""
    folders = sorted(
        bundled("examples", "fixtures/signals").iterdir(),
        key=lambda folder: LANGUAGES.index(folder.name) if folder.name in LANGUAGES else len(LANGUAGES),
    )
    found: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.*")):
            found.setdefault(path.stem, []).append(path)
    return found


def examples(signal: str) -> tuple[Examples, ...]:
    """The first lines of the signal's fixtures, each once, by language."""
    return tuple(_examples(path) for path in _homes().get(signal, ()))


def _examples(path: Path) -> Examples:
    found: dict[bool, dict[str, None]] = {True: {}, False: {}}
    for words, line in _marked(path.read_text(encoding="utf-8")):
        matches = bool(words & MATCH) and not words & MISSED
        if matches or words <= SILENT:
            found[matches].setdefault(line)
    return Examples(path.parent.name, tuple(found[True])[:SHOWN], tuple(found[False])[:SHOWN])


def _marked(text: str) -> Iterator[tuple[frozenset[str], str]]:
    """Each line below comments of ours, without its indentation, and their words."""
    words: set[str] = set()
    for line in text.splitlines():
        if mark := MARK.search(line):
            words.add(mark["word"])
            continue
        if words:
            yield frozenset(words), line.strip()
        words = set()

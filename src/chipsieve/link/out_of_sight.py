"""What does a script start that lies where nobody reads? Code below `.git`, `__pycache__` and their like is a gap."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cache

from chipsieve.commands.known import known
from chipsieve.facts.reading import Command, Gap, Reading
from chipsieve.facts.words import Word
from chipsieve.link.file_index import above
from chipsieve.sources.contents import Tree
from chipsieve.sources.languages import language_of, language_of_program, languages

REASON = "lies in a folder that is not read: what it does is not known"


def started_unread(tree: Tree, readings: Iterable[Reading]) -> Iterator[Gap]:
    """A gap for each command that names code in a folder that a walk passes over without a word."""
    for reading in readings:
        for command in reading.commands:
            for path in _named(tree, reading.path, command):
                yield Gap(reading.path, f"{path!r}, which a command here names, {REASON}", command.span.line)


def _named(tree: Tree, script: str, command: Command) -> Iterator[str]:
    head = posixpath.basename(command.words[0].literal or "") if command.words else ""
    if head in known().ignored or head in known().handles_files:
        return
    folders = above(posixpath.dirname(script))
    for word in command.words:
        named = (posixpath.normpath(posixpath.join(folder, tail)) for tail in _tails(word) for folder in folders)
        path = next((path for path in named if tree.holds(path)), "")
        if path and _is_code(tree, path):
            yield path


def _tails(word: Word) -> Iterator[str]:
    """The path in an unread folder that a word names, as far as it is known, and from that folder on."""
    text = "".join(part.text if part.kind == "text" else "\0" for part in word.parts)
    known_text = text[text.rfind("\0") + 1 :].lstrip("/")
    found = _passed_over().search(known_text)
    if found:
        yield from dict.fromkeys((known_text, known_text[found.start("folder") :]))


@cache
def _passed_over() -> re.Pattern[str]:
    """What finds a folder that a walk passes over, and something below it."""
    return re.compile(rf"(?:^|/)(?P<folder>(?:{'|'.join(map(re.escape, sorted(languages().silent)))})/.)")


def _is_code(tree: Tree, path: str) -> bool:
    beginning = tree.beginning(path)
    return bool(language_of(path) or (isinstance(beginning, bytes) and language_of_program(beginning)))

"""Which configurations does a job script expect that its user sources before?

`source config_A.sh; sbatch run.sub`: the script uses variables that nothing in it sets, and each `config_*.sh` beside
it sets them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from chipsieve.facts.reading import Reading
from chipsieve.facts.words import Word
from chipsieve.link.file_index import FileIndex

FORMS = ("config_*.sh", "config-*.sh")
FOLDERS = ("", "configs", "config")  # where they lie, seen from the job script
NEEDED = 2  # variables of the script that each of them sets; one may be there by chance


def expected(index: FileIndex, script: str) -> list[str]:
    """The configurations beside a script that set what it uses; none where it sources one itself."""
    if index.nature(script) != "script" or _is_configuration(script):
        return []
    beside = list(_beside(index, script))
    if not beside:
        return []
    reading = index.readings[script]
    if any(_may_be(word, path) for word in _sourced(reading) for path in beside):
        return []
    asked = _from_outside(reading)
    return [path for path in beside if len(asked.intersection(dict(index.readings[path].bindings))) >= NEEDED]


def _beside(index: FileIndex, script: str) -> Iterator[str]:
    for name in FOLDERS:
        folder = posixpath.join(posixpath.dirname(script), name).rstrip("/")
        paths = (path for path in index.inside(folder) if posixpath.dirname(path) == folder)
        yield from sorted(path for path in paths if _is_configuration(path) and index.nature(path) == "script")


def _is_configuration(path: str) -> bool:
    return any(fnmatchcase(posixpath.basename(path), form) for form in FORMS)


def _sourced(reading: Reading) -> Iterator[Word]:
    """The files that a script sources."""
    return (word for command in reading.commands if command.sources for word in command.words[1:2])


def _may_be(word: Word, path: str) -> bool:
    """Whether a word may name a file; what is not known of it may be anything."""
    pattern = "".join(part.text if part.kind == "text" else "*" for part in word.parts)
    return fnmatchcase(posixpath.basename(path), posixpath.basename(pattern))


def _from_outside(reading: Reading) -> frozenset[str]:
    """The variables that a script uses and does not set."""
    words = (
        word for command in reading.commands for word in (*command.words, *(one for _, one in command.environment))
    )
    return frozenset(_variables((*words, *(word for _, word in reading.bindings))))


def _variables(words: Iterable[Word]) -> Iterator[str]:
    waiting = list(words)
    while waiting:
        for part in waiting.pop().parts:
            if part.kind == "variable":
                yield part.text
            waiting += [word for _, word in part.alternatives] + ([part.default] if part.default else [])

"""Which of several configurations may a script run with, where only its user knows?

`source config_${SYSTEM}.sh`: the script sources any of a form. `source config_A.sh; sbatch run.sub`: its user does so
before; the script uses variables that nothing in it sets, and each `config_*.sh` beside it sets them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from chipsieve.facts.reading import Reading
from chipsieve.facts.words import Resolved, Word
from chipsieve.link.file_index import FileIndex

FORM = re.compile(r"(?:.*/)?config[_-][^/]*\.sh", re.DOTALL)
FOLDERS = ("", "configs", "config")  # where they lie, seen from the job script
LETTERS_KNOWN = 4  # letters of a script's name that must be known for others of that form to be meant
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
    setting = [path for path in beside if len(asked.intersection(dict(index.readings[path].bindings))) >= NEEDED]
    return _outermost(index, setting)


def fitting(index: FileIndex, words: Sequence[Resolved], bases: Iterable[str], script: str) -> list[str]:
    """The scripts that the partly unknown name behind `source` may mean, in the nearest folder with any.

    Of a name of which too little is known (`configs/$1.sh`) the folder must be.
    """
    if len(words) < 2 or not words[1].unknown:  # noqa: PLR2004 - `source` and its operand
        return []
    folder, pattern = posixpath.split(words[1].pattern)
    stem, ending = posixpath.splitext(pattern)
    below = ""
    if len(stem.replace("*", "")) < LETTERS_KNOWN:
        below = folder.rpartition("*")[2].strip("/")
        if not ending or below.strip("./") == "" or posixpath.normpath(below) == posixpath.dirname(script):
            return []
    for base in bases if "*" in pattern else ():
        beside = index.inside(posixpath.normpath(posixpath.join(base, below)) if below else base)
        alike = (path for path in beside if fnmatchcase(posixpath.basename(path), pattern))
        found = [path for path in alike if index.nature(path) == "script" and path != script]
        if found:
            return _outermost(index, sorted(found)) if len(found) > 1 else []
    return []


def _outermost(index: FileIndex, scripts: Sequence[str]) -> list[str]:
    """Those of some scripts that no other one of them sources: `config_A.sh`, not its `config_common.sh`."""
    inner = {
        posixpath.basename(part.text)
        for path in scripts for word in _sourced(index.readings[path]) for part in word.parts if part.kind == "text"
    }  # fmt: skip
    return [path for path in scripts if posixpath.basename(path) not in inner] or list(scripts)


def _beside(index: FileIndex, script: str) -> Iterator[str]:
    for name in FOLDERS:
        folder = posixpath.join(posixpath.dirname(script), name).rstrip("/")
        yield from sorted(
            path for path in index.inside(folder) if _is_configuration(path) and index.nature(path) == "script"
        )


def _is_configuration(path: str) -> bool:
    return FORM.fullmatch(path) is not None


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

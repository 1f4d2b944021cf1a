"""Which image does a run stand in? The container tools that its scripts call, and the recipe that lies beside them.

A Dockerfile says nothing of a run that starts on the bare machine, nor where several lie side by side; beside a
script that starts a container without naming an image, one alone, or the default one of several, is what the image is
built from.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from functools import cache
from itertools import takewhile

from chipsieve.commands.launchers import launchers
from chipsieve.facts.mentions import speaks
from chipsieve.facts.reading import Command
from chipsieve.facts.words import Word
from chipsieve.link.file_index import FileIndex
from chipsieve.link.following import Run

VERBS = ("run", "exec", "shell")
REFERENCE = re.compile(
    r"(?:\w+://)?[\w.-]+(?::\d+)?[/#][\w./:@+#-]+(?<!\.sif)(?<!\.simg)(?<!\.sqsh)"
)  # registry or owner, name
NEAR = 4  # words between a container tool and its verb


class Containers:
    """The containers in which the scripts of one tree start their programs."""

    def __init__(self, index: FileIndex) -> None:
        """Look at the scripts of one tree, each once."""
        self._index = index
        self._names_image = cache(self._names_one)
        self._starts = cache(self._starts_one)

    def recipe_of(self, run: Run) -> str | None:
        """The Dockerfile or definition file of the container that the run stands in; None when nobody can tell."""
        if any(map(self._names_image, run.scripts)) or not any(map(self._starts, run.scripts)):
            return None
        beside = (path for path, _ in reversed(run.chain))
        folders = dict.fromkeys(posixpath.dirname(path) for path in (*beside, run.program.entry))
        return next((_default(found) for folder in folders if (found := self._recipes(folder))), None)

    def _names_one(self, script: str) -> bool:
        """Whether a script names a published image: a local name (`trainer:v1`, `x/trainer.sif`) was built here."""
        facts = self._index.readings[script].facts
        return any(fact.kind == "image" and REFERENCE.fullmatch(fact.value or "") for fact in facts)

    def _starts_one(self, script: str) -> bool:
        return any(_contains(command) for command in self._index.readings[script].commands)

    def _recipes(self, folder: str) -> list[str]:
        return [path for path in self._index.inside(folder) if self._index.nature(path) == "recipe"]


def _default(recipes: list[str]) -> str | None:
    """The one recipe, or that of several which is built when none is named; not beside one for another vendor."""
    if len(recipes) == 1:
        return recipes[0]
    plain = [path for path in recipes if posixpath.basename(path) == "Dockerfile"]
    others = [posixpath.basename(path) for path in recipes if path not in plain]
    return plain[0] if plain and not any(speaks("", name) for name in others) else None


def _contains(command: Command) -> bool:
    """Whether the command puts something into a container: `docker exec`, `srun --container-image=`."""
    table, texts = launchers(), list(takewhile(_no_program, map(_beginning, command.words)))
    scheduled = any(posixpath.basename(text) in table.container_schedulers for text in texts)
    if scheduled and any(text.partition("=")[0] in table.container_options for text in texts):
        return True
    tools = (place for place, text in enumerate(texts) if posixpath.basename(text) in table.containers)
    return any(_verb(texts[place + 1 : place + 1 + NEAR]) for place in tools)


def _no_program(text: str) -> bool:
    """Whether a word is none that starts the program itself, whose options are its own."""
    base = posixpath.basename(text)
    return not (base in launchers().distributed or base.startswith("python") or base.endswith(".py"))


def _verb(texts: Iterable[str]) -> bool:
    return any(text in VERBS for text in texts)


def _beginning(word: Word) -> str:
    """The part of a word before anything unknown."""
    return word.parts[0].text if word.parts and word.parts[0].kind == "text" else ""

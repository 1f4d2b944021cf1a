"""Which image does a run stand in? The container tools that its scripts call, and the recipe that they build from.

A Dockerfile says nothing of a run that starts on the bare machine. A script that starts a container without naming a
published image stands in the one that its scripts build; where they build none, in that of the recipe beside it: one
alone, or the default one of several, but none that is called after one vendor while the tree has others.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from itertools import pairwise, takewhile

from chipsieve.commands.launchers import launchers
from chipsieve.facts.mentions import speaks
from chipsieve.facts.reading import Command
from chipsieve.facts.words import Resolved, Word, written
from chipsieve.link.file_index import FileIndex, above
from chipsieve.link.following import Run

BUILD = "build"
RECIPE_OPTIONS = ("-f", "--file")
VERBS = ("run", "exec", "shell")
REFERENCE = re.compile(
    r"(?:\w+://)?[\w.-]+(?::\d+)?[/#][\w./:@+#-]+(?<!\.sif)(?<!\.simg)(?<!\.sqsh)"
)  # registry or owner, name
NVIDIA = re.compile(r"cuda|nvidia", re.IGNORECASE)  # of which nearly every tree speaks: no vendor's mention
NEAR = 4  # words between a container tool and its verb


class Containers:
    """The containers in which the scripts of one tree start their programs."""

    def __init__(self, index: FileIndex) -> None:
        """Look at the scripts of one tree, each once."""
        self._index = index
        self._names_image = cache(self._names_one)
        self._starts = cache(self._starts_one)
        self._built = cache(self._built_by)

    def recipe_of(self, run: Run) -> str | None:
        """The Dockerfile or definition file of the container that the run stands in; None when nobody can tell."""
        if any(map(self._names_image, run.scripts)) or not any(map(self._starts, run.scripts)):
            return None
        built = list(dict.fromkeys(path for script in run.scripts for path in self._built(script)))
        if built:
            return built[0] if len(built) == 1 else None
        beside = (path for path, _ in reversed(run.chain))
        folders = dict.fromkeys(posixpath.dirname(path) for path in (*beside, run.program.entry))
        return next((self._default(found) for folder in folders if (found := self._recipes(folder))), None)

    def _names_one(self, script: str) -> bool:
        """Whether a script names a published image: a local name (`trainer:v1`, `x/trainer.sif`) was built here."""
        facts = self._index.readings[script].facts
        return any(fact.kind == "image" and REFERENCE.fullmatch(fact.value or "") for fact in facts)

    def _starts_one(self, script: str) -> bool:
        return any(_contains(command) for command in self._index.readings[script].commands)

    def _recipes(self, folder: str) -> list[str]:
        return [path for path in self._index.inside(folder) if self._index.nature(path) == "recipe"]

    def _built_by(self, script: str) -> tuple[str, ...]:
        """The recipes from which a script builds images, as far as the tree has them."""
        bases = above(posixpath.dirname(script))
        named = (name for command in self._index.readings[script].commands for name in _recipe_names(command, script))
        found = (self._index.named(name, bases) for name in named)
        return tuple(path for path in found if path and self._index.nature(path) == "recipe")

    def _default(self, recipes: list[str]) -> str | None:
        """The one recipe, or that of several which is built when none is named; not beside one for another vendor."""
        if len(recipes) == 1:
            vendors = _called_after(recipes[0])
            return None if vendors and any(one != vendors for one in self._vendors) else recipes[0]
        plain = [path for path in recipes if posixpath.basename(path) == "Dockerfile"]
        others = [path for path in recipes if path not in plain]
        return plain[0] if plain and not any(speaks("", posixpath.basename(path)) for path in others) else None

    @cached_property
    def _vendors(self) -> frozenset[frozenset[str]]:
        """The vendors after which each recipe of the tree is called."""
        return frozenset(_called_after(path) for path in self._index.readings if self._index.nature(path) == "recipe")


def _called_after(recipe: str) -> frozenset[str]:
    name = posixpath.basename(recipe)
    return speaks("", name) | (frozenset({"nvidia"}) if NVIDIA.search(name) else frozenset())


def _recipe_names(command: Command, script: str) -> Iterator[Resolved]:
    """The recipes that `docker build -f FILE CONTEXT` and `apptainer build IMAGE FILE` name."""
    texts = list(map(_shown, command.words))
    tools = (place for place, text in enumerate(texts) if posixpath.basename(text) in launchers().containers)
    place = next(tools, len(texts))
    if BUILD not in texts[place + 1 : place + 1 + NEAR]:
        return
    rest = texts[texts.index(BUILD, place) + 1 :]
    files = [after for option, after in pairwise(rest) if option in RECIPE_OPTIONS]
    files += [text.partition("=")[2] for text in rest if text.partition("=")[0] in RECIPE_OPTIONS and "=" in text]
    if not files and rest:
        files = [rest[-1], posixpath.join(rest[-1], "Dockerfile")]
    yield from (written(name, script, command.span) for name in files)


def _shown(word: Word) -> str:
    return "".join(part.text if part.kind == "text" else f"${{{part.text or '_'}}}" for part in word.parts)


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

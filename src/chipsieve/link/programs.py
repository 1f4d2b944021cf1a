"""Which program does a command line start, and with which entry? The launchers' table, applied."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from chipsieve.commands.launchers import launchers
from chipsieve.link.launch import Resolved
from chipsieve.link.tree import Tree
from chipsieve.link.words import unresolved

VERSIONED = re.compile(r"(python|ipython|pypy)[\d.]*$")


class Program(msgspec.Struct, frozen=True):
    """What a command line starts.

    `script` runs a shell script of the tree; `python` one process, `distributed` one per accelerator.
    `entry` is the file of the tree or, where it has none, the text that names the program; `first` is the
    index of the first word that belongs to the entry.
    """

    kind: Literal["script", "python", "distributed"]
    entry: str
    first: int


def program(words: Sequence[Resolved], tree: Tree, bases: Sequence[str]) -> Program | None:
    """The program that the words start, None when it is none that the table or the tree knows."""
    table = launchers()
    for index, word in enumerate(words):
        base = posixpath.basename(word.text)
        if base in table.distributed:
            return _distributed(words, index + 1, tree, bases, base)
        if base in table.pythons or VERSIONED.fullmatch(base):
            return _python(words, index + 1, tree, bases)
        if base in table.shells or base in table.submitters:
            return _script(words, index + 1, tree, bases)
        found = _own(word.text, tree, bases)
        if found and (index == 0 or _looks_like_path(word.text)):
            return Program("script" if tree.readings[found].language == "shell" else "python", found, index + 1)
        if index == 0 and not (base in table.wrappers or unresolved(word.text) or not word.text):
            return None
    return None


def _own(text: str, tree: Tree, bases: Sequence[str]) -> str | None:
    """A shell or Python file of the tree that the text names as a program."""
    if not text.endswith((".sh", ".bash", ".slurm", ".sbatch", ".py", ".job", ".pbs")):
        return None
    found = tree.find(text, bases)
    return found if found and tree.readings[found].language in ("shell", "python") else None


def _looks_like_path(text: str) -> bool:
    return "/" in text or text.endswith((".py", ".sh"))


def _script(words: Sequence[Resolved], start: int, tree: Tree, bases: Sequence[str]) -> Program | None:
    for index in range(start, len(words)):
        found = tree.find(words[index].text, bases)
        if found and tree.readings[found].language == "shell":
            return Program("script", found, index + 1)
        if found and tree.readings[found].language == "python":
            return Program("python", found, index + 1)
    return None


def _python(words: Sequence[Resolved], start: int, tree: Tree, bases: Sequence[str]) -> Program | None:
    unknown: Program | None = None
    for index in range(start, len(words)):
        text, before = words[index].text, words[index - 1].text
        if text == "-c":
            return None
        if text in ("-m", "--module") and index + 1 < len(words) and not unknown:
            return _module(words, index + 1, tree, bases)
        if text.startswith("-m") and text[2:].isidentifier() and not unknown:
            return Program("python", text[2:], index + 1)
        if text.startswith("-") and text not in ("-W", "-X"):
            continue
        if unresolved(text):
            unknown = unknown or Program("python", tree.find(text, bases) or text, index + 1)
            continue
        if unknown and (before.startswith("-") and before != "-u"):
            continue
        if text.endswith(".py"):
            return Program("python", tree.find(text, bases) or text, index + 1)
        found = None if unknown else tree.find(text, bases)
        if found and tree.readings[found].language == "python":
            return Program("python", found, index + 1)
    return unknown


def _module(words: Sequence[Resolved], index: int, tree: Tree, bases: Sequence[str]) -> Program:
    name = words[index].text
    if name in launchers().modules:
        return _distributed(words, index + 1, tree, bases, name)
    return Program("python", tree.module(name, (*bases, "src", "")) or name, index + 1)


def _distributed(words: Sequence[Resolved], start: int, tree: Tree, bases: Sequence[str], name: str) -> Program:
    """The entry is the first file of code or module after the launcher; its own options are passed over."""
    for index in range(start, len(words)):
        text = words[index].text
        if text in ("-m", "--module") and index + 1 < len(words):
            return Program(
                "distributed",
                tree.module(words[index + 1].text, (*bases, "src", "")) or words[index + 1].text,
                index + 2,
            )
        if text.endswith(".py") and not text.startswith("-"):
            return Program("distributed", tree.find(text, bases) or text, index + 1)
        script = None if text.startswith("-") else _own(text, tree, bases)
        if script:
            return Program("script", script, index + 1)
    return Program("distributed", name, start)

"""Which program does a command line start, and with which entry? The launchers' table, applied."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from chipsieve.commands.known import known
from chipsieve.commands.launchers import launchers
from chipsieve.facts.words import Resolved
from chipsieve.link.file_index import FileIndex

VERSIONED = re.compile(r"(python|ipython|pypy)[\d.]*$")
PROGRAM_ENDINGS = (".sh", ".bash", ".slurm", ".sbatch", ".py", ".job", ".pbs")
MODULE_OPTIONS = ("-m", "--module")
INSTALL = "install"  # the verb of pip, conda, apt-get and their like


class Program(msgspec.Struct, frozen=True):
    """What a command line starts.

    `script` runs a shell script of the tree; `python` one process, `distributed` one per accelerator.
    `entry` is the file of the tree or, where it has none, the text that names the program; `first` is the
    index of the first word that belongs to the entry; `known` is False where the text holds something unknown.
    """

    kind: Literal["script", "python", "distributed"]
    entry: str
    first: int
    known: bool = True


def program(words: Sequence[Resolved], files: FileIndex, bases: Sequence[str]) -> Program | None:
    """The program that the words start, None when it is none that the table or the tree knows."""
    return _Finder(words, files, bases).program()


class _Finder:
    """Looks for the program in the words of one command."""

    def __init__(self, words: Sequence[Resolved], files: FileIndex, bases: Sequence[str]) -> None:
        self.words, self.files, self.bases = words, files, bases

    def program(self) -> Program | None:
        table = launchers()
        for at, word in enumerate(self.words):
            base = posixpath.basename(word.text)
            if base in known().own_flags and any(near.text == INSTALL for near in self.words[at + 1 : at + 3]):
                return None  # `uv pip install lightning` starts no launcher, and `uv run lightning` does
            if base in table.distributed:
                return self.distributed(at + 1, base)
            if base in table.pythons or VERSIONED.fullmatch(base):
                return self.python(at + 1)
            if base in table.shells or base in table.submitters:
                return self.script(at + 1)
            found = self.program_of_tree(word)
            if found and (at == 0 or "/" in word.text or word.text.endswith((".py", ".sh"))):
                return Program("script" if self.is_script(found) else "python", found, at + 1)
            if at == 0 and not (base in table.wrappers or word.wholly_unknown or not word.text):
                return None
        return None

    def language(self, path: str) -> str:
        return self.files.readings[path].language

    def is_script(self, path: str) -> bool:
        return self.files.nature(path) == "script"

    def named(self, word: Resolved, kind: Literal["python", "distributed"], first: int) -> Program:
        """The program that a word names: a file of the tree, else the text itself."""
        found = self.files.named(word, self.bases)
        return Program(kind, found or word.text, first, known=found is not None or not word.unknown)

    def program_of_tree(self, word: Resolved) -> str | None:
        """A shell or Python file of the tree that the word names as a program."""
        if not word.text.endswith(PROGRAM_ENDINGS):
            return None
        found = self.files.named(word, self.bases)
        return found if found and self.language(found) in ("shell", "python") else None

    def script(self, start: int) -> Program | None:
        for at in range(start, len(self.words)):
            found = self.files.named(self.words[at], self.bases)
            if found and self.language(found) in ("shell", "python"):
                return Program("script" if self.is_script(found) else "python", found, at + 1)
        return None

    def python(self, start: int) -> Program | None:
        unknown: Program | None = None
        for at in range(start, len(self.words)):
            word, before = self.words[at], self.words[at - 1].text
            if word.text == "-c":
                return None
            if word.text in MODULE_OPTIONS and at + 1 < len(self.words) and not unknown:
                return self.module(at + 1)
            if word.text.startswith("-m") and word.text[2:].isidentifier() and not unknown:
                return Program("python", word.text[2:], at + 1)
            if word.text.startswith("-") and word.text not in ("-W", "-X"):
                continue
            if word.wholly_unknown:
                unknown = unknown or self.named(word, "python", at + 1)
                continue
            if unknown and (before.startswith("-") and before != "-u"):
                continue
            if word.text.endswith(".py"):
                return self.named(word, "python", at + 1)
            found = None if unknown else self.files.named(word, self.bases)
            if found and self.language(found) == "python":
                return Program("python", found, at + 1)
        return unknown

    def module(self, at: int) -> Program:
        name = self.words[at].text
        if name in launchers().modules:
            return self.distributed(at + 1, name)
        return Program("python", self.module_file(name), at + 1)

    def module_file(self, name: str) -> str:
        return self.files.module(name, (*self.bases, "src", "")) or name

    def distributed(self, start: int, name: str) -> Program:
        """The entry is the first file of code or module after the launcher; its own options are passed over."""
        for at in range(start, len(self.words)):
            word = self.words[at]
            if word.text in MODULE_OPTIONS and at + 1 < len(self.words):
                return Program("distributed", self.module_file(self.words[at + 1].text), at + 2)
            if word.text.endswith(".py") and not word.text.startswith("-"):
                return self.named(word, "distributed", at + 1)
            script = None if word.text.startswith("-") else self.program_of_tree(word)
            if script:
                return Program("script", script, at + 1)
        return Program("distributed", name, start)

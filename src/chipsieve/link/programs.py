"""Which program does a command line start, and with which entry? The launchers' table, applied."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from chipsieve.commands.known import known
from chipsieve.commands.launchers import launchers
from chipsieve.facts.words import Resolved
from chipsieve.link.environments import assignments
from chipsieve.link.expansion import Values
from chipsieve.link.file_index import FileIndex, Installed

VERSIONED = re.compile(r"(python|ipython|pypy)[\d.]*$")
NAME = re.compile(r"[\w./~+-]*[A-Za-z][\w.+-]*")  # what may be the name of a launcher
VERB = re.compile(r"[a-z][\w-]*")
OPTION_VALUE = re.compile(r"-[\w-]+=")  # in front of a quoted command: `--command=python train.py`
PROGRAM_ENDINGS = (".sh", ".bash", ".slurm", ".sbatch", ".py", ".job", ".pbs")
MODULE_OPTIONS = ("-m", "--module")
INSTALL = "install"  # the verb of pip, conda, apt-get and their like
LAUNCHER = re.compile(r"[A-Za-z][\w.+-]*")
ARRAYS = 3  # words in which a whole command line may stand
QUOTED = 64  # words that are looked at for a quoted command
OPERANDS = 12  # words behind an installed tool among which the program that it is to start stands
VERBS_WITHIN = 6  # words behind a tool in which its verb stands


class Program(msgspec.Struct, frozen=True):
    """What a command line starts.

    `script` runs a shell script of the tree; `python` one process, `distributed` one per accelerator; `unknown` is a
    program of the tree that a launcher starts of which nobody knows what else it does.
    `entry` is the file of the tree or, where it has none, the text that names the program; `first` is the
    index of the first word that belongs to the entry; `known` is False where the text holds something unknown.
    `verb` is the first operand of a tool that has several (`axolotl train`). `through` is the file that is started
    first and leads to the entry: a launcher of the tree, or the module of which an installed program calls `function`.
    """

    kind: Literal["script", "python", "distributed", "unknown"]
    entry: str
    first: int
    known: bool = True
    verb: str = ""
    function: str = ""
    through: str = ""


class Started(NamedTuple):
    """A program, its command line without the variables that this sets in front, and those."""

    program: Program
    words: tuple[Resolved, ...]
    assigned: Values


def started(words: tuple[Resolved, ...], files: FileIndex, bases: Sequence[str]) -> Started | None:
    """The program that a command line starts, None when it is none that the table or the tree knows.

    One of its words may hold another command line: `"${LAUNCHER[@]}" train.py`, or
    `gcloud … --command="python train.py"`.
    """
    for several in _readings(words):
        rest, assigned = assignments(several)
        found = program(rest, files, bases)
        if found:
            return Started(found, rest, assigned)
    return None


def program(words: Sequence[Resolved], files: FileIndex, bases: Sequence[str]) -> Program | None:
    """The program that plain words start, None when it is none that the table or the tree knows."""
    return _Finder(words, files, bases).program()


def unknown_launcher(words: Sequence[Resolved]) -> str:
    """The name of a command that may start something nobody knows; "" for one that is known."""
    name, table = posixpath.basename(words[0].text) if words else "", launchers()
    elsewhere = name in table.containers or name in table.shells or name in table.pythons  # what they start is missing
    return name if LAUNCHER.fullmatch(name) and not elsewhere and not is_passive(words[0]) else ""


def _readings(words: tuple[Resolved, ...]) -> Iterator[tuple[Resolved, ...]]:
    """The ways to read words: as they are, with command lines among the first split, or with a quoted one split."""
    yield words
    if any(" " in word.text for word in words[:ARRAYS]):
        yield tuple(part for word in words for part in word.split())
    for at, word in enumerate(words[:QUOTED]):
        quoted = OPTION_VALUE.sub("", word.text)
        if at and " " in quoted.strip() and not is_passive(words[0]):
            command = word.cut(len(word.text) - len(quoted), len(word.text)).split()
            yield (*words[:at], *command, *words[at + 1 :])


def is_passive(word: Resolved) -> bool:
    """Whether a command is known to start none of its operands: it shows, moves, changes or installs them."""
    table, base = known(), posixpath.basename(word.text)
    return base in table.ignored or base in table.own_flags or base in table.handles_files


class _Finder:
    """Looks for the program in the words of one command."""

    def __init__(self, words: Sequence[Resolved], files: FileIndex, bases: Sequence[str]) -> None:
        self.words, self.files, self.bases = words, files, bases

    def program(self) -> Program | None:
        """The program that the words start; behind an unknown launcher a file of Python, or one of the tree."""
        unknown = False
        for at, word in enumerate(self.words):
            base = posixpath.basename(word.text)
            if base in known().own_flags and any(near.text == INSTALL for near in self.words[at + 1 : at + 3]):
                return None  # `uv pip install lightning` starts no launcher, and `uv run lightning` does
            if base in known().handles_files_anywhere or not self.starts_operands(base, at):
                return None  # `pdsh -w hosts pkill -f train.py`, `conda activate deepspeed`
            if self.is_starter(base):
                found = self.started_by(base, at)
                named = found and (found.entry in self.files.readings or found.entry.endswith(".py"))
                return found if named or not unknown else None
            found = self.program_itself(at, base, unknown=unknown)
            if found:
                return found
            if at == 0 and not (base in launchers().wrappers or word.wholly_unknown or not word.text):
                if is_passive(word) or not NAME.fullmatch(word.text):
                    return None
                unknown = True
        return None

    def starts_operands(self, base: str, at: int) -> bool:
        """Whether a tool with verbs is given one under which it starts what stands behind it."""
        verbs = launchers().verbs.get(base)
        return verbs is None or any(word.text in verbs for word in self.words[at + 1 : at + 1 + VERBS_WITHIN])

    def is_starter(self, base: str) -> bool:
        """Whether a program of this name starts what is named behind it, and starts nothing without that."""
        if base in self.files.installed:
            return False
        return base in launchers().starting or VERSIONED.fullmatch(base) is not None

    def started_by(self, base: str, at: int) -> Program | None:
        """What a launcher, an interpreter or a shell at a place of the words starts."""
        if base in launchers().distributed:
            return self.distributed(at + 1, base)
        if base in launchers().shells or base in launchers().submitters:
            return self.script(at + 1)
        return self.python(at + 1)

    def program_itself(self, at: int, base: str, *, unknown: bool) -> Program | None:
        """The program of the tree that a word names: one that its package installs, a file, or a module."""
        word = self.words[at]
        if base in self.files.installed and not unknown:
            return self.installed(self.files.installed[base], at + 1)
        if unknown and word.text in MODULE_OPTIONS and at + 1 < len(self.words):
            module = self.module_file(self.words[at + 1].text)
            return Program("unknown", module, at + 2) if module in self.files.readings else None
        found = self.program_of_tree(word)
        if found is None or not (at == 0 or "/" in word.text or word.text.endswith((".py", ".sh"))):
            return None
        if self.is_script(found):
            return Program("script", found, at + 1)
        if unknown:  # its options may name other files of Python, such as a configuration
            return Program("unknown", found, at + 1) if self.files.readings[found].entry else None
        return Program("python", found, at + 1)

    def installed(self, program: Installed, start: int) -> Program:
        """A program that the tree's own package installs: a launcher of others, or a tool with verbs.

        A verb may name the file that does the work, as may what stands behind it: `tune run --nnodes 2 lora_finetune`.
        """
        own, function = program
        operands = list(enumerate(self.words[start : start + OPERANDS], start + 1))
        if given := self.given_entry(start):
            at, found = given
            return Program("distributed", found, at, through=own, function=function)
        verb = self.verb(start)
        entry = self.files.beside(f"{verb.replace('-', '_')}.py", own) if verb else None
        before = self.words[start - 1].text
        for _, word in operands if verb else ():
            named = None if before.startswith("-") else self.files.find(f"{word.text.replace('-', '_')}.py", ())
            if VERB.fullmatch(word.text) and named and self.files.readings[named].entry:
                verb, entry = word.text, named
            before = word.text
        code = next(((at, word) for at, word in operands if word.text.endswith(".py")), None)
        if entry is None and code:
            at, word = code
            return replace(self.named(word, "distributed", at), through=own, function=function)
        return Program("python", entry or own, start, verb=verb, function=function, through=own)

    def verb(self, start: int) -> str:
        """The first operand of a tool, where it is a plain word."""
        text = self.words[start].text if start < len(self.words) else ""
        return text if VERB.fullmatch(text) else ""

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
                return self.handing_on(self.named(word, "python", at + 1))
            found = None if unknown else self.files.named(word, self.bases)
            if found and self.language(found) == "python":
                return Program("python", found, at + 1)
        return unknown

    def handing_on(self, outer: Program) -> Program:
        """The entry that another one is given to start, `python launch.py --workers 8 train.py`, else that one."""
        given = self.given_entry(outer.first, but=outer.entry)
        if given is None:
            return outer
        at, found = given
        return Program(outer.kind, found, at, through=outer.entry if outer.entry in self.files.readings else "")

    def given_entry(self, start: int, but: str = "") -> tuple[int, str] | None:
        """The first entry of the tree, `but` for one, among a program's operands, and the place behind it."""
        for at, word in enumerate(self.words[start : start + OPERANDS], start + 1):
            found = self.files.named(word, self.bases) if word.text.endswith(".py") else None
            if found and found != but and self.files.readings[found].entry:
                return at, found
        return None

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
        return Program("distributed", name, start, verb=self.verb(start))

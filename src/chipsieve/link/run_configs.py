"""Which configurations does a run's command line name, and between which does it leave the choice open?

Sources: Hydra documentation, "Command line flags" and "The Defaults List"; ml_collections, "Passing parameters to a
config file" (`--config=file.py:argument`); fairseq documentation, "Extending Fairseq" (`--user-dir`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chipsieve.commands.flags import flags, given
from chipsieve.facts.reading import Gap, Option
from chipsieve.facts.words import Resolved
from chipsieve.link.config_files import ENDINGS, ConfigFiles, in_config_folder
from chipsieve.link.following import Run
from chipsieve.link.option_values import option_name

CANDIDATES = 32  # files among which a name that nobody knows may choose; more are a gap
LETTERS_KNOWN = 3  # of a name or its folder, for files that fit to be meant
CONFIG_OPTION = re.compile(r"(?:train_?|exp_?)?(?:config|cfg|conf|yaml|yml|recipe)s?(?:_?(?:file|path|name))?|c|cn")
WITH_ARGUMENT = re.compile(r"(?P<file>[^:]+\.py):\w.*")
GROUP = re.compile(r"\+{0,2}(?P<group>[A-Za-z_][\w/-]*)(?:@[\w.:]+)?")
CONFIG_NAME = ("config_name", "cn")  # of Hydra: a file in the folder of configurations itself
FOLDER_OPTIONS = ("config_path", "config_dir", "conf_dir", "configs_dir", "d", "cp", "cd")
NOTHING = ("null", "none", "~")
USER_DIR = "user_dir"


class RunConfigs(NamedTuple):
    """What a command line says of configurations.

    `certain` are those that it names; of each of the `choices` one is taken, nobody knows which, and each of the
    `possible` may be. `groups` are the groups of Hydra for which it chooses itself, `placed` the files that it
    chooses for them.
    """

    certain: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...] = ()
    possible: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    placed: frozenset[str] = frozenset()
    gaps: tuple[Gap, ...] = ()


class _Operand(NamedTuple):
    """A word that may name a configuration; `option` takes it, "" where none does; `own` words belong to the entry."""

    word: Resolved
    option: str
    own: bool

    @property
    def likely(self) -> bool:
        """Whether a word is expected to name a configuration."""
        return CONFIG_OPTION.fullmatch(self.option) is not None


def run_configs(run: Run, configs: ConfigFiles, bases: Sequence[str]) -> RunConfigs:
    """The configurations that the command line of a run names."""
    return _Finder(run, configs, bases).found()


class _Finder:
    def __init__(self, run: Run, configs: ConfigFiles, bases: Sequence[str]) -> None:
        self._run, self._configs, self._index = run, configs, configs.index
        self._entry_options: Sequence[Option] = ()
        if run.program.entry in self._index.readings:
            self._entry_options = self._index.readings[run.program.entry].options
        self._roots = tuple(self._given_roots(bases))
        self._bases = tuple(dict.fromkeys((*bases, *self._roots)))
        self._certain: list[str] = []
        self._choices: list[tuple[str, ...]] = []
        self._possible: list[str] = []
        self._groups: set[str] = set()
        self._placed: set[str] = set()
        self._gaps: list[Gap] = []

    def found(self) -> RunConfigs:
        for operand in self._operands():
            if operand.word.unknown and not self._known_ending(operand):
                self._open(operand)
            else:
                self._certain += self._named(operand)
        for one in given(self._run.operands):
            if one.overrides and one.value is not None and (group := GROUP.fullmatch(one.name)):
                self._group(group["group"], one.value)
        references = (item for path in self._certain for item in self._index.readings[path].references)
        self._groups.update(item.group for item in references if item.overrules)
        return RunConfigs(
            tuple(dict.fromkeys(reversed(self._certain)))[::-1],  # where a file is named twice, the last time counts
            tuple(dict.fromkeys(self._choices)),
            tuple(sorted(set(self._possible))),
            frozenset(self._groups),
            frozenset(self._placed),
            tuple(self._gaps),
        )

    def _given_roots(self, bases: Sequence[str]) -> Iterator[str]:
        """The folders of configurations that the command line gives, or the entry itself by default."""
        for one in given(self._run.words):
            if option_name(one.name) in FOLDER_OPTIONS and one.value is not None and one.value.known:
                yield from (
                    folder
                    for base in (posixpath.dirname(self._run.program.entry), *bases)
                    if self._index.inside(folder := posixpath.normpath(posixpath.join(base, one.value.text)))
                )
        for option in self._entry_options:
            if option.dest == "config_path" and option.default:
                yield posixpath.normpath(posixpath.join(posixpath.dirname(self._run.program.entry), option.default))

    # Words that name a file

    def _operands(self) -> Iterator[_Operand]:
        """The words of the command, each once; an operand with the option that takes it."""
        words, first = self._run.words, self._run.program.first
        taken: dict[int, str] = {}
        for flag in flags([word.text for word in words]):
            name = option_name(flag.name)
            if flag.start is not None:
                value = words[flag.at].cut(flag.start, len(words[flag.at].text))
                yield _Operand(value, name, flag.at >= first)
            elif not flag.bare:
                taken[flag.at + 1] = name
        positional = iter([option.dest for option in self._entry_options if not option.flags])
        for at, word in enumerate(words):
            if at in taken:
                yield _Operand(word, taken[at], at >= first)
            elif not word.text.startswith("-") and "=" not in word.text:
                yield _Operand(word, option_name(next(positional, "")) if at >= first else "", at >= first)
            elif "=" in word.text and not word.text.startswith("-"):
                at_sign = word.text.index("=")
                name = option_name(word.text[:at_sign])
                yield _Operand(word.cut(at_sign + 1, len(word.text)), name, at >= first)

    def _known_ending(self, operand: _Operand) -> bool:
        return self._path(operand.word) is not None

    def _named(self, operand: _Operand) -> list[str]:
        """The files that a word names: with its ending, without where a configuration is expected, or as a list."""
        if operand.option == USER_DIR:
            return [path for base in self._bases if (path := _package(base, operand.word.text)) in self._index.readings]
        listed = list(_listed(operand.word)) if "," in operand.word.text else [operand.word]
        paths = [self._path(word) for word in listed]
        if paths == [None] and operand.own and "=" not in operand.word.text:
            paths = [self._without_ending(operand)]
        return [path for path in paths if path]

    def _path(self, word: Resolved) -> str | None:
        """The configuration that a word names with its ending."""
        with_argument = WITH_ARGUMENT.fullmatch(word.text)
        if with_argument:
            word = word.cut(0, with_argument.end("file"))
        if not posixpath.splitext(word.text)[1]:
            return None
        return self._configs.config(self._index.named(word, self._bases))

    def _without_ending(self, operand: _Operand) -> str | None:
        """The configuration that a word means by its name alone: `--config llama3/8B_full`, `xtuner train NAME`."""
        text = operand.word.text
        if operand.word.unknown or not (operand.likely or not operand.option or "/" in text):
            return None
        for ending in ENDINGS:
            found = self._configs.whole(text + ending, self._bases)
            if found and (operand.likely or in_config_folder(found)):
                return found
        return None

    # Names of which something is unknown

    def _open(self, operand: _Operand) -> None:
        """Take the files among which a name that is partly or wholly unknown chooses."""
        if not operand.own:
            return
        pattern = operand.word.pattern
        ending = posixpath.splitext(pattern)[1]
        letters = len(re.findall(r"\w", pattern.removesuffix(ending)))
        if letters >= LETTERS_KNOWN and (ending in ENDINGS or operand.likely):
            fitting = self._configs.fitting(pattern if ending in ENDINGS else pattern + ".*", self._bases)
        elif operand.likely and letters == 0:
            roots = [path for root in self._roots for path in self._configs.inside(root)]
            in_folders = self._configs.in_config_folders(self._bases)
            fitting = roots if roots and operand.option in CONFIG_NAME else in_folders
        else:
            return
        candidates = self._configs.outermost(path for path in fitting if ending in ("", ".*") or path.endswith(ending))
        self._choose(candidates, operand, sole_counts=letters > 0)

    def _choose(self, candidates: Sequence[str], operand: _Operand, *, sole_counts: bool) -> None:
        if len(candidates) > CANDIDATES:
            name = operand.option or "its configuration"
            reason = f"{operand.word.text} may be any of {len(candidates)} files ({name}): none of them is judged"
            self._gaps.append(Gap(operand.word.path, reason, operand.word.span.line))
        elif len(candidates) > 1 or (candidates and sole_counts):
            self._choices.append(tuple(candidates))
        else:
            self._possible += candidates

    # Hydra's groups

    def _group(self, group: str, value: Resolved) -> None:
        """Take what `group=option` chooses, where the tree has a file for it; `group=null` chooses nothing."""
        if value.text in NOTHING:
            self._groups.update([group] if self._configs.fitting(f"{group}/*.yaml", self._bases) else [])
        elif value.unknown:
            candidates = self._configs.fitting(f"{group}/{value.pattern}.yaml", self._bases)
            self._placed.update(candidates)
            if candidates:
                self._groups.add(group)
                self._choose(candidates, _Operand(value, group, own=True), sole_counts=True)
        else:
            paths = (self._configs.whole(f"{group}/{part.text}.yaml", self._bases) for part in _listed(value))
            known = [path for path in paths if path]
            self._placed.update(known)
            self._groups.update([group] if known else [])
            self._choices += [tuple(known)] if len(known) > 1 else []
            self._certain += known if len(known) == 1 else []


def _listed(word: Resolved) -> Iterator[Resolved]:
    """The parts of a list `a,b`, as a sweep over several values has it."""
    for found in re.finditer(r"[^,\[\]]+", word.text):
        yield word.cut(*found.span())


def _package(base: str, folder: str) -> str:
    return posixpath.normpath(posixpath.join(base, folder, "__init__.py"))

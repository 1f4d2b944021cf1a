"""What does each file of a tree lead to, whatever run reaches it? Other files, options, and bodies to be called."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

from msgspec.structs import replace

from chipsieve.facts.conditions import Condition, Question, unknown
from chipsieve.facts.reading import Gap, Reading, Reference
from chipsieve.facts.ternary import Ternary
from chipsieve.facts.words import written
from chipsieve.link.branches import Branches, branches
from chipsieve.link.file_index import FileIndex, modules_of
from chipsieve.link.launch import FileStandings, standing
from chipsieve.link.live_names import Calls, by_needed_name
from chipsieve.link.memo import AnsweredOnce, Walks
from chipsieve.link.option_values import Declared, declared_by, option_name

NOT_CONFIGS = ("prose", "script")
DECIDED_BY_RUN = ("env", "flag")  # kinds of fact that the launch's own command line and environment decide
CONFIG = re.compile(
    r"(?:^|/)(?:configs?|_base_)/"
)  # `_base_ = ["../_base_/schedule.py"]`, as OpenMMLab's frameworks do
CANDIDATES = 32  # files that a text with something unknown may name; more are none
ONE_OF_SEVERAL = unknown("which of several files is named")
STARTS = 64  # ways to start that are remembered, the walks from one, and what is declared together

Edge = tuple[tuple[Condition, ...], str]
Targets = Sequence[tuple[str, Ternary]]


class Leading(NamedTuple):
    """All files to which one file may lead, and to which it does by the answers of a run."""

    possible: frozenset[str]
    answered: AnsweredOnce[Targets]


class StandingsByChoice:
    """Where the facts of one file stand under one set of answers to their conditions, by what options choose."""

    def __init__(self, reading: Reading, answers: Sequence[Ternary]) -> None:
        """Keep the answers, in the order of the facts and findings."""
        self.reading, self._answers = reading, answers
        self._known: dict[tuple[tuple[str | None, ...], bool], FileStandings] = {}

    def chosen_so(self, chosen: tuple[str | None, ...], *, certain: bool) -> FileStandings:
        """The standings in a run that reaches the file certainly, or perhaps, and in which options choose so."""
        key = (chosen, certain)
        if key not in self._known:
            answers = self._answers if certain else [answer and None for answer in self._answers]
            self._known[key] = FileStandings(self.reading, tuple(map(standing, answers)), chosen)
        return self._known[key]


class File:
    """One file of a tree; what follows from it alone is worked out once, for all runs that reach it."""

    def __init__(self, reading: Reading, index: FileIndex, gaps: list[Gap]) -> None:
        """Take one reading of the tree; what follows from it is worked out when it is asked for, and adds its gaps."""
        self.reading, self._index, self._gaps = reading, index, gaps
        self._targets: dict[tuple[object, ...], Leading] = {}
        self._standings: dict[frozenset[Condition], AnsweredOnce[StandingsByChoice]] = {}

    @cached_property
    def is_code(self) -> bool:
        """Whether it is Python, and so declares options rather than sets them."""
        return self._index.nature(self.reading.path) == "code"

    @cached_property
    def leads_on(self) -> bool:
        """Whether it may lead to other files or mention names, so that the run's reach depends on it."""
        return bool(self.reading.imports or self.reading.references or self.reading.functions)

    @property
    def _folder(self) -> str:
        return posixpath.dirname(self.reading.path)

    @cached_property
    def calls(self) -> Calls:
        """Its functions, by what calls them."""
        return Calls(self.reading.functions)

    @cached_property
    def declared(self) -> Declared:
        """The options that it declares."""
        return Declared(self.reading.options)

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The names with which the modules that it imports begin, but for those named from its own folder."""
        absolute = (item for item in self.reading.imports if not item.level)
        return frozenset(name.partition(".")[0] for item in absolute for name in modules_of(item))

    @cached_property
    def _conditions(self) -> frozenset[Condition]:
        edges = (item.conditions for items in (self.reading.imports, self.reading.references) for item in items)
        several = (*edges, *self.reading.conditions)
        return frozenset(condition for conditions in several for condition in conditions)

    def standings(self, assumed: frozenset[Condition]) -> AnsweredOnce[StandingsByChoice]:
        """Where its facts stand, once some conditions are taken to hold."""
        assumed = assumed and assumed & self._conditions
        if assumed not in self._standings:
            several = (*self.reading.conditions, *(item.conditions for item in self._branches))
            rests = (_rest(conditions, assumed) for conditions in several)
            self._standings[assumed] = AnsweredOnce(rests, self._by_choice)
        return self._standings[assumed]

    @cached_property
    def _branches(self) -> Sequence[Branches]:
        return tuple(branches(self.reading.facts))

    def _by_choice(self, answers: Sequence[Ternary]) -> StandingsByChoice:
        """The standings by the answers to the facts' and findings' conditions, then to those of all branches."""
        size = len(answers) - len(self._branches)
        own = list(answers[:size])
        for item, answer in zip(self._branches, answers[size:], strict=True):
            if answer and not any(own[place] for place in item.places):
                own = [answer if place in item.places and known is None else known for place, known in enumerate(own)]
        return StandingsByChoice(self.reading, own)

    @cached_property
    def chosen(self) -> Sequence[Question]:
        """The options and variables that choose the values of its facts."""
        return [question for _, question in self.reading.chosen]

    @cached_property
    def stated(self) -> Mapping[tuple[str, str, str | None, int], int]:
        """The index of each variable and flag that it states, by kind, name, value and line; the first of several."""
        found: dict[tuple[str, str, str | None, int], int] = {}
        for index, fact in enumerate(self.reading.facts):
            if fact.kind in DECIDED_BY_RUN:
                found.setdefault((fact.kind, fact.name, fact.value, fact.span.line), index)
        return found

    @cached_property
    def decided_by_run(self) -> Sequence[int]:
        """The indices of the variables and flags that it states, or that another scanner marks in it."""
        facts, marks = (fact.kind for fact in self.reading.facts), (mark.row for mark in self.reading.findings)
        return [index for index, kind in enumerate((*facts, *marks)) if kind in DECIDED_BY_RUN]

    @cached_property
    def keys(self) -> Mapping[str, list[int]]:
        """The indices of the keys that it sets, by the names under which options are compared."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for index, fact in enumerate(self.reading.facts):
            if fact.kind == "key":
                found[option_name(fact.name)].append(index)
        return found

    @cached_property
    def modules(self) -> AnsweredOnce[frozenset[str]]:
        """The modules, by their first names, that the file certainly imports; those of its own folder left out."""
        absolute = [item for item in self.reading.imports if not item.level]
        names = [item.module.partition(".")[0] for item in absolute]
        return AnsweredOnce(
            (item.conditions for item in absolute),
            lambda answers: frozenset(name for name, answer in zip(names, answers, strict=True) if answer),
        )

    def targets(
        self, roots: Sequence[str], bases: tuple[str, ...], assumed: frozenset[Condition],
        groups: frozenset[str] = frozenset(),
    ) -> Leading:  # fmt: skip
        """The files that it imports or refers to, in its order, with the answers of the conditions on the way.

        `roots` hold modules, `bases` configs; for the `groups` the run itself chooses.
        """
        roots = tuple(root for root in roots if not self.beginnings.isdisjoint(self._index.modules_in(root)))
        assumed = assumed and assumed & self._conditions
        groups = frozenset(group for group in self._groups if groups and _is_chosen(group, groups))
        key = (roots, bases if self.reading.references else (), assumed, groups)
        if key not in self._targets:
            edges = tuple(dict.fromkeys(self._edges(roots, bases, groups)))
            targets = [target for _, target in edges]
            several = (_rest(conditions, assumed) for conditions, _ in edges)
            answered = AnsweredOnce(several, lambda answers: strongest(targets, answers))
            self._targets[key] = Leading(frozenset(targets), answered)
        return self._targets[key]

    @cached_property
    def _groups(self) -> frozenset[str]:
        return frozenset(reference.group for reference in self.reading.references if reference.group)

    def _edges(self, roots: Sequence[str], bases: tuple[str, ...], groups: frozenset[str]) -> Iterator[Edge]:
        for item in self.reading.imports:
            yield from ((item.conditions, target) for target in self._index.imported(self.reading.path, item, roots))
        for reference in self.reading.references:
            overruled = reference.group in groups and not reference.overrules
            target = None if overruled else self._referred(reference, bases)
            if target:
                yield reference.conditions, target
            elif not overruled:
                yield from self._candidates(reference, bases)

    def placed(self, bases: tuple[str, ...]) -> frozenset[str]:
        """The configurations that it chooses for groups, which so stand below a key."""
        chosen = (self._referred(reference, bases) for reference in self.reading.references if reference.group)
        return frozenset(path for path in chosen if path)

    def _candidates(self, reference: Reference, bases: tuple[str, ...]) -> Iterator[Edge]:
        """The files that a text with something unknown may name, each where the option is what it asks for."""
        fitting = self._index.fitting(written(reference.text, "", reference.span), (self._folder, *bases))
        nature = "code" if reference.imported else "config"
        configs = [(path, filled_in) for path, filled_in in fitting if self._index.nature(path) == nature]
        if len(configs) > CANDIDATES:
            reason = f"{reference.text} may be any of {len(configs)} files: none of them is read"
            self._gaps.append(Gap(self.reading.path, reason, reference.span.line))
            return
        for path, filled_in in configs:
            chosen = reference.chosen and replace(reference.chosen, operator="in", values=(filled_in,))
            yield (*reference.conditions, chosen or ONE_OF_SEVERAL), path

    def _referred(self, reference: Reference, bases: tuple[str, ...]) -> str | None:
        """The config that a reference names; prose is none, and code only where it is imported or a config's base."""
        here = self.reading.path
        found = self._index.named(written(reference.text, here, reference.span), (self._folder, *bases))
        if found is None or self._index.nature(found) in NOT_CONFIGS:
            return None
        code = self._index.nature(found) == "code"
        built_on = reference.imported or (CONFIG.search(here) and CONFIG.search(found))
        return None if code and not built_on else found


def _is_chosen(group: str, chosen: frozenset[str]) -> bool:
    """Whether a run chooses for a group: nested configurations name it from their own group on."""
    return any(one == group or one.endswith(f"/{group}") for one in chosen)


def _rest(conditions: Sequence[Condition], assumed: frozenset[Condition]) -> Sequence[Condition]:
    return [condition for condition in conditions if condition not in assumed] if assumed else conditions


def strongest(targets: Sequence[str], answers: Sequence[Ternary]) -> Targets:
    """The targets that may be reached; of two edges to one file, the later stays only if stronger."""
    before: dict[str, Ternary] = {}
    kept: list[tuple[str, Ternary]] = []
    for target, answer in zip(targets, answers, strict=True):
        known = before.get(target, False)
        if known is not True and answer is not False and (answer or known is False):
            before[target] = answer
            kept.append((target, answer))
    return kept


class TreeFiles(dict[str, File]):
    """The files of one tree by path."""

    def __init__(self, index: FileIndex) -> None:
        """Look at the files of one tree, each when it is asked for."""
        super().__init__()
        self.index = index
        self.gaps: list[Gap] = []
        self.declared_by = lru_cache(STARTS)(declared_by)
        self.ways = lru_cache(STARTS)(partial(Ways, self))

    @cached_property
    def choosing(self) -> frozenset[str]:
        """The files that choose configurations for groups."""
        several = self.index.readings.values()
        return frozenset(one.path for one in several if any(reference.group for reference in one.references))

    @cached_property
    def waiting_for(self) -> Mapping[str, frozenset[str]]:
        """By name, the files with bodies that need it."""
        return by_needed_name({path: self[path].calls for path, one in self.index.readings.items() if one.functions})

    def __missing__(self, path: str) -> File:
        """The file at a path that nobody asked for before."""
        file = self[path] = File(self.index.readings[path], self.index, self.gaps)
        return file


class Beginning(NamedTuple):
    """On what it depends, beside the answers to questions, where files lead in a run.

    `entries` are those files from which the run starts that lead anywhere; the others are as for `File.targets`.
    """

    entries: frozenset[str]
    roots: tuple[str, ...]
    bases: tuple[str, ...]
    assumed: frozenset[Condition]
    groups: frozenset[str]


class Ways:
    """Where files lead in runs that start alike; shared by them, so that equal walks over files are made once.

    `spreads` are the walks from some files, by these files, `live` the searches for the live names of some files.
    """

    def __init__(self, files: TreeFiles, start: Beginning) -> None:
        """Know nothing yet."""
        self._files, self._start = files, start
        self._leading: dict[str, Leading] = {}
        self.spreads = lru_cache(STARTS)(_no_spreads)
        self.live = lru_cache(STARTS)(_no_live_names)

    def leading(self, path: str) -> Leading:
        """The files to which one file leads."""
        if path not in self._leading:
            start = self._start
            self._leading[path] = self._files[path].targets(start.roots, start.bases, start.assumed, start.groups)
        return self._leading[path]


def _no_spreads(_files: tuple[tuple[str, Ternary], ...]) -> Walks[dict[str, Ternary]]:
    return Walks()


def _no_live_names(_certain: tuple[str, ...], _called: frozenset[str]) -> Walks[frozenset[str]]:
    return Walks()

"""Which launches does the tree hold, and where does each fact stand in them?"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from chipsieve.commands.flags import given
from chipsieve.facts.conditions import MENTION, Conditions
from chipsieve.facts.reading import Fact, Gap, Reading
from chipsieve.facts.words import Resolved
from chipsieve.link.choices import promoted
from chipsieve.link.config_files import ConfigFiles
from chipsieve.link.containers import Containers
from chipsieve.link.file_index import FileIndex, above
from chipsieve.link.following import Run, follow
from chipsieve.link.guides import Guides
from chipsieve.link.launch import FileStandings, Launch, Setting, SettingSource, Standing, StatedFact, standing
from chipsieve.link.reach import Reach, Start
from chipsieve.link.roles import devices, knows_training, role_of
from chipsieve.link.run_configs import run_configs
from chipsieve.link.settings import declared, settings
from chipsieve.link.starting import entry_modules, own_runs, shown_runs
from chipsieve.link.tree_files import DECIDED_BY_RUN, TreeFiles
from chipsieve.progress import Progress

ENGINE = "link"
AROUND = ("packages", "recipe")
INSTALLED_FILES = ("setup.py", "pyproject.toml", "setup.cfg", "environment.yml", "environment.yaml")
REACH_NOT_SETTLED = "which files and options the run reaches did not settle: the last answer counts"


class LinkedTree:
    """The launches of a tree, sorted by place, and what was lost on the way.

    Nobody has asked signals yet: `launches` have no findings.
    """

    def __init__(self, readings: Sequence[Reading], progress: Progress | None = None) -> None:
        """Reconstruct every run that the tree starts."""
        self._progress, self._done, self._total = progress, 0, 0
        self._advance()
        self._index = FileIndex(readings)
        self._linker = _Linker(self._index)
        followed = follow(self._index)
        guides = Guides(followed, self._index)
        found = self._linked(own_runs(followed, self._index))
        found += self._linked(shown_runs(followed, self._index, [launch for _, launch in found]))
        found += self._linked(entry_modules(self._index, [launch for _, launch in found]))
        found = [(run, guides.placed(launch)) for run, launch in found]
        found.sort(key=lambda pair: (pair[1].path, pair[1].line, pair[1].entry))
        self.launches = tuple(_numbered(launch for _, launch in found))
        self._runs = {launch.id: run for (run, _), launch in zip(found, self.launches, strict=True)}
        self._gaps = followed.gaps

    def _linked(self, runs: Iterable[Run]) -> list[tuple[Run, Launch]]:
        several = list(runs)
        self._total += len(several)
        linked = []
        for run in several:
            linked.append((run, self._linker.launch(run)))
            self._done += 1
            self._advance()
        return linked

    def _advance(self) -> None:
        if self._progress:
            self._progress("linking", self._done, self._total)

    def relink(self, launch: Launch, provided: frozenset[str]) -> Launch:
        """The launch once more, where it asks for some modules by name: their import guards count as met."""
        again = self._linker.launch(self._runs[launch.id], provided)
        return replace(
            again, id=launch.id, documented_at=launch.documented_at, documented_itself=launch.documented_itself,
            project=launch.project,
        )  # fmt: skip

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be followed, and each limit that was met; linking a launch again may meet further ones."""
        return (*self._gaps, *self._linker.gaps, *self._linker.files.gaps)


def _numbered(launches: Iterable[Launch]) -> Iterator[Launch]:
    """The launches with ids that differ: a second one at a line is `path:line#2`."""
    seen: defaultdict[str, int] = defaultdict(int)
    for launch in launches:
        seen[launch.id] += 1
        number = seen[launch.id]
        yield launch if number == 1 else replace(launch, id=f"{launch.id}#{number}")


class _Stated(NamedTuple):
    """What a run's own words say: a fact, the word that says it, and the conditions that nobody could decide."""

    fact: Fact
    word: Resolved
    conditions: Conditions


class _Linker:
    """Turns runs into launches over one tree.

    `_installing` holds by folder the files that install something for the runs there. `_in_its_image` says where the
    facts of each stand in a run whose image is built from it, `_elsewhere` in all other runs.
    """

    def __init__(self, index: FileIndex) -> None:
        self._index, self.files = index, TreeFiles(index)
        self._containers, self._configs = Containers(index), ConfigFiles(index)
        self._installing: defaultdict[str, list[str]] = defaultdict(list)
        for path in index.readings:
            if index.nature(path) in AROUND or posixpath.basename(path) in INSTALLED_FILES:
                self._installing[posixpath.dirname(path)].append(path)
        self._in_its_image = {path: _settled_around(reading, built=True) for path, reading in self._surroundings()}
        self._elsewhere = {
            path: _settled_around(index.readings[path], built=False)
            for paths in self._installing.values()
            for path in paths
        }
        self.gaps: list[Gap] = []
        self._declared: dict[tuple[str, SettingSource], tuple[Setting, ...]] = {}

    def _all_declared(self, several: Sequence[Reading], source: SettingSource) -> tuple[tuple[Setting, ...], ...]:
        """What each of some files declares; launches that reach a file share it."""
        for reading in several:
            if (reading.path, source) not in self._declared:
                self._declared[reading.path, source] = declared(reading, source)
        return tuple(self._declared[reading.path, source] for reading in several)

    def _surroundings(self) -> Iterator[tuple[str, Reading]]:
        return ((path, one) for path, one in self._index.readings.items() if self._index.nature(path) in AROUND)

    def launch(self, run: Run, provided: frozenset[str] = frozenset()) -> Launch:
        """The launch of a run: what it reaches, and where each fact stands in it."""
        reach = Reach(self.files, self._start(run, provided))
        path, line = run.chain[0]
        entry = run.program.entry
        if not reach.converged:
            self.gaps.append(Gap(path, REACH_NOT_SETTLED, line))
        distributed, names = run.program.kind == "distributed", reach.options.names()
        trains = knows_training(reach.live) if entry in self._index.readings else None
        role = role_of(entry, path, names, distributed=distributed, verb=run.program.verb, trains=trains)
        standings, stated = self._settle(run, reach)
        configs, code = reach.declaring
        return Launch(
            id=(f"{path}:{line}" if run.words else path) + (f"#{run.variant}" if run.variant else ""),
            role=role,
            path=path,
            line=line,
            entry=entry,
            command=run.words,
            environment=run.environment,
            files=tuple(sorted(reach.files)),
            devices=devices(run.words, run.environment) or devices(run.outer, run.environment),
            standings=(*standings, *self._settled_around(run, reach)),
            stated=stated,
            settings=settings(run.environment, run.operands, self._all_declared(configs, "config")),
            defaults=self._all_declared(code, "default"),
            modules=reach.modules(),
        )

    def _start(self, run: Run, provided: frozenset[str]) -> Start:
        named = dict.fromkeys((run.program.entry, run.program.through))
        entry = [path for path in named if path in self._index.readings]
        bases = self._bases(run)
        in_prose = self._index.nature(run.chain[0][0]) == "prose"
        configs = run_configs(run, self._configs, bases)
        self.gaps += configs.gaps
        entries = (*entry, *run.scripts, *configs.certain)
        assumed = frozenset() if in_prose else frozenset(run.conditions)
        called = frozenset({run.program.function} - {""})
        return Start(
            entries, run.environment, run.operands, bases, provided, assumed, called,
            configs.choices, configs.possible, configs.groups, configs.placed,
        )  # fmt: skip

    def _bases(self, run: Run) -> tuple[str, ...]:
        """Where modules and configs are looked for: the working folder, the entry's, those above, `src`."""
        folder = posixpath.dirname(run.program.entry) if run.program.known else ""
        return tuple(
            dict.fromkeys(
                [run.directory, *above(folder), *(posixpath.dirname(path) for path in run.scripts), "src", ""]
            )
        )

    def _settle(self, run: Run, reach: Reach) -> tuple[list[FileStandings], tuple[StatedFact, ...]]:
        """Where the facts of the reached files stand, and the facts that the run's words alone state."""
        stated: list[StatedFact] = []
        said: defaultdict[str, dict[int, Standing]] = defaultdict(dict)
        for fact, word, conditions in (*_environment(run), *_options(run)):
            stands = standing(reach.holds(conditions, word.path))
            if stands == "inert":
                continue
            index = self._index_of(fact, word)
            if index is None:
                stated.append(StatedFact(word.path, fact, stands))
            else:
                said[word.path].setdefault(index, stands)
        settled = [self._settled(path, run, reach, said.get(path, {})) for path in reach.files]
        return settled, tuple(stated)

    def _index_of(self, fact: Fact, word: Resolved) -> int | None:
        """The place, among the facts of the word's file, of the fact that this word states there."""
        if word.path not in self._index.readings or fact.kind not in DECIDED_BY_RUN:
            return None
        return self.files[word.path].stated.get((fact.kind, fact.name, fact.value, word.span.line))

    def _settled(self, path: str, run: Run, reach: Reach, said: dict[int, Standing]) -> FileStandings:
        """One file's standings; of variables and flags in the run's scripts its words decide, whoever wrote them."""
        settled, file = reach.standings(path), self.files[path]
        agreed = reach.agreed(path)
        settled = replace(settled, standings=promoted(settled, agreed)) if agreed else settled
        own_script = path in run.scripts and not file.is_code
        decided_by_run = file.decided_by_run if own_script else ()
        given_otherwise = (places for name, places in file.keys.items() if reach.options.gives(name))
        overridden = {*chain.from_iterable(given_otherwise), *reach.set_otherwise(path)}
        if not (said or overridden or decided_by_run):
            return settled
        stands = list(settled.standings)
        for index in decided_by_run:
            stands[index] = said.get(index, "inert")
        for index, stand in said.items():
            stands[index] = stand if stands[index] == "inert" else stands[index]
        for index in overridden:
            stands[index] = "optional" if stands[index] == "asserted" else stands[index]
        return replace(settled, standings=tuple(stands))

    def _settled_around(self, run: Run, reach: Reach) -> list[FileStandings]:
        """Requirements and images in the entry's folder, the script's, and those above."""
        recipe = self._containers.recipe_of(run)
        around = {path for folder in self._bases(run) for path in self._installing.get(folder, ())}
        return [
            self._in_its_image[path] if path == recipe else self._elsewhere[path]
            for path in sorted(around | ({recipe} if recipe else set()))
            if path not in reach.files
        ]


def _settled_around(reading: Reading, *, built: bool) -> FileStandings:
    """The facts of a file that only lies around a run; what an image certainly installs or sets takes effect."""
    stands: list[Standing] = [
        "inert" if MENTION in conditions else "asserted" if built and not conditions else "optional"
        for conditions in reading.conditions
    ]
    unknown = (None,) * len(reading.chosen)
    return FileStandings(reading, tuple(stands), unknown, around=True)


def _environment(run: Run) -> Iterator[_Stated]:
    for name, value in (*run.environment.items(), *run.otherwise):
        fact = Fact("env", name, value.known_text, value.span, f"{name}={value.text}", engine=ENGINE)
        conditions = value.conditions + run.conditions
        yield _Stated(replace(fact, conditions=conditions), value, conditions)


def _options(run: Run) -> Iterator[_Stated]:
    """What the command line gives: flags, and keys of a configuration that it overrides."""
    for one in given(run.words):
        conditions = one.word.conditions + run.conditions
        shown = one.name if one.value is None else f"{one.name} {one.value.text}"
        flag = Fact("flag", one.name, one.known_text, one.word.span, shown, conditions, ENGINE)
        yield _Stated(flag, one.word, conditions)
        if "=" in one.word.text:
            *parts, last = one.name.split(".")
            yield _Stated(replace(flag, kind="key", name=last, parts=tuple(parts)), one.word, conditions)

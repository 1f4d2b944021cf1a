"""Which launches does the tree hold, and where does each finding stand in them?"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from chipsieve.facts.conditions import MENTION, Condition
from chipsieve.facts.finding import Finding, Match, finding_order
from chipsieve.facts.reading import Gap, Reading
from chipsieve.facts.ternary import Ternary
from chipsieve.link.containers import Containers
from chipsieve.link.files import CODE, Files
from chipsieve.link.launch import Launch, Resolved, Standing, standing
from chipsieve.link.options import option_name, pairs
from chipsieve.link.programs import Program
from chipsieve.link.reach import Reach, Start
from chipsieve.link.roles import TRAINING, borrowed, devices, role_of
from chipsieve.link.scripts import Follower, Run, scripts_of
from chipsieve.link.tree import Tree, above, known
from chipsieve.match.table import SignalTable

ENGINE = "link"
PASSES = 3  # a launch that asks for a module meets that module's import guards; more passes change nothing
ORDERED = 16_384  # findings of which the place in the order is remembered: many launches share them
BY_WORDS = ("env", "flag")  # rows that the launch's own command line and environment decide
ENTRY_ROLES = ("inference", "evaluation", "benchmark")
FOREIGN = ("test", "data preparation", "other")
SURROUNDINGS = ("requirements", "dockerfile", "definition")
INSTALLED_FILES = ("setup.py", "pyproject.toml", "setup.cfg", "environment.yml", "environment.yaml")


class Linked(NamedTuple):
    """The launches of a tree, sorted by place, and the runs that were too many to judge."""

    launches: tuple[Launch, ...]
    gaps: tuple[Gap, ...] = ()


def link(readings: Sequence[Reading], table: SignalTable, scope: str = "launch") -> Linked:
    """The launches of a tree.

    `scope` "tree" takes the whole tree as one launch and every condition as met, which is what a person
    does who reads by eye; "launch" reconstructs each run.
    """
    tree = Tree(readings)
    if scope == "tree":
        return Linked((as_one("tree", readings, _by_eye),))
    linker, follower = _Linker(tree, table), Follower(tree)
    found = [linker.launch(run) for run in _runs(follower) if not _foreign(run, tree)]
    if not any(launch.role in TRAINING for launch in found):
        found += _entry_modules(linker, {launch.entry for launch in found})
    ordered = sorted(found, key=lambda launch: (launch.path, launch.line, launch.entry))
    return Linked(tuple(_numbered(ordered)), tuple(follower.gaps))


def _foreign(run: Run, tree: Tree) -> bool:
    """Whether a run starts a program from elsewhere that neither trains nor serves: `pip`, `pytest`."""
    if run.program.entry in tree.readings:
        return False
    given = (option_name(name) for _, name, _ in pairs(run.operands))
    distributed = run.program.kind == "distributed"
    return role_of(run.program.entry, run.chain[0][0], given, distributed=distributed) in FOREIGN


def as_one(name: str, readings: Iterable[Reading], stands: Callable[[Finding], Standing]) -> Launch:
    """A launch that stands for whole readings where no run is looked for; `stands` judges each finding."""
    several = tuple(readings)
    found = dict.fromkeys((item, stands(item)) for reading in several for item in reading.findings)
    paths = tuple(sorted({reading.path for reading in several} - {""}))
    return Launch(name, "any", "", 0, "", (), {}, paths, tuple(pair for pair in found if pair[1] != "inert"))


def loose(readings: Sequence[Reading]) -> Launch:
    """A launch that stands for findings of which nobody knows the run: each may take effect or not."""
    return as_one("results", readings, _perhaps)


def _perhaps(item: Finding) -> Standing:
    return "inert" if MENTION in item.conditions else "optional"


def _by_eye(item: Finding) -> Standing:
    return "inert" if MENTION in item.conditions else "asserted"


def _runs(follower: Follower) -> list[Run]:
    """The runs of every script that no other script calls; those in prose only when the project's own start none."""
    tree = follower.tree
    by_script = {script: follower.runs(script) for script in scripts_of(tree.readings)}
    outer = {script: runs for script, runs in by_script.items() if script not in follower.called} or by_script
    written = {script for script in outer if tree.readings[script].language == "prose"}
    own = (runs for script, runs in outer.items() if script not in written and not borrowed(script))
    chosen = set(outer) - written if any(own) else outer
    return [run for script in sorted(chosen) for run in outer[script]]


def _entry_modules(linker: _Linker, started: set[str]) -> list[Launch]:
    """Entry modules with their defaults, for a tree whose scripts start no training."""
    by_role: defaultdict[str, list[Run]] = defaultdict(list)
    for path, reading in sorted(linker.tree.readings.items()):
        if reading.entry and path not in started:
            run = Run(((path, 1),), Program("python", path, 0), (), {}, posixpath.dirname(path), (), ())
            by_role[role_of(path, "", (option.dest for option in reading.options), distributed=False)].append(run)
    training = [run for role in TRAINING for run in by_role[role]]
    return [linker.launch(run) for run in training or [run for role in ENTRY_ROLES for run in by_role[role]]]


def _numbered(launches: Iterable[Launch]) -> Iterator[Launch]:
    """The launches with ids that differ: a second one at a line is `path:line#2`."""
    seen: defaultdict[str, int] = defaultdict(int)
    for launch in launches:
        seen[launch.id] += 1
        number = seen[launch.id]
        yield launch if number == 1 else replace(launch, id=f"{launch.id}#{number}")


class _Linker:
    """Turns runs into launches over one tree."""

    def __init__(self, tree: Tree, table: SignalTable) -> None:
        self.tree, self.table, self._files = tree, table, Files(tree)
        self._providable = frozenset(module for signal in table.signals.values() for module in signal.provides)
        self._order = lru_cache(ORDERED)(finding_order)
        self._at: defaultdict[tuple[str, int, str], list[Finding]] = defaultdict(list)
        for reading in tree.readings.values():
            for item in reading.findings:
                self._at[item.path, item.span.line, item.signal].append(item)
        self._containers = Containers(tree)
        self._around: defaultdict[str, list[str]] = defaultdict(list)
        for path, reading in tree.readings.items():
            if reading.language in SURROUNDINGS or posixpath.basename(path) in INSTALLED_FILES:
                self._around[posixpath.dirname(path)].append(path)

    def launch(self, run: Run) -> Launch:
        """The launch of a run: what it reaches, and where each finding stands in it."""
        provided: frozenset[str] = frozenset()
        start = self._start(run)
        for _ in range(PASSES):
            reach = Reach(self._files, replace(start, provided=provided))
            found = dict(self._findings(run, reach, provided))
            before, provided = provided, provided | self._provides(found)
            if provided == before:
                break
        path, line = run.chain[0]
        entry = run.program.entry
        options = reach.options.names()
        return Launch(
            id=(f"{path}:{line}" if run.words else path) + (f"#{run.variant}" if run.variant else ""),
            role=role_of(entry, path, options, distributed=run.program.kind == "distributed"),
            path=path,
            line=line,
            entry=entry,
            command=run.words,
            environment=run.environment,
            files=tuple(sorted(reach.files)),
            findings=tuple(found.items()),
            devices=devices(run.words, run.environment) or devices(run.outer, run.environment),
        )

    def _start(self, run: Run) -> Start:
        entry = [run.program.entry] if run.program.entry in self.tree.readings else []
        bases = self._bases(run)
        named = self._named(run, bases)
        assumed = frozenset() if self._in_prose(run) else frozenset(run.conditions)
        entries = (*entry, *run.scripts, *named)
        return Start(entries, run.environment, run.operands, bases, assumed=assumed)

    def _in_prose(self, run: Run) -> bool:
        return self.tree.readings[run.chain[0][0]].language == "prose"

    def _bases(self, run: Run) -> tuple[str, ...]:
        """Where modules and configs are looked for: the working folder, the entry's, those above, `src`."""
        folders = (run.directory, *above(posixpath.dirname(run.program.entry)))
        return tuple(dict.fromkeys([*folders, *(posixpath.dirname(path) for path in run.scripts), "src", ""]))

    def _named(self, run: Run, bases: Sequence[str]) -> list[str]:
        """The configs that the command line names."""
        texts = {text for word in run.words for text in (word.text, word.text.partition("=")[2])}
        texts |= {operand for _, name, operand in pairs(run.words) if operand and "config" in name.casefold()}
        found = set()
        for text in texts:
            ending = posixpath.splitext(text)[1]
            names = (text,) if ending else (f"{text}.yaml", f"{text}.yml", f"{text}.json") if text else ()
            found |= {path for name in names if (path := self.tree.find(name, bases))}
        return sorted(path for path in found if self.tree.readings[path].language not in ("prose", "log", "shell"))

    def _findings(self, run: Run, reach: Reach, provided: frozenset[str]) -> Iterator[tuple[Finding, Standing]]:
        """Every finding that the launch does not leave inert, with its standing."""
        answers = ((item, standing(answer)) for item, answer in self._answers(run, reach, provided))
        yield from sorted((pair for pair in answers if pair[1] != "inert"), key=lambda pair: self._order(pair[0]))

    def _answers(self, run: Run, reach: Reach, provided: frozenset[str]) -> Iterator[tuple[Finding, Ternary]]:
        yield from self._from_words(run, reach)
        for path in reach.files:
            by_words = path in run.scripts and self.tree.readings[path].language not in CODE
            for item, answer in reach.findings(path):
                if not (by_words and item.row in BY_WORDS):
                    overridden = item.row == "key" and reach.options.gives(item.name)
                    yield item, self._weaker(item, None if answer and overridden else answer, provided)
        recipe, asked = self._containers.recipe_of(run), provided | reach.modules(self._providable)
        for path in self._around_run(run, reach):
            for item in self.tree.readings[path].findings:
                built = path == recipe and not item.conditions
                yield item, self._weaker(item, True if built else False if MENTION in item.conditions else None, asked)

    def _weaker(self, item: Finding, answer: Ternary, provided: frozenset[str]) -> Ternary:
        """An installed package takes effect when the launch asks for it, and not before."""
        if item.row != "pin" or answer is False:
            return answer
        return True if provided & set(self.table.signals[item.signal].provides) else None

    def _around_run(self, run: Run, reach: Reach) -> list[str]:
        """Requirements and images in the entry's folder, the script's, and those above."""
        around = (path for folder in self._bases(run) for path in self._around.get(folder, ()))
        return sorted(path for path in around if path not in reach.files)

    def _from_words(self, run: Run, reach: Reach) -> Iterator[tuple[Finding, Ternary]]:
        """What the final environment and command line say, whichever script wrote the words."""
        for name, value in run.environment.items():
            text = value.text if known(value.text) else None
            yield from self._matched(
                self.table.env(name, text), value, value.conditions + run.conditions, reach, f"{name}={value.text}"
            )
        for word, name, operand in pairs(run.words):
            text = "true" if operand is None else operand if known(operand) else None
            shown = name if operand is None else f"{name} {operand}"
            keyed = self.table.key(name.lstrip("+").split("."), text) if "=" in word.text else ()
            matches = (*self.table.flag(name, text), *keyed)
            yield from self._matched(matches, word, word.conditions + run.conditions, reach, shown)

    def _matched(
        self, matches: Iterable[Match], word: Resolved, conditions: tuple[Condition, ...], reach: Reach, shown: str
    ) -> Iterator[tuple[Finding, Ternary]]:
        for match in matches:
            there = self._at.get((word.path, word.span.line, match.signal), ())
            own = [item for item in there if item.row == match.row and item.value == match.value]
            made = Finding(
                match.signal, match.row, word.path, word.span, match.value, shown, conditions, ENGINE, match.by
            )
            yield (own or [made])[0], reach.holds(conditions, word.path)

    def _provides(self, found: Mapping[Finding, Standing]) -> frozenset[str]:
        asserted = (item for item, stands in found.items() if stands == "asserted" and item.row != "pin")
        return frozenset(module for item in asserted for module in self.table.signals[item.signal].provides)

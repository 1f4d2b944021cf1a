"""Which files, functions and lines does a run reach? A fixed point over imports, names and conditions."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from chipsieve.link.holds import decide, fixed, hold
from chipsieve.link.options import OptionValues
from chipsieve.link.tree import Tree, known
from chipsieve.logic import Answer, every
from chipsieve.model import Condition, Function, Option, Reading, Reference, Resolved, Test

ROUNDS = 12  # answers settle in a few; a bound for those that would swing
# Methods that a framework calls on its own: torch.nn.Module's, Lightning's, Transformers' Trainer's.
HOOKS = frozenset({
    "apply", "backward", "build", "call", "compute_loss", "configure_model", "configure_optimizers", "fit", "forward",
    "main", "on_fit_start", "on_train_start", "run", "setup", "step", "train", "train_dataloader", "training_step",
    "validation_step",
})  # fmt: skip
CODE = ("python", "notebook")
CONFIG = re.compile(
    r"(?:^|/)(?:configs?|_base_)/"
)  # `_base_ = ["../_base_/schedule.py"]`, as OpenMMLab's frameworks do


@dataclass(frozen=True, slots=True)
class Start:
    """Where a run starts: its entry and configs, its environment and arguments.

    `bases` are the folders where modules and configs are looked for, `provided` the modules that the run
    asks for by name, `assumed` the conditions that hold because the run takes place at all.
    """

    entries: tuple[str, ...]
    environment: Mapping[str, Resolved] = field(default_factory=dict)
    words: tuple[Resolved, ...] = ()
    bases: tuple[str, ...] = ("",)
    provided: frozenset[str] = frozenset()
    assumed: frozenset[Condition] = frozenset()


class Reach:
    """What one run reaches, and the answers that follow from it.

    `files` maps each reached path to True (certainly) or None (nobody can tell).
    """

    def __init__(self, tree: Tree, start: Start) -> None:
        """Spread from the entries, again and again with what was learnt, until nothing changes."""
        self._tree, self._start = tree, start
        self.files: dict[str, Answer] = dict.fromkeys(sorted(start.entries), True)
        self._live: frozenset[str] = frozenset()
        self.options = self._values()
        for _ in range(ROUNDS):
            before = (self.files, self._live)
            self._live = self._live_names()
            self._spread()
            self.options = self._values()
            if before == (self.files, self._live):
                break

    def holds(self, conditions: Iterable[Condition], path: str) -> Answer:
        """Whether the conditions of something in `path` hold in this run, the file's own reach included."""
        if path not in self.files:
            return False
        context = _Context(self, path)
        assumed = self._start.assumed
        rest = [item for item in conditions if item not in assumed] if assumed else conditions
        return every((self.files[path], hold(rest, context)))

    def modules(self, asked: frozenset[str]) -> frozenset[str]:
        """Which of the modules asked for, by their top-level names, the run certainly imports, ours or not."""
        found: set[str] = set()
        for path in (path for path, answer in self.files.items() if answer):
            for item in self._tree.readings[path].imports:
                root = item.module.partition(".")[0]
                if root in asked and root not in found and not item.level and self.holds(item.conditions, path):
                    found.add(root)
        return frozenset(found)

    def test(self, test: Test, path: str) -> Answer:
        """Whether one test holds for something in `path`."""
        if test.subject == "option":
            return decide(test, self.options.value(test.name))
        if test.subject == "variable":
            value = self._start.environment.get(test.name)
            return decide(test, value.text) if value and not value.conditions and known(value.text) else None
        if test.subject == "call":
            return True if self._is_live(test.name) else None
        if test.subject == "entry":
            return path in self._start.entries
        if test.subject == "import":
            return True if test.name.partition(".")[0] in self._start.provided else None
        return fixed(test)

    def _readings(self) -> list[Reading]:
        return [self._tree.readings[path] for path in self.files]

    def _values(self) -> OptionValues:
        declared: list[Option] = []
        configured: list[Option] = []
        for reading in self._readings():
            (declared if reading.language in CODE else configured).extend(reading.options)
        return OptionValues(self._start.words, declared, configured)

    def _spread(self) -> None:
        """Reach the files from the entries anew, by what is known so far; each has the best answer of its ways."""
        self.files = dict.fromkeys(sorted(self._start.entries), True)
        waiting = list(self.files)
        while waiting:
            for target, answer in self._ways(waiting.pop()):
                if target not in self.files or (answer and not self.files[target]):
                    self.files[target] = answer
                    waiting.append(target)

    def _ways(self, path: str) -> Iterator[tuple[str, Answer]]:
        """The files that one reached file imports or refers to, with the answer of the conditions on the way."""
        reading = self._tree.readings[path]
        for item, targets in self._tree.imports(path, self._start.bases):
            answer = self.holds(item.conditions, path)
            if answer is not False:
                yield from ((target, answer) for target in targets)
        for reference in reading.references:
            answer = self.holds(reference.conditions, path)
            target = self._referred(reference, path) if answer is not False else None
            if target:
                yield target, answer

    def _referred(self, reference: Reference, path: str) -> str | None:
        """The config that a reference names; code and prose are not configs, but for what a Python config builds on."""
        found = self._tree.find(reference.text, (posixpath.dirname(path), *self._start.bases))
        if found is None or self._tree.readings[found].language in ("prose", "shell"):
            return None
        code = self._tree.readings[found].language in CODE
        return None if code and not (CONFIG.search(path) and CONFIG.search(found)) else found

    def _is_live(self, name: str) -> bool:
        return _called(name, self._live)

    def _live_names(self) -> frozenset[str]:
        """The simple names that code which certainly runs mentions: top levels first, then what these mention."""
        waiting: defaultdict[str, list[tuple[str, Function]]] = defaultdict(list)
        fresh: set[str] = set()
        for path in (path for path, answer in self.files.items() if answer):
            for function in self._tree.readings[path].functions:
                if function.name == "" or (function.name == "__main__" and path in self._start.entries):
                    fresh |= self._mentioned(path, function)
                elif function.name != "__main__":
                    for part in function.name.split("."):
                        waiting[part].append((path, function))
        live: set[str] = set()
        told: set[tuple[str, str]] = set()
        while fresh:
            live |= fresh
            asked = {(path, item.name): item for name in fresh for path, item in waiting.get(name, ())}
            called = {key: item for key, item in asked.items() if key not in told and _called(item.name, live)}
            told |= called.keys()
            fresh = {name for (path, _), item in called.items() for name in self._mentioned(path, item)} - live
        return frozenset(live)

    def _mentioned(self, path: str, function: Function) -> set[str]:
        """The names that a function which runs certainly mentions: those whose conditions hold included."""
        context = _Context(self, path)
        return set(function.mentions).union(
            *(names for conditions, names in function.guarded if hold(conditions, context) is True)
        )


def _called(name: str, live: AbstractSet[str]) -> bool:
    """Whether every part of a qualified name is mentioned somewhere live; a class's hooks need no mention."""
    first, *rest = name.split(".")
    return first in live and all(part in live or _hook(part) for part in rest)


def _hook(name: str) -> bool:
    return name in HOOKS or (name.startswith("__") and name.endswith("__"))


class _Context:
    """One file's view of a reach."""

    def __init__(self, reach: Reach, path: str) -> None:
        self._reach, self._path = reach, path

    def test(self, test: Test) -> Answer:
        return self._reach.test(test, self._path)

"""What does each file of a tree lead to, whatever run reaches it? Other files, options, and bodies to be called."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from chipsieve.facts.conditions import Condition
from chipsieve.facts.reading import Reading, Reference
from chipsieve.facts.ternary import Ternary
from chipsieve.link.calls import Calls, live_names
from chipsieve.link.options import Declared
from chipsieve.link.settled import Settled
from chipsieve.link.tree import Tree, modules_of

CODE = ("python", "notebook")
CONFIG = re.compile(
    r"(?:^|/)(?:configs?|_base_)/"
)  # `_base_ = ["../_base_/schedule.py"]`, as OpenMMLab's frameworks do
LIVE = 32  # sets of live names that are remembered: most runs of an entry have the same

Way = tuple[tuple[Condition, ...], str]
Ways = Sequence[tuple[str, Ternary]]


class File:
    """One file of a tree; what follows from it alone is worked out once, for all runs that reach it."""

    def __init__(self, reading: Reading, tree: Tree) -> None:
        """Look at one reading of the tree."""
        self.reading, self._tree = reading, tree
        self._ways: dict[tuple[object, ...], Settled[Ways]] = {}
        self._findings: dict[frozenset[Condition], Settled[Sequence[Ternary]]] = {}

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
        ways = (item.conditions for items in (self.reading.imports, self.reading.references) for item in items)
        several = (*ways, *(item.conditions for item in self.reading.findings))
        return frozenset(condition for conditions in several for condition in conditions)

    def findings(self, assumed: frozenset[Condition]) -> Settled[Sequence[Ternary]]:
        """Whether the conditions of each of its findings hold, where some conditions are taken to hold."""
        assumed = assumed and assumed & self._conditions
        if assumed not in self._findings:
            several = (_rest(item.conditions, assumed) for item in self.reading.findings)
            self._findings[assumed] = Settled(several, tuple)
        return self._findings[assumed]

    def ways(self, roots: Sequence[str], bases: tuple[str, ...], assumed: frozenset[Condition]) -> Settled[Ways]:
        """The files that it imports or refers to, in its order, with the answers of the conditions on the way.

        `roots` hold modules, `bases` configs.
        """
        roots = tuple(root for root in roots if not self.beginnings.isdisjoint(self._tree.modules_in(root)))
        assumed = assumed and assumed & self._conditions
        key = (roots, bases if self.reading.references else (), assumed)
        if key not in self._ways:
            led = tuple(dict.fromkeys(self._led(roots, bases)))
            targets = [target for _, target in led]
            several = (_rest(conditions, assumed) for conditions, _ in led)
            self._ways[key] = Settled(several, lambda answers: best(targets, answers))
        return self._ways[key]

    def _led(self, roots: Sequence[str], bases: tuple[str, ...]) -> Iterator[Way]:
        for item in self.reading.imports:
            yield from ((item.conditions, target) for target in self._tree.imported(self.reading.path, item, roots))
        for reference in self.reading.references:
            target = self._referred(reference, bases)
            if target:
                yield reference.conditions, target

    def _referred(self, reference: Reference, bases: tuple[str, ...]) -> str | None:
        """The config that a reference names; code and prose are not configs, but for what a Python config builds on."""
        here = self.reading.path
        found = self._tree.find(reference.text, (posixpath.dirname(here), *bases))
        if found is None or self._tree.readings[found].language in ("prose", "log", "shell"):
            return None
        code = self._tree.readings[found].language in CODE
        return None if code and not (CONFIG.search(here) and CONFIG.search(found)) else found


def _rest(conditions: Sequence[Condition], assumed: frozenset[Condition]) -> Sequence[Condition]:
    return [condition for condition in conditions if condition not in assumed] if assumed else conditions


def best(targets: Sequence[str], answers: Sequence[Ternary]) -> Ways:
    """The ways that may be gone, without those that lead no better to where an earlier one does."""
    led: dict[str, Ternary] = {}
    ways: list[tuple[str, Ternary]] = []
    for target, answer in zip(targets, answers, strict=True):
        before = led.get(target, False)
        if before is not True and answer is not False and (answer or before is False):
            led[target] = answer
            ways.append((target, answer))
    return ways


class Files:
    """The files of one tree by path."""

    def __init__(self, tree: Tree) -> None:
        """Look at the files of one tree, each when it is asked for."""
        self.tree = tree
        self._known: dict[str, File] = {}
        self.live_names = lru_cache(LIVE)(live_names)

    def __getitem__(self, path: str) -> File:
        """The file at a path."""
        if path not in self._known:
            self._known[path] = File(self.tree.readings[path], self.tree)
        return self._known[path]

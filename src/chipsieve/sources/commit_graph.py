"""Which commit came before which? The parents of every commit, and one order of all, whatever references are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from chipsieve.facts.reading import Gap
from chipsieve.sources.git import Git, GitError

PARENTS = 5_000_000  # of all commits together; one commit alone can name a million
BROKEN = "git cannot follow the history further: an object is missing or damaged; what is older is not known"


class Graph(NamedTuple):
    """The parents of commits, and the places of these in an order: children before parents, else the newest first."""

    parents: Mapping[str, Sequence[str]]
    places: Mapping[str, int]

    def above(self, tip: str) -> frozenset[str]:
        """A commit with all its ancestors."""
        return frozenset(self._walked(tip, len(self.places)))

    def descends(self, later: str, earlier: str) -> bool:
        """Whether a commit has another among its ancestors."""
        return earlier in self._walked(later, self.places.get(earlier, len(self.places)))

    def _walked(self, start: str, until: int) -> set[str]:
        """A commit and its ancestors, as far as they stand before a place in the order, or at it."""
        found, waiting = {start}, [start]
        while waiting:
            for parent in self.parents.get(waiting.pop(), ()):
                if parent not in found and self.places.get(parent, until + 1) <= until:
                    found.add(parent)
                    waiting.append(parent)
        return found


def graph_of(git: Git, revisions: Sequence[str]) -> tuple[Graph, tuple[Gap, ...]]:
    """The graph of all commits that revisions lead to, and why it is not whole."""
    parents: dict[str, tuple[str, ...]] = {}
    seconds: dict[str, int] = {}
    named = 0
    gaps: tuple[Gap, ...] = ()
    try:
        for row in git.parts("log", "-z", "--format=%H %ct %P", "--ignore-missing", *revisions):
            commit, made, rest = row.decode(errors="replace").split(" ", 2)
            above = rest.split()
            named += len(above)
            if named > PARENTS:
                gaps = (Gap(".", f"commits with more than {PARENTS:,} parents together: the others are not known"),)
                break
            parents[commit], seconds[commit] = tuple(dict.fromkeys(above)), int(made) if made.isdigit() else 0
    except GitError:
        gaps = (Gap(".", BROKEN),)
    return Graph(parents, {commit: place for place, commit in enumerate(_ordered(parents, seconds))}), gaps


def _ordered(parents: Mapping[str, Iterable[str]], seconds: Mapping[str, int]) -> Iterator[str]:
    """Each commit after its children, the newest of those that may come next first, then by id."""
    children = Counter(parent for above in parents.values() for parent in above)
    ready = [(-seconds[commit], commit) for commit in parents if not children[commit]]
    heapify(ready)
    while ready:
        _, commit = heappop(ready)
        yield commit
        for parent in parents[commit]:
            children[parent] -= 1
            if not children[parent] and parent in parents:
                heappush(ready, (-seconds[parent], parent))

"""From which commit to which did each piece of evidence stand? By what contents say, and by who changed them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from chipsieve.signals.signal import Effect, Signal
from chipsieve.sources.commits import Change, Moment, Step, Walk
from chipsieve.timeline.life import Life, Place, State
from chipsieve.timeline.sayings import Said

Says = Mapping[tuple[str, str], Sequence[Said]]
"""What each content says, by its id and path."""
MOST_PLACES = 3  # other places of the tip that a life lists


class Key(NamedTuple):
    """What makes two statements one life: what is said, and in which file, whatever it was called."""

    signal: str
    value: str
    by: str
    deed: str
    variable: str
    file: str


class Stand(NamedTuple):
    """A statement at its place, and the id of the content that makes it."""

    said: Said
    path: str
    content: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.path, self.said.line, self.said.snippet)


class Event(NamedTuple):
    """A commit that brought a statement, or took it away."""

    order: int
    brings: bool
    moment: Moment
    stand: Stand


class Files:
    """Which paths are one file? Those that renames connect; it is called by the first of them in order."""

    def __init__(self, steps: Iterable[Step]) -> None:
        """Connect the paths of all renames."""
        self._above: dict[str, str] = {}
        for _, changes in steps:
            for change in changes:
                if change.old_path != change.path and any(change.before) and change.after:
                    first, second = sorted((self.of(change.old_path), self.of(change.path)))
                    if first != second:
                        self._above[second] = first

    def of(self, path: str) -> str:
        """The name of a path's file."""
        while path in self._above:
            path = self._above[path]
        return path


class Ledger:
    """What was said when: every event of every life, and what stands in the tip."""

    def __init__(self, walk: Walk, says: Says, tip: Mapping[str, str]) -> None:
        """Put together the events of a walk. `tip` are the contents of the tip's files, by path."""
        self._files, self._says = Files(walk.commits), says
        self.walk = walk
        self.events: defaultdict[Key, list[Event]] = defaultdict(list)
        for order, (moment, changes) in enumerate(reversed(walk.commits)):
            for brings, key, stand in self._differences(changes):
                self.events[key].append(Event(order, brings, moment, stand))
        self.now: dict[Key, Stand] = {}
        for path, content in sorted(tip.items()):
            for key, stand in self._stands(content, path):
                self.now.setdefault(key, stand)

    def _stands(self, content: str, path: str) -> Iterator[tuple[Key, Stand]]:
        file = self._files.of(path)
        for said in self._says.get((content, path), ()):
            yield Key(said.signal, said.value, said.by, said.deed, said.variable, file), Stand(said, path, content)

    def _sides(self, change: Change) -> tuple[dict[Key, Stand], dict[Key, Stand]]:
        """What a file said before a commit, in any of its parents, and after it."""
        before: dict[Key, Stand] = {}
        for content in change.before:
            before |= dict(self._stands(content, change.old_path))
        return before, dict(self._stands(change.after, change.path))

    def _differences(self, changes: Iterable[Change]) -> Iterator[tuple[bool, Key, Stand]]:
        """What a commit took away and what it brought, over all its files together."""
        before: dict[Key, Stand] = {}
        after: dict[Key, Stand] = {}
        for change in changes:
            old, new = self._sides(change)
            before |= old
            after |= new
        yield from ((False, key, stand) for key, stand in before.items() if key not in after)
        yield from ((True, key, stand) for key, stand in after.items() if key not in before)

    def changes_statements(self, step: Step) -> bool:
        """Whether a commit brought or took away a statement."""
        return next(self._differences(step[1]), None) is not None

    @cached_property
    def _lost_on_trunk(self) -> dict[Key, tuple[Moment, Stand]]:
        """The last commit of the trunk that took a statement away, and where it stood: merges can drop one side."""
        lost: dict[Key, tuple[Moment, Stand]] = {}
        for moment, changes in self.walk.trunk:
            for brings, key, stand in self._differences(changes):
                if not brings:
                    lost.setdefault(key, (moment, stand))
        return lost

    def lives(self, signals: Mapping[str, Signal]) -> tuple[Life, ...]:
        """Every life, what is gone first, the latest removal before others."""
        keys = {**self.events, **self.now}
        found = [self._life(key, signals[key.signal]) for key in keys if key.signal in signals]
        return tuple(sorted(found, key=_order))

    @cached_property
    def _said_now(self) -> dict[tuple[str, ...], list[str]]:
        """Where the tip says the same in another file, and where it says something else in the same file."""
        places: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for key, stand in self.now.items():
            places[_same(key)].append(stand.place.at)
            places[_instead(key)].append(stand.place.at)
        return places

    def _state(self, key: Key, effect: Effect, *, above: bool) -> tuple[State, Sequence[str]]:
        """Where what a file said stands now, and the places of the tip that say it, or something else in its place."""
        if key in self.now:
            return "present", ()
        if not above:
            return "elsewhere", ()
        if same := self._said_now.get(_same(key)):
            return "moved", same[:MOST_PLACES]
        instead = self._said_now.get(_instead(key)) if effect != "names" else None
        return ("replaced", instead[:MOST_PLACES]) if instead else ("removed", ())

    def _life(self, key: Key, signal: Signal) -> Life:
        events = self.events.get(key, [])
        above = [event for event in events if event.moment.id in self.walk.ancestors]
        line = above or events
        first = next((event for event in line if event.brings), None)
        state, still_at = self._state(key, signal.effect, above=bool(above))
        removed, last = None, self.now.get(key)
        if last is None:
            removed, last = (line[-1].moment, line[-1].stand)
            if line[-1].brings:  # no commit took it away by itself
                removed, last = self._lost_on_trunk.get(key, (None, last)) if above else (None, last)
        stand = first.stand if first else last
        return Life(
            signal=key.signal, value=key.value, variable=key.variable, by=key.by, deed=key.deed, effect=signal.effect,
            strength=signal.strength, state=state, place=stand.place, last=last.place, content=last.content,
            first=first.moment if first else None, removed=removed, still_at=tuple(still_at),
            ref=line[-1].moment.ref if state == "elsewhere" else "",
        )  # fmt: skip


def _same(key: Key) -> tuple[str, ...]:
    """By what statements of several files say the same."""
    return (key.signal, key.value, key.variable)


def _instead(key: Key) -> tuple[str, ...]:
    """By what statements of one file stand in each other's place."""
    return (key.signal, "another value", key.variable, key.file)


STATES: tuple[State, ...] = ("removed", "replaced", "moved", "elsewhere", "present")


def _order(life: Life) -> tuple[object, ...]:
    """What is gone first, the latest removal first; then by what is said and where."""
    day = life.removed.day if life.removed else ""
    said = (life.signal, life.variable, life.value, life.last, life.by, life.deed)
    return (STATES.index(life.state), [-ord(char) for char in day], *said)


def contents_of(walk: Walk, tip: Mapping[str, str]) -> set[tuple[str, str]]:
    """Every content that stood at a path in one of the commits, as (id, path)."""
    found = {(content, path) for path, content in tip.items()}
    for _, changes in (*walk.commits, *walk.trunk):
        for change in changes:
            found |= {(content, change.old_path) for content in change.before if content}
            if change.after:
                found.add((change.after, change.path))
    return found

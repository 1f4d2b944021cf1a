"""From which commit to which did each piece of evidence stand? By what commits brought and took away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from chipsieve.signals.signal import Signal
from chipsieve.sources.commits import Moment, Step, Walk
from chipsieve.sources.revision import Snapshot
from chipsieve.timeline.events import Differences, Event, Key, Kind, Renames, Says, Stand, Texts
from chipsieve.timeline.life import Life, State
from chipsieve.timeline.meaning import meant

Places = Mapping[tuple[str, ...], Sequence[str]]
"""Places of the tip, by what is said there."""
MOST_PLACES = 3  # other places of the tip that a life lists


class Ledger:
    """What was said when: every event of every life, and what stands in the tip."""

    def __init__(self, walk: Walk, says: Says, tip: Snapshot, texts: Texts) -> None:
        """Put together the events of a walk. `tip` are the files of the tip."""
        self.walk, self._tip = walk, tip
        self._renames = Renames(walk.commits)
        self._differences = Differences(self._renames, says, texts)
        self.events: defaultdict[Key, list[Event]] = defaultdict(list)
        for moment, changes in reversed(walk.commits):
            for kind, key, stand in self._differences.of(changes):
                older = kind == "brings" and moment.id in walk.cut
                self._add(moment, "surfaces" if older else kind, key, stand)
        for key, (moment, stand) in self._lost_on_trunk().items():
            if key not in self.events:
                self._add(moment, "takes", key, stand)
        self.now: dict[Key, Stand] = {}
        for path, content in sorted(tip.contents.items()):
            for key, stand in self._differences.stands(content, path):
                self.now.setdefault(key, stand)

    def _add(self, moment: Moment, kind: Kind, key: Key, stand: Stand) -> None:
        """Note an event."""
        places = self.walk.graph.places
        self.events[key].append(Event(-places.get(moment.id, len(places)), kind, moment, stand))

    def changes_statements(self, step: Step) -> bool:
        """Whether a commit brought or took away a statement."""
        return next(self._differences.of(step[1]), None) is not None

    def _lost_on_trunk(self) -> dict[Key, tuple[Moment, Stand]]:
        """The last commit of the trunk that took a statement away: a merge can, of lines that are older than all."""
        lost: dict[Key, tuple[Moment, Stand]] = {}
        for moment, changes in self.walk.trunk:
            for kind, key, stand in self._differences.of(changes):
                if kind == "takes":
                    lost.setdefault(key, (moment, stand))
        return lost

    @cached_property
    def _unexplained(self) -> frozenset[Key]:
        """What led to the tip and is not there, though no commit alone took it away."""
        gone = ((key, self._above(events)) for key, events in self.events.items() if key not in self.now)
        return frozenset(key for key, above in gone if above and not self._end(above))

    @property
    def unexplained(self) -> tuple[str, ...]:
        """The paths of what is gone from the tip though no commit alone took it away: merges dropped it."""
        events = (event for key in self._unexplained for event in self._above(self.events[key]))
        return tuple(sorted({event.stand.path for event in events}))

    def explain(self, merges: Iterable[Step]) -> None:
        """Note which merges dropped what is unexplained; each step is a merge beside one of its parents."""
        for moment, changes in merges:
            for kind, key, stand in self._differences.of(changes):
                if kind == "takes" and key in self._unexplained:
                    self._add(moment, "drops", key, stand)
        for key in self._unexplained:
            self.events[key].sort(key=lambda event: event.order)

    def lives(self, signals: Mapping[str, Signal]) -> tuple[Life, ...]:
        """Every life, what is gone first, the latest removal before others."""
        keys = {**self.events, **self.now}
        places = self._said_now(signals)
        found = [self._life(key, signals[key.signal], places) for key in keys if key.signal in signals]
        return tuple(sorted(found, key=_order))

    def _said_now(self, signals: Mapping[str, Signal]) -> Places:
        """Where the tip says the same, and where it says something else in the same file."""
        places: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for key, stand in self.now.items():
            names = key.signal in signals and signals[key.signal].effect == "names"
            for way in (_same(key, names=names), _again(key, names=names), _instead(key)):
                places[way].append(stand.place.at)
        return places

    @cached_property
    def _unread_now(self) -> frozenset[str]:
        """The files of the tip that were not read whole."""
        contents = self._tip.contents.items()
        return frozenset(self._renames.file(path) for path, one in contents if self._differences.unread(one, path))

    @cached_property
    def _files_now(self) -> frozenset[str]:
        """The files of the tip."""
        return frozenset(map(self._renames.file, self._tip.contents))

    def _may_stand(self, file: str) -> bool:
        """Whether the tip may say what a file said where that was read last: it has a content that was not read."""
        if file in self._files_now:
            return file in self._unread_now
        return bool(self._unread_now or self._tip.lacking)

    def _above(self, events: Sequence[Event]) -> list[Event]:
        """The events that lead to the tip."""
        return [event for event in events if event.moment.id in self.walk.ancestors]

    def _end(self, events: Sequence[Event]) -> Event | None:
        """The event that ended a statement, and that none later undid: the last one that took it away.

        Else the last one after which nobody knows, else the first merge that dropped it: later ones had it to drop once
        more.
        """
        kinds: tuple[tuple[Kind, Iterable[Event]], ...] = (
            ("takes", reversed(events)), ("fades", reversed(events)), ("drops", events),
        )  # fmt: skip
        ended = (
            one for kind, ordered in kinds for one in ordered if one.kind == kind and not self._undone(one, events)
        )
        return next(ended, None)

    def _undone(self, end: Event, events: Iterable[Event]) -> bool:
        """Whether the statement came again after an event, and not beside it in another branch."""
        graph = self.walk.graph
        return any(
            one.comes and one.order > end.order and graph.descends(one.moment.id, end.moment.id) for one in events
        )

    def _state(
        self, key: Key, places: Places, *, names: bool, above: bool, end: Event | None
    ) -> tuple[State, Sequence[str]]:
        """Where what a file said stands now, and the places of the tip that say it, or something else in its place."""
        if key in self.now:
            return "present", ()
        if not above:
            return "elsewhere", ()
        if (end is None or end.kind == "fades") and self._may_stand(key.file):
            return "unread", ()
        here = places.get(_again(key, names=names)) or (None if names else places.get(_instead(key)))
        same = None if here else places.get(_same(key, names=names))
        state: State = "moved" if same else "replaced" if here else "removed"
        return state, (same or here or ())[:MOST_PLACES]

    def _life(self, key: Key, signal: Signal, places: Places) -> Life:
        events = self.events.get(key, [])
        above = self._above(events)
        line = above or events
        end = self._end(line)
        state, still_at = self._state(key, places, names=signal.effect == "names", above=bool(above), end=end)
        removed, last = None, self.now.get(key)
        if last is None:
            removed = end.moment if end and end.kind != "fades" else None
            last = (end or line[-1]).stand
        first = line[0] if line and line[0].kind == "brings" else None
        stand = first.stand if first else last
        return Life(
            signal=key.signal, value=key.value, variable=key.variable, by=key.by, deed=key.deed, effect=signal.effect,
            strength=signal.strength, state=state, place=stand.place, last=last.place, content=last.content,
            first=first.moment if first else None, removed=removed, still_at=tuple(still_at),
            ref=line[-1].moment.ref if state == "elsewhere" else "",
        )  # fmt: skip


def _same(key: Key, *, names: bool) -> tuple[str, ...]:
    """By what statements of several files say the same; a name does whoever writes it, and however."""
    return ("a name", meant(key.value)) if names else (key.signal, key.value, key.variable)


def _again(key: Key, *, names: bool) -> tuple[str, ...]:
    """By what statements of one file say the same of something else: that it is supported, no longer asked for."""
    return (*_same(key, names=names), key.file)


def _instead(key: Key) -> tuple[str, ...]:
    """By what statements of one file stand in each other's place."""
    return (key.signal, "another value", key.variable, key.file, "")


STATES: tuple[State, ...] = ("removed", "unread", "replaced", "moved", "elsewhere", "present")


def _order(life: Life) -> tuple[object, ...]:
    """What is gone first, the latest removal first; then by what is said and where."""
    day = life.removed.day if life.removed else ""
    said = (life.signal, life.variable, life.value, life.last, life.by, life.deed)
    return (STATES.index(life.state), [-ord(char) for char in day], *said)


def contents_of(walk: Walk, tip: Snapshot) -> set[tuple[str, str]]:
    """Every content that stood at a path in one of the commits, as (id, path)."""
    found = {(content, path) for path, content in tip.contents.items()}
    for _, changes in (*walk.commits, *walk.trunk):
        for change in changes:
            found |= {(content, change.old_path) for content in change.before if content}
            if change.after:
                found.add((change.after, change.path))
    return found

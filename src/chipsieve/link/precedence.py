"""Which keys of a configuration does a later one set otherwise?

What a command line names wins over what it names before, and over what code opens by itself; a configuration wins over
those on which it builds. Hydra puts the keys of a group's file below the group: its folders may stand before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from chipsieve.facts.reading import Reading

FOLDERS = 2  # of a group's file that may stand before its keys

Key = tuple[str, ...]


def in_order(roots: Iterable[str], built_on: Callable[[str], Iterable[str]]) -> list[str]:
    """The configurations from the roots on, each behind those on which it builds; later roots win."""
    order: dict[str, None] = {}
    entered: set[str] = set()
    waiting = [(root, False) for root in reversed(list(roots))]
    while waiting:
        path, ready = waiting.pop()
        if ready:
            order[path] = None
        elif path not in entered:
            entered.add(path)
            waiting.append((path, True))
            waiting += [(base, False) for base in reversed(list(built_on(path)))]
    return list(order)


def set_otherwise(order: Iterable[Reading]) -> Mapping[str, frozenset[int]]:
    """By path, the indices of the keys for which a later one of some readings has another value."""
    later: dict[Key, set[str | None]] = {}
    found: dict[str, frozenset[int]] = {}
    for reading in reversed(list(order)):
        keys = [(place, fact) for place, fact in enumerate(reading.facts) if fact.kind == "key"]
        forms = {place: _forms(reading.path, (*fact.parts, fact.name)) for place, fact in keys}
        found[reading.path] = frozenset(
            place for place, fact in keys
            if any(value != fact.value for value in chain.from_iterable(later.get(key, ()) for key in forms[place]))
        )  # fmt: skip
        for place, fact in keys:
            for key in forms[place]:
                later.setdefault(key, set()).add(fact.value)
    return found


def _forms(path: str, key: Key) -> list[Key]:
    """The places at which a composed configuration may hold the key of a file."""
    folders = tuple(path.split("/")[:-1])
    return [key, *((*folders[-depth:], *key) for depth in range(1, min(FOLDERS, len(folders)) + 1))]

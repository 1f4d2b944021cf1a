"""Where does a config hold the key that a row names? As one key, nested, or at any depth below another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from chipsieve.border.semgrep.forms import Branch, mapping, where
from chipsieve.border.semgrep.scalars import QUOTE, choices
from chipsieve.border.semgrep.values import named
from chipsieve.signals.signal import Row

PAIR = '"$K": $V'
FRONT = r"(?:[^/]*\.(?!.*/))?"
"""The front of a key such as `trainer.precision`; a label such as `amd.com/gpu` has none."""


def key(row: Row, language: str) -> list[Branch]:
    """The branches that find the row's keys: $V is the value, $NAME the key's last part.

    `bf16.enabled` is that key, or `enabled` in `bf16`; `*dist*backend` too is `*backend` at any depth of `*dist*`.
    """
    names = [name for name in row.names if not any(fnmatchcase(name, other) for other in {*row.names} - {name})]
    single = [name for name in names if not _is_path(name)]
    return [
        *([_pair(row, FRONT + _last(single), language)] if single else []),
        *(branch for last, above in _paths(names).items() for branch in _nested(row, last, above, language)),
        *(_deep(row, name, language) for name in single if "*" in name[1:-1]),
    ]


def _is_path(name: str) -> bool:
    return "." in name and "/" not in name


def _paths(names: Iterable[str]) -> dict[str, list[str]]:
    """The keys above by the last part of the names that are paths."""
    above: defaultdict[str, list[str]] = defaultdict(list)
    for name in filter(_is_path, names):
        first, _, last = name.rpartition(".")
        above[last].append(first)
    return above


def _pair(row: Row, name: str, language: str) -> Branch:
    """A pair in a mapping whose other keys say what the row's `beside` asks for."""
    pairs = [f'"{other}": $B{place}' for place, other in enumerate(row.beside)]
    asked = [
        where(f"$B{place}", f"(?i){QUOTE}(?:{choices([value])}){QUOTE}$")
        for place, value in enumerate(row.beside.values())
    ]
    return [
        {"pattern": mapping([*pairs, PAIR], language) if pairs else PAIR},
        where("$K", f"(?i){QUOTE}{name}{QUOTE}$"),
        *asked,
    ]


def _nested(row: Row, last: str, above: list[str], language: str) -> Iterator[Branch]:
    parents = named(above, ".")
    yield _pair(row, rf"(?:[^/]*\.)?{parents}\.{_last([last])}", language)
    (_, *condition) = _pair(row, _last([last]), language)
    key = f'"=~/(?i)^(.*[.])?{parents}$/"'
    yield [{"pattern": mapping([PAIR], language, key)}, *condition]


def _deep(row: Row, name: str, language: str) -> Branch:
    first, _, last = name.rpartition("*")
    inside = f'"=~/(?i)^{named([f"{first}*"], ".")}$/": $BELOW'
    return [{"pattern-inside": inside}, *_pair(row, FRONT + _last([f"*{last}"]), language)]


def _last(names: Iterable[str]) -> str:
    alternatives = named(names, "[^./]")
    return f"(?P<NAME>{alternatives})"

"""Which value does an argument of the program have in this run? Command line, then configs, then defaults."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from chipsieve.link.tree import known
from chipsieve.model import Option, Resolved

ASSIGNMENT = re.compile(r"\+{0,2}([A-Za-z_][\w./@-]*)=(.*)", re.DOTALL)


@lru_cache(maxsize=65_536)  # asked for every condition of every launch
def option_name(text: str) -> str:
    """The name under which flags, destinations and keys are compared: `--use-fp16` is `use_fp16`."""
    return text.lstrip("-+").replace("-", "_").rpartition(".")[2].casefold()


def pairs(words: Sequence[Resolved]) -> Iterator[tuple[Resolved, str, str | None]]:
    """The options on a command line as (word, name as given, operand): `--a b`, `--a=b`, `--a`, `a.b=c`.

    A bare flag's operand is None.
    """
    for index, word in enumerate(words):
        following = words[index + 1].text if index + 1 < len(words) else "-"
        if re.match(r"-{1,2}[A-Za-z]", word.text):
            name, equals, value = word.text.partition("=")
            bare = following.startswith("-") and not re.match(r"-\d", following)
            yield word, name, value if equals else None if bare else following
        elif matched := ASSIGNMENT.fullmatch(word.text):
            yield word, matched[1], matched[2]


class OptionValues:
    """The values of a run's options by name; None where nobody can tell."""

    def __init__(self, words: Sequence[Resolved], declared: Iterable[Option], configured: Iterable[Option]) -> None:
        """Join a command line with the options that the code declares and the keys that its configs set."""
        declared = list(declared)
        self._given: dict[str, str | None] = {}
        self._configured = _defaults(configured)
        self._declared = _defaults(declared)
        by_flag = {option_name(flag): option for option in declared for flag in option.flags}
        for word, name, operand in pairs(words):
            option = by_flag.get(option_name(name))
            self._give(option.dest if option else name, _stored(option, operand), word)

    def _give(self, name: str, value: str, word: Resolved) -> None:
        sure = not word.conditions and known(value)
        self._given[option_name(name)] = value if sure else None

    def value(self, name: str) -> str | None:
        """The value of the option of that name, "" for an unset one, None when nobody can tell."""
        name = option_name(name)
        for source in (self._given, self._configured, self._declared):
            if name in source:
                return source[name]
        return None

    def gives(self, name: str) -> bool:
        """Whether the command line itself sets the option of that name."""
        return bool(name) and option_name(name) in self._given

    def names(self) -> frozenset[str]:
        """All option names that the run gives or its code declares."""
        return frozenset(self._given) | frozenset(self._declared)


def _stored(option: Option | None, operand: str | None) -> str:
    """What giving the flag stores: its operand, or what the declaration says a bare flag means."""
    if option and option.stores is not None:
        return option.stores
    return "true" if operand is None else operand


def _defaults(options: Iterable[Option]) -> dict[str, str | None]:
    """One default a name; None where it is unknown or two declarations differ."""
    seen: defaultdict[str, set[str | None]] = defaultdict(set)
    for option in options:
        seen[option_name(option.dest)].add(option.default)
    return {name: next(iter(values)) if len(values) == 1 else None for name, values in seen.items()}

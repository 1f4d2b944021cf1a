"""Which value does an argument of the program have in this run? Command line, then configs, then defaults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from chipsieve.facts.reading import Option
from chipsieve.link.launch import Resolved
from chipsieve.link.tree import known

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


class Declared:
    """The options that one file declares, or the keys that a config sets, by the names that are compared."""

    def __init__(self, options: Iterable[Option]) -> None:
        """Index the options: one default a name, and the option that each flag gives."""
        self.defaults: dict[str, str | None] = {}
        self.flags: dict[str, Option] = {}
        for option in options:
            _settle(self.defaults, option_name(option.dest), option.default)
            self.flags.update((option_name(flag), option) for flag in option.flags)


class OptionValues:
    """The values of a run's options by name; None where nobody can tell."""

    def __init__(self, words: Sequence[Resolved], declared: Iterable[Declared], configured: Iterable[Declared]) -> None:
        """Join a command line with the options that the code declares and the keys that its configs set."""
        declared = list(declared)
        self._given: dict[str, str | None] = {}
        self._declared = _defaults(declared)
        by_flag = {flag: option for file in declared for flag, option in file.flags.items()}
        for word, name, operand in pairs(words):
            option = by_flag.get(option_name(name))
            self._give(option.dest if option else name, _stored(option, operand), word)
        self._values = {**self._declared, **_defaults(configured), **self._given}

    def _give(self, name: str, value: str, word: Resolved) -> None:
        sure = not word.conditions and known(value)
        self._given[option_name(name)] = value if sure else None

    def value(self, name: str) -> str | None:
        """The value of the option of that name, "" for an unset one, None when nobody can tell."""
        return self._values.get(option_name(name))

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


def _defaults(files: Iterable[Declared]) -> dict[str, str | None]:
    """One default a name; None where it is unknown or two declarations differ."""
    defaults: dict[str, str | None] = {}
    for file in files:
        for name, default in file.defaults.items():
            _settle(defaults, name, default)
    return defaults


def _settle(defaults: dict[str, str | None], name: str, default: str | None) -> None:
    """Add a declaration of the name; of two that differ nobody knows which counts."""
    defaults[name] = default if defaults.get(name, default) == default else None

"""Which value does an argument of the program have in this run? Command line, then configs, then defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from chipsieve.commands.flags import Given
from chipsieve.facts.reading import Option

Name = TypeVar("Name")


@lru_cache(maxsize=65_536)  # asked for every condition of every launch
def option_name(text: str) -> str:
    """The name under which flags, destinations and keys are compared: `--use-fp16` is `use_fp16`."""
    return text.lstrip("-+").replace("-", "_").rpartition(".")[2].casefold()


class Declared:
    """The options that one file declares, or the keys that a config sets, by the names that are compared.

    `keys` has them by the whole path of each.
    """

    def __init__(self, options: Iterable[Option]) -> None:
        """Index the options: one default a name, and the option that each flag gives."""
        self.defaults: dict[str, str | None] = {}
        self.flags: dict[str, Option] = {}
        self.keys: dict[tuple[str, ...], str | None] = {}
        for option in options:
            _add_default(self.keys, (*option.above, option.dest), option.default)
            self.flags.update((option_name(flag), option) for flag in option.flags)
        for key, default in self.keys.items():
            _add_default(self.defaults, option_name(key[-1]), default)

    @classmethod
    def of(cls, defaults: Mapping[str, str | None]) -> Declared:
        """Values by names that are compared already."""
        made = cls(())
        made.defaults.update(defaults)
        return made


class Options(NamedTuple):
    """What several files of code declare together: a default by name, and the option that each flag gives."""

    defaults: Mapping[str, str | None]
    flags: Mapping[str, Option]


def declared_by(files: tuple[Declared, ...]) -> Options:
    """What several files declare together."""
    return Options(defaults(files), {flag: option for file in files for flag, option in file.flags.items()})


class OptionValues:
    """The values of a run's options by name; None where nobody can tell."""

    def __init__(
        self, words: Iterable[Given], declared: Options, configured: Iterable[Declared],
        possible: Iterable[Declared] = (),
    ) -> None:  # fmt: skip
        """Join what a command line gives with the options that the code declares and the keys that its configs set.

        Of `possible` configs nobody knows whether the run reads them.
        """
        self._given: dict[str, str | None] = {}
        self._declared = declared.defaults
        for one in words:
            option = declared.flags.get(option_name(one.name))
            sure = not one.word.conditions
            stored = option.stores if option and option.stores is not None else one.known_text
            self._given[option_name(option.dest if option else one.name)] = stored if sure else None
        self._values = {**self._declared, **defaults(configured)}
        for name, value in defaults(possible).items():
            self._values[name] = value if self._values.get(name) == value else None
        self._values.update(self._given)

    def value(self, name: str) -> str | None:
        """The value of the option of that name, "" for an unset one, None when nobody can tell."""
        return self._values.get(option_name(name))

    def compared(self, name: str) -> str | None:
        """The same, of a name in the form in which names are compared."""
        return self._values.get(name)

    def gives(self, name: str) -> bool:
        """Whether the command line itself sets the option of that name."""
        return bool(name) and option_name(name) in self._given

    def names(self) -> frozenset[str]:
        """All option names that the run gives or its code declares."""
        return frozenset(self._given) | frozenset(self._declared)


def layered(files: Iterable[Declared]) -> Declared:
    """One config of several, in which a later one's value of a key wins over those before."""
    keys: dict[tuple[str, ...], str | None] = {}
    for file in files:
        keys.update(file.keys)
    values: dict[str, str | None] = {}
    for key, value in keys.items():
        _add_default(values, option_name(key[-1]), value)
    return Declared.of(values)


def defaults(files: Iterable[Declared]) -> dict[str, str | None]:
    """One default a name; None where it is unknown or two declarations differ."""
    found: dict[str, str | None] = {}
    for file in files:
        for name, default in file.defaults.items():
            _add_default(found, name, default)
    return found


def _add_default(defaults: dict[Name, str | None], name: Name, default: str | None) -> None:
    """Add a declaration of the name; of two that differ nobody knows which counts."""
    defaults[name] = default if defaults.get(name, default) == default else None

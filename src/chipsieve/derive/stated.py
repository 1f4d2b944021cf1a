"""What does a launch state of a quantity: in which settings, with which values, and how surely?

A quantity may have several spellings and several values: a flag under a condition, a flag and a key, a default that
code declares. Whoever asks for a bound takes the smallest or the largest; where one of the values stayed unknown,
nothing is known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple

from chipsieve.commands.flags import BARE, given
from chipsieve.link.launch import Launch, Setting
from chipsieve.link.option_values import option_name

OFF = frozenset({"", "false", "none", "null", "no", "off", "0", "n", "f"})
NUMBER = re.compile(r"\d{1,15}(?:_\d{3})*")
LISTS_OF_OPTIONS = re.compile(r"\$\{?(?:[@*]|\w*(?:ARG|OPT|FLAG|PARAM|EXTRA|CMD|SWITCH)\w*)", re.IGNORECASE)


class Known(NamedTuple):
    """A number that is in force, the settings that say so (none for a default of the framework), and how surely."""

    number: int
    premises: tuple[Setting, ...] = ()
    certain: bool = True


class Value(NamedTuple):
    """One value that a launch gives an option or key, and whether it certainly takes effect."""

    setting: Setting
    certain: bool

    @property
    def number(self) -> int | None:
        """The value as a whole number, None where it is none or unknown."""
        text = self.setting.value.strip()
        return int(text.replace("_", "")) if NUMBER.fullmatch(text) else None

    @property
    def off(self) -> bool:
        """Whether it switches off what it names."""
        return self.setting.value.strip().casefold() in OFF


class Stated:
    """What one launch states, by the names of its options and keys.

    `closed` says that its command line has no word that may hold further options: `"$@"`, `$EXTRA_ARGS`.
    """

    def __init__(self, launch: Launch, bare: Iterable[str] = ()) -> None:
        """Look at a launch; the flags named in `bare` take no operand, so that an unknown word behind one is open."""
        self.launch = launch
        self._values: defaultdict[str, list[Value]] = defaultdict(list)
        configured = (Value(one, "$" not in one.value) for one in launch.settings if one.source == "config")
        for value in chain(self._given(), configured):
            self._values[option_name(value.setting.name)].append(value)
        self.closed = not any(self._open(frozenset(bare)))

    @cached_property
    def _declared(self) -> Mapping[str, list[Value]]:
        """The defaults that the code of the launch declares, by name."""
        found: defaultdict[str, list[Value]] = defaultdict(list)
        for setting in chain.from_iterable(self.launch.defaults):
            found[option_name(setting.name)].append(Value(setting, "$" not in setting.value))
        return found

    def _given(self) -> Iterator[Value]:
        """What the command line gives, the launcher's own options among it."""
        for one in given(self.launch.command):
            text = BARE if one.value is None else one.value.text
            setting = Setting(one.name.lstrip("-+"), text, one.word.path, one.word.span, "command line")
            yield Value(setting, not one.word.conditions)

    def _open(self, bare: frozenset[str]) -> Iterator[bool]:
        """For each wholly unknown word whether it may hold options of its own."""
        words = self.launch.command
        for before, word in zip((None, *words), words, strict=False):
            if word.wholly_unknown:
                flag = before is not None and before.text.startswith("-") and "=" not in before.text
                operand = flag and before is not None and option_name(before.text) not in bare
                yield not operand or LISTS_OF_OPTIONS.match(word.text) is not None

    def values(self, names: Iterable[str]) -> list[Value]:
        """What the launch itself gives under some names; `a.b` is a key `b` right below a key `a`."""
        return [value for name in names for value in self._values[option_name(name)] if _below(value.setting, name)]

    def _in_force(self, names: Sequence[str], default: int | None) -> list[Known] | None:
        """The values of which one is in force, None where one of them is unknown."""
        given = self.values(names)
        unsure = not any(value.certain for value in given)
        declared = [value for name in names for value in self._declared.get(option_name(name), ())] if unsure else []
        numbers = [(value.number, value) for value in (*given, *declared)]
        known = [Known(number, (value.setting,), value.certain) for number, value in numbers if number is not None]
        if len(known) < len(numbers):
            return None
        if unsure and not declared:
            known += [Known(default)] if default is not None and self.closed else []
            return known if default is not None and self.closed else None
        return known

    def least(self, names: Sequence[str], default: int | None = None) -> Known | None:
        """The smallest number that some names may stand for; the default where a closed command line sets none."""
        known = self._in_force(names, default)
        return _merged(min(known, key=lambda one: one.number), known) if known else None

    def most(self, names: Sequence[str], default: int | None = None) -> Known | None:
        """The largest number that some names may stand for; the default where a closed command line sets none."""
        known = self._in_force(names, default)
        return _merged(max(known, key=lambda one: one.number), known) if known else None

    def on(self, names: Iterable[str]) -> Known | None:
        """The switch of one of some names that is certainly on, as the number 1."""
        found = [value for value in self.values(names) if value.certain and "$" not in value.setting.value]
        return None if not found or any(one.off for one in found) else Known(1, (found[-1].setting,))

    def gives(self, pattern: re.Pattern[str]) -> bool:
        """Whether an option or key of a fitting name is given that is not switched off."""
        return any(
            _fits(pattern, name) or _fits(pattern, _dotted(value.setting))
            for name, values in self._values.items()
            for value in values
            if not value.off
        )

    def may(self, pattern: re.Pattern[str]) -> bool:
        """Whether a switch of a fitting name may be on: one that is given, or that code declares as on."""
        declared = (value for name, values in self._declared.items() if _fits(pattern, name) for value in values)
        return self.gives(pattern) or any(value.setting.value.casefold() == BARE for value in declared)


@lru_cache(maxsize=65_536)  # the same names in all launches of a tree
def _fits(pattern: re.Pattern[str], name: str) -> bool:
    return pattern.search(name) is not None


def _merged(chosen: Known, known: Sequence[Known]) -> Known:
    return chosen._replace(certain=all(one.certain for one in known))


def _dotted(setting: Setting) -> str:
    return setting.name.replace("-", "_").casefold()


def _below(setting: Setting, name: str) -> bool:
    """Whether a setting has the keys above it that a dotted name asks for."""
    *above, _ = name.casefold().split(".")
    have = _dotted(setting).split(".")[:-1]
    return not above or have[-len(above) :] == above

"""Which options, keys and variables are in force in a run, and which line sets each?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chipsieve.commands.flags import BARE, given
from chipsieve.facts.reading import Option, Reading
from chipsieve.facts.words import Resolved
from chipsieve.link.launch import Setting, SettingSource
from chipsieve.link.option_values import option_name


def settings(
    environment: Mapping[str, Resolved], operands: Sequence[Resolved], configs: Iterable[Sequence[Setting]]
) -> tuple[Setting, ...]:
    """What a run's environment, command line and configurations (`declared`) set, by name; a command wins over keys.

    A key is named with those above it, `zero_optimization.stage`: two of one name below others are two settings. An
    option of one name wins over the keys at the top, `a.b=c` over those that end so.
    """
    keys = {_path(one.name): one for config in configs for one in config}
    options: dict[str, Setting] = {}
    for one in given(operands):
        value = BARE if one.value is None else one.value.text
        name = one.name.lstrip("-+")
        options[option_name(name)] = Setting(name, value, one.word.path, one.word.span, "command line")
    won = {_path(one.name) for one in options.values()}
    left = (one for path, one in keys.items() if not any(path[start:] in won for start in _starts(path)))
    variables = (
        Setting(name, value.text, value.path, value.span, "environment") for name, value in environment.items()
    )
    return tuple(sorted((*options.values(), *left, *variables), key=_order))


def declared(reading: Reading, source: SettingSource) -> tuple[Setting, ...]:
    """The keys that a configuration sets, and the defaults that code declares as far as they are known."""
    known = (option for option in reading.options if option.default is not None or source == "config")
    return tuple(_setting(option, reading.path, source) for option in known)


def _setting(option: Option, path: str, source: SettingSource) -> Setting:
    name = ".".join((*option.above, option.dest))
    value = f"${{{option.dest}}}" if option.default is None else option.default
    return Setting(name, value, path, option.span, source)


def _path(name: str) -> tuple[str, ...]:
    """A name's parts as they are compared."""
    return tuple(map(option_name, name.lstrip("-+").split(".")))


def _starts(path: tuple[str, ...]) -> Iterable[int]:
    """Where what an option names may begin in a key's path: at the top, or with a key above the last one."""
    return range(max(len(path) - 1, 1))


def _order(setting: Setting) -> tuple[object, ...]:
    return setting.name, setting.source, setting.path, setting.span

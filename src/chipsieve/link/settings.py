"""Which options, keys and variables are in force in a run, and which line sets each?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chipsieve.commands.flags import BARE, given
from chipsieve.facts.reading import Option, Reading
from chipsieve.facts.words import Resolved
from chipsieve.link.launch import Setting, SettingSource
from chipsieve.link.option_values import option_name


def settings(
    environment: Mapping[str, Resolved], operands: Sequence[Resolved], configs: Iterable[Reading]
) -> tuple[Setting, ...]:
    """What a run's environment, command line and configurations set, by name; the command line wins over keys."""
    options: dict[str, Setting] = {}
    for config in configs:
        options.update((option_name(one.name), one) for one in declared(config, "config"))
    for one in given(operands):
        value = BARE if one.value is None else one.value.text
        options[option_name(one.name)] = Setting(
            one.name.lstrip("-+"), value, one.word.path, one.word.span, "command line"
        )
    variables = (
        Setting(name, value.text, value.path, value.span, "environment") for name, value in environment.items()
    )
    return tuple(sorted((*options.values(), *variables), key=_order))


def declared(reading: Reading, source: SettingSource) -> tuple[Setting, ...]:
    """The keys that a configuration sets, or the defaults that code declares, as far as they are known."""
    return tuple(_setting(option, reading.path, source) for option in reading.options if option.default is not None)


def _setting(option: Option, path: str, source: SettingSource) -> Setting:
    return Setting(option.dest, option.default or "", path, option.span, source)


def _order(setting: Setting) -> tuple[object, ...]:
    return setting.name, setting.source, setting.path, setting.span

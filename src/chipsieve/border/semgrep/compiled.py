"""Which Semgrep rules do the signals make? Every row that Semgrep can say, one file a language and signal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import cast

import yaml

from chipsieve.border.semgrep import config, dockerfile, python, shell, texts
from chipsieve.border.semgrep.records import Record
from chipsieve.signals.signal import Signal

HEAD = "# Compiled from src/chipsieve/signals/{}.toml by `make rules`; a change there is lost here.\n"
MATCHERS = ("pattern", "patterns", "pattern-either", "pattern-regex")
Compiler = Callable[[Signal], Iterator[tuple[str, Record]]]
COMPILERS: tuple[Compiler, ...] = (python.rules, shell.rules, config.rules, dockerfile.rules, texts.rules)


def compiled(signals: Mapping[str, Signal]) -> dict[str, str]:
    """The text of every compiled rule file by its path below the rules' home, `python/bf16-training.yaml`."""
    files: defaultdict[str, list[Record]] = defaultdict(list)
    own = hand_written(signals)
    for signal in signals.values():
        for compiler in COMPILERS:
            for folder, rule in compiler(signal):
                files[f"{folder}/{signal.id}.yaml"].append(rule)
    return {
        path: HEAD.format(_stem(path)) + _text(_told_apart(_together(rules)))
        for path, rules in sorted(files.items())
        if path not in own
    }


def hand_written(signals: Mapping[str, Signal]) -> frozenset[str]:
    """The rule files that signals declare by rows of kind `semgrep`: languages that no reader covers."""
    return frozenset(
        name for signal in signals.values() for row in signal.rows if row.kind == "semgrep" for name in row.names
    )


def _together(rules: list[Record]) -> list[Record]:
    """The rules, those that differ in what they match alone made one."""
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for rule in rules:
        groups[repr({key: value for key, value in rule.items() if key not in MATCHERS})].append(rule)
    return [_either(group) if len(group) > 1 else group[0] for group in groups.values()]


def _either(rules: list[Record]) -> Record:
    shared = {key: value for key, value in rules[0].items() if key not in MATCHERS}
    return {**shared, "pattern-either": [branch for rule in rules for branch in _branches(rule)]}


def _branches(rule: Record) -> list[Record]:
    how = next(key for key in MATCHERS if key in rule)
    return cast("list[Record]", rule[how]) if how == "pattern-either" else [{how: rule[how]}]


def _told_apart(rules: list[Record]) -> list[Record]:
    """The rules with ids that differ: a signal's second rule is `2.<signal>`.

    Before it tries a rule, Semgrep asks whether the file holds the words that the rule needs, and remembers the answer
    by the rule's id: of several rules with one id all would go by the words of one (Semgrep 1.182, measured).
    """
    return [rule if number == 1 else {**rule, "id": f"{number}.{rule['id']}"} for number, rule in enumerate(rules, 1)]


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")


def _text(rules: list[Record]) -> str:
    return yaml.dump({"rules": rules}, Dumper=_Plain, sort_keys=False, width=10_000, allow_unicode=True)


class _Plain(yaml.CSafeDumper):  # ten times as fast as the one in Python
    """Writes equal lists twice rather than by reference: people read these files."""

    def ignore_aliases(self, data: object) -> bool:
        """Never an alias."""
        del data
        return True

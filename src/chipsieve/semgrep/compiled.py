"""Which Semgrep rules do the signals make? Every row that Semgrep can say, one file a language and signal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

import yaml

from chipsieve.model import Signal
from chipsieve.semgrep import config, dockerfile, python, shell, texts
from chipsieve.semgrep.records import Record

HEAD = "# Compiled from src/chipsieve/signals/{}.toml by `make rules`; a change there is lost here.\n"
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
    return {path: HEAD.format(_stem(path)) + _text(rules) for path, rules in sorted(files.items()) if path not in own}


def hand_written(signals: Mapping[str, Signal]) -> frozenset[str]:
    """The rule files that signals declare by rows of kind `semgrep`: languages that no reader covers."""
    return frozenset(
        name for signal in signals.values() for row in signal.rows if row.kind == "semgrep" for name in row.names
    )


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")


def _text(rules: list[Record]) -> str:
    return yaml.dump({"rules": rules}, Dumper=_Plain, sort_keys=False, width=10_000, allow_unicode=True)


class _Plain(yaml.SafeDumper):
    """Writes equal lists twice rather than by reference: people read these files."""

    def ignore_aliases(self, data: object) -> bool:
        """Never an alias."""
        del data
        return True

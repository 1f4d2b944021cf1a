"""Which rule files do the signals make? One file a language and signal, and packs of all, which load quickly.

Semgrep checks every file of rules by itself, 0.15 s each: people read the files, Semgrep is given the packs.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from msgspec.structs import replace

from chipsieve.border.semgrep import config_rules, dockerfile_rules, python_rules, shell_rules, text_rules
from chipsieve.border.semgrep.rule_parts import Rule
from chipsieve.signals.signal import Row, Signal

HEAD = "# Compiled from src/chipsieve/signals/{}.toml by `make rules`; a change there is lost here.\n"
MATCHERS = ("pattern", "patterns", "pattern-either", "pattern-regex")
Compiler = Callable[[Signal], Iterator[tuple[str, Rule]]]
COMPILERS: tuple[Compiler, ...] = (
    python_rules.rules, shell_rules.rules, config_rules.rules, dockerfile_rules.rules, text_rules.rules,
)  # fmt: skip
STRUCTURED = "structured"
"""The pack of all rules but those of the shell."""


def compiled(signals: Mapping[str, Signal]) -> dict[str, str]:
    """The text of every compiled rule file by its path below the rules' home, `python/bf16-training.yaml`.

    A rule sees one place, so a signal that counts beside others in its file has none.
    """
    files: defaultdict[str, list[Rule]] = defaultdict(list)
    own = hand_written(signals)
    for signal in (one for one in signals.values() if not one.same_machine):
        for compiler in COMPILERS:
            for folder, rule in compiler(replace(signal, rows=alike(signal.rows))):
                files[f"{folder}/{signal.id}.yaml"].append(rule)
    return {
        path: HEAD.format(_stem(path)) + _as_yaml(_numbered(_joined(rules)))
        for path, rules in sorted(files.items())
        if path not in own
    }


def alike(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, those that differ in their pattern and in what they mean alone made one: no rule tells the meaning.

    Of literals the names only say what a text must hold, so they may differ too.
    """
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        names = () if row.kind == "literal" else row.names
        groups[repr(replace(row, pattern="", means="", names=names) if row.means and row.pattern else row)].append(row)
    return tuple(group[0] if len(group) == 1 else _one_row(group) for group in groups.values())


def _one_row(rows: Sequence[Row]) -> Row:
    names = tuple(dict.fromkeys(name for row in rows for name in row.names))
    return replace(rows[0], names=names, pattern="|".join(f"(?:{row.pattern})" for row in rows), means="")


def hand_written(signals: Mapping[str, Signal]) -> frozenset[str]:
    """The rule files that signals declare by rows of kind `semgrep`: languages that no reader covers."""
    return frozenset(
        name for signal in signals.values() for row in signal.rows if row.kind == "semgrep" for name in row.names
    )


def packed(home: Path) -> dict[str, str]:
    """The text of each pack by its name, out of the rule files below `home`.

    A rule's id in a pack begins with its folder, `json.bf16-training`: ids must differ within a run.
    """
    packs: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for path in sorted(home.glob("*/*.yaml")):
        folder = path.parent.name
        packs[folder if folder == shell_rules.FOLDER else STRUCTURED] += _loaded(path, folder)
    return {f"{name}.yaml": _as_json(rules) for name, rules in sorted(packs.items())}


def _loaded(path: Path, folder: str) -> Iterable[Mapping[str, Any]]:
    rules = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["rules"]
    return [{**rule, "id": f"{folder}.{rule['id']}"} for rule in rules]


def _as_json(rules: list[Mapping[str, Any]]) -> str:
    """YAML by its name, for Semgrep opens no other in a folder; JSON within, which it reads faster."""
    lines = ",\n".join(json.dumps(rule, ensure_ascii=False, separators=(",", ":")) for rule in rules)
    return f'{{"rules":[\n{lines}\n]}}\n'


def _joined(rules: list[Rule]) -> list[Rule]:
    """The rules, those that differ in what they match alone made one."""
    groups: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        groups[repr({key: value for key, value in rule.items() if key not in MATCHERS})].append(rule)
    return [_either(group) if len(group) > 1 else group[0] for group in groups.values()]


def _either(rules: list[Rule]) -> Rule:
    shared = {key: value for key, value in rules[0].items() if key not in MATCHERS}
    return {**shared, "pattern-either": [branch for rule in rules for branch in _branches(rule)]}


def _branches(rule: Rule) -> list[Rule]:
    how = next(key for key in MATCHERS if key in rule)
    return cast("list[Rule]", rule[how]) if how == "pattern-either" else [{how: rule[how]}]


def _numbered(rules: list[Rule]) -> list[Rule]:
    """The rules with ids that differ: a signal's second rule is `2.<signal>`.

    Before it tries a rule, Semgrep asks whether the file holds the words that the rule needs, and remembers the answer
    by the rule's id: of several rules with one id all would go by the words of one (Semgrep 1.182, measured).
    """
    return [rule if number == 1 else {**rule, "id": f"{number}.{rule['id']}"} for number, rule in enumerate(rules, 1)]


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")


def _as_yaml(rules: list[Rule]) -> str:
    return yaml.dump({"rules": rules}, Dumper=_Plain, sort_keys=False, width=10_000, allow_unicode=True)


class _Plain(yaml.CSafeDumper):  # ten times as fast as the one in Python
    """Writes equal lists twice rather than by reference: people read these files."""

    def ignore_aliases(self, data: object) -> bool:
        """Never an alias."""
        del data
        return True

"""Which rule files do the signals make? One file a language, `python.yaml`.

YAML by its name, for Semgrep opens no other in a folder; JSON within, which it reads many times faster.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from msgspec.structs import replace

from chipsieve.border.semgrep import config_rules, dockerfile_rules, python_rules, shell_rules, text_rules
from chipsieve.border.semgrep.rule_parts import Rule
from chipsieve.signals.signal import Row, Signal

MATCHERS = ("pattern", "patterns", "pattern-either", "pattern-regex")
Compiler = Callable[[Signal], Iterator[tuple[str, Rule]]]
COMPILERS: tuple[Compiler, ...] = (
    python_rules.rules, shell_rules.rules, config_rules.rules, dockerfile_rules.rules, text_rules.rules,
)  # fmt: skip


def compiled(signals: Mapping[str, Signal]) -> dict[str, str]:
    """The text of every compiled rule file by its name.

    A rule sees one place, so a signal that counts beside others in its file has none.
    """
    files: defaultdict[str, list[Rule]] = defaultdict(list)
    for signal in (one for one in signals.values() if not one.same_machine):
        for language, rules in _by_language(replace(signal, rows=alike(signal.rows))).items():
            files[f"{language}.yaml"] += _numbered(language, _joined(rules))
    return {name: _as_json(rules) for name, rules in sorted(files.items())}


def _by_language(signal: Signal) -> dict[str, list[Rule]]:
    rules: defaultdict[str, list[Rule]] = defaultdict(list)
    for compiler in COMPILERS:
        for language, rule in compiler(signal):
            rules[language].append(rule)
    return rules


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


def _as_json(rules: Sequence[Rule]) -> str:
    """A rule's fields are lines of their own, so that people see in a change what has changed."""
    return '{"rules": [\n' + ",\n".join(map(_in_lines, rules)) + "\n]}\n"


def _in_lines(rule: Rule) -> str:
    fields = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in rule.items())
    return "{" + ",\n ".join(fields) + "}"


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


def _numbered(language: str, rules: list[Rule]) -> list[Rule]:
    """The rules of one signal with ids that differ: `python.bf16-training`, then `python.2.bf16-training`.

    Before it tries a rule, Semgrep asks whether the file holds the words that the rule needs, and remembers the answer
    by the rule's id: of several rules with one id all would go by the words of one (Semgrep 1.182, measured).
    """
    fronts = (language if number == 1 else f"{language}.{number}" for number in range(1, len(rules) + 1))
    return [{**rule, "id": f"{front}.{rule['id']}"} for front, rule in zip(fronts, rules, strict=True)]

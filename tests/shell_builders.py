"""Small scripts for tests of the shell reader, and a table of signals that stays what it is."""

from __future__ import annotations

from msgspec.structs import replace

from chipsieve.facts.conditions import Always, Condition, Every, Never, Not, Question
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Command, Reading, Source
from chipsieve.facts.words import Word
from chipsieve.match import matching
from chipsieve.match.table import SignalTable
from chipsieve.signals import read_signal
from chipsieve_shell import read

TECHNIQUE: dict[str, object] = {
    "title": "t",
    "question": "q",
    "step": "none",
    "effect": "technique",
    "strength": "weak",
    "why": "w",
}
NAMES: dict[str, object] = {**TECHNIQUE, "step": "names", "effect": "names", "requires": {"named": "$value"}}
GPU = "(?P<value>a100|v100|h100)"
ASKED = ["gres", "gpus", "constraint", "partition", "select", "gputype"]
SIGNALS: dict[str, dict[str, object]] = {
    "fabric": {**TECHNIQUE, "match": [{"kind": "env", "names": ["NCCL_*"]}]},
    "half": {**TECHNIQUE, "match": [{"kind": "flag", "names": ["--bf16"]}]},
    "precision": {**TECHNIQUE, "match": [{"kind": "flag", "names": ["--precision"], "values": ["bf16"]}]},
    "asked": {**NAMES, "match": [{"kind": "directive", "names": ASKED, "pattern": GPU, "by": "scheduler"}]},
    "image": {**TECHNIQUE, "match": [{"kind": "image", "pattern": "nvcr"}]},
    "kernel": {**TECHNIQUE, "match": [{"kind": "pin", "names": ["flash-attn"], "values": [">=2"]}]},
    "prose": {**NAMES, "match": [{"kind": "claim", "pattern": "\\bA100\\b", "by": "prose"}]},
}
TABLE = SignalTable({name: read_signal(name, table) for name, table in SIGNALS.items()})


def reading(text: str) -> Reading:
    """What a script says, with the findings of its facts."""
    stated = read(Source("run.sh", "shell", text), TABLE.vocabulary)
    return replace(stated, findings=tuple(matching.findings(stated.facts, stated.path, TABLE)))


def spelled(word: Word) -> str:
    """A word as one text: `{name}` for a variable, `{name:-default}`, `{?}` for what is unknown."""
    shown = []
    for part in word.parts:
        if part.kind == "text":
            shown.append(part.text)
        elif part.kind == "variable":
            shown.append(f"{{{part.text}{'' if part.default is None else ':-' + spelled(part.default)}}}")
        elif part.kind == "choice":
            shown.append("{" + "|".join(spelled(value) for _, value in part.alternatives) + "}")
        else:
            shown.append({"unknown": "{?}", "arguments": f"{{{part.text}}}"}.get(part.kind, f"{{{part.kind}}}"))
    return "".join(shown)


def lines(text: str) -> list[str]:
    """The commands of a script, each as one line."""
    return [" ".join(spelled(word) for word in command.words) for command in reading(text).commands]


def only(text: str) -> Command:
    """The one command of a script."""
    commands = reading(text).commands
    assert len(commands) == 1
    return commands[0]


def environment(text: str) -> dict[str, str]:
    """What the last command of a script finds in its environment."""
    return {name: spelled(word) for name, word in reading(text).commands[-1].environment}


def found(text: str) -> list[tuple[str, str, int]]:
    """Signal, value and line of every finding that takes effect without a condition."""
    return [(item.signal, item.value, item.span.line) for item in reading(text).findings if not item.conditions]


def findings(text: str, signal: str) -> list[Finding]:
    return [item for item in reading(text).findings if item.signal == signal]


def worded(condition: Condition) -> str:
    """A condition as a short text."""
    if isinstance(condition, Question):
        if condition.subject == "call":
            return condition.name
        if condition.text:
            return f"{condition.subject}: {condition.text}"
        return f"{condition.name} {condition.operator} {'|'.join(condition.values)}".strip()
    if isinstance(condition, Not):
        return f"not ({worded(condition.condition)})"
    if isinstance(condition, Always | Never):
        return "always" if isinstance(condition, Always) else "never"
    joiner = " and " if isinstance(condition, Every) else " or "
    return joiner.join(f"({worded(part)})" for part in condition.conditions)


def conditions(text: str) -> list[str]:
    """The conditions of a script's last command."""
    return [worded(condition) for condition in reading(text).commands[-1].conditions]

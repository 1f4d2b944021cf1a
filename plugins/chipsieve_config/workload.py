"""What does a configuration run? Its shell scripts, and its commands given word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from posixpath import basename
from typing import Literal

from chipsieve.commands.launchers import launchers
from chipsieve.facts.conditions import Conditions
from chipsieve.facts.reading import Command
from chipsieve.facts.words import Part, Word
from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import Mapping, Node, Scalar, Sequence
from chipsieve_config.embedded_shell import embedded, joined

SCRIPTS = ("run", "script", "before_script", "after_script", "setup", "command", "cmd", "entrypoint")
ENVIRONMENTS = ("env", "envs", "environment", "env_vars", "env_variables", "environment_variables", "variables")
SHELL_TEXT = re.compile(r"-[a-z]*c")


def workload(out: Collector, node: Mapping, conditions: Conditions) -> None:
    """Record the shell scripts and commands of one mapping: a job, a step, a container."""
    if node.get(*SCRIPTS, "args") is None:
        return
    for name in SCRIPTS:
        value = node.get(name)
        if isinstance(value, Scalar) and value.text and len(value.text.split()) > 1:
            out.shell(*embedded(out, value), conditions)
        elif isinstance(value, Sequence) and name.endswith("script") and value.scalars():
            out.shell(*joined(out, value.scalars()), conditions)
    words = [word for name in ("command", "entrypoint", "args") for word in _words(node.get(name))]
    if not words or _words(node.get("args")) == words:
        return  # arguments alone: the program is the image's
    if basename(words[0].text or "") in launchers().shells:
        _shell_command(out, words, conditions)
    elif not (words[0].text or "-").startswith("-"):
        _command(out, node, words, conditions)


def _words(node: Node | None) -> list[Scalar]:
    return node.scalars() if isinstance(node, Sequence) else []


def _shell_command(out: Collector, words: list[Scalar], conditions: Conditions) -> None:
    """`["bash", "-c", "script"]`: the script; a shell called otherwise is a command like any other."""
    for option, script in pairwise(words[1:]):
        if SHELL_TEXT.fullmatch(option.text or ""):
            out.shell(*embedded(out, script), conditions)
            return


def _command(out: Collector, node: Mapping, words: list[Scalar], conditions: Conditions) -> None:
    whole = out.lines.span(words[0].start, max(word.end for word in words))
    given = tuple((name, word(out, value)) for name, value in _environment(node.get(*ENVIRONMENTS)))
    out.command(Command(tuple(word(out, item) for item in words), whole, given, conditions))


def word(out: Collector, scalar: Scalar) -> Word:
    """A scalar as a word of a command line; an interpolated one is unknown."""
    span = out.lines.span(scalar.start, scalar.end)
    kind: Literal["unknown", "text"] = "unknown" if scalar.known is None else "text"
    return Word((Part(kind, scalar.text or "", span, quoted=True),), span)


def _environment(node: Node | None) -> Iterator[tuple[str, Scalar]]:
    """The variables of an environment: a mapping, a list of `name` and `value`, or of `NAME=value`."""
    if isinstance(node, Mapping):
        yield from ((key.text or "", value) for key, value in node.entries if isinstance(value, Scalar))
    for item in node.items if isinstance(node, Sequence) else []:
        if isinstance(item, Mapping):
            name, value = item.get("name"), item.get("value")
            if isinstance(name, Scalar) and isinstance(value, Scalar):
                yield name.text or "", value
        elif isinstance(item, Scalar) and "=" in (item.text or ""):
            name_text, _, value_text = (item.text or "").partition("=")
            yield name_text, Scalar(value_text, item.start, item.end)

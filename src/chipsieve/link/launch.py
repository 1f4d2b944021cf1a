"""What is a launch? One run put together, with the standing of every finding in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from chipsieve.facts.conditions import Conditions
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.facts.ternary import Ternary

Standing = Literal["asserted", "optional", "inert"]


def standing(answer: Ternary) -> Standing:
    """The standing of a line whose conditions answered so."""
    return "optional" if answer is None else "asserted" if answer else "inert"


class Resolved(msgspec.Struct, frozen=True):
    """A word of a launch's command line, or a value of its environment, with every known variable filled in.

    What stayed unknown shows as `${NAME}` or `$(...)`. `path` and `span` point at the literal text;
    `conditions` are those that nobody could decide.
    """

    text: str
    path: str
    span: Span
    conditions: Conditions = ()


SettingSource = Literal["command line", "environment", "config", "default"]


class Setting(msgspec.Struct, frozen=True, gc=False):
    """An option, key or variable of the run with the value that is in force, and the line that sets it.

    What stayed unknown of the value shows as `${NAME}` or `$(...)`. `source` says who sets it: the command line, the
    environment, a configuration file, or the default that the program declares.
    """

    name: str
    value: str
    path: str
    span: Span
    source: SettingSource


class Launch(msgspec.Struct, frozen=True):
    """One run reconstructed from a shell script, job file or entry module.

    `findings` are those that the launch reaches, each with its standing; one that is absent is
    inert. `devices` is nodes times accelerators per node where the command says so, else 0. `settings` are the
    resolved options, keys and variables that are in force, sorted by name.
    """

    id: str
    role: str
    path: str
    line: int
    entry: str
    command: tuple[Resolved, ...]
    environment: Mapping[str, Resolved]
    files: tuple[str, ...]
    findings: tuple[tuple[Finding, Standing], ...]
    devices: int = 0
    settings: tuple[Setting, ...] = ()

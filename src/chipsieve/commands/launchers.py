"""How do runs start? The launchers' table, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import cast

import msgspec

from chipsieve.tables import own_table

TRAINING = ("training", "fine-tuning")
ROLES = (*TRAINING, "inference", "evaluation", "test", "benchmark", "data preparation", "other")
"""What a run can be for; launchers.toml has the words that tell it, and `other` is a run without any."""


class Launchers(msgspec.Struct, frozen=True):
    """The launchers' table: programs by what they do, roles' words, devices' options.

    `starting` are the shells, submitters, pythons and distributed launchers together: what starts the program or script
    that is named behind it.
    """

    wrappers: frozenset[str]
    shells: frozenset[str]
    submitters: frozenset[str]
    pythons: frozenset[str]
    distributed: frozenset[str]
    starting: frozenset[str]
    modules: frozenset[str]
    verbs: Mapping[str, frozenset[str]]
    devices: Mapping[str, tuple[str, ...]]
    roles: tuple[tuple[str, Words], ...]
    pretraining: Words
    training_options: frozenset[str]
    training_calls: frozenset[str]
    training_classes: tuple[str, ...]
    training_methods: frozenset[str]
    containers: frozenset[str]
    container_options: frozenset[str]
    container_schedulers: frozenset[str]
    preparing: Words
    vendored: Words
    examples: Words


@cache
def launchers() -> Launchers:
    """The shipped launchers' table."""
    table = cast("dict[str, list[str]]", own_table("launchers.toml"))
    roles = cast("list[dict[str, object]]", table["role"])
    devices = cast("dict[str, list[str]]", table["devices"])
    training = cast("dict[str, list[str]]", table["training"])
    container = cast("dict[str, list[str]]", table["container"])
    borrowed = cast("dict[str, list[str]]", table["borrowed"])
    programs = {
        key: frozenset(table[key]) for key in ("wrappers", "shells", "submitters", "pythons", "distributed", "modules")
    }
    return Launchers(
        **programs,
        starting=programs["shells"] | programs["submitters"] | programs["pythons"] | programs["distributed"],
        verbs={tool: frozenset(verbs) for tool, verbs in cast("dict[str, list[str]]", table["verbs"]).items()},
        devices={key: tuple(names) for key, names in devices.items()},
        roles=tuple((str(row["name"]), Words(cast("list[str]", row["words"]))) for row in roles),
        pretraining=Words(training["pretraining"]),
        training_options=frozenset(training["options"]),
        training_calls=frozenset(training["calls"]),
        training_classes=tuple(training["classes"]),
        training_methods=frozenset(training["methods"]),
        containers=frozenset(container["tools"]),
        container_options=frozenset(container["options"]),
        container_schedulers=frozenset(container["schedulers"]),
        preparing=Words(cast("dict[str, list[str]]", table["preparing"])["folders"]),
        vendored=Words(borrowed["vendored"]),
        examples=Words(borrowed["examples"]),
    )


class Words:
    """Some words as parts of a name, between what are no letters; a run of few files asks for few of them."""

    def __init__(self, words: Sequence[str]) -> None:
        """Look for any of the words, which may be patterns."""
        self._words = words

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?:^|[^a-z0-9])(?:{'|'.join(self._words)})(?=$|[^a-z0-9]|\d)", re.IGNORECASE)

    def search(self, name: str) -> bool:
        """Whether a name has one of the words."""
        return self._pattern.search(name) is not None

"""Which commands are known, and for what? The table of command names, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast

import msgspec

from chipsieve.tables import own_table


class KnownCommands(msgspec.Struct, frozen=True):
    """Names of programs by what they do; commands.toml says what each key means.

    `schedulers` is the workload manager (`slurm`, `pbs`, `lsf`) of each of its commands.
    """

    ignored: frozenset[str]
    probes: frozenset[str]
    own_flags: frozenset[str]
    handles_files: frozenset[str]
    handles_files_anywhere: frozenset[str]
    only_prints: frozenset[str]
    asks_hardware: tuple[str, ...]
    remote: frozenset[str]
    reads_script: frozenset[str]
    mpi: frozenset[str]
    containers: frozenset[str]
    sandboxes: frozenset[str]
    installers: frozenset[str]
    conda: frozenset[str]
    schedulers: Mapping[str, str]


@cache
def known() -> KnownCommands:
    """The shipped table of commands.

    Raises:
        msgspec.ValidationError: a key is missing, or a value has the wrong type.
    """
    table = own_table("commands.toml")
    managers = cast("dict[str, list[str]]", table["schedulers"])
    by_command = {command: manager for manager, commands in managers.items() for command in commands}
    return msgspec.convert({**table, "schedulers": by_command}, KnownCommands)

"""What did the developers configure? `chipsieve.toml`, or `[tool.chipsieve]` of `pyproject.toml`, read strictly.

Configuration is looked for from the working directory upwards, up to the folder that holds `.git`: it belongs to
who runs chipsieve. Nothing is looked for in a tree that is scanned from outside. The keys: docs/configuration.md.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from chipsieve.sieve.policies import policies
from chipsieve.sieve.running_on import meant_by
from chipsieve.signals import load_signals
from chipsieve.sources.elsewhere import is_there
from chipsieve.tables import TableError, load_toml, refuse_unknown, text_field, text_list

OWN, SHARED = "chipsieve.toml", "pyproject.toml"
KEYS = ("policy", "scope", "exclude", "disable", "fail-on", "fleet")
SCOPES = ("launch", "tree")


class Config(msgspec.Struct, frozen=True):
    """What a configuration says; `where` names it in messages, globs of `exclude` are relative to `folder`.

    `fleets` are the accelerators that somebody has, by a name of their own. Unless `honour_ignores`, what it and
    comments in the code leave out counts all the same, and is listed.
    """

    where: str = ""
    folder: Path = Path()
    policy: str = ""
    scope: str = ""
    exclude: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    fail_on: tuple[str, ...] = ()
    honour_ignores: bool = True
    fleets: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


NONE = Config()


def find_here() -> Config:
    """The configuration in force in the working folder; an empty one where that is gone.

    Raises:
        TableError: it cannot be read, or one folder holds two.
    """
    try:
        here = Path.cwd()
    except OSError:
        return NONE
    return find(here)


def find(start: Path) -> Config:
    """The configuration in force in a folder: the nearest one at or above it; an empty one where there is none.

    Raises:
        TableError: it cannot be read, or one folder holds two.
    """
    for folder in (start, *start.parents):
        own, shared = folder / OWN, folder / SHARED
        spoken = _table(shared) if _is_file(shared) else None
        if _is_file(own) and spoken is not None:
            raise TableError(f"{_shown(own)}: {SHARED} beside it has [tool.chipsieve] too; keep one of them")
        if _is_file(own) or spoken is not None:
            return load(own if spoken is None else shared)
        if is_there(folder / ".git"):
            break
    return NONE


def _is_file(file: Path) -> bool:
    """Whether there is a regular file; there is none in a folder that is closed to us."""
    return is_there(file) and file.is_file()


def load(file: Path) -> Config:
    """The configuration in a file: its table `[tool.chipsieve]` when it is a `pyproject.toml`, else the whole.

    Raises:
        TableError: the file cannot be read, or does not follow docs/configuration.md; the message says the fix.
    """
    table, where = _table(file), _shown(file)
    if table is None:
        raise TableError(f"{where}: it has no table [tool.chipsieve]")
    refuse_unknown(where, table, KEYS)
    policy, scope = text_field(where, table, "policy", ""), text_field(where, table, "scope", "")
    for key, value, known in (("policy", policy, policies()), ("scope", scope, SCOPES)):
        if key in table and value not in known:
            raise TableError(f"{where}: {key!r} must be one of {', '.join(known)}, not {value!r}")
    disable = text_list(where, table, "disable")
    if disable:
        refuse_unknown(f"{where}: 'disable'", disable, load_signals(), "signal", "chipsieve signals")
    return Config(
        where=where,
        folder=file.resolve().parent,
        policy=policy,
        scope=scope,
        exclude=_globs(where, table),
        disable=disable,
        fail_on=text_list(where, table, "fail-on"),
        fleets=_fleets(where, table),
    )


def _fleets(where: str, table: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Accelerators by the name of the fleet that has them; each name must mean one."""
    fleets = table.get("fleet", {})
    if not isinstance(fleets, dict):
        raise TableError(f'{where}: \'fleet\' must be a table, such as fleet.ours = ["a100", "mi300x"]')
    found = {str(name): text_list(f"{where}: 'fleet'", fleets, str(name)) for name in fleets}
    for names in found.values():
        meant_by(names, {})
    return found


def _globs(where: str, table: Mapping[str, object]) -> tuple[str, ...]:
    globs = text_list(where, table, "exclude")
    for glob in globs:
        if glob.startswith("!") or not glob.strip("/ "):
            raise TableError(f"{where}: 'exclude' has {glob!r}; give a glob such as 'third_party/**', without '!'")
    return globs


def _table(file: Path) -> Mapping[str, object] | None:
    """The table that is ours; None where a `pyproject.toml` has none."""
    try:
        if file.name == SHARED and "chipsieve" not in file.read_text(encoding="utf-8", errors="replace"):
            return None  # whatever else is wrong with it is not our business
        table = load_toml(file)
    except OSError as error:
        raise TableError(f"{_shown(file)}: not readable: {error.strerror or error}") from error
    for key in ("tool", "chipsieve") if file.name == SHARED else ():
        inner = table.get(key)
        if inner is None:
            return None
        if not isinstance(inner, dict):
            raise TableError(f"{_shown(file)}: {key!r} must be a table")
        table = inner
    return table


def _shown(file: Path) -> str:
    """The file as messages name it: as seen from the working directory."""
    return Path(os.path.relpath(file)).as_posix()

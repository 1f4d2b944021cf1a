"""How is a table of ours read? Strictly: an error names the file and suggests the fix."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import rtoml

Word = TypeVar("Word", bound=str)
LISTED = 12  # names shown in a message before it says "..."


class TableError(ValueError):
    """A table of ours, or one a user wrote, does not say what its format asks for."""


def load_toml(table: Traversable) -> dict[str, object]:
    """Parse one TOML table.

    Raises:
        TableError: the file is not TOML; the message names it.
    """
    try:
        return rtoml.loads(table.read_text(encoding="utf-8"))
    except (rtoml.TomlParsingError, UnicodeDecodeError) as error:
        raise TableError(f"{table.name}: not valid TOML: {error}") from error


def toml_tables(package: str) -> list[tuple[str, Traversable]]:
    """Every TOML table beside the given package's modules, as (stem, file), sorted by stem."""
    found = (item for item in files(package).iterdir() if item.name.endswith(".toml"))
    return sorted(((item.name.removesuffix(".toml"), item) for item in found), key=lambda pair: pair[0])


def refuse_unknown(where: str, given: Iterable[str], known: Iterable[str], what: str = "key") -> None:
    """Refuse keys (or `what` else) that a format does not have, with the nearest one that it has.

    Raises:
        TableError: a key of `given` is not in `known`.
    """
    known = frozenset(known)
    key = next((key for key in given if key not in known), None)
    if key is not None:
        raise TableError(f"{where}: unknown {what} {key!r}{_hint(key, sorted(known), what)}")


def refuse_other(what: str, given: str, known: Collection[str]) -> None:
    """Refuse a word that is none of the few that there are.

    Raises:
        TableError: `given` is not in `known`; the message lists them.
    """
    if given not in known:
        raise TableError(f"{what} {given!r} is none of {', '.join(known)}")


def _hint(key: str, known: Sequence[str], what: str) -> str:
    import difflib  # for messages alone, and slow to load

    near = difflib.get_close_matches(key, known, n=1)
    listed = ", ".join(known[:LISTED]) + (", ..." if len(known) > LISTED else "")
    return f"; did you mean {near[0]!r}?" if near else f"; known {what}s: {listed}"


def text_field(where: str, table: Mapping[str, object], key: str, default: str | None = None) -> str:
    """The text under `key`, stripped.

    Raises:
        TableError: the key is missing without a default, or holds something else than text.
    """
    value = table.get(key, default)
    if not isinstance(value, str):
        raise TableError(f"{where}: {key!r} must be text" + (" and is missing" if value is None else ""))
    return value.strip()


def one_of(where: str, table: Mapping[str, object], key: str, allowed: Sequence[Word]) -> Word:
    """The word at a key, one of those that a format knows.

    Raises:
        TableError: it is missing, no text, or none of them.
    """
    value = text_field(where, table, key)
    refuse_other(f"{where}: {key}", value, allowed)
    return next(one for one in allowed if one == value)


def text_list(where: str, table: Mapping[str, object], key: str) -> tuple[str, ...]:
    """The texts under `key`: a list, one text, or nothing.

    Raises:
        TableError: the key holds something else.
    """
    value = table.get(key, [])
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise TableError(f"{where}: {key!r} must be a text or a list of texts")
    return tuple(items)


def table_list(where: str, table: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    """The tables under `key`, a list of them or nothing.

    Raises:
        TableError: the key holds something else.
    """
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise TableError(f"{where}: {key!r} must be a list of tables")
    return value

"""How is a table of ours read? Strictly: an error names the file and suggests the fix."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from chipsieve.prepared import HOME, prepared

Word = TypeVar("Word", bound=str)
LISTED = 12  # names shown in a message before it says "..."
FEWEST = 2  # letters of a word that are worth to be looked for inside others
SHORT = 5  # letters; in a shorter word one that is wrong weighs more


class TableError(ValueError):
    """A table of ours, or one a user wrote, does not say what its format asks for."""


def own_table(path: str) -> dict[str, object]:
    """What one of our own tables says, `derive/releases.toml`.

    Raises:
        TableError: the file is not TOML; the message names it.
    """
    found = prepared(path, dict[str, object])
    return load_toml(HOME / path) if found is None else found


def load_toml(table: Path) -> dict[str, object]:
    """Parse one TOML table.

    Raises:
        TableError: the file is not TOML; the message names it.
    """
    import rtoml  # most runs parse none

    try:
        return rtoml.loads(table.read_text(encoding="utf-8"))
    except (rtoml.TomlParsingError, UnicodeDecodeError) as error:
        raise TableError(f"{table.name}: not valid TOML: {error}") from error


def toml_tables(folder: str) -> list[tuple[str, Path]]:
    """Every TOML table in a folder of ours, as (stem, file), sorted by stem."""
    return sorted((file.stem, file) for file in (HOME / folder).glob("*.toml"))


def refuse_unknown(where: str, given: Iterable[str], known: Iterable[str], what: str = "key", lists: str = "") -> None:
    """Refuse keys (or `what` else) that a format does not have, with those that were meant perhaps.

    `where` names what holds them, "" for what the user typed himself; `lists` is the command that prints all that are
    known, where these are too many for a message.

    Raises:
        TableError: a key of `given` is not in `known`.
    """
    known = frozenset(known)
    key = next((key for key in given if key not in known), None)
    if key is not None:
        every = f"`{lists}` lists them" if lists else f"known: {_listed(sorted(known))}"
        place = f"{where}: " if where else ""
        raise TableError(f"{place}unknown {what} {key!r}; {did_you_mean(key, known) or every}")


def refuse_other(what: str, given: str, known: Collection[str]) -> None:
    """Refuse a word that is none of the few that there are.

    Raises:
        TableError: `given` is not in `known`; the message lists them.
    """
    if given not in known:
        raise TableError(f"{what} {given!r} is none of {', '.join(known)}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that names what a word may have been meant to be; "" where nothing is near.

    Those known words that have it as a part, else those that hold it anywhere, else the one that is most like it; first
    those that begin with it, the shortest first.
    """
    near = _near(word.casefold(), sorted({one.casefold(): one for one in known}.items()))
    if not near:
        return ""
    *others, last = [repr(one) for one in near[:LISTED]]
    if len(near) > LISTED:
        return f"did you mean one of {', '.join([*others, last])}, ...?"
    return f"did you mean {' or '.join(filter(None, [', '.join(others), last]))}?"


def _near(word: str, known: Sequence[tuple[str, str]]) -> list[str]:
    """The nearest of some words, given in lower case and as they are written."""
    import difflib  # for messages alone, and slow to load

    written = dict(known)
    parts = [one for one in written if word and word in re.split(r"[\W_]+", one)]
    holding = parts or [one for one in written if len(word) >= FEWEST and word in one]
    holding.sort(key=lambda one: (not one.startswith(word), len(one), one))
    alike = difflib.get_close_matches(word, written, n=1, cutoff=0.6 if len(word) < SHORT else 0.7)
    return [written[one] for one in holding or alike]


def _listed(known: Sequence[str]) -> str:
    return ", ".join(known[:LISTED]) + (", ..." if len(known) > LISTED else "")


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

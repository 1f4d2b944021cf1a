"""Which accelerators can a chip's name mean? The words of names.toml, in every spelling people give them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from chipsieve.tables import TableError, refuse_unknown, table_list, text_list

FIELDS = ("words", "prefixes", "accelerators")
SEPARATORS = (" ", "-", "_", "")


def normal(word: str) -> str:
    """The form in which names are looked up: case folded, white space single."""
    return " ".join(word.casefold().split())


def read_names(table: Mapping[str, object], ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Each name in each of its spellings, with the ids of all accelerators that it can mean.

    Raises:
        TableError: a row has an unknown key, no word, or names an accelerator that is not in the catalogue.
    """
    where = "catalogue/names.toml"
    refuse_unknown(where, table, ("name",))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for number, row in enumerate(table_list(where, table, "name"), 1):
        for word, meant in _row(f"{where}: name {number}", row, ids):
            found[word].update(meant)
    return {word: frozenset(found[word]) for word in sorted(found)}


def _row(where: str, row: Mapping[str, object], ids: Sequence[str]) -> Iterator[tuple[str, set[str]]]:
    refuse_unknown(where, row, FIELDS)
    words, globs = text_list(where, row, "words"), text_list(where, row, "accelerators")
    if not words:
        raise TableError(f"{where}: 'words' is missing")
    meant = _hits(where, globs, ids)
    for prefix in ("", *text_list(where, row, "prefixes")):
        for word in words:
            yield from ((spelling, meant) for spelling in spellings(prefix + word))


def _hits(where: str, globs: Iterable[str], ids: Sequence[str]) -> set[str]:
    meant: set[str] = set()
    for glob in globs:
        hits = {name for name in ids if fnmatchcase(name, glob)}
        if not hits:
            raise TableError(f"{where}: no accelerator's id fits {glob!r}")
        meant |= hits
    if not meant:
        raise TableError(f"{where}: 'accelerators' is missing")
    return meant


def spellings(word: str) -> frozenset[str]:
    """The word as written, and with all its separators a space, a dash, an underscore or nothing.

    Separators are not dropped where two digits would meet: `v3-8` is not `v38`.
    """
    word = normal(word)
    joined = re.search(r"\d[ _-]+\d", word)
    usable = SEPARATORS[:-1] if joined else SEPARATORS
    return frozenset({word, *(re.sub(r"[ _-]", separator, word) for separator in usable)})

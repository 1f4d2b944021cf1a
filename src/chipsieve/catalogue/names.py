"""Which accelerators can a chip's name mean? The words of names.toml, in every spelling people give them."""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chipsieve.tables import TableError, refuse_unknown, table_list, text_list

FIELDS = ("words", "prefixes", "accelerators")


def normal(word: str) -> str:
    """The form in which names are compared: case folded, without white space, dashes and underscores."""
    return re.sub(r"[\s_-]+", "", word.casefold())


class Names(Mapping[str, frozenset[str]]):
    """Accelerator ids by a chip's name, looked up in any spelling; iterates over the normal forms, sorted."""

    def __init__(self, meant: Mapping[str, Iterable[str]], words: Iterable[str] = ()) -> None:
        """Keep what each name means, by normal forms, and the `words` as the table has them, without prefixes."""
        self._meant = {word: frozenset(meant[word]) for word in sorted(meant)}
        self._words = tuple(dict.fromkeys(words))

    def __getitem__(self, word: str) -> frozenset[str]:
        """The ids of all accelerators that the word can mean."""
        return self._meant[normal(word)]

    def __iter__(self) -> Iterator[str]:
        """The normal forms of all names."""
        return iter(self._meant)

    @property
    def words(self) -> tuple[str, ...]:
        """The names as people write them, in the order of the table."""
        return self._words

    def calling(self, accelerator: str) -> tuple[str, ...]:
        """The words that can mean an accelerator, in the order of the table."""
        return tuple(word for word in self._words if accelerator in self._meant[normal(word)])

    def __len__(self) -> int:
        """The number of names, spellings apart."""
        return len(self._meant)


def read_names(table: Mapping[str, object], ids: Sequence[str]) -> Names:
    """Each name with the ids of all accelerators that it can mean.

    Raises:
        TableError: a row has an unknown key, no word, or names an accelerator that is not in the catalogue.
    """
    where = "catalogue/names.toml"
    refuse_unknown(where, table, ("name",))
    found: defaultdict[str, set[str]] = defaultdict(set)
    written: list[str] = []
    for number, row in enumerate(table_list(where, table, "name"), 1):
        words, meant = _row(f"{where}: name {number}", row, ids)
        written += text_list(where, row, "words")
        for word in words:
            found[normal(word)] |= meant
    return Names(found, written)


def _row(where: str, row: Mapping[str, object], ids: Sequence[str]) -> tuple[list[str], set[str]]:
    refuse_unknown(where, row, FIELDS)
    words, prefixes = text_list(where, row, "words"), ("", *text_list(where, row, "prefixes"))
    if not words or not all(map(normal, words)):
        raise TableError(f"{where}: 'words' is missing or holds an empty word")
    return [prefix + word for prefix in prefixes for word in words], _hits(where, row, ids)


def _hits(where: str, row: Mapping[str, object], ids: Sequence[str]) -> set[str]:
    globs = text_list(where, row, "accelerators")
    if not globs:
        raise TableError(f"{where}: 'accelerators' is missing")
    hits = {glob: {glob} if glob in ids else set(fnmatch.filter(ids, glob)) for glob in globs}
    for glob, meant in hits.items():
        if not meant:
            raise TableError(f"{where}: no accelerator's id fits {glob!r}")
    return set().union(*hits.values())

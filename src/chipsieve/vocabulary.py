"""Which words does a text hold, and whose hardware do they speak of? One cheap look, before and beside any parsing.

`mentions.toml` lists every vendor's words. A mention proves nothing; it spares the vendor's chips from presumptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from chipsieve.tables import load_toml

DATA = (".json", ".txt", ".jsonl", ".csv")
DATA_FROM = 200_000  # characters of such a file; more is data
LIST_FROM = 1_000  # lines of a list of words
LONG_LINE = 2_000  # characters; more is no line that somebody wrote
WORD = re.compile(r"\w+")
PARTS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Mentions:
    """The mentions' table: whole words, beginnings of words, and phrases, each with the vendors it speaks of."""

    words: Mapping[str, tuple[str, ...]]
    beginnings: re.Pattern[str]
    phrases: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def _table() -> Mentions:
    table = cast("Mapping[str, Mapping[str, object]]", load_toml(files("chipsieve") / "mentions.toml"))
    by_word: dict[str, tuple[str, ...]] = {}
    for vendor, listed in table["words"].items():
        for word in cast("list[str]", listed):
            by_word[word.rstrip("*")] = (*by_word.get(word.rstrip("*"), ()), vendor)
    starred = {w.rstrip("*") for listed in table["words"].values() for w in cast("list[str]", listed) if w[-1] == "*"}
    longest = sorted(starred, key=len, reverse=True)
    phrases = ((vendor, re.compile(str(text).strip())) for vendor, text in table["phrases"].items())
    return Mentions(by_word, re.compile("|".join(longest)), tuple(phrases))


def speaks(path: str, text: str) -> frozenset[str]:
    """The vendors that a file speaks of; vocabularies, data and encoded pictures speak of nobody."""
    if path.casefold().endswith(DATA) and (len(text) > DATA_FROM or _is_list(text)):
        return frozenset()
    if len(text) > LONG_LINE:
        text = "\n".join(line for line in text.splitlines() if len(line) <= LONG_LINE)
    return mentioned(text, words_of(text))


def _is_list(text: str) -> bool:
    """Whether a text is a list of single words, as vocabularies are."""
    lines = text.splitlines()
    return len(lines) > LIST_FROM and sum(len(line.split()) for line in lines) < 3 * len(lines)


def words_of(text: str) -> frozenset[str]:
    """The identifiers and words of a text, case folded, each once; `--a-b` counts as `a` and `b`."""
    return frozenset(WORD.findall(text.casefold()))


def mentioned(text: str, words: Iterable[str]) -> frozenset[str]:
    """The vendors that a text speaks of; `words` are its words as `words_of` gives them."""
    table = _table()
    parts = {part for word in words for part in (PARTS.findall(word) if "_" in word else (word,))}
    found: set[str] = set()
    for part in parts:
        found.update(table.words.get(part, ()) if part in table.words else ())
        start = table.beginnings.match(part)
        found.update(table.words[start[0]] if start else ())
    found.update(vendor for vendor, phrase in table.phrases if vendor not in found and phrase.search(text))
    return frozenset(found)

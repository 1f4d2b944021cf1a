"""Which words does a text hold, and whose hardware do they speak of? One cheap look, before and beside any parsing.

`mentions.toml` lists every vendor's words. A mention proves nothing and excludes nobody; it weighs against what is
presumed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import cast

import msgspec

from chipsieve.facts.alike_lines import AlikeLines, alike_text, any_of
from chipsieve.facts.paths import is_kind
from chipsieve.tables import own_table

DATA_FROM = 200_000  # characters of a file that may be data; more is data
LIST_FROM = 1_000  # lines of a list of words
LONG_LINE = 2_000  # characters; more is no line that somebody wrote
SPOKEN = re.compile(rf"[^\r\n]{{0,{LONG_LINE}}}(?![^\r\n])(?:\r?\n[^\r\n]{{0,{LONG_LINE}}}(?![^\r\n]))?")
"""A line that holds a word, with the next, on which a phrase may end."""
PARTS = re.compile(r"[^\W_]+")

Phrase = tuple[str, re.Pattern[str]]


class Mentions(msgspec.Struct, frozen=True):
    """The mentions' table by word: the vendors that a word speaks of, and the phrases that it may be a part of.

    `beginnings` finds the longest listed beginning of a word, `speaking` the lines that may hold any word.
    """

    vendors: Mapping[str, list[str]]
    phrases: Mapping[str, list[Phrase]]
    beginnings: re.Pattern[str]
    speaking: AlikeLines


@cache
def _table() -> Mentions:
    table = cast("Mapping[str, Mapping[str, object]]", own_table("mentions.toml"))
    vendors: defaultdict[str, list[str]] = defaultdict(list)
    phrases: defaultdict[str, list[Phrase]] = defaultdict(list)
    for vendor, listed in table["words"].items():
        for word in cast("list[str]", listed):
            vendors[word].append(vendor)
    for vendor, phrase in cast("Mapping[str, Mapping[str, object]]", table["phrases"]).items():
        for word in cast("list[str]", phrase["words"]):
            phrases[word].append((vendor, re.compile(str(phrase["pattern"]).strip())))
    begun = {word[:-1] for word in {*vendors, *phrases} if word.endswith("*")}
    whole = {*vendors, *phrases} - {f"{word}*" for word in begun}
    beginnings = re.compile("|".join(sorted(map(re.escape, begun), key=len, reverse=True)))
    return Mentions(vendors, phrases, beginnings, AlikeLines(rf"{_alike(begun)}|(?:{_alike(whole)})(?![a-z0-9])"))


def _alike(words: Iterable[str]) -> str:
    return any_of({alike_text(word) for word in words})


def speaks(path: str, text: str) -> frozenset[str]:
    """The vendors that a file speaks of; vocabularies, data and encoded pictures speak of nobody."""
    if is_kind("data", path) and (len(text) > DATA_FROM or _is_list(text)):
        return frozenset()
    spoken = (SPOKEN.match(text, start) for start in _table().speaking.starts(text))
    text = "\n".join(dict.fromkeys(lines[0] for lines in spoken if lines))
    return mentioned(text, words_of(text))


def _is_list(text: str) -> bool:
    """Whether a text is a list of single words, as vocabularies are."""
    lines = text.count("\n") + 1
    most = 3 * lines - 1  # words of a list; more need not be counted
    return lines > LIST_FROM and len(text.split(None, most)) <= most


def words_of(text: str) -> frozenset[str]:
    """The words of a text, case folded, each once; `--a-b`, `a_b` and `a.b` count as `a` and `b`."""
    return frozenset(PARTS.findall(text.casefold()))


def mentioned(text: str, words: Iterable[str]) -> frozenset[str]:
    """The vendors that a text speaks of; `words` are its words as `words_of` gives them."""
    table = _table()
    held = set(words)
    begun = {f"{start[0]}*" for start in map(table.beginnings.match, held) if start}
    keys = held.intersection(table.vendors) | begun.intersection(table.vendors)
    found = {vendor for key in keys for vendor in table.vendors[key]}
    hinted = (held | begun).intersection(table.phrases)
    asked = dict.fromkeys(phrase for key in hinted for phrase in table.phrases[key])
    found.update(vendor for vendor, pattern in asked if vendor not in found and pattern.search(text))
    return frozenset(found)

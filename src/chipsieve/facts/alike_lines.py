"""Which lines of a text may hold a word? Asked once of all lines that are alike, for logs repeat themselves.

Lines are alike when they are equal in lower case with every digit a 0. A line can only hold a word where the form that
it shares with the lines alike holds the form of the word, so the pattern for these forms sees each once.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from itertools import accumulate, count
from operator import add

KEPT = 50_000  # kinds of lines whose answer is remembered
ALIKE = bytes.maketrans(
    (string.ascii_uppercase + string.digits).encode(), (string.ascii_lowercase + "0" * len(string.digits)).encode()
)


class AlikeLines:
    """The answers for some words.

    `pattern` finds the words in texts as `alike` gives them; `numbers` are words that are all digits, to which every
    number is alike: they are looked for as they are, one by one.
    """

    def __init__(self, pattern: str, numbers: Iterable[str] = ()) -> None:
        """Compile the pattern."""
        self._pattern = re.compile(pattern.encode())
        self._numbers = tuple(numbers)
        self._may_hold: set[bytes] = set()
        self._hold_none: set[bytes] = set()

    def starts(self, text: str, start: int = 0, end: int | None = None) -> list[int]:
        """Where the lines begin, between two offsets, that may hold a word; `\r` and `\n` end a line."""
        part = text[start:end].replace("\r", "\n")
        held = {part.rfind("\n", 0, at) + 1 for number in self._numbers for at in _places(number, part)}
        forms = alike(part).split(b"\n")
        wanted = self._holding(set(forms))
        if wanted:
            starts = map(add, accumulate(map(len, part.split("\n")), initial=0), count())
            held.update(at for at, form in zip(starts, forms, strict=False) if form in wanted)
        return [start + at for at in sorted(held)]

    def _holding(self, forms: set[bytes]) -> set[bytes]:
        """The forms whose lines may hold a word."""
        new = forms - self._hold_none - self._may_hold
        if len(self._hold_none) + len(self._may_hold) + len(new) > KEPT:
            self._hold_none.clear()
            self._may_hold.clear()
            new = forms
        held = set(filter(self._pattern.search, new))
        self._may_hold |= held
        self._hold_none |= new - held
        return forms & self._may_hold


def _places(word: str, text: str) -> Iterator[int]:
    """Where a word stands in a text."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def alike(text: str) -> bytes:
    """The text in lower case, as far as letters are ASCII, with every digit a 0 and each end of a line a `\\n`."""
    return text.encode(errors="surrogatepass").translate(ALIKE)


def any_of(words: Iterable[str]) -> str:
    """A pattern that finds any of some words; those with one first letter stand together, so that few are tried."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words):
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items()) or "(?!)"

"""Which lines of a text may hold a word? Asked once of all lines that are alike, for logs repeat themselves.

Lines are alike when they are equal in lower case with every digit a 0. A line can only hold a word where the form that
it shares with the lines alike holds the form of the word, so the pattern for these forms sees each once.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, count
from operator import add

KEPT = 50_000  # kinds of lines whose answer is remembered
BEFORE_WORDS = "[^a-z0-9]"
ALIKE = bytes.maketrans(
    (string.ascii_uppercase + string.digits).encode(), (string.ascii_lowercase + "0" * len(string.digits)).encode()
)


class AlikeLines:
    """The answers for some words.

    `words` is a pattern that finds them where they begin, in texts as `alike` gives them, and `before` one for what
    stands before them, a line's end included: most places of a text are decided by that one sign. `numbers` are words
    that are all digits, to which every number is alike: they are looked for as they are, one by one.
    """

    def __init__(self, words: str, before: str = BEFORE_WORDS, numbers: Iterable[str] = ()) -> None:
        """Compile the pattern."""
        self._pattern = re.compile(f"(?:{before})(?:{words})".encode())
        self._numbers = tuple(numbers)
        self._may_hold: set[bytes] = set()
        self._hold_none: set[bytes] = set()

    def starts(self, text: str, start: int = 0, end: int | None = None) -> list[int]:
        """Where the lines begin, between two offsets, that may hold a word; CR and LF end a line."""
        part = text[start:end].replace("\r", "\n")
        held = {at for number in self._numbers for at in _lines_with(number, part)}
        forms, each_once = _forms(part)
        wanted = self._holding(each_once)
        if wanted:
            starts = map(add, accumulate(map(len, part.split("\n")), initial=0), count())
            held.update(at for at, form in zip(starts, forms, strict=False) if form in wanted)
        return [start + at for at in sorted(held)]

    def _holding(self, forms: frozenset[bytes]) -> frozenset[bytes]:
        """The forms whose lines may hold a word."""
        new = forms - self._hold_none - self._may_hold
        if len(self._hold_none) + len(self._may_hold) + len(new) > KEPT:
            self._hold_none.clear()
            self._may_hold.clear()
            new = forms
        held = set(self._searched(new))
        self._may_hold |= held
        self._hold_none |= new - held
        return forms & self._may_hold

    def _searched(self, forms: Iterable[bytes]) -> Iterator[bytes]:
        """Those of some forms in which the pattern finds a word: all are searched as one text."""
        text = b"\n".join((b"", *forms, b""))
        at = 0
        while found := self._pattern.search(text, at):
            start, at = text.rfind(b"\n", 0, found.end()) + 1, text.index(b"\n", found.end())
            yield text[start:at]


@lru_cache(1)  # several ask of one text, one after the other
def _forms(text: str) -> tuple[list[bytes], frozenset[bytes]]:
    """The lines of a text in the forms that they share with lines alike, and each of these forms once."""
    forms = alike(text).split(b"\n")
    return forms, frozenset(forms)


def _lines_with(word: str, text: str) -> Iterator[int]:
    """Where the lines begin that hold a word."""
    at = text.find(word)
    while at >= 0:
        yield text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        at = text.find(word, end) if end >= 0 else -1


def alike(text: str) -> bytes:
    """The text in lower case, as far as letters are ASCII, with every digit a 0."""
    return text.encode(errors="surrogatepass").translate(ALIKE)


def alike_text(text: str) -> str:
    """The same as text, at the same length."""
    return alike(text).decode(errors="surrogatepass")


def any_of(words: Iterable[str]) -> str:
    """A pattern that finds any of some words; those with one first letter stand together, so that few are tried."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words):
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items()) or "(?!)"

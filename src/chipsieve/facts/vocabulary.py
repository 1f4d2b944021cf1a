"""Which names are worth stating? What signals ask for, without the signals: readers leave out what nobody asks.

A file uses thousands of names and calls; a fact is stated only where the last component of its name, its number or a
word of its text is in the vocabulary. The digest of the vocabulary is part of what a reading depends on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import translate
from functools import cached_property

ANY = "*"
DOTTED = ("key", "name", "call", "argument", "flag")  # kinds whose names have components
KEPT = 20_000  # answers that are remembered; a tokenizer's vocabulary has more names than are worth keeping
LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n|\Z)")
BY_WORDS = ("image", "literal", "claim")  # kinds whose names are words that the text must hold


class Vocabulary:
    """The last components of the names that are asked for, by kind of fact; some hold a `*`.

    Of images, literals and claims they are words that the text must hold, in lower case; of constants the numbers, as
    text; of `beside` the siblings of keys and the arguments of calls that decide, of `log` the words that what a run
    printed holds.
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """Keep the names, in the form in which `normal` compares them."""
        self.names = {kind: frozenset(listed) for kind, listed in names.items()}
        self.numbers = frozenset(float(number) for number in self.names.get("number", ()))
        self._globs: dict[str, re.Pattern[str]] = {}
        self._answers: dict[tuple[str, str], bool] = {}

    def asks(self, kind: str, name: str) -> bool:
        """Whether any signal asks for a fact of this kind and name; the name may be whole or its last component."""
        answer = self._answers.get((kind, name))
        if answer is None:
            last = last_component(kind, name)
            answer = kind in self.names and (last in self.names[kind] or self._any_glob(kind).match(last) is not None)
            if len(self._answers) == KEPT:
                self._answers.clear()
            self._answers[kind, name] = answer
        return answer

    def _any_glob(self, kind: str) -> re.Pattern[str]:
        """One pattern for all names of a kind that hold a `*`; a file asks for few kinds."""
        if kind not in self._globs:
            globs = "|".join(translate(name) for name in sorted(self.names[kind]) if ANY in name)
            self._globs[kind] = re.compile(globs or r"(?!)")
        return self._globs[kind]

    def holds(self, kind: str, text: str) -> bool:
        """Whether the text of an image's reference, a literal or a claim holds a word that a signal asks for."""
        pattern = self._patterns.get(kind)
        return pattern is not None and pattern.search(text.casefold()) is not None

    def lines_holding(self, kind: str, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The lines between two offsets, their ends included, that hold such a word, as offsets.

        The words are looked for one by one, and lines only where one stands: few lines of a log hold any.
        """
        folded = text[start:end].casefold()
        if self.everything(kind) or len(folded) != end - start:  # then offsets tell nothing: each line is asked
            yield from (line.span() for line in LINE.finditer(text, start, end) if self.holds(kind, line[0]))
            return
        held = [re.escape(word) for word in self._shortest[kind] if word in folded] if kind in self._shortest else []
        pattern = re.compile("|".join(held)) if held else None
        at = 0
        while pattern and (found := pattern.search(folded, at)):
            first = max(folded.rfind("\n", 0, found.start()), folded.rfind("\r", 0, found.start())) + 1
            line = LINE.match(text, start + first, end)
            if line is None:
                raise AssertionError("a line matches anywhere")
            yield line.span()
            at = line.end() - start

    @cached_property
    def _shortest(self) -> dict[str, tuple[str, ...]]:
        """The words of each kind that hold no other of it: where a longer one stands, a shorter one does."""
        return {
            kind: tuple(word for word in sorted(words) if not any(one != word and one in word for one in words))
            for kind in BY_WORDS
            if (words := self.names.get(kind))
        }

    def everything(self, kind: str) -> bool:
        """Whether some signal asks for every image, literal or claim, whatever its text holds."""
        return ANY in self.names.get(kind, ())

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {
            kind: re.compile("" if self.everything(kind) else "|".join(map(re.escape, sorted(self.names[kind]))))
            for kind in BY_WORDS
            if self.names.get(kind)
        }

    @cached_property
    def digest(self) -> bytes:
        """A digest of all that is asked for."""
        import hashlib  # for a cache alone

        listed = sorted((kind, *sorted(names)) for kind, names in self.names.items())
        return hashlib.sha256(repr(listed).encode()).digest()


def last_component(kind: str, name: str) -> str:
    """The part of a name by which a vocabulary knows it: the last one, of a module the first."""
    name = normal(kind, name)
    if kind == "import":
        return name.partition(".")[0]
    return name.rpartition(".")[2] if kind in DOTTED else name


def normal(kind: str, name: str) -> str:
    """Names as they are compared: flags without dashes' variety, packages by PEP 503."""
    if kind == "flag":
        return name.lstrip("-").replace("_", "-").casefold()
    if kind == "pin":
        return re.sub(r"[-_.]+", "-", name).casefold()
    return name.casefold() if kind in ("key", "constant", "directive") else name

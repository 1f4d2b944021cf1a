"""Which names are worth stating? What signals ask for, without the signals: readers leave out what nobody asks.

A file uses thousands of names and calls; a fact is stated only where the last component of its name, its number or a
word of its text is in the vocabulary. The digest of the vocabulary is part of what a reading depends on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import translate
from functools import cached_property

from chipsieve.facts.alike_lines import AlikeLines, alike_text, any_of

ANY = "*"
DOTTED = ("key", "name", "call", "argument", "flag")  # kinds whose names have components
KEPT = 20_000  # answers that are remembered; a tokenizer's vocabulary has more names than are worth keeping
LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n|\Z)")
BY_WORDS = ("image", "literal", "claim")  # kinds whose names are words that the text must hold
WORD_BEGINS = r"(?:(?<![a-z0-9])|(?<=[0-9]x))"  # also behind the x of `8xA100`
BEFORE_CLAIMS = r"[^a-z0-9]|[0-9]x"  # the same, of what is not at the start of a text


class Vocabulary:
    """The last components of the names that are asked for, by kind of fact; some hold a `*`.

    Of images, literals and claims they are words that the text must hold, in lower case, of claims where a word begins;
    of constants the numbers, as text; of `beside` the siblings of keys and the arguments of calls that decide, of `log`
    the words that what a run printed holds.
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

    def claims(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The lines between two offsets, their ends included, that hold a word of claims, as offsets."""
        if self._claiming is None:
            lines = LINE.finditer(text, start, end)
        else:
            lines = (line for at in self._claiming.starts(text, start, end) if (line := LINE.match(text, at, end)))
        yield from (line.span() for line in lines if self.holds("claim", line[0]))

    def everything(self, kind: str) -> bool:
        """Whether some signal asks for every image, literal or claim, whatever its text holds."""
        return ANY in self.names.get(kind, ())

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        words = {kind: self.names[kind] for kind in BY_WORDS if self.names.get(kind)}
        return {kind: re.compile("" if self.everything(kind) else _any(kind, listed)) for kind, listed in words.items()}

    @cached_property
    def _claiming(self) -> AlikeLines | None:
        """Which lines may hold a word of claims; None where every line will do, or none is asked for."""
        words = self.names.get("claim", frozenset())
        if not words or ANY in words:
            return None
        numbers = sorted(word for word in words if word.isdigit())
        forms = {alike_text(word) for word in words.difference(numbers)}
        return AlikeLines(any_of(forms), BEFORE_CLAIMS, numbers)

    @cached_property
    def digest(self) -> bytes:
        """A digest of all that is asked for."""
        import hashlib  # for a cache alone

        listed = sorted((kind, *sorted(names)) for kind, names in self.names.items())
        return hashlib.sha256(repr(listed).encode()).digest()


def _any(kind: str, words: Iterable[str]) -> str:
    """A pattern that finds the words of a kind, in a text in lower case."""
    return f"{WORD_BEGINS if kind == 'claim' else ''}(?:{any_of(words)})"


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

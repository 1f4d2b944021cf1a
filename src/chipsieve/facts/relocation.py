"""Where does what was read from a text inside a file stand in that file?"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain, pairwise
from typing import Any, NamedTuple

from msgspec.structs import replace

from chipsieve.facts.conditions import Conditions
from chipsieve.facts.finding import snippet
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Command, Fact, Gap, Reading
from chipsieve.facts.words import Part, Word


class Stretch(NamedTuple):
    """A text, and for each of its characters its offset in the file around it."""

    text: str = ""
    offsets: tuple[int, ...] = ()

    def cut(self, start: int, end: int | None = None) -> Stretch:
        """A part of it."""
        return Stretch(self.text[start:end], self.offsets[start:end])

    def joined(self, *others: Stretch) -> Stretch:
        """It and others, one after the other."""
        every = (self, *others)
        return Stretch("".join(one.text for one in every), tuple(chain.from_iterable(one.offsets for one in every)))

    def changed(self, start: int, end: int, text: str) -> Stretch:
        """The stretch with other text at a place; each new character stands where the place begins."""
        at = self.offsets[min(start, len(self.offsets) - 1)]
        return self.cut(0, start).joined(Stretch(text, (at,) * len(text)), self.cut(end))

    def sub(self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> Stretch:
        """The stretch with other text in place of each match; each new character stands where its match begins."""
        pieces, at = list[Stretch](), 0
        for found in pattern.finditer(self.text):
            text = new(found)
            pieces += [self.cut(at, found.start()), Stretch(text, (self.offsets[found.start()],) * len(text))]
            at = found.end()
        return Stretch().joined(*pieces, self.cut(at))


class Relocation:
    """Carries what was read from one text over to the file around it.

    `lines` are those of the file, in which the text is a stretch.
    """

    def __init__(self, lines: Lines, text: Stretch) -> None:
        """Keep both texts and the places."""
        self._lines, self._inner, self._offsets = lines, Lines(text.text), text.offsets

    def reading(self, reading: Reading) -> Reading:
        """The reading with every place in the file's own lines; its documents keep their texts."""
        return replace(
            reading,
            facts=tuple(map(self._fact, reading.facts)),
            commands=tuple(map(self._command, reading.commands)),
            bindings=tuple((name, self._word(word)) for name, word in reading.bindings),
            options=tuple(map(self._located, reading.options)),
            imports=tuple(map(self._located, reading.imports)),
            references=tuple(map(self._located, reading.references)),
            documents=tuple(map(self._located, reading.documents)),
            gaps=tuple(map(self._gap, reading.gaps)),
        )

    def _offset(self, line: int, column: int) -> int:
        at = self._inner.offset(min(line, len(self._inner.starts)), column)
        return self._offsets[min(at, len(self._offsets) - 1)]

    def _span(self, span: Span) -> Span:
        """The end is taken from the last character, which has a place in the file for sure."""
        start = self._offset(span.line, span.column)
        last = self._offset(span.end_line, max(span.end_column - 1, 1))
        return self._lines.span(start, max(start, last) + 1)

    def _fact(self, fact: Fact) -> Fact:
        span = self._span(fact.span)
        value = self._widened(fact) if fact.kind == "claim" else fact.value
        return replace(fact, value=value, span=span, snippet=snippet(self._lines, span))

    def _widened(self, fact: Fact) -> str:
        """The text of a claim, each character as wide as it is written in the file: matches are found by columns."""
        at, value = self._inner.offset(fact.span.line, fact.span.column), fact.value or ""
        places = self._offsets[at : at + len(value)]
        widths = [after - before for before, after in pairwise(places)]
        return "".join(sign.ljust(width) for sign, width in zip(value, [*widths, 1], strict=False))

    def _located(self, item: Any) -> Any:
        return replace(item, span=self._span(item.span))

    def _gap(self, gap: Gap) -> Gap:
        return gap if gap.line is None else replace(gap, line=self._lines.position(self._offset(gap.line, 1))[0])

    def _word(self, word: Word) -> Word:
        return Word(tuple(map(self._part, word.parts)), self._span(word.span))

    def _part(self, part: Part) -> Part:
        default = self._word(part.default) if part.default else None
        return replace(
            part, span=self._span(part.span), default=default, alternatives=tuple(map(self._choice, part.alternatives))
        )

    def _choice(self, choice: tuple[Conditions, Word]) -> tuple[Conditions, Word]:
        conditions, word = choice
        return conditions, self._word(word)

    def _command(self, command: Command) -> Command:
        return replace(
            command,
            words=tuple(map(self._word, command.words)),
            span=self._span(command.span),
            environment=tuple((name, self._word(word)) for name, word in command.environment),
            directory=self._word(command.directory) if command.directory else None,
        )

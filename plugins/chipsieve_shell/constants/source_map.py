"""Which text is being read as shell, and where in the file does each of its characters stand?

A file maps to itself. A string given to `bash -c`, the words given to `eval` and the body of a here-document are
made of pieces: text keeps its place in the file, and whatever is not text has a placeholder, one private-use
character that stands for the piece.
"""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from chipsieve.facts.places import Lines, Span
from chipsieve.facts.words import Part, Word
from chipsieve_shell.constants.pieces import Piece, Pieces, extent_of
from chipsieve_shell.syntax.nodes import Extent

FIRST_PLACEHOLDER = 0xE000
LAST_PLACEHOLDER = 0xF8FF


class MappedText(msgspec.Struct, frozen=True):
    """A text to read as shell, the pieces by the offsets at which they begin, and the pieces behind placeholders.

    `run_at` is the command that runs a string, as far as that is not where it was written.
    """

    text: str
    stretches: tuple[tuple[int, Piece], ...] = ()
    placeholders: dict[str, Piece] = msgspec.field(default_factory=dict)
    run_at: Extent | None = None

    def where_run(self, start: int, end: int) -> Extent:
        """Where a command stands: where it was written, or where the variable that holds it is run."""
        first, last = self.origin(start, end)
        if self.run_at is None or self.run_at[0] <= first <= last <= self.run_at[1]:
            return first, last
        return self.run_at

    def origin(self, start: int, end: int) -> Extent:
        """Where in the file the text from one offset to another was written."""
        if not self.stretches:
            return start, end
        first, _ = self._place(start)
        _, last = self._place(max(start, end - 1))
        return (first, last) if first <= last else (first, first)

    def _place(self, offset: int) -> Extent:
        index = max(0, bisect_right(self.stretches, offset, key=lambda stretch: stretch[0]) - 1)
        begin, piece = self.stretches[index]
        if piece.exact:
            at = min(piece.start + offset - begin, piece.end)
            return at, min(at + 1, piece.end)
        return piece.start, piece.end

    def literal(self, start: int, end: int, *, quoted: bool) -> list[Piece]:
        """The pieces of the literal text from one offset to another; placeholders come back as what they stand for."""
        found: list[Piece] = []
        at = start
        while at < end:
            if (held := self.placeholders.get(self.text[at])) is not None:
                found.append(held._replace(quoted=quoted))
                at += 1
                continue
            stop = self._run(at, end)
            origin = self.origin(at, stop)
            exact = origin[1] - origin[0] == stop - at
            found.append(Piece("text", self.text[at:stop], *origin, quoted=quoted, exact=exact))
            at = stop
        return found

    def _run(self, at: int, end: int) -> int:
        """How far the text goes on in one stretch and without a placeholder."""
        if not self.stretches:
            return end
        index = bisect_right(self.stretches, at, key=lambda stretch: stretch[0])
        stop = min(end, self.stretches[index][0] if index < len(self.stretches) else end)
        return next((offset for offset in range(at, stop) if self.text[offset] in self.placeholders), stop)


def map_words(words: list[Pieces], run_at: Extent | None = None) -> MappedText:
    """The text of some words, a blank between each two; `run_at` is the command that runs it."""
    text = ""
    stretches: list[tuple[int, Piece]] = []
    placeholders: dict[str, Piece] = {}
    for number, word in enumerate(words):
        if number and word:
            stretches.append((len(text), Piece("text", " ", word[0].start, word[0].start)))
            text += " "
        for piece in word:
            stretches.append((len(text), piece))
            if piece.kind == "text":
                text += piece.text
            elif FIRST_PLACEHOLDER + len(placeholders) <= LAST_PLACEHOLDER:
                placeholder = chr(FIRST_PLACEHOLDER + len(placeholders))
                placeholders[placeholder] = piece
                text += placeholder
    return MappedText(text, tuple(stretches), placeholders, run_at)


class Places(Lines):
    """The lines of one script, its spans and its words' parts, each made once: commands share their environment."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        super().__init__(text)
        self._spans: dict[Extent, Span] = {}
        self._parts: dict[Piece, Part] = {}

    def span(self, start: int, end: int) -> Span:
        """The span from one offset up to another."""
        extent = start, end
        if extent not in self._spans:
            self._spans[extent] = super().span(start, end)
        return self._spans[extent]

    def word(self, pieces: Pieces, extent: Extent) -> Word:
        """The word for pieces that stand at an extent."""
        return Word(tuple([self._part(piece) for piece in pieces if piece.kind != "break"]), self.span(*extent))

    def _part(self, piece: Piece) -> Part:
        if piece not in self._parts:
            self._parts[piece] = self._made(piece)
        return self._parts[piece]

    def _made(self, piece: Piece) -> Part:
        extent = (piece.start, piece.end)
        return Part(
            kind="unknown" if piece.kind == "break" else piece.kind,
            text=piece.text,
            span=self.span(*extent),
            quoted=piece.quoted,
            default=None if piece.default is None else self.word(piece.default, extent_of(piece.default, extent)),
            alternatives=tuple(
                (conditions, self.word(found, extent_of(found, extent))) for conditions, found in piece.alternatives
            ),
        )

"""Where in the file was a word written? Asked over and over, since each command carries its environment."""

from __future__ import annotations

from chipsieve.facts.places import Lines, Span
from chipsieve.facts.words import Part, Word
from chipsieve_shell.nodes import Extent
from chipsieve_shell.values import Piece, Pieces, extent_of


class Places(Lines):
    """The lines of one script, and the model's spans and parts, each of them made once."""

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
        """The model's word for pieces that stand at an extent."""
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

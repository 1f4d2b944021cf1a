"""Which text is being read as shell, and where in the file does each of its characters stand?

A file is a tape that maps to itself. A string given to `bash -c`, the words given to `eval` and the body of a
here-document are tapes made of pieces: text keeps its place in the file, and whatever is not text is a hole,
one private-use character that stands for the piece.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from chipsieve_shell.nodes import Extent
from chipsieve_shell.values import Piece, Pieces

FIRST_HOLE = 0xE000
LAST_HOLE = 0xF8FF


@dataclass(frozen=True, slots=True)
class Tape:
    """A text to read as shell, with the origins of its stretches (tape offset, piece) and its holes."""

    text: str
    stretches: tuple[tuple[int, Piece], ...] = ()
    holes: dict[str, Piece] = field(default_factory=dict)
    site: Extent | None = None  # where a string is run, as far as that is not where it was written

    def command(self, start: int, end: int) -> Extent:
        """Where a command stands: where it was written, or where the variable that holds it is run."""
        first, last = self.origin(start, end)
        if self.site is None or self.site[0] <= first <= last <= self.site[1]:
            return first, last
        return self.site

    def origin(self, start: int, end: int) -> Extent:
        """Where in the file the text from one tape offset to another was written."""
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
        """The pieces of the literal text from one offset to another; holes come back as what they stand for."""
        found: list[Piece] = []
        at = start
        while at < end:
            if (hole := self.holes.get(self.text[at])) is not None:
                found.append(hole._replace(quoted=quoted))
                at += 1
                continue
            stop = self._run(at, end)
            origin = self.origin(at, stop)
            exact = origin[1] - origin[0] == stop - at
            found.append(Piece("text", self.text[at:stop], *origin, quoted=quoted, exact=exact))
            at = stop
        return found

    def _run(self, at: int, end: int) -> int:
        """How far the text goes on in one stretch and without a hole."""
        if not self.stretches:
            return end
        index = bisect_right(self.stretches, at, key=lambda stretch: stretch[0])
        stop = min(end, self.stretches[index][0] if index < len(self.stretches) else end)
        return next((offset for offset in range(at, stop) if self.text[offset] in self.holes), stop)


def tape_of(words: list[Pieces], site: Extent | None = None) -> Tape:
    """The tape of some words, a blank between each two; `site` is the command that runs it."""
    text = ""
    stretches: list[tuple[int, Piece]] = []
    holes: dict[str, Piece] = {}
    for number, word in enumerate(words):
        if number and word:
            blank = Piece("text", " ", word[0].start, word[0].start)
            stretches.append((len(text), blank))
            text += " "
        for piece in word:
            stretches.append((len(text), piece))
            if piece.kind == "text":
                text += piece.text
            elif FIRST_HOLE + len(holes) <= LAST_HOLE:
                hole = chr(FIRST_HOLE + len(holes))
                holes[hole] = piece
                text += hole
    return Tape(text, tuple(stretches), holes, site)

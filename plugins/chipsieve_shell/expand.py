"""What does a word say? Quotes removed, variables filled in as far as constants go (Bash Manual 3.5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from chipsieve_shell.arithmetic import evaluate
from chipsieve_shell.mask_words import ASSIGNMENT
from chipsieve_shell.masking import end_of_commands
from chipsieve_shell.nodes import Extent
from chipsieve_shell.parameter import ParameterReader
from chipsieve_shell.skip import ANSI, PLAIN, Skipper, Unclosed
from chipsieve_shell.state import State
from chipsieve_shell.tape import Tape
from chipsieve_shell.values import Piece, Pieces, constant, fields

ESCAPED_IN_QUOTES = '$`"\\'
ANSI_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)

Substitute = Callable[[Tape, int, int, State], Pieces]


@dataclass(slots=True)
class Expander:
    """Expands words of one tape in one state; `substitute` answers for `$(...)`."""

    tape: Tape
    state: State
    substitute: Substitute

    def skipper(self, end: int) -> Skipper:
        """What finds the ends of words in the tape, up to an offset."""
        return Skipper(self.tape.text, end, lambda at: end_of_commands(self.tape.text, at, end))

    def words(self, extent: Extent) -> list[Pieces]:
        """The words that one word of the text becomes."""
        return fields(self.pieces(*extent))

    def pieces(self, start: int, end: int, *, quoted: bool = False, document: bool = False) -> Pieces:
        """The word's pieces. `quoted` reads it as inside double quotes, `document` as a here-document."""
        if not (quoted or document) and PLAIN.fullmatch(self.tape.text, start, end):
            return tuple(self.tape.literal(start, end, quoted=False))
        found: list[Piece] = []
        skip = self.skipper(end)
        at = start
        while at < end:
            try:
                after = self._quoted_end(skip, at) if quoted or document else skip.word_piece(at)
            except Unclosed:
                after = at + 1
            after = min(max(after, at + 1), end)
            found += self._piece(at, after, quoted=quoted or document, document=document)
            at = after
        return tuple(found)

    def _quoted_end(self, skip: Skipper, at: int) -> int:
        char = self.tape.text[at]
        if char == "\\":
            return at + 2
        if char == "$":
            return skip.dollar(at, quoted=True)
        if char == "`":
            return skip.word_piece(at)
        stops = (self.tape.text.find(special, at, skip.end) for special in "\\$`")
        return min((stop for stop in stops if stop > at), default=skip.end)

    def _piece(self, at: int, end: int, *, quoted: bool, document: bool) -> list[Piece]:
        text = self.tape.text
        char = text[at]
        if char == "\\":
            return self._escape(at, end, quoted=quoted, document=document)
        if char == "$" and end - at > 1:
            return self._dollar(at, end, quoted=quoted)
        if char == "`":
            return list(self._substitution(at + 1, end - 1, (at, end), quoted=quoted))
        if quoted:
            return self.tape.literal(at, end, quoted=True)
        if char == "'" and end - at > 1:
            return self.tape.literal(at + 1, end - 1, quoted=True) or [self._empty(at, end)]
        if char == '"' and end - at > 1:
            return list(self.pieces(at + 1, end - 1, quoted=True)) or [self._empty(at, end)]
        if char in "<>" and end - at > 1:
            self.substitute(self.tape, at + 2, end - 1, self.state)
            return [Piece("unknown", text[at:end], *self.tape.origin(at, end))]
        return self.tape.literal(at, end, quoted=False)

    def _empty(self, at: int, end: int) -> Piece:
        return Piece("text", "", *self.tape.origin(at, end), quoted=True)

    def _escape(self, at: int, end: int, *, quoted: bool, document: bool) -> list[Piece]:
        escaped = self.tape.text[at + 1 : end]
        if escaped in ("\n", "\r\n", "\r"):
            return []
        kept = ESCAPED_IN_QUOTES.replace('"', "") if document else ESCAPED_IN_QUOTES
        text = escaped if not quoted or escaped in kept else "\\" + escaped
        start, stop = self.tape.origin(at, end)
        if text == escaped and len(escaped) == 1 and stop - start == 2:  # noqa: PLR2004 - the backslash and it
            return [Piece("text", text, start + 1, stop, quoted=True, exact=True)]
        return [Piece("text", text, start, stop, quoted=True)]

    def _dollar(self, at: int, end: int, *, quoted: bool) -> list[Piece]:
        text = self.tape.text
        if text.startswith("$((", at) and text.startswith("))", end - 2):
            return self._arithmetic(at + 3, end - 2, (at, end), quoted=quoted)
        if text.startswith("$[", at):
            return self._arithmetic(at + 2, end - 1, (at, end), quoted=quoted)
        if text.startswith("$(", at):
            return list(self._substitution(at + 2, end - 1, (at, end), quoted=quoted))
        if ANSI.fullmatch(text, at, end) and not quoted:
            return self._ansi(at, end)
        if text.startswith('$"', at) and not quoted:
            return list(self.pieces(at + 2, end - 1, quoted=True)) or [self._empty(at, end)]
        reader = ParameterReader(self.tape, self.state, self.pieces, quoted)
        return list(reader.read(at, end))

    def _ansi(self, at: int, end: int) -> list[Piece]:
        inner = re.sub(r"\\(.)", lambda found: ANSI_ESCAPES.get(found[1], found[0]), self.tape.text[at + 2 : end - 1])
        return [Piece("text", inner, *self.tape.origin(at, end), quoted=True)]

    def _substitution(self, start: int, end: int, whole: Extent, *, quoted: bool) -> Pieces:
        found = self.substitute(self.tape, start, end, self.state)
        if found:
            return tuple(Piece(p.kind, p.text, p.start, p.end, quoted, p.exact) for p in found)
        return (Piece("unknown", self.tape.text[slice(*whole)], *self.tape.origin(*whole), quoted=quoted),)

    def _arithmetic(self, start: int, end: int, whole: Extent, *, quoted: bool) -> list[Piece]:
        number = self.number(start, end)
        place = self.tape.origin(*whole)
        if number is None:
            return [Piece("unknown", self.tape.text[slice(*whole)], *place, quoted=quoted)]
        return [Piece("text", str(number), *place, quoted=quoted)]

    def number(self, start: int, end: int) -> int | None:
        """The value of the arithmetic expression between two offsets, None unless constant."""
        text = constant(self.pieces(start, end, quoted=True))
        return None if text is None else evaluate(NAME.sub(self._operand, text))

    def _operand(self, name: re.Match[str]) -> str:
        value = self.state.value(name[0])
        text = constant(value.pieces) if value else None
        return name[0] if text is None else f"({text})"

    def assigned(self, extent: Extent) -> tuple[str, str | None, bool, Extent] | None:
        """The parts of an assignment: name, subscript, whether it appends, and its value's extent."""
        found = ASSIGNMENT.match(self.tape.text, *extent)
        if found is None:
            return None
        name = found[0].partition("=")[0].rstrip("+").partition("[")[0]
        subscript = found[1][1:-1] if found[1] else None
        return name, subscript, found[0].endswith("+="), (found.end(), extent[1])

    def elements(self, start: int, end: int) -> list[tuple[str, Pieces]]:
        """The items of the array literal between two offsets, by index or key."""
        skip = self.skipper(end)
        try:
            extents, _ = skip.array(start)
        except Unclosed:
            return []
        items: list[tuple[str, Pieces]] = []
        for first, last in extents:
            keyed = re.compile(r"\[([^\]]*)\]=").match(self.tape.text, first, last)
            if keyed:
                items.append((keyed[1].strip("\"'"), self.pieces(keyed.end(), last)))
            else:
                items += [(str(len(items) + n), word) for n, word in enumerate(self.words((first, last)))]
        return items

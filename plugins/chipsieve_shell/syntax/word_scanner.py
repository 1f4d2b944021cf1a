"""Where does a quoted string, an expansion or a word end, and how is a word masked? Nothing is interpreted.

The grammar is Bash's (Bash Reference Manual, 3.1.2 Quoting, 3.5 Shell Expansions). A construct that is
never closed raises Unclosed at its opening; every scan is bounded.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from chipsieve_shell.syntax.nodes import Extent

DEPTH_LIMIT = 40  # nested expansions; real scripts stay below 6
ARITHMETIC_LIMIT = 4000  # characters in one `(( ))`
PLAIN = re.compile(r"[^\s;&|()<>\\'\"$`]+")
PLAIN_QUOTED = re.compile(r"[^\\\"$`]+")
PLAIN_INSIDE = re.compile(r"[^}\\\"'$`]+")  # of a parameter expansion
PARAMETER = re.compile(r"\$(?:[A-Za-z_]\w*|[0-9@*#?$!-])", re.ASCII)
SINGLE = re.compile(r"'[^']*'")
ANSI = re.compile(r"\$'(?:[^'\\]|\\.)*'", re.DOTALL)
BACKTICK = re.compile(r"`(?:[^`\\]|\\.)*`", re.DOTALL)
EXTGLOB = re.compile(r"[?*+@!]\([^()\n]{0,200}\)")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(\[[^\]\n]*\])?\+?=", re.ASCII)
SHORTEST_QUOTED = 3  # a quote, something, a quote
FILLER = "%"  # no operator, no quote, no part of a name
WORD_END = " \t\r\n;&|()<>"


class Unclosed(ValueError):
    """A quote, bracket or block opens at `offset` and is never closed."""

    def __init__(self, offset: int) -> None:
        """Remember where it opened."""
        super().__init__(offset)
        self.offset = offset


class Edits:
    """The masked characters of a stretch that began at `offset`; None keeps nothing."""

    def __init__(self, offset: int = 0, characters: list[str] | None = None) -> None:
        """Edit the characters in place."""
        self.offset, self.characters = offset, characters

    def fill(self, start: int, end: int, filler: str = FILLER) -> None:
        """Replace everything but newlines."""
        if self.characters is not None:
            for at in range(start - self.offset, end - self.offset):
                if self.characters[at] != "\n":
                    self.characters[at] = filler

    def put(self, at: int, text: str) -> None:
        """Write text over what stands there."""
        if self.characters is not None:
            begin = at - self.offset
            self.characters[begin : begin + len(text)] = text

    def quote(self, start: int, end: int) -> None:
        """Make one word of it, whatever it holds."""
        self.fill(start, end)
        if end > start + 1:
            self.put(start, "'")
            self.put(end - 1, "'")


class WordScanner(ABC):
    """Finds the ends of words, and of what they are made of, in `text[:end]`; masks words in `edits`."""

    def __init__(self, text: str, end: int, edits: Edits, depth: int = 0) -> None:
        """Keep what is scanned; `depth` counts the expansions around it."""
        self.text = text
        self.end = end
        self.edits = edits
        self.depth = depth

    @abstractmethod
    def commands_end(self, at: int) -> int:
        """The offset past the `)` that ends the list of commands which starts at `at`; needs the command grammar.

        Raises:
            Unclosed: there is none.
        """

    def _match(self, pattern: re.Pattern[str], offset: int) -> int:
        found = pattern.match(self.text, offset, self.end)
        if found is None:
            raise Unclosed(offset)
        return found.end()

    def double_quoted(self, offset: int) -> int:
        """The offset past the string that opens with `"` at `offset`.

        Raises:
            Unclosed: it never closes.
        """
        at = offset + 1
        while at < self.end:
            char = self.text[at]
            if char == '"':
                return at + 1
            if char == "\\":
                at += 2
            elif char == "$":
                at = self.dollar(at, quoted=True)
            elif char == "`":
                at = self._match(BACKTICK, at)
            else:
                at = self._match(PLAIN_QUOTED, at)
        raise Unclosed(offset)

    def dollar(self, offset: int, *, quoted: bool = False) -> int:
        """The offset past the expansion that starts with `$`; a lone `$` is one character.

        Raises:
            Unclosed: it never closes.
        """
        if self.depth >= DEPTH_LIMIT:
            raise Unclosed(offset)
        self.depth += 1
        try:
            return self._dollar(offset, quoted=quoted)
        finally:
            self.depth -= 1

    def _dollar(self, offset: int, *, quoted: bool) -> int:
        after = self.text[offset + 1 : min(offset + 3, self.end)]
        if after == "((":
            closed = self.arithmetic(offset + 1)
            if closed is not None:
                return closed
        if after[:1] == "(":
            return self.commands_end(offset + 2)
        if after[:1] == "{":
            return self.brace(offset + 1, quoted=quoted)
        if after[:1] == "[":
            return self._bracket(offset + 1)
        if after[:1] == "'" and not quoted:
            return self._match(ANSI, offset)
        if after[:1] == '"' and not quoted:
            return self.double_quoted(offset + 1)
        found = PARAMETER.match(self.text, offset, self.end)
        return found.end() if found else offset + 1

    def arithmetic(self, offset: int) -> int | None:
        """The offset past `((...))` that opens at `offset`; None where it is two subshells instead."""
        depth = 0
        for at in range(offset, min(self.end, offset + ARITHMETIC_LIMIT)):
            char = self.text[at]
            depth += (char == "(") - (char == ")")
            if depth == 1 and char == ")":
                return at + 2 if self.text[at + 1 : at + 2] == ")" and at + 2 <= self.end else None
        return None

    def _bracket(self, offset: int) -> int:
        end = self.text.find("]", offset, min(self.end, offset + ARITHMETIC_LIMIT))
        if end < 0 or "\n" in self.text[offset:end]:
            return offset
        return end + 1

    def brace(self, offset: int, *, quoted: bool = False) -> int:
        """The offset past `{...}` of a parameter expansion whose brace opens at `offset`.

        Raises:
            Unclosed: it never closes.
        """
        at = offset + 1
        while at < self.end:
            char = self.text[at]
            if char == "}":
                return at + 1
            if plain := PLAIN_INSIDE.match(self.text, at, self.end):
                at = plain.end()
            else:
                at = at + 2 if char == "\\" else self._inside(at, quoted=quoted)
        raise Unclosed(offset)

    def _inside(self, at: int, *, quoted: bool) -> int:
        """One step inside a parameter expansion; within double quotes a single quote is plain."""
        char = self.text[at]
        if char == "$":
            return self.dollar(at, quoted=quoted)
        if char == '"':
            return self.double_quoted(at)
        if char == "`":
            return self._match(BACKTICK, at)
        if char == "'" and not quoted:
            return self._match(SINGLE, at)
        return at + 1

    def word_piece(self, at: int) -> int:
        """The offset past the piece of a word that starts at `at`; `at` itself where the word has ended.

        Raises:
            Unclosed: the piece never closes.
        """
        char = self.text[at]
        if char == "\\":
            return min(self.end, at + (3 if self.text.startswith("\\\r\n", at) else 2))
        if char == "'":
            return self._match(SINGLE, at)
        if char == '"':
            return self.double_quoted(at)
        if char == "$":
            return self.dollar(at)
        if char == "`":
            return self._match(BACKTICK, at)
        if char in "<>" and self.text.startswith("(", at + 1) and at + 1 < self.end:
            return self.commands_end(at + 2)
        if char in "?*+@!" and (found := EXTGLOB.match(self.text, at, self.end)):
            return found.end()
        return self._plain(at)

    def _plain(self, at: int) -> int:
        found = PLAIN.match(self.text, at, self.end)
        if found is None:
            return at
        last = found.end() - 1  # an extended glob's operator stands right before its parenthesis
        if last > at and self.text[last] in "?*+@!" and EXTGLOB.match(self.text, last, self.end):
            return last
        return found.end()

    def word(self, at: int) -> int:
        """The offset past the word that starts at `at` (not an array assignment).

        Raises:
            Unclosed: something in it never closes.
        """
        while at < self.end:
            after = self.word_piece(at)
            if after == at:
                break
            at = after
        return at

    def array(self, at: int) -> tuple[list[Extent], int]:
        """The elements of the array literal whose `(` stands at `at`, and the offset past its `)`.

        Raises:
            Unclosed: it never closes.
        """
        opened = at
        elements: list[Extent] = []
        at += 1
        while at < self.end:
            char = self.text[at]
            if char == ")":
                return elements, at + 1
            if char == "#":
                at = self.line_end(at)
            elif char == "\\" and self.text[at + 1 : at + 3].startswith(("\n", "\r\n")):
                at = self.text.index("\n", at) + 1
            elif (after := self.word(at)) > at:
                elements.append((at, after))
                at = after
            else:
                at += 1
        raise Unclosed(opened)

    def test(self, opened: int) -> int:
        """The offset past the `]]` of the `[[` at an offset.

        Raises:
            Unclosed: there is none.
        """
        at = opened + 2
        while at < self.end:
            alone = self.text[at - 1] in " \t\r\n)" and self.text[at + 2 : at + 3] in WORD_END
            if alone and self.text.startswith("]]", at, self.end):
                return at + 2
            at = max(at + 1, self.word(at))
        raise Unclosed(opened)

    def past(self, at: int, characters: str) -> int:
        """The offset past a run of some characters."""
        while at < self.end and self.text[at] in characters:
            at += 1
        return at

    def line_end(self, at: int) -> int:
        """The offset of the newline that ends the line, or the end of the text."""
        end = self.text.find("\n", at, self.end)
        return self.end if end < 0 else end

    def mask_word(self, at: int) -> int:
        """Mask the word that starts at an offset, and return the offset past it.

        Quotes and expansions are filled, an array becomes one quoted word.

        Raises:
            Unclosed: something in it never closes, or nothing there can be a word.
        """
        assignment = ASSIGNMENT.match(self.text, at, self.end)
        if assignment:
            if assignment[1]:
                self.edits.fill(*assignment.span(1), "A")
            at = assignment.end()
            if self.text.startswith("(", at) and at < self.end:
                _, end = self.array(at)
                self.edits.quote(at, end)
                return end
        start = at
        while at < self.end:
            after = self.word_piece(at)
            if after == at:
                break
            self._mask_piece(at, after)
            at = after
        if at == start and not assignment:
            raise Unclosed(at)
        return at

    def _mask_piece(self, at: int, end: int) -> None:
        char = self.text[at]
        if char in "'\"":
            self.edits.fill(at + 1, end - 1)
        elif char == "\\":
            self._mask_escape(at, end)
        elif char in "$`<>" or "(" in self.text[at:end]:
            plain = PARAMETER.fullmatch(self.text, at, end) or end - at < SHORTEST_QUOTED
            (self.edits.fill if plain else self.edits.quote)(at, end)
        else:
            for offset in range(at, end):
                if not "!" <= self.text[offset] <= "~":
                    self.edits.fill(offset, offset + 1)

    def _mask_escape(self, at: int, end: int) -> None:
        if self.text[end - 1] == "\n":
            self.mask_continuation(at)
        else:
            self.edits.fill(at, end)

    def mask_continuation(self, at: int) -> int:
        """Make a backslash before CR LF one before LF; the offset past either."""
        if self.text[at + 1] == "\r":
            self.edits.put(at, " \\")
            return at + 3
        return at + 2

"""How does a script look when all that bashlex refuses is masked? Same length, same lines.

bashlex 0.18 raises on, or misreads, arithmetic, `[[ ]]`, `case`, arrays, quoted here-documents, `select`,
`time`, `coproc`, `$'...'`, CR and comments. Each becomes something of the same length that it reads rightly,
so every offset in its tree is an offset in the script. What was masked is kept in tables by its offset.

Inside words every quote and expansion is filled with `%`, which means nothing to a shell grammar and is no
part of a name: bashlex sees the structure alone, and chipsieve_shell.expand reads the words from the script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from chipsieve_shell.nodes import Extent, Heredoc
from chipsieve_shell.skip import DEPTH_LIMIT, PARAMETER, Skipper, Unclosed

UNCLOSED_LIMIT = 20  # quotes that never close; each costs a scan to the end of the text
FILLER = "%"
OPENERS = {"if": "fi", "for": "done", "while": "done", "until": "done", "select": "done", "{": "}"}
CLOSERS = frozenset(OPENERS.values())
LEADERS = frozenset({"if", "then", "elif", "else", "while", "until", "do", "{", "!"})
BLANKS = re.compile(r"[ \t]+")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(\[[^\]\n]*\])?\+?=", re.ASCII)
FUNCTION = re.compile(r"\([ \t]*\)")
FUNCTION_NAME = re.compile(r"function[ \t]+[^\s;&|()<>]+(?:[ \t]*\([ \t]*\))?")
PLACEHOLDER = re.compile(r"<[A-Za-z_][\w ,:./-]*>(?=[ \t]*(?:\\?\r?\n|$)|[ \t]+-)")
COPROC_NAME = re.compile(r"[ \t]+[A-Za-z_]\w*(?=[ \t]*[({])", re.ASCII)
TIME_OPTION = re.compile(r"[ \t]+-p\b")
PUNCTUATION = re.compile(r";;&|;;|;&|&&|\|\||\|&|&>>|&>|<<<|<<-|<<|<&|<>|>>|>&|>\||[;&|<>]")
WORD_END = " \t\r\n;&|()<>"


@dataclass(frozen=True, slots=True)
class CaseArm:
    """One arm of a masked `case`: extents of its patterns and of its body."""

    patterns: tuple[Extent, ...]
    body: Extent
    falls: bool


@dataclass(frozen=True, slots=True)
class Opaque:
    """A command that was masked whole."""

    kind: Literal["test", "arithmetic", "case"]
    extent: Extent
    subject: Extent = (0, 0)
    arms: tuple[CaseArm, ...] = ()


@dataclass(slots=True)
class Masked:
    """A masked stretch of text: as long as the stretch, which began at `offset`.

    `opaque` and `heredocs` are keyed by the offset where the construct (the `<<`) stands; `boundaries` are
    offsets at which a line begins that no open block encloses; `unclosed` are openings without an end.
    """

    text: str
    offset: int
    opaque: dict[int, Opaque] = field(default_factory=dict)
    heredocs: dict[int, Heredoc] = field(default_factory=dict)
    comments: list[Extent] = field(default_factory=list)
    boundaries: list[int] = field(default_factory=list)
    unclosed: list[int] = field(default_factory=list)


def mask(text: str, start: int = 0, end: int | None = None) -> Masked:
    """Mask `text[start:end]`; the result is as long and has the same newlines. Never raises."""
    end = len(text) if end is None else end
    masker = _Masker(text, end, Masked("", start), list(text[start:end]))
    masker.run(start)
    masker.masked.text = "".join(masker.out or ())
    return masker.masked


class _Masker:
    """One walk over the command grammar; `out` is None for a walk that only looks for an end."""

    def __init__(self, text: str, end: int, masked: Masked, out: list[str] | None, depth: int = 0) -> None:
        self.text, self.end, self.masked, self.out, self.depth = text, end, masked, out, depth
        self.skip = Skipper(text, end, self._commands_end)
        self.blocks: list[str] = []
        self.pending: list[tuple[int, str, bool, bool]] = []
        self.command = True  # whether a command's first word may stand here

    # -- edits ------------------------------------------------------------------------------------------
    def _fill(self, start: int, end: int, filler: str = FILLER) -> None:
        if self.out is not None:
            base = self.masked.offset
            for at in range(start - base, end - base):
                if self.out[at] != "\n":
                    self.out[at] = filler

    def _put(self, at: int, text: str) -> None:
        if self.out is not None:
            base = at - self.masked.offset
            self.out[base : base + len(text)] = text

    def _quote(self, start: int, end: int) -> None:
        """One word, whatever it holds."""
        self._fill(start, end)
        if end - start >= 2:
            self._put(start, "'")
            self._put(end - 1, "'")

    # -- walks ------------------------------------------------------------------------------------------
    def run(self, at: int) -> None:
        """Walk the whole text, stepping over what never closes."""
        if self.text.startswith("\ufeff", at):
            self._fill(at, at + 1, " ")
            at += 1
        while at < self.end:
            try:
                at = self._walk(at, ())
            except Unclosed as error:
                at = self._give_up(error.offset)
        self._read_heredocs(self.end)

    def _give_up(self, at: int) -> int:
        """Make the statement fail where something opens for good, and go on behind it."""
        self.masked.unclosed.append(at)
        if len(self.masked.unclosed) >= UNCLOSED_LIMIT:
            self._fill(at, self.end, " ")
            self._put(at, ")")
            return self.end
        self._put(at, ")")
        self.command = False
        return at + 1

    def _commands_end(self, at: int) -> int:
        """The offset past the `)` that ends the commands starting at `at`."""
        if self.depth >= DEPTH_LIMIT:
            raise Unclosed(at - 1)
        child = _Masker(self.text, self.end, Masked("", at), None, self.depth + 1)
        closed = child._walk(at, (")",))
        if closed >= self.end:
            raise Unclosed(at - 1)
        return closed + 1

    def _walk(self, at: int, closers: tuple[str, ...]) -> int:
        """Mask from `at` up to one of `closers` (or `;;`, `esac` in a `case`), and return its offset."""
        while at < self.end:
            char = self.text[at]
            if char in " \t":
                at = BLANKS.match(self.text, at, self.end).end()  # type: ignore[union-attr]
            elif char == "\n":
                at = self._newline(at)
            elif char == "#":
                at = self._comment(at)
            elif char == "\r":
                self._fill(at, at + 1, " ")
                at += 1
            elif char == "\\" and self.text.startswith(("\\\n", "\\\r\n"), at):
                at = self._continuation(at)
            elif char in "()":
                if char == ")" and "(" not in self.blocks and ")" in closers:
                    return at
                at = self._parenthesis(at)
            elif char in ";&|<>" and not self.text.startswith(("<(", ">("), at):
                if ";;" in closers and self.text.startswith((";;", ";&"), at):
                    return at
                at = self._punctuation(at)
            elif "esac" in closers and self.command and self._keyword(at) == "esac":
                return at
            else:
                at = self._word(at)
        return at

    def _keyword(self, at: int) -> str:
        """The bare word at an offset, when it may be a reserved one."""
        end = at
        while end < self.end and end - at < 9 and self.text[end] not in WORD_END:
            end += 1
        return self.text[at:end]

    # -- between words ----------------------------------------------------------------------------------
    def _newline(self, at: int) -> int:
        self.command = True
        at = self._read_heredocs(at + 1) if self.pending else at + 1
        if not self.blocks:
            self.masked.boundaries.append(at)
        return at

    def _comment(self, at: int) -> int:
        end = self.skip.line_end(at)
        self.masked.comments.append((at, end))
        self._fill(at, end, " ")
        return end

    def _continuation(self, at: int) -> int:
        if self.text[at + 1] == "\r":
            self._put(at, " \\")
            return at + 3
        return at + 2

    def _parenthesis(self, at: int) -> int:
        if self.text[at] == ")":
            while self.blocks and self.blocks.pop() != "(":
                pass
            self.command = False
            return at + 1
        if not self.command and (empty := FUNCTION.match(self.text, at, self.end)):
            self.command = True
            return empty.end()
        if self.command and self.text.startswith("((", at):
            end = self.skip.arithmetic(at)
            if end is not None:
                return self._opaque(Opaque("arithmetic", (at, end)))
        self.blocks.append("(")
        self.command = True
        return at + 1

    def _opaque(self, opaque: Opaque) -> int:
        self._quote(*opaque.extent)
        self.masked.opaque[opaque.extent[0]] = opaque
        self.command = False
        return opaque.extent[1]

    def _punctuation(self, at: int) -> int:
        if placeholder := PLACEHOLDER.match(self.text, at, self.end):
            self._fill(at, placeholder.end())
            return placeholder.end()
        found = PUNCTUATION.match(self.text, at, self.end)
        operator = found[0] if found else self.text[at]
        if operator in ("<<", "<<-"):
            return self._heredoc(at, at + len(operator), strip=operator == "<<-")
        if operator[0] in ";&|" and not operator.startswith("&>"):
            self.command = True
        return at + len(operator)

    def _heredoc(self, operator: int, at: int, *, strip: bool) -> int:
        while at < self.end and self.text[at] in " \t":
            at += 1
        end = self.skip.word(at)
        raw = self.text[at:end]
        if not raw:
            return at
        bare = re.sub(r"[\\'\"]", "", raw)
        self.pending.append((operator, bare, raw != bare, strip))
        self._fill(operator + 1, at, " ")
        self._fill(at, end)
        return end

    def _read_heredocs(self, at: int) -> int:
        """Take the bodies of the here-documents that wait, from the line that starts at `at`."""
        for operator, delimiter, quoted, strip in self.pending:
            start = at
            while at < self.end:
                end = self.skip.line_end(at)
                line = self.text[at:end].rstrip("\r")
                if (line.lstrip("\t") if strip else line) == delimiter:
                    break
                at = min(self.end, end + 1)
            self.masked.heredocs[operator] = Heredoc((start, at), quoted)
            after = min(self.end, self.skip.line_end(at) + 1)
            self._fill(start, after, " ")
            at = after
        self.pending.clear()
        return at

    # -- words ------------------------------------------------------------------------------------------
    def _word(self, at: int) -> int:
        keyword = self._keyword(at) if self.command else ""
        if keyword == "[[":
            return self._opaque(Opaque("test", (at, self._test_end(at))))
        if keyword == "case":
            return self._case(at)
        if keyword in ("for", "select"):
            return self._for(at, keyword)
        if keyword in ("time", "coproc"):
            return self._modifier(at, keyword)
        if keyword == "function" and (named := FUNCTION_NAME.match(self.text, at, self.end)):
            return named.end()
        end = self._mask_word(at)
        self._follow(self.text[at:end])
        return end

    def _follow(self, word: str) -> None:
        """What a word that ends here does to the blocks and to where commands may start."""
        if not self.command:
            return
        if word in OPENERS:
            self.blocks.append(OPENERS[word])
        elif word in CLOSERS and self.blocks and self.blocks[-1] == word:
            self.blocks.pop()
        self.command = word in LEADERS or bool(ASSIGNMENT.match(word))

    def _mask_word(self, at: int) -> int:
        assignment = ASSIGNMENT.match(self.text, at, self.end)
        if assignment:
            if assignment[1]:
                self._fill(*assignment.span(1), "A")
            at = assignment.end()
            if self.text.startswith("(", at) and at < self.end:
                _, end = self.skip.array(at)
                self._quote(at, end)
                return end
        start = at
        while at < self.end:
            after = self.skip.word_piece(at)
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
            self._fill(at + 1, end - 1)
        elif char == "\\":
            self._mask_escape(at, end)
        elif char in "$`<>" or "(" in self.text[at:end]:
            (self._quote if end - at > 2 and not PARAMETER.fullmatch(self.text, at, end) else self._fill)(at, end)
        else:
            for offset in range(at, end):
                if not "!" <= self.text[offset] <= "~":
                    self._fill(offset, offset + 1)

    def _mask_escape(self, at: int, end: int) -> None:
        if self.text[end - 1] == "\n":
            self._continuation(at)
        else:
            self._fill(at, end)

    def _test_end(self, at: int) -> int:
        opened, at = at, at + 2
        while at < self.end:
            if self.text.startswith("]]", at) and self.text[at - 1] in " \t\r\n)" and self._keyword(at) == "]]":
                return at + 2
            at = max(at + 1, self.skip.word(at))
        raise Unclosed(opened)

    def _for(self, at: int, keyword: str) -> int:
        self._put(at, "for".ljust(len(keyword)))
        self.blocks.append("done")
        self.command = False
        at += len(keyword)
        while at < self.end and self.text[at] in " \t":
            at += 1
        end = self.skip.arithmetic(at) if self.text.startswith("((", at) else None
        if end is None:
            return at
        self._fill(at, end, " ")
        self.masked.opaque[at] = Opaque("arithmetic", (at, end))
        closed = self.text[end : self.end].lstrip(" \t\r")[:1] in (";", "\n", "")
        self._put(at, f"A in {FILLER}" if closed else f"A in {FILLER};")
        self.command = not closed
        return end

    def _modifier(self, at: int, keyword: str) -> int:
        """`time` and `coproc` change nothing about which commands run: they are blanked."""
        end = at + len(keyword)
        option = (TIME_OPTION if keyword == "time" else COPROC_NAME).match(self.text, end, self.end)
        end = option.end() if option else end
        self._fill(at, end, " ")
        return end

    # -- case -------------------------------------------------------------------------------------------
    def _case(self, at: int) -> int:
        opened, child = at, _Masker(self.text, self.end, Masked("", at), None, self.depth + 1)
        if self.depth >= DEPTH_LIMIT:
            raise Unclosed(at)
        at = child._gap(at + len("case"))
        subject = (at, self.skip.word(at))
        at = child._gap(subject[1])
        if self._keyword(at) != "in":
            end = self._mask_word(opened)
            self.command = False
            return end
        at, arms = child._gap(at + 2), []
        while at < self.end and self._keyword(at) != "esac":
            arm, at = child._arm(at)
            arms.append(arm)
        if at >= self.end:
            raise Unclosed(opened)
        self.masked.comments += child.masked.comments
        return self._opaque(Opaque("case", (opened, at + len("esac")), subject, tuple(arms)))

    def _gap(self, at: int) -> int:
        """The offset of the next thing that is neither white space nor a comment."""
        while at < self.end and (self.text[at] in " \t\r\n#" or self.text.startswith("\\\n", at)):
            at = self._comment(at) if self.text[at] == "#" else at + 1 + (self.text[at] == "\\")
        return at

    def _arm(self, at: int) -> tuple[CaseArm, int]:
        opened, patterns = at, []
        at += self.text[at] == "("
        while at < self.end and self.text[at] != ")":
            end = self.skip.word(at)
            if end > at:
                patterns.append((at, end))
            at = max(end, at + 1)
        if at >= self.end:
            raise Unclosed(opened)
        body = at + 1
        self.command, self.blocks = True, []
        at = self._walk(body, (";;", "esac"))
        closer = PUNCTUATION.match(self.text, at, self.end)
        arm = CaseArm(tuple(patterns), (body, at), self.text.startswith(";&", at))
        return arm, self._gap(at + len(closer[0]) if closer else at)


def end_of_commands(text: str, at: int, end: int) -> int:
    """The offset past the `)` that ends the commands starting at `at`.

    Raises:
        Unclosed: there is none.
    """
    return _Masker(text, end, Masked("", at), None)._commands_end(at)  # noqa: SLF001 - this module's own

"""How does a script look when all that bashlex refuses is masked? Same length, same lines.

bashlex 0.18 raises on, or misreads, arithmetic, `[[ ]]`, `case`, arrays, quoted here-documents, `select`,
`time`, `coproc`, `$'...'`, CR and comments. Each becomes something of the same length that it reads rightly,
so every offset in its tree is an offset in the script. What was masked is kept in tables by its offset.

Inside words every quote and expansion is filled with `%`, which means nothing to a shell grammar and is no
part of a name: bashlex sees the structure alone, and the expander reads the words from the script.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from chipsieve_shell.syntax.nodes import Extent, Heredoc
from chipsieve_shell.syntax.word_scanner import ASSIGNMENT, DEPTH_LIMIT, FILLER, WORD_END, Edits, Unclosed, WordScanner

BLOCK_LIMIT = 100  # blocks within blocks; bashlex takes quadratic time on them
UNCLOSED_LIMIT = 20  # quotes that never close; each costs a scan to the end of the text
OPENERS = {"if": "fi", "for": "done", "while": "done", "until": "done", "select": "done", "{": "}"}
CLOSERS = frozenset(OPENERS.values())
LEADERS = frozenset({"if", "then", "elif", "else", "while", "until", "do", "{", "!"})
FUNCTION = re.compile(r"\([ \t]*\)")
FUNCTION_NAME = re.compile(r"function[ \t]+[^\s;&|()<>]+(?:[ \t]*\([ \t]*\))?")
PLACEHOLDER = re.compile(r"<[A-Za-z_][\w ,:./-]*>(?=[ \t]*(?:\\?\r?\n|$)|[ \t]+-)")
COPROC_NAME = re.compile(r"[ \t]+[A-Za-z_]\w*(?=[ \t]*[({])", re.ASCII)
CONTINUED = re.compile(r"\\\r?$")
COUNTER = re.compile(r"\(\(\s*([A-Za-z_]\w*)\s*=", re.ASCII)
TIME_OPTION = re.compile(r"[ \t]+-p\b")
PUNCTUATION = re.compile(r";;&|;;|;&|&&|\|\||\|&|&>>|&>|<<<|<<-|<<|<&|<>|>>|>&|>\||[;&|<>]")
TRAILING = re.compile(r"\\(?=\s*\Z)")  # continues into nothing, which a shell forgives
UNMASKED = re.compile(r"[$`]|\\(?!\n)")  # what a broken text leaves behind; bashlex may loop for ever on it
LONGEST_KEYWORD = 9  # one more than `function`


class CaseArm(msgspec.Struct, frozen=True):
    """One arm of a masked `case`: extents of its patterns and of its body."""

    patterns: tuple[Extent, ...]
    body: Extent
    falls: bool


class Opaque(msgspec.Struct, frozen=True):
    """A command that was masked whole."""

    kind: Literal["test", "arithmetic", "case"]
    extent: Extent
    subject: Extent = (0, 0)
    arms: tuple[CaseArm, ...] = ()
    name: str = ""  # the variable that a counting loop sets


class Masked(msgspec.Struct):
    """A masked stretch of text: as long as the stretch, which began at `offset`.

    `opaque` and `heredocs` are keyed by the offset where the construct (the `<<`) stands; `boundaries` are
    offsets at which a line begins that no open block encloses; `unclosed` are tokens that open something for
    good; from `abandoned` on everything is blank, because there were too many of them.
    """

    text: str = ""
    offset: int = 0
    opaque: dict[int, Opaque] = msgspec.field(default_factory=dict)
    heredocs: dict[int, Heredoc] = msgspec.field(default_factory=dict)
    comments: list[Extent] = msgspec.field(default_factory=list)
    boundaries: list[int] = msgspec.field(default_factory=list)
    unclosed: list[int] = msgspec.field(default_factory=list)
    abandoned: int | None = None


class Waiting(msgspec.Struct, frozen=True):
    """A here-document whose body has not begun: its operator's offset and its delimiter."""

    operator: int
    delimiter: str
    quoted: bool
    strip: bool


def mask(text: str, start: int = 0, end: int | None = None) -> Masked:
    """Mask `text[start:end]`; the result is as long and has the same newlines. Never raises."""
    end = len(text) if end is None else end
    characters = list(text[start:end])
    scanner = CommandScanner(text, end, Edits(start, characters))
    scanner.run(start)
    scanner.masked.text = UNMASKED.sub(FILLER, TRAILING.sub(" ", "".join(characters)))
    return scanner.masked


class CommandScanner(WordScanner):
    """One walk over the command grammar, which masks as it goes; without edits it only looks for ends."""

    def __init__(self, text: str, end: int, edits: Edits | None = None, depth: int = 0) -> None:
        """Scan `text[:end]`."""
        edits = edits or Edits()
        super().__init__(text, end, edits, depth)
        self.masked = Masked(offset=edits.offset)
        self.blocks: list[str] = []
        self.waiting: list[Waiting] = []
        self.token = 0  # where the token being read begins
        self.command = True  # whether a command's first word may stand here

    def run(self, at: int) -> None:
        """Walk the whole text, stepping over what never closes."""
        if self.text.startswith("\ufeff", at, self.end):
            self.edits.fill(at, at + 1, " ")
            at += 1
        while at < self.end:
            try:
                at = self.walk(at, ())
            except Unclosed:
                at = self._give_up()
        self._read_heredocs(self.end)

    def _give_up(self) -> int:
        """Make the statement fail whose token opens something for good, and go on behind its line."""
        self.masked.unclosed.append(self.token)
        end = self.line_end(self.token)
        if len(self.masked.unclosed) >= UNCLOSED_LIMIT:
            self.masked.abandoned = self.token
            self.edits.fill(self.token, self.end, " ")
            self.edits.put(self.token, ")")
            return self.end
        continued = CONTINUED.search(self.text, self.token, end)
        self.edits.fill(self.token, continued.start() if continued else end)
        self.edits.put(self.token, ")")
        self.command = False
        return continued.start() if continued else end

    def _inner(self, at: int) -> CommandScanner:
        """A scanner for the commands inside the construct that opens at an offset; it only looks for their end."""
        if self.depth >= DEPTH_LIMIT:
            raise Unclosed(at)
        return CommandScanner(self.text, self.end, depth=self.depth + 1)

    def commands_end(self, at: int) -> int:
        """The offset past the `)` that ends the commands starting at `at`.

        Raises:
            Unclosed: there is none.
        """
        closed = self._inner(at - 1).walk(at, (")",))
        if closed >= self.end:
            raise Unclosed(at - 1)
        return closed + 1

    def walk(self, at: int, closers: tuple[str, ...]) -> int:
        """Mask from `at` up to one of `closers` (or `;;`, `esac` in a `case`), and return its offset."""
        while at < self.end and not self._closes(at, closers):
            char, self.token = self.text[at], at
            if char in " \t\r\n#" or self.text.startswith(("\\\n", "\\\r\n"), at):
                at = self._space(at)
            elif char in "()":
                at = self._parenthesis(at)
            elif char in ";&|<>" and not self.text.startswith(("<(", ">("), at):
                at = self._punctuation(at)
            else:
                at = self._word(at)
        return at

    def _closes(self, at: int, closers: tuple[str, ...]) -> bool:
        """Whether the list of commands ends here."""
        char = self.text[at]
        if char == ")":
            return ")" in closers and "(" not in self.blocks
        if char == ";":
            return ";;" in closers and self.text.startswith((";;", ";&"), at)
        return char == "e" and "esac" in closers and self.command and self._keyword(at) == "esac"

    def _space(self, at: int) -> int:
        """Blanks, line ends, continuations and comments."""
        char = self.text[at]
        if char == "\n":
            return self._newline(at)
        if char == "#":
            return self._comment(at)
        if char == "\\":
            return self.mask_continuation(at)
        if char == "\r":
            self.edits.put(at, " ")
        return self.past(at + 1, " \t")

    def _keyword(self, at: int) -> str:
        """The bare word at an offset, when it may be a reserved one."""
        end = at
        while end < self.end and end - at < LONGEST_KEYWORD and self.text[end] not in WORD_END:
            end += 1
        return self.text[at:end]

    def _newline(self, at: int) -> int:
        self.command = True
        first = self._read_heredocs(at + 1)
        after = self.past(first, "\n")
        if not self.blocks:
            self.masked.boundaries += range(first, after + 1)
        return after

    def _comment(self, at: int) -> int:
        end = self.line_end(at)
        self.masked.comments.append((at, end))
        self.edits.fill(at, end, " ")
        return end

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
            end = self.arithmetic(at)
            if end is not None:
                return self._opaque(Opaque("arithmetic", (at, end)))
        self._open(at, "(")
        self.command = True
        return at + 1

    def _open(self, at: int, block: str) -> None:
        if len(self.blocks) >= BLOCK_LIMIT:
            raise Unclosed(at)
        self.blocks.append(block)

    def _opaque(self, opaque: Opaque) -> int:
        self.edits.quote(*opaque.extent)
        self.masked.opaque[opaque.extent[0]] = opaque
        self.command = False
        return opaque.extent[1]

    def _punctuation(self, at: int) -> int:
        if placeholder := PLACEHOLDER.match(self.text, at, self.end):
            self.edits.fill(at, placeholder.end())
            return placeholder.end()
        found = PUNCTUATION.match(self.text, at, self.end)
        operator = found[0] if found else self.text[at]
        if operator in ("<<", "<<-"):
            return self._open_heredoc(at, operator)
        if operator[0] in ";&|" and not operator.startswith("&>"):
            self.command = True
        return at + len(operator)

    def _word(self, at: int) -> int:
        keyword = self._keyword(at) if self.command else ""
        if keyword == "[[":
            return self._opaque(Opaque("test", (at, self.test(at))))
        if keyword == "case":
            return self._case(at)
        if keyword in ("for", "select"):
            return self._for(at, keyword)
        if keyword in ("time", "coproc"):
            return self._modifier(at, keyword)
        if keyword == "function" and (named := FUNCTION_NAME.match(self.text, at, self.end)):
            return named.end()
        end = self.mask_word(at)
        self._follow(at, self.text[at:end])
        return end

    def _follow(self, at: int, word: str) -> None:
        """What a word that ends here does to the blocks and to where commands may start."""
        if not self.command:
            return
        if word in OPENERS:
            self._open(at, OPENERS[word])
        elif word in CLOSERS and self.blocks and self.blocks[-1] == word:
            self.blocks.pop()
        self.command = word in LEADERS or bool(ASSIGNMENT.match(word))

    def _for(self, at: int, keyword: str) -> int:
        self.edits.put(at, "for".ljust(len(keyword)))
        self._open(at, "done")
        self.command = False
        at = self.past(at + len(keyword), " \t")
        end = self.arithmetic(at) if self.text.startswith("((", at) else None
        if end is None:
            return at
        self.edits.fill(at, end, " ")
        closed = self.text[end : self.end].lstrip(" \t\r")[:1] in (";", "\n", "")
        named = at + (self.text[at - 1] not in " \t")  # `for((` needs a blank
        header = "A in" if closed else "A in;"
        if named + len(header) > end or "\n" in self.text[named : named + len(header)]:
            raise Unclosed(at)
        counter = COUNTER.match(self.text, at, end)
        self.masked.opaque[named] = Opaque("arithmetic", (at, end), name=counter[1] if counter else "")
        self.edits.fill(at, end, " ")
        self.edits.put(named, header)
        self.command = not closed
        return end

    def _modifier(self, at: int, keyword: str) -> int:
        """`time` and `coproc` change nothing about which commands run: they are blanked."""
        end = at + len(keyword)
        option = (TIME_OPTION if keyword == "time" else COPROC_NAME).match(self.text, end, self.end)
        end = option.end() if option else end
        self.edits.fill(at, end, " ")
        return end

    def _case(self, at: int) -> int:
        opened, child = at, self._inner(at)
        at = child.gap(at + len("case"))
        subject = (at, self.word(at))
        at = child.gap(subject[1])
        if self._keyword(at) != "in":
            end = self.mask_word(opened)
            self.command = False
            return end
        at, arms = child.gap(at + 2), []
        while at < self.end and self._keyword(at) != "esac":
            arm, at = child.arm(at)
            arms.append(arm)
        if at >= self.end:
            raise Unclosed(opened)
        self.masked.comments += child.masked.comments
        return self._opaque(Opaque("case", (opened, at + len("esac")), subject, tuple(arms)))

    def gap(self, at: int) -> int:
        """The offset of the next thing that is neither white space nor a comment."""
        while at < self.end and (self.text[at] in " \t\r\n#" or self.text.startswith(("\\\n", "\\\r\n"), at)):
            at = self._comment(at) if self.text[at] == "#" else at + 1 + (self.text[at] == "\\")
        return at

    def arm(self, at: int) -> tuple[CaseArm, int]:
        """The arm of a `case` that begins at an offset, and where the next one begins.

        Raises:
            Unclosed: its patterns are never closed.
        """
        opened, patterns = at, []
        at += self.text[at] == "("
        while at < self.end and self.text[at] != ")":
            end = self.word(at)
            if end > at:
                patterns.append((at, end))
            at = max(end, at + 1)
        if at >= self.end:
            raise Unclosed(opened)
        body = at + 1
        self.command, self.blocks = True, []
        at = self.walk(body, (";;", "esac"))
        closer = PUNCTUATION.match(self.text, at, self.end)
        arm = CaseArm(tuple(patterns), (body, at), self.text.startswith(";&", at))
        return arm, self.gap(at + len(closer[0]) if closer else at)

    def _open_heredoc(self, at: int, operator: str) -> int:
        """Note the here-document whose operator stands at an offset; the offset past its delimiter."""
        text, opened = self.text, at
        at += len(operator)
        while at < self.end and text[at] in " \t":
            at += 1
        end = self.word(at)
        raw = text[at:end]
        if raw:
            bare = re.sub(r"[\\'\"]", "", raw)
            self.waiting.append(Waiting(opened, bare, raw != bare, operator == "<<-"))
            self.edits.fill(opened + 1, at, " ")
            self.edits.fill(at, end)
        return end

    def _read_heredocs(self, at: int) -> int:
        """Take the bodies that begin with the line at an offset; the offset past the last delimiter's line."""
        for waiting in self.waiting:
            start = at
            while at < self.end and not self._is_delimiter(waiting, at):
                at = min(self.end, self.line_end(at) + 1)
            self.masked.heredocs[waiting.operator] = Heredoc((start, at), waiting.quoted)
            after = min(self.end, self.line_end(at) + 1)
            self.edits.fill(start, after, " ")
            at = after
        self.waiting.clear()
        return at

    def _is_delimiter(self, waiting: Waiting, at: int) -> bool:
        line = self.text[at : self.line_end(at)].rstrip("\r")
        return (line.lstrip("\t") if waiting.strip else line) == waiting.delimiter

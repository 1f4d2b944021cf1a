"""What does one statement of masked text say? Bash's grammar of commands as scripts use it, read from left to right.

Masked text has no quotes within quotes, no expansions, no comments and no here-documents. So its words are runs of
characters, and what is left is small: lists, pipelines, redirections, the compound commands, functions. What stands
beyond that, or is no shell at all, raises Unsure; bashlex is asked then.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from chipsieve_shell.syntax.building import Builder, joined
from chipsieve_shell.syntax.nodes import (
    Bracketed,
    Case,
    Extent,
    Function,
    Group,
    If,
    Node,
    Pipeline,
    Redirect,
    Simple,
    While,
)  # fmt: skip

TOKEN = re.compile(
    r"""(?:[ \t]|\\\n)*+(?:
    (?P<redirect>(?:&>>?|[0-9]*+(?:<<<|>[>&|]?|<[&>]?))(?!<))
    |(?P<operator>&&|\|\||\|&|\||;(?![;&])|&|\n)
    |(?P<bracket>[()])
    |(?P<word>(?!\#)(?:[^\s;&|()<>\\'"]++|"[^"]*+"|'[^']*+')++)(?P<glued>(?:\\\n)*+[^ \t\n;&|()]?)
    |(?P<end>\Z))""",
    re.VERBOSE,
)
NAME = re.compile(r"[\w.:@/+-]+", re.ASCII)
JOINING = ("&&", "||")
NOTHING = ("", "\n", ";")
BRACES = frozenset({"{", "}"})
RESERVED = BRACES | {
    "if", "then", "elif", "else", "fi", "for", "select", "in", "while", "until", "do", "done", "case", "esac",
    "function", "time", "coproc", "!", "[[", "]]",
}  # fmt: skip


class Unsure(ValueError):
    """A text that this grammar does not have."""


class StatementReader:
    """One walk over masked text, from token to token; offsets of the masked text inside, of the script outside."""

    def __init__(self, builder: Builder, start: int, end: int) -> None:
        """Stand before the text between two offsets of the script."""
        self._builder, self._text, self._offset = builder, builder.masked.text, builder.masked.offset
        self._start, self._stop, self._end = start - self._offset, start - self._offset, end - self._offset
        self._passed = start  # where the last word ended
        self._kind, self._here = "", ""
        self._compounds: dict[str, Callable[[], Node]] = {
            "(": self._subshell, "{": self._group, "if": self._conditional, "for": self._loop,
            "while": self._loop_while, "until": self._loop_while,
        }  # fmt: skip

    def statement(self) -> tuple[Node, int]:
        """The list of commands that begins here and ends with its line, and the offset of that.

        Raises:
            Unsure: it is not of this grammar.
        """
        self._advance()
        parts, operator = [("", self._pipeline())], self._operator()
        while operator not in ("", "\n"):
            self._advance()
            if operator in JOINING:
                self._skip_lines()
            elif self._here in ("", "\n"):
                break
            parts.append((operator, self._pipeline()))
            operator = self._operator()
        if self._here not in ("", "\n"):
            raise Unsure
        return joined(parts), self._start + self._offset

    def _advance(self) -> None:
        """Go to the next token."""
        found = TOKEN.match(self._text, self._stop, self._end)
        if found is None:
            raise Unsure
        word = found["word"]
        self._kind = "word" if word else found.lastgroup or ""
        self._here = found[self._kind]
        self._start, self._stop = found.span(self._kind)
        if word and (glued := found["glued"]):
            behind = glued.lstrip("\\\n")
            if behind and (behind not in "<>" or behind != glued or word.endswith("}")):  # `{descriptor}>`
                raise Unsure
            self._stop += len(glued) - len(behind)  # a continuation right behind a word belongs to it

    def _operator(self) -> str:
        """The operator here; "" where none is."""
        return self._here if self._kind == "operator" else ""

    def _skip_lines(self) -> None:
        while self._here == "\n":
            self._advance()

    def _take(self, *expected: str) -> str:
        """The token here, which is one of those expected; go on behind it."""
        token = self._here
        if token not in expected:
            raise Unsure
        self._advance()
        return token

    def _word(self) -> Extent:
        """The extent of the word here; go on behind it."""
        if self._kind != "word" or self._here in BRACES:
            raise Unsure
        extent = (self._start + self._offset, self._stop + self._offset)
        self._passed = extent[1]
        self._advance()
        return extent

    def _block(self, *closers: str) -> Node:
        """A list of several lines, up to a token that closes it."""
        self._skip_lines()
        parts, operator = [("", self._pipeline())], self._operator()
        while operator:
            self._advance()
            self._skip_lines()
            if operator not in JOINING and self._here in closers:
                break
            parts.append((operator, self._pipeline()))
            operator = self._operator()
        return joined(parts)

    def _pipeline(self) -> Node:
        """Commands with pipes between them; `!` before them turns the outcome round, and twice back.

        A `!` with nothing behind it turns that of an empty command.
        """
        turned, extent = 0, (self._start + self._offset, self._stop + self._offset)
        while self._here == "!":
            self._advance()
            turned += 1
        parts = [Simple(extent) if turned and self._here in NOTHING else self._command()]
        while self._here in ("|", "|&"):
            self._advance()
            self._skip_lines()
            parts.append(self._command())
        return Pipeline(tuple(parts), turned % 2 == 1) if turned or len(parts) > 1 else parts[0]

    def _command(self) -> Node:
        if self._here in self._compounds:
            return self._compound()
        if self._here == "function":
            self._advance()
            return self._function(self._here, self._word(), keyword=True)
        if self._kind not in ("word", "redirect") or self._here in RESERVED:
            raise Unsure
        return self._simple()

    def _compound(self) -> Node:
        """A compound command with its redirections."""
        node = self._compounds[self._here]()
        redirects: list[Redirect] = []
        while self._kind == "redirect":
            redirects.append(self._redirect())
        if not redirects:
            return node
        if isinstance(node, Group):
            return Group(node.body, subshell=node.subshell, redirects=tuple(redirects))
        return Group(node, redirects=tuple(redirects))

    def _subshell(self) -> Node:
        self._take("(")
        body = self._block(")")
        self._take(")")
        return Group(body, subshell=True)

    def _group(self) -> Node:
        self._take("{")
        body = self._block("}")
        self._take("}")
        return Group(body)

    def _conditional(self) -> Node:
        branches: list[tuple[Node, Node]] = []
        otherwise = None
        word = self._take("if")
        while word in ("if", "elif"):
            test = self._block("then")
            self._take("then")
            branches.append((test, self._block("elif", "else", "fi")))
            word = self._take("elif", "else", "fi")
        if word == "else":
            otherwise = self._block("fi")
            self._take("fi")
        return If(tuple(branches), otherwise)

    def _loop_while(self) -> Node:
        word = self._take("while", "until")
        test = self._block("do")
        return While(test, self._done(), until=word == "until")

    def _loop(self) -> Node:
        self._take("for")
        named, items = self._word(), None
        if self._here == ";":
            self._advance()
        self._skip_lines()
        if self._here == "in":
            self._advance()
            found = []
            while self._here not in (";", "\n"):
                found.append(self._word())
            items = tuple(found)
            self._advance()
            self._skip_lines()
        return self._builder.loop(named, items, self._done())

    def _done(self) -> Node:
        """The body of a loop, from its `do` on."""
        self._take("do")
        body = self._block("done")
        self._take("done")
        return body

    def _function(self, name: str, extent: Extent, *, keyword: bool = False) -> Node:
        """A function's definition, behind its name."""
        if not NAME.fullmatch(name) or self._builder.assigns(extent):
            raise Unsure
        if self._here == "(" or not keyword:
            self._take("(")
            self._take(")")
        self._skip_lines()
        if self._here in self._compounds:
            return Function(name, self._compound())
        masked = self._simple()  # `f() case ... esac`: a word, before the builder has seen it
        if not isinstance(masked, Case | Bracketed | Group):
            raise Unsure
        return Function(name, masked)

    def _simple(self) -> Node:
        """Words and redirections; a word and parentheses are a function."""
        start, name = self._start + self._offset, self._here
        assignments: list[Extent] = []
        words: list[Extent] = []
        redirects: list[Redirect] = []
        while self._kind in ("word", "redirect"):
            if self._kind == "redirect":
                redirects.append(self._redirect())
                continue
            word = self._word()
            if words or not self._builder.assigns(word):
                words.append(word)
            elif redirects:
                raise Unsure  # to bashlex an assignment behind a redirection is none
            else:
                assignments.append(word)
        if self._here == "(" and words and words[0] == (start, self._passed):
            return self._function(name, words[0])
        extent = (start, self._passed)
        return self._builder.simple(extent, tuple(assignments), tuple(words), tuple(redirects))

    def _redirect(self) -> Redirect:
        """A redirection, of which the operator is here."""
        start, operator = self._start + self._offset, self._here.lstrip("0123456789")
        self._advance()
        target, extent = self._here, self._word()
        described = operator in (">&", "<&") and (target == "-" or target.isdecimal())
        if operator in (">&", "<&") and target.startswith("-") and not described:
            raise Unsure
        return self._builder.redirect(operator, (start, extent[1]), None if described else extent)

"""What does a word say? Quotes removed, variables filled in as far as constants go (Bash Manual 3.5)."""

from __future__ import annotations

import posixpath
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

from chipsieve.facts.conditions import Not, Question
from chipsieve_shell.constants.operators import braces, evaluate, transformed
from chipsieve_shell.constants.pieces import (
    OUTSIDE,
    Kind,
    Piece,
    Pieces,
    Value,
    constant,
    fields,
    readings,
    requoted,
    scalar,
)  # fmt: skip
from chipsieve_shell.constants.source_map import MappedText
from chipsieve_shell.constants.state import State
from chipsieve_shell.syntax.masking import CommandScanner
from chipsieve_shell.syntax.nodes import Extent, For
from chipsieve_shell.syntax.word_scanner import ANSI, ASSIGNMENT, PLAIN, Unclosed

ESCAPED_IN_QUOTES = '$`"\\'
ANSI_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
KEYED = re.compile(r"\[([^\]]*)\]=")
PARAMETER = re.compile(
    r"(?P<bang>!)?(?P<length>#(?=[\w@*]))?(?P<name>[A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[(?P<index>[^\]]*)\])?", re.ASCII
)
RUNS = re.compile(r"\$\(|`")
DEFAULTS = (":-", ":=", "-", "=")
SCRIPT_NAMES = ("0", "BASH_SOURCE")


class Expander(ABC):
    """Expands the words of one text in one state; what commands print is left to a subclass that walks them."""

    def __init__(self, mapped: MappedText, state: State) -> None:
        """Expand the words of a text in a state."""
        self.mapped, self.state = mapped, state

    @abstractmethod
    def substitute(self, start: int, end: int) -> Pieces:
        """What the commands between two offsets print, where that is constant, else nothing."""

    def scanner(self, end: int) -> CommandScanner:
        """What finds the ends of words in the text, up to an offset."""
        return CommandScanner(self.mapped.text, end)

    def words(self, extent: Extent) -> list[Pieces]:
        """The words that one word of the text becomes."""
        return fields(self.pieces(*extent))

    def pieces(self, start: int, end: int, *, quoted: bool = False, document: bool = False) -> Pieces:
        """The word's pieces. `quoted` reads it as inside double quotes, `document` as a here-document."""
        if not (quoted or document) and PLAIN.fullmatch(self.mapped.text, start, end):
            return tuple(self.mapped.literal(start, end, quoted=False))
        found: list[Piece] = []
        scanner = self.scanner(end)
        at = start
        while at < end:
            try:
                after = self._quoted_end(scanner, at) if quoted or document else scanner.word_piece(at)
            except Unclosed:
                after = at + 1
            after = min(max(after, at + 1), end)
            found += self._piece(at, after, quoted=quoted or document, document=document)
            at = after
        return tuple(found)

    def _quoted_end(self, scanner: CommandScanner, at: int) -> int:
        char = self.mapped.text[at]
        if char == "\\":
            return at + 2
        if char == "$":
            return scanner.dollar(at, quoted=True)
        if char == "`":
            return scanner.word_piece(at)
        stops = (self.mapped.text.find(special, at, scanner.end) for special in "\\$`")
        return min((stop for stop in stops if stop > at), default=scanner.end)

    def _piece(self, at: int, end: int, *, quoted: bool, document: bool) -> list[Piece]:
        text = self.mapped.text
        char = text[at]
        if char == "\\":
            return self._escape(at, end, quoted=quoted, document=document)
        if char == "$" and end - at > 1:
            return self._dollar(at, end, quoted=quoted)
        if char == "`":
            return list(self._substitution(at + 1, end - 1, (at, end), quoted=quoted))
        if quoted:
            return self.mapped.literal(at, end, quoted=True)
        if char == "'" and end - at > 1:
            return self.mapped.literal(at + 1, end - 1, quoted=True) or [self._empty(at, end)]
        if char == '"' and end - at > 1:
            return list(self.pieces(at + 1, end - 1, quoted=True)) or [self._empty(at, end)]
        if char in "<>" and end - at > 1:
            self.substitute(at + 2, end - 1)
            return [Piece("unknown", text[at:end], *self.mapped.origin(at, end))]
        return self.mapped.literal(at, end, quoted=False)

    def _empty(self, at: int, end: int) -> Piece:
        return Piece("text", "", *self.mapped.origin(at, end), quoted=True)

    def _escape(self, at: int, end: int, *, quoted: bool, document: bool) -> list[Piece]:
        escaped = self.mapped.text[at + 1 : end]
        if escaped in ("\n", "\r\n", "\r"):
            return []
        kept = ESCAPED_IN_QUOTES.replace('"', "") if document else ESCAPED_IN_QUOTES
        text = escaped if not quoted or escaped in kept else "\\" + escaped
        start, stop = self.mapped.origin(at, end)
        if text == escaped and len(escaped) == 1 and stop - start == 2:  # noqa: PLR2004 - the backslash and it
            return [Piece("text", text, start + 1, stop, quoted=True, exact=True)]
        return [Piece("text", text, start, stop, quoted=True)]

    def _dollar(self, at: int, end: int, *, quoted: bool) -> list[Piece]:
        text = self.mapped.text
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
        return list(_Parameter(self, (at, end), quoted=quoted).read())

    def _ansi(self, at: int, end: int) -> list[Piece]:
        inner = re.sub(r"\\(.)", lambda found: ANSI_ESCAPES.get(found[1], found[0]), self.mapped.text[at + 2 : end - 1])
        return [Piece("text", inner, *self.mapped.origin(at, end), quoted=True)]

    def _substitution(self, start: int, end: int, whole: Extent, *, quoted: bool) -> Pieces:
        found = self.substitute(start, end)
        if found:
            return requoted(found, quoted=quoted)
        return (Piece("unknown", self.mapped.text[slice(*whole)], *self.mapped.origin(*whole), quoted=quoted),)

    def _arithmetic(self, start: int, end: int, whole: Extent, *, quoted: bool) -> list[Piece]:
        number = self.number(start, end)
        place = self.mapped.origin(*whole)
        if number is None:
            return [Piece("unknown", self.mapped.text[slice(*whole)], *place, quoted=quoted)]
        return [Piece("text", str(number), *place, quoted=quoted)]

    def looped(self, node: For) -> list[Pieces] | None:
        """The constant items of a loop, None when some are unknown."""
        if node.head:
            self.pieces(*node.head, quoted=True)
            return None
        if node.items is None:
            return None if self.state.arguments is None else list(self.state.arguments)
        words = [one for item in node.items for word in self.words(item) for one in braces(word)]
        texts = map(constant, words)
        return words if all(text is not None and "*" not in text for text in texts) else None

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
        found = ASSIGNMENT.match(self.mapped.text, *extent)
        if found is None:
            return None
        name = found[0].partition("=")[0].rstrip("+").partition("[")[0]
        subscript = found[1][1:-1] if found[1] else None
        return name, subscript, found[0].endswith("+="), (found.end(), extent[1])

    def elements(self, start: int, end: int) -> list[tuple[str, Pieces]]:
        """The items of the array literal between two offsets, by index or key."""
        scanner = self.scanner(end)
        try:
            extents, _ = scanner.array(start)
        except Unclosed:
            return []
        items: list[tuple[str, Pieces]] = []
        for first, last in extents:
            keyed = KEYED.match(self.mapped.text, first, last)
            if keyed:
                if RUNS.search(keyed[1]):
                    self.pieces(*keyed.span(1))
                items.append((keyed[1].strip("\"'"), self.pieces(keyed.end(), last)))
            else:
                items += [(str(len(items) + n), word) for n, word in enumerate(self.words((first, last)))]
        return items


class _Parameter:
    """Reads the parameter expansion that stands at `whole`, `$` included, with or without quotes around it."""

    def __init__(self, expander: Expander, whole: Extent, *, quoted: bool) -> None:
        self.expander, self.state, self.quoted = expander, expander.state, quoted
        self.text, self.whole = expander.mapped.text, whole
        self.place = expander.mapped.origin(*whole)

    def read(self) -> Pieces:
        """The pieces of the expansion."""
        at, end = self.whole
        braced = self.text.startswith("${", at)
        start, stop = (at + 2, end - 1) if braced else (at + 1, end)
        found = PARAMETER.match(self.text, start, stop)
        if found is None or found["bang"]:
            return self.unknown()
        if found["index"]:
            self.run_inside(found.span("index"))
        if found["length"]:
            return self.length(found["name"], found["index"])
        after = found.end() if braced else stop
        pieces = self.value(found["name"], found["index"])
        if after < stop:
            pieces = self.operate(found["name"], pieces, (after, stop))
        several = found["name"] in "@*" or found["index"] in ("@", "*")
        return pieces if several else requoted(pieces, quoted=self.quoted)

    def one(self, kind: Kind, text: str) -> Pieces:
        """One piece in the place of the expansion."""
        return (Piece(kind, text, *self.place, quoted=self.quoted),)

    def unknown(self) -> Pieces:
        """What only a shell could tell, as it is written."""
        return self.one("unknown", self.text[slice(*self.whole)])

    def value(self, name: str, index: str | None) -> Pieces:
        """The parameter's value: what the script bound, or a piece that says who knows."""
        held = self.state.value(name)
        if name in SCRIPT_NAMES and held is None:
            return self.one("script", "0")
        if name in "@*":
            return self.arguments()
        if name.isdigit():
            return self.positional(int(name))
        if not name.isidentifier():
            return self.one("unknown", f"${name}")
        if name == "PWD":
            return self.state.here(self.place)
        if held is None:
            return self.inherited(name, index)
        return self.item(held, index, name)

    def inherited(self, name: str, index: str | None) -> Pieces:
        """A variable that the script did not set; a whole array comes apart into words."""
        if index is None or index in "@*":
            return (Piece("variable", name, *self.place, quoted=self.quoted and index is None),)
        return self.one("unknown", f"{name}[{index}]")

    def item(self, held: Value, index: str | None, name: str) -> Pieces:
        """One item of a variable, or all of them as words of their own."""
        if index in ("@", "*"):
            return self.spread([pieces for _, pieces in held.items])
        if index in (None, "0"):
            return held.pieces
        return dict(held.items).get(str(index).strip("\"'"), self.one("unknown", f"{name}[{index}]"))

    def spread(self, words: Sequence[Pieces]) -> Pieces:
        """Several words in one place."""
        pieces: list[Piece] = []
        for word in words:
            if pieces:
                pieces.append(Piece("break", "", *self.place))
            lists = any(piece.kind in ("choice", "arguments") for piece in word)
            pieces += word if lists else requoted(word, quoted=self.quoted)
        return tuple(pieces) or (Piece("break", "", *self.place),)

    def arguments(self) -> Pieces:
        """`$@` and `$*`."""
        if self.state.arguments is not None:
            return self.spread(self.state.arguments)
        if self.state.shifted is None:
            return self.one("unknown", "$@")
        return self._arguments_from(self.state.shifted + 1)

    def _arguments_from(self, first: int) -> Pieces:
        return self.one("arguments", str(first) if first > 1 else "@")

    def positional(self, number: int) -> Pieces:
        """`$1` and its like, counted from the script's first argument where `shift` moved them."""
        if self.state.shifted is None:
            return self.one("unknown", f"${number}")
        if self.state.arguments is None:
            return self.one("variable", str(number + self.state.shifted))
        if number <= len(self.state.arguments):
            return self.state.arguments[number - 1]
        return self.one("text", "")

    def length(self, name: str, index: str | None) -> Pieces:
        """`${#X}` and `${#X[@]}`."""
        held = self.state.value(name)
        if held is None or (index in ("@", "*") and any(key == "" for key, _ in held.items)):
            return self.unknown()
        text = constant(held.pieces)
        if index in ("@", "*"):
            return self.one("text", str(len(held.items)))
        return self.unknown() if text is None else self.one("text", str(len(text)))

    def operate(self, name: str, pieces: Pieces, rest: Extent) -> Pieces:
        """The value after `:-`, `%`, `/` and the like."""
        text = self.text[slice(*rest)]
        operator = next((sign for sign in (*DEFAULTS, ":+", ":?", "+", "?") if text.startswith(sign)), None)
        if operator in DEFAULTS:
            return self.default(name, pieces, operator, (rest[0] + len(operator), rest[1]))
        if operator in (":+", "+"):
            return self.alternative(name, pieces, (rest[0] + len(operator), rest[1]))
        self.run_inside(rest)
        if operator in (":?", "?"):
            return pieces
        if text[:1] == ":" and name in "@*":
            return self.slice_arguments(text)
        return self.transform(pieces, text)

    def default(self, name: str, pieces: Pieces, operator: str, extent: Extent) -> Pieces:
        """`${X:-d}`; `:=` assigns too."""
        otherwise = self.operand(extent)
        text = constant(pieces)
        if text is not None:
            return otherwise if text == "" and operator.startswith(":") else pieces
        if len(pieces) == 1 and pieces[0].kind == "variable" and pieces[0].default is None:
            pieces = (pieces[0]._replace(default=otherwise, quoted=self.quoted),)
        elif any(constant(value) == "" for _, value in readings(pieces)):
            pieces = self._filled(pieces, otherwise)
        if operator.endswith("=") and name.isidentifier():
            self.state.variables[name] = scalar(pieces, self.place)
        return pieces

    def operand(self, extent: Extent) -> Pieces:
        """The word behind an operator; in `"${X:-"d"}"` the inner quotes are quotes."""
        return self.expander.pieces(*extent, quoted=self.quoted and '"' not in self.text[slice(*extent)])

    def run_inside(self, extent: Extent) -> None:
        """What a part of the expansion runs while it is expanded, whatever comes of it: `${A:$(nproc)}`."""
        if RUNS.search(self.text, *extent):
            self.operand(extent)

    def _filled(self, pieces: Pieces, otherwise: Pieces) -> Pieces:
        """A choice with the empty readings replaced by the default."""
        options = tuple(
            (conditions, otherwise if constant(value) == "" else value) for conditions, value in readings(pieces)
        )
        return (pieces[0]._replace(kind="choice", default=None, alternatives=options),)

    def alternative(self, name: str, pieces: Pieces, extent: Extent) -> Pieces:
        """`${X:+alt}`; a script's own place is always set."""
        value = self.operand(extent)
        text = constant(pieces)
        if text is not None:
            return value if text else ()
        if len(pieces) != 1 or pieces[0].kind not in OUTSIDE:
            return self.unknown()
        if pieces[0].kind != "variable":
            return value
        given = Question("variable", pieces[0].text, "set")
        options = (((given,), value), ((Not(given),), ()))
        return (Piece("choice", name, *self.place, quoted=self.quoted, alternatives=options),)

    def slice_arguments(self, text: str) -> Pieces:
        """`${@:2}`."""
        start = re.fullmatch(r":\s*(\d+)", text)
        if self.state.arguments is not None and start and int(start[1]) > 0:
            return self.spread(self.state.arguments[int(start[1]) - 1 :])
        if start is None or self.state.shifted is None:
            return self.one("unknown", f"${{@{text}}}")
        return self._arguments_from(int(start[1]) + self.state.shifted)

    def transform(self, pieces: Pieces, operation: str) -> Pieces:
        """Operators that change the text: `%`, `#`, `/`, `,`, `^`, `:offset`."""
        if len(pieces) == 1 and pieces[0].kind == "script" and operation in ("%/*", "%%/*"):
            return parent(pieces)
        text = constant(pieces)
        changed = None if text is None else transformed(text, operation)
        if changed is None:
            return self.unknown()
        place = (pieces[0].start, pieces[-1].end) if pieces else self.place
        return (Piece("text", changed, *place, quoted=self.quoted),)


def parent(pieces: Pieces) -> Pieces:
    """`dirname` of a path, when it is known; the script's own directory is a kind of its own."""
    text = constant(pieces)
    if text is not None and pieces:
        return (pieces[0]._replace(text=posixpath.dirname(text) or ".", exact=False),)
    if len(pieces) == 1 and pieces[0].kind == "script":
        return (pieces[0]._replace(kind="script_directory", text="0%/*"),)
    if len(pieces) == 1 and pieces[0].kind == "script_directory":
        return (*pieces, Piece("text", "/..", pieces[0].start, pieces[0].end, pieces[0].quoted))
    return ()

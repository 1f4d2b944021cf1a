"""What does `$X`, `${X:-d}` or `${X%pattern}` stand for? (Bash Manual 3.5.3, Shell Parameter Expansion)."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

from chipsieve.facts.conditions import Not, Question
from chipsieve_shell.nodes import Extent
from chipsieve_shell.state import DIRECTORY, SCRIPT, SCRIPT_DIRECTORY, State
from chipsieve_shell.tape import Tape
from chipsieve_shell.values import Piece, Pieces, Value, constant, readings, requoted, scalar

PARAMETER = re.compile(
    r"(?P<bang>!)?(?P<length>#(?=[\w@*]))?(?P<name>[A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[(?P<index>[^\]]*)\])?", re.ASCII
)
DEFAULTS = (":-", ":=", "-", "=")
SCRIPT_NAMES = ("0", "BASH_SOURCE")
PATTERN_LIMIT = 200


class ReadPieces(Protocol):
    """Expands a stretch of the tape."""

    def __call__(self, start: int, end: int, *, quoted: bool = False) -> Pieces:
        """The pieces between two offsets."""


@dataclass(slots=True)
class ParameterReader:
    """Reads parameter expansions of one tape in one state."""

    tape: Tape
    state: State
    read_pieces: ReadPieces
    quoted: bool

    def read(self, at: int, end: int) -> Pieces:
        """The pieces of the expansion that stands between two offsets, `$` included."""
        place = self.tape.origin(at, end)
        braces = self.tape.text.startswith("${", at)
        start, stop = (at + 2, end - 1) if braces else (at + 1, end)
        found = PARAMETER.match(self.tape.text, start, stop)
        if found is None or found["bang"]:
            return (self.unknown(at, end),)
        if found["length"]:
            return self.length(found["name"], found["index"], at, end)
        after = found.end() if braces else stop
        pieces = self.value(found["name"], found["index"], place)
        if after < stop:
            pieces = self.operate(found["name"], pieces, (after, stop), (at, end))
        several = found["name"] in "@*" or found["index"] in ("@", "*")
        return pieces if several else requoted(pieces, quoted=self.quoted)

    def unknown(self, at: int, end: int) -> Piece:
        """What only a shell could tell."""
        return Piece("unknown", self.tape.text[at:end], *self.tape.origin(at, end), quoted=self.quoted)

    def value(self, name: str, index: str | None, place: Extent) -> Pieces:
        """The parameter's value: what the script bound, or a piece that says who knows."""
        if name in SCRIPT_NAMES and self.state.value(name) is None:
            return (Piece("variable", SCRIPT, *place, quoted=self.quoted),)
        if name in "@*":
            return self.arguments(place)
        if name.isdigit():
            return self.positional(int(name), place)
        if not name.isidentifier():
            return (Piece("unknown", f"${name}", *place, quoted=self.quoted),)
        if name == "PWD":
            name = DIRECTORY
        held = self.state.value(name)
        if held is None:
            return (self.inherited(name, index, place),)
        return self.item(held, index, name, place)

    def inherited(self, name: str, index: str | None, place: Extent) -> Piece:
        """A variable that the script did not set; a whole array comes apart into words."""
        if index is None or index in "@*":
            return Piece("variable", name, *place, quoted=self.quoted and index is None)
        return Piece("unknown", f"{name}[{index}]", *place, quoted=self.quoted)

    def item(self, held: Value, index: str | None, name: str, place: Extent) -> Pieces:
        """One item of a variable, or all of them as words of their own."""
        if index in ("@", "*"):
            return self.spread([pieces for _, pieces in held.items], place)
        if index in (None, "0"):
            return held.pieces
        by_key = dict(held.items)
        return by_key.get(str(index).strip("\"'"), (Piece("unknown", f"{name}[{index}]", *place, quoted=self.quoted),))

    def spread(self, words: list[Pieces], place: Extent) -> Pieces:
        """Several words in one place."""
        pieces: list[Piece] = []
        for word in words:
            if pieces:
                pieces.append(Piece("break", "", *place))
            lists = any(piece.kind in ("choice", "arguments") for piece in word)
            pieces += word if lists else requoted(word, quoted=self.quoted)
        return tuple(pieces) or (Piece("break", "", *place),)

    def arguments(self, place: Extent) -> Pieces:
        """`$@` and `$*`."""
        if self.state.arguments is not None:
            return self.spread(list(self.state.arguments), place)
        if self.state.shifted is None:
            return (Piece("unknown", "$@", *place, quoted=self.quoted),)
        first = self.state.shifted + 1
        return (Piece("arguments", str(first) if first > 1 else "@", *place, quoted=self.quoted),)

    def positional(self, number: int, place: Extent) -> Pieces:
        """`$1` and its like, counted from the script's first argument where `shift` moved them."""
        if self.state.shifted is None:
            return (Piece("unknown", f"${number}", *place, quoted=self.quoted),)
        if self.state.arguments is None:
            return (Piece("variable", str(number + self.state.shifted), *place, quoted=self.quoted),)
        if number <= len(self.state.arguments):
            return self.state.arguments[number - 1]
        return (Piece("text", "", *place, quoted=self.quoted),)

    def length(self, name: str, index: str | None, at: int, end: int) -> Pieces:
        """`${#X}` and `${#X[@]}`."""
        held = self.state.value(name)
        if held is None or (index in ("@", "*") and any(key == "" for key, _ in held.items)):
            return (self.unknown(at, end),)
        text = constant(held.pieces)
        count = len(held.items) if index in ("@", "*") else len(text) if text is not None else None
        return (
            (self.unknown(at, end),)
            if count is None
            else (Piece("text", str(count), *self.tape.origin(at, end), quoted=self.quoted),)
        )

    def operate(self, name: str, pieces: Pieces, rest: Extent, whole: Extent) -> Pieces:
        """The value after `:-`, `%`, `/` and the like."""
        text = self.tape.text[slice(*rest)]
        operator = next((sign for sign in (*DEFAULTS, ":+", ":?", "+", "?") if text.startswith(sign)), None)
        if operator in DEFAULTS:
            return self.default(name, pieces, operator, (rest[0] + len(operator), rest[1]), whole)
        if operator in (":+", "+"):
            return self.alternative(name, pieces, (rest[0] + len(operator), rest[1]), whole)
        if operator in (":?", "?"):
            return pieces
        if text[:1] == ":" and name in "@*":
            return self.slice_arguments(text, whole)
        return self.transform(pieces, text, whole)

    def default(self, name: str, pieces: Pieces, operator: str, extent: Extent, whole: Extent) -> Pieces:
        """`${X:-d}`; `:=` assigns too."""
        otherwise = self.read_pieces(*extent, quoted=self.quoted)
        text = constant(pieces)
        if text is not None:
            return otherwise if text == "" and operator.startswith(":") else pieces
        if len(pieces) == 1 and pieces[0].kind == "variable" and pieces[0].default is None:
            pieces = (pieces[0]._replace(default=otherwise, quoted=self.quoted),)
        elif any(constant(value) == "" for _, value in readings(pieces)):
            pieces = self._filled(pieces, otherwise)
        if operator.endswith("=") and name.isidentifier():
            self.state.variables[name] = scalar(pieces, self.tape.origin(*whole))
        return pieces

    def _filled(self, pieces: Pieces, otherwise: Pieces) -> Pieces:
        """A choice with the empty readings replaced by the default."""
        options = tuple(
            (conditions, otherwise if constant(value) == "" else value) for conditions, value in readings(pieces)
        )
        return (pieces[0]._replace(kind="choice", default=None, alternatives=options),)

    def alternative(self, name: str, pieces: Pieces, extent: Extent, whole: Extent) -> Pieces:
        """`${X:+alt}`."""
        value = self.read_pieces(*extent, quoted=self.quoted)
        text = constant(pieces)
        if text is not None:
            return value if text else ()
        place = self.tape.origin(*whole)
        if len(pieces) != 1 or pieces[0].kind != "variable":
            return (self.unknown(*whole),)
        given = Question("variable", pieces[0].text, "set")
        options = (((given,), value), ((Not(given),), ()))
        return (Piece("choice", name, *place, quoted=self.quoted, alternatives=options),)

    def slice_arguments(self, text: str, whole: Extent) -> Pieces:
        """`${@:2}`."""
        start = re.fullmatch(r":\s*(\d+)", text)
        if self.state.arguments is not None and start and int(start[1]) > 0:
            return self.spread(list(self.state.arguments[int(start[1]) - 1 :]), self.tape.origin(*whole))
        first = int(start[1]) + (self.state.shifted or 0) if start and self.state.shifted is not None else None
        place = self.tape.origin(*whole)
        if first is None:
            return (Piece("unknown", f"${{@{text}}}", *place, quoted=self.quoted),)
        return (Piece("arguments", str(first) if first > 1 else "@", *place, quoted=self.quoted),)

    def transform(self, pieces: Pieces, operation: str, whole: Extent) -> Pieces:
        """Operators that change the text: `%`, `#`, `/`, `,`, `^`, `:offset`."""
        if len(pieces) == 1 and pieces[0].text == SCRIPT and operation in ("%/*", "%%/*"):
            return (pieces[0]._replace(text=SCRIPT_DIRECTORY),)
        text = constant(pieces)
        changed = None if text is None else transformed(text, operation)
        if changed is None:
            return (self.unknown(*whole),)
        place = (pieces[0].start, pieces[-1].end) if pieces else self.tape.origin(*whole)
        return (Piece("text", changed, *place, quoted=self.quoted, exact=False),)


def transformed(text: str, operation: str) -> str | None:
    """A constant after an expansion's operator; None for an operator or a pattern that is not constant."""
    if operation in (",,", "^^"):
        return text.lower() if operation == ",," else text.upper()
    if cutting := re.fullmatch(r"(%%?|##?)([^$`]*)", operation, re.DOTALL):
        return _trimmed(text, cutting[1], cutting[2].replace("\\", "").strip("\"'"))
    if swap := re.fullmatch(r"/([/]?)((?:\\.|[^/\\$`*?\[])+)(?:/([^$`]*))?", operation, re.DOTALL):
        wanted = re.sub(r"\\(.)", r"\1", swap[2])
        return text.replace(wanted, (swap[3] or "").strip("\"'"), -1 if swap[1] else 1)
    if part := re.fullmatch(r":\s*(\d+)(?::\s*(\d+))?", operation):
        start = int(part[1])
        return text[start : start + int(part[2])] if part[2] else text[start:]
    return None


def _trimmed(text: str, sign: str, pattern: str) -> str:
    """The text without the shortest or longest match of a glob at its head or tail."""
    if len(text) > PATTERN_LIMIT * 10 or len(pattern) > PATTERN_LIMIT:
        return text
    head = sign[0] == "#"
    ends = range(len(text) + 1)
    for length in ends if len(sign) == 1 else reversed(ends):
        taken = text[:length] if head else text[len(text) - length :]
        if fnmatchcase(taken, pattern):
            return text[length:] if head else text[: len(text) - length]
    return text


def parent(pieces: Pieces) -> Pieces | None:
    """`dirname` of a path; the script's own directory is a variable of its own."""
    text = constant(pieces)
    if text is not None and pieces:
        return (pieces[0]._replace(text=posixpath.dirname(text) or ".", exact=False),)
    if len(pieces) == 1 and pieces[0].kind == "variable" and pieces[0].default is None:
        if pieces[0].text == SCRIPT:
            return (pieces[0]._replace(text=SCRIPT_DIRECTORY),)
        if pieces[0].text == SCRIPT_DIRECTORY:
            return (*pieces, Piece("text", "/..", pieces[0].start, pieces[0].end, pieces[0].quoted))
    return None

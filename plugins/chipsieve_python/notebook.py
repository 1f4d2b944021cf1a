"""What does a notebook say? Its code cells as one program, each finding where its line stands in the JSON."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from chipsieve.commands.pins import package
from chipsieve.facts.finding import snippet
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Command, Fact, FactKind, Gap, Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.facts.words import Part, Word
from chipsieve_python.python_file import LIMIT, read_python
from chipsieve_python.syntax_tree import parse
from chipsieve_python.syntax_tree.lexer import Unreadable, Unsafe, outline

ENGINE = "notebook"  # magics are none of a parser's: they are found here
MAGIC = re.compile(r"^(?P<indent>[ \t]*)(?P<magic>[%!?].*|.*[^\s#]\?{1,2}[ \t]*)$", re.MULTILINE)
ASSIGNED = re.compile(r"^(?P<left>[^#'\"\n=]*=[ \t]*)(?P<magic>[!%][^\n]*)$", re.MULTILINE)
TIMED = re.compile(r"\s*%%(time|timeit|capture|prun)\b")
INSTALL = re.compile(r"\s*[%!]\s*(?:\S*python\S*\s+-m\s+)?(?:pip3?|uv\s+pip)\s+install\s(?P<rest>.*)")
SET = re.compile(r"\s*%(?:set_)?env\s+(?P<name>\w+)(?:=|\s+)(?P<value>\S.*)")
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(slots=True)
class Cell:
    """One cell: its kind, its source, and for each character of the source its code-point offset in the file."""

    kind: str = ""
    text: str = ""
    offsets: list[int] = field(default_factory=list)


def read_notebook(source: Source, vocabulary: Vocabulary) -> Reading:
    """Read a notebook's code cells; a cell that does not parse is a gap, and costs none of the others."""
    nothing = Reading(source.path, source.language)
    if len(source.text) > 4 * LIMIT:
        return replace(nothing, gaps=(Gap(source.path, "longer than a notebook may be: not read"),))
    try:
        cells = _code_cells(source.text)
    except ValueError as error:
        return replace(nothing, gaps=(Gap(source.path, f"not a notebook: {error}", getattr(error, "lineno", None)),))
    lines = Lines(source.text)
    magics = [found for cell in cells for found in _magics(cell, vocabulary, lines)]
    gaps = tuple(gap for cell in cells if (gap := _made_python(cell, source.path, lines)))
    reading = read_python(Source(source.path, "python", "".join(cell.text for cell in cells)), vocabulary)
    offsets = [offset for cell in cells for offset in cell.offsets]
    moved = _Moved(lines, "".join(cell.text for cell in cells), offsets).reading(reading)
    facts = tuple(sorted((*moved.facts, *magics), key=lambda fact: (fact.span, fact.kind)))
    return replace(moved, language=source.language, facts=facts, entry=True, gaps=gaps + moved.gaps)


def _made_python(cell: Cell, path: str, lines: Lines) -> Gap | None:
    """Blank what is not Python, at the same length; gives a gap for a cell that still is none."""
    if cell.text.lstrip().startswith("%%") and not TIMED.match(cell.text):
        cell.text = re.sub(r"[^\n]", " ", cell.text)
    cell.text = ASSIGNED.sub(lambda hit: hit["left"] + _blank(hit["magic"]), cell.text)
    cell.text = MAGIC.sub(lambda hit: hit["indent"] + _blank(hit["magic"]), cell.text)
    if cell.text and not cell.text.endswith("\n"):
        cell.text += "\n"
        cell.offsets.append(cell.offsets[-1])
    try:
        parse(cell.text, outline(cell.text))
    except (SyntaxError, Unreadable, Unsafe, UnicodeError) as error:
        number = getattr(error, "line", None) or 1
        start = sum(map(len, cell.text.splitlines(keepends=True)[: number - 1]))
        line = lines.position(cell.offsets[min(start, len(cell.offsets) - 1)])[0]
        cell.text = re.sub(r"[^\n]", " ", cell.text)
        return Gap(path, "code cell not readable as Python 3", line)
    return None


def _blank(text: str) -> str:
    """A statement that does nothing, and as long: a block or an assignment stays whole."""
    return "0".ljust(len(text))


def _magics(cell: Cell, vocabulary: Vocabulary, lines: Lines) -> Iterator[Fact]:
    """Pins of `!pip install x==1`, variables of `%env X=1`."""
    start = 0
    for line in cell.text.splitlines(keepends=True):
        install, variable = INSTALL.match(line), SET.match(line)
        if install:
            for word in re.finditer(r"\S+", install["rest"]):
                at, pin = start + install.start("rest") + word.start(), _unquoted(word[0])
                if vocabulary.asks("pin", package(pin)):
                    yield _fact("pin", "", pin, _span(cell, lines, at, at + len(word[0])), lines)
        if variable and vocabulary.asks("env", variable["name"]):
            at, end = start + variable.start("name"), start + variable.end("name")
            yield _fact("env", variable["name"], variable["value"].strip(), _span(cell, lines, at, end), lines)
        start += len(line)


def _fact(kind: FactKind, name: str, value: str, span: Span, lines: Lines) -> Fact:
    return Fact(kind, name, value, span, snippet(lines, span), engine=ENGINE)


def _unquoted(word: str) -> str:
    try:
        return "".join(shlex.split(word))
    except ValueError:
        return word


def _span(cell: Cell, lines: Lines, start: int, end: int) -> Span:
    return lines.span(cell.offsets[start], cell.offsets[end - 1] + 1)


class _Moved:
    """Carries what was read from the cells' text over to the file around it."""

    def __init__(self, lines: Lines, code: str, offsets: list[int]) -> None:
        self.lines, self.code, self.offsets = lines, Lines(code), offsets

    def offset(self, line: int, column: int) -> int:
        at = self.code.offset(line, column)
        return self.offsets[min(at, len(self.offsets) - 1)]

    def span(self, span: Span) -> Span:
        """The end is taken from the last character, which has a place in the file for sure."""
        start = self.offset(span.line, span.column)
        last = self.code.starts[span.end_line - 1] + span.end_column - 2
        return self.lines.span(start, max(start, self.offsets[last]) + 1)

    def fact(self, fact: Fact) -> Fact:
        span = self.span(fact.span)
        value = self.widened(fact) if fact.kind == "claim" else fact.value
        return replace(fact, value=value, span=span, snippet=snippet(self.lines, span))

    def widened(self, fact: Fact) -> str:
        """The text of a claim, each character as wide as it is written in the JSON: matches are found by columns."""
        at, value = self.code.offset(fact.span.line, fact.span.column), fact.value or ""
        offsets = self.offsets[at : at + len(value)]
        widths = [after - before for before, after in pairwise(offsets)]
        return "".join(sign.ljust(width) for sign, width in zip(value, [*widths, 1], strict=False))

    def located(self, item: Any) -> Any:
        return replace(item, span=self.span(item.span))

    def word(self, word: Word) -> Word:
        parts: tuple[Part, ...] = tuple(map(self.located, word.parts))
        return Word(parts, self.span(word.span))

    def command(self, command: Command) -> Command:
        return replace(
            command,
            words=tuple(map(self.word, command.words)),
            span=self.span(command.span),
            environment=tuple((name, self.word(word)) for name, word in command.environment),
        )

    def reading(self, reading: Reading) -> Reading:
        """The reading with every span in the notebook's own lines."""
        return replace(
            reading,
            facts=tuple(map(self.fact, reading.facts)),
            commands=tuple(map(self.command, reading.commands)),
            options=tuple(map(self.located, reading.options)),
            imports=tuple(map(self.located, reading.imports)),
            references=tuple(map(self.located, reading.references)),
            documents=tuple(map(self.located, reading.documents)),
            gaps=tuple(replace(gap, line=None) for gap in reading.gaps),
        )


# Cells in the JSON: the standard library's parser gives no positions, so the strings are scanned here


def _code_cells(text: str) -> list[Cell]:
    """The code cells of a notebook, in order.

    Raises:
        ValueError: the text is not JSON, or nests too deeply to be a notebook; the message says where.
    """
    try:
        json.loads(text.removeprefix("\ufeff"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return [cell for cell in _cells(text) if cell.kind == "code"]


def _cells(text: str) -> Iterator[Cell]:
    """An object is a cell when it has a `cell_type`; its source is a string or a list of them (`input` before 2013)."""
    objects: list[Cell | None] = []
    keys: list[str] = []
    is_key = False
    for token in TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            objects.append(Cell() if sign == "{" else None)
            keys.append("")
            is_key = sign == "{"
        elif sign in "}]":
            cell = objects.pop()
            keys.pop()
            if cell is not None and cell.kind:
                yield cell
        elif sign in ",:":
            is_key = sign == "," and bool(objects) and objects[-1] is not None
        elif sign.startswith('"') and objects:
            if is_key:
                keys[-1] = json.loads(sign, strict=False)
            else:
                _keep(objects, keys, sign, token.start())


def _keep(objects: list[Cell | None], keys: list[str], string: str, offset: int) -> None:
    """A string that is a cell's kind, or a line of its source."""
    cell, key = objects[-1], keys[-1]
    if cell is not None and key == "cell_type":
        cell.kind = json.loads(string)
        return
    if cell is None and len(objects) > 1:
        cell, key = objects[-2], keys[-2]
    if cell is not None and key in ("source", "input"):
        for character, where in _characters(string):
            cell.text += character
            cell.offsets.append(offset + where)


def _characters(string: str) -> Iterator[tuple[str, int]]:
    """The characters that a JSON string stands for, each with its offset in the string."""
    offset, end = 1, len(string) - 1
    while offset < end:
        escape = ESCAPE.match(string, offset)
        if escape is None:
            yield string[offset], offset
            offset += 1
        else:
            code = escape[0][1:]
            yield chr(int(code[1:], 16)) if len(code) > 1 else SIMPLE.get(code, code), offset
            offset = escape.end()

"""What does a notebook say? Its code cells as one program, each finding where its line stands in the JSON.

What its cells printed is no code: where a line of it looks like a device, it is a claim, as in a log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from chipsieve.facts.claims import LONGEST, SHOWN
from chipsieve.facts.conditions import MENTION
from chipsieve.facts.finding import snippet
from chipsieve.facts.places import Lines
from chipsieve.facts.reading import Fact, Gap, Reading, Source
from chipsieve.facts.relocation import Relocation, Stretch
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_python.magics import SHELLS, Magics, exported_cells, without_magics
from chipsieve_python.python_file import BOM, LIMIT, read_python
from chipsieve_python.syntax_tree import parse
from chipsieve_python.syntax_tree.lexer import Unreadable, Unsafe, outline

ENGINE = "notebook"  # magics are none of a parser's: they are found here
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
OUTPUTS, TEXTS = "outputs", frozenset({"text", "text/plain"})
PRINTED_LINE = re.compile(r"(?:[^\\]|\\(?!n).)+", re.DOTALL)
"""A line inside a JSON string."""
DEVICE = re.compile(r"GPU|cuda|device|TPU|\bname\b|\|\s+\d+\s", re.IGNORECASE)
SHORT = 80  # characters of a line that may be a device's name alone
CLAIMS = 50  # lines of outputs that are stated of one notebook
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
    text = source.text.removeprefix(BOM)
    printed: list[tuple[int, int]] = []
    try:
        cells, in_shell = _code_cells(text, printed)
    except ValueError as error:
        return replace(nothing, gaps=(Gap(source.path, f"not a notebook: {error}", getattr(error, "lineno", None)),))
    lines, magics = Lines(text), Magics(Lines(text))
    gaps = tuple(gap for cell in cells if (gap := _made_python(cell, source.path, lines, magics, in_shell=in_shell)))
    code = Stretch().joined(*(Stretch(cell.text, tuple(cell.offsets)) for cell in cells))
    reading = read_python(Source(source.path, "python", code.text), vocabulary)
    moved = Relocation(lines, code).reading(reading)
    facts = (*moved.facts, *_settings(magics, vocabulary), *_claimed(printed, lines, vocabulary))
    return replace(
        moved,
        language=source.language,
        facts=tuple(sorted(facts, key=lambda fact: (fact.span, fact.kind))),
        documents=(*moved.documents, *magics.documents),
        entry=True,
        gaps=gaps + magics.gaps(source.path) + moved.gaps,
    )


def read_module(source: Source, vocabulary: Vocabulary) -> Reading:
    """Read a Python file, with the magics that a notebook saved as Python holds in its comments."""
    reading, text = read_python(source, vocabulary), source.text.removeprefix(BOM)
    magics = Magics(Lines(text))
    for cell in exported_cells(text):
        magics.take(cell)
    facts = (*reading.facts, *_settings(magics, vocabulary))
    gaps = reading.gaps + magics.gaps(source.path)
    return replace(reading, facts=facts, documents=(*reading.documents, *magics.documents), gaps=gaps)


def _made_python(cell: Cell, path: str, lines: Lines, magics: Magics, *, in_shell: bool) -> Gap | None:
    """Take a cell's magics and blank them, at the same length; gives a gap for a cell that still is no Python."""
    whole = Stretch(cell.text, tuple(cell.offsets))
    if in_shell:
        magics.run(whole)
    if in_shell or not magics.take(whole):
        cell.text = re.sub(r"[^\n]", " ", cell.text)
    cell.text = without_magics(cell.text)
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


def _settings(magics: Magics, vocabulary: Vocabulary) -> Iterator[Fact]:
    """The variables of `%env X=1`."""
    for name, place, value in magics.settings:
        if vocabulary.asks("env", name):
            span = magics.lines.span(place.offsets[0], place.offsets[-1] + 1)
            yield Fact("env", name, value, span, snippet(magics.lines, span), engine=ENGINE)


def _claimed(printed: list[tuple[int, int]], lines: Lines, vocabulary: Vocabulary) -> Iterator[Fact]:
    """The lines of outputs in which a device may stand, each once; escapes other than of line ends stay as they are."""
    seen: set[str] = set()
    for start, end in printed:
        if not vocabulary.holds("claim", lines.text[start:end]):
            continue
        for line in PRINTED_LINE.finditer(lines.text, start, end):
            text = line[0]
            shown = len(text) <= SHORT or (len(text) <= LONGEST and DEVICE.search(text))
            if not shown or text in seen or not vocabulary.holds("claim", text):
                continue
            if len(seen) == CLAIMS:
                return
            seen.add(text)
            span = lines.span(*line.span())
            yield Fact("claim", "", text, span, snippet(lines, span), (MENTION,), ENGINE, by=SHOWN)


# Cells in the JSON: the standard library's parser gives no positions, so the strings are scanned here


def _code_cells(text: str, printed: list[tuple[int, int]]) -> tuple[list[Cell], bool]:
    """The code cells of a notebook in order, and whether a shell runs them; `printed` takes where outputs' texts stand.

    Raises:
        ValueError: the text is not JSON, or nests too deeply to be a notebook; the message says where.
    """
    try:
        notebook = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return [cell for cell in _cells(text, printed) if cell.kind == "code"], _kernel(notebook) in SHELLS


def _kernel(notebook: Any) -> str:
    """The language of a notebook's kernel."""
    for name in ("metadata", "kernelspec", "language"):
        notebook = notebook.get(name) if isinstance(notebook, dict) else None
    return str(notebook)


def _cells(text: str, printed: list[tuple[int, int]]) -> Iterator[Cell]:
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
                if OUTPUTS in keys and TEXTS.intersection(keys[-2:]):
                    printed.append((token.start() + 1, token.end() - 1))


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

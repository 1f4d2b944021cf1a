"""Where in a notebook's JSON does the source of its code cells stand? Outputs are passed over.

The standard library's JSON parser tells no positions, so the strings are scanned here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(slots=True)
class Cell:
    """One cell: its kind, its source, and for each character of the source its code-point offset in the file."""

    kind: str = ""
    text: str = ""
    offsets: list[int] = field(default_factory=list)


def code_cells(text: str) -> list[Cell]:
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
    for token in _TOKEN.finditer(text):
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
        escape = _ESCAPE.match(string, offset)
        if escape is None:
            yield string[offset], offset
            offset += 1
        else:
            code = escape[0][1:]
            yield chr(int(code[1:], 16)) if len(code) > 1 else _SIMPLE.get(code, code), offset
            offset = escape.end()

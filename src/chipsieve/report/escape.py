"""How is a stranger's text shown safely? File names and source lines may hold what acts on a terminal or a build's log.

Each format writes a name with `visible`, where it knows what a name is; the command line sends no text to a stream or a
file that has not been through `harmless`, whatever was forgotten before.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection
from io import StringIO

ACTIVE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that act instead of showing: controls, direction marks, lone surrogates, line separators."""
ANYWHERE = r"#(?=#\w*\[)"
"""Where a runner's command begins that counts anywhere in a line: GitHub's `##[`, Azure's `##vso[`, `##teamcity[`."""
NOT_SEEN = r"[\s\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]*"
"""What a runner passes over before a command: blanks, and characters that comparisons of its language leave out."""
AT_A_LINES_BEGINNING = re.compile(rf"^({NOT_SEEN})::", re.MULTILINE)
WITHIN_A_LINE = re.compile(ANYWHERE)
UNSAFE_JSON = re.compile(rf"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]|{ANYWHERE}")
COLOURS = re.compile(r"(\x1b\[[0-9]{1,2}m)")
"""What a sheet of ours is painted with (report/sheet.py)."""


def visible(text: str) -> str:
    """The text with what acts written out, `\\x1b`, `\\u202e`, `\\x23#[` for a runner's `##[`; the rest as it is."""
    if not text.isprintable():  # none of these categories is
        text = "".join(_written_out(char) if unicodedata.category(char) in ACTIVE else char for char in text)
    return WITHIN_A_LINE.sub(r"\\x23", text) if "##" in text else text


def _written_out(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def without_commands(text: str) -> str:
    """The text with a backslash before what a runner would take as a command at a line's beginning."""
    return AT_A_LINES_BEGINNING.sub(r"\1\\::", text)


def harmless(text: str, *, painted: bool = False, commands: bool = False) -> str:
    """A whole text, lines and tabs as they are, in which nothing acts on a terminal or a runner.

    `painted` lets colours pass, `commands` lines that are meant to be commands.
    """
    if painted:
        pieces = COLOURS.split(text)
        text = "".join(piece if number % 2 else _lines(piece) for number, piece in enumerate(pieces))
    else:
        text = _lines(text)
    return text if commands else without_commands(text)


def _lines(text: str) -> str:
    """The text with all that acts written out but tabs and the ends of its lines."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def one_line(text: str, limit: int) -> str:
    """The text on one line, white space squeezed, acting characters written out, at most `limit` characters."""
    shown = visible(" ".join(text.split()))
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def json_text(document: object, *, indent: int | None = 2) -> str:
    """The document as JSON in UTF-8-safe text, in its own order of keys, ending with a newline.

    It is indented, but a record of plain values and of lists of them stands on one line; without `indent` all stands on
    one.

    Controls, direction marks, line separators and lone surrogates (a file name that is not UTF-8) are written as
    `\\u` escapes, so that a line of JSON stays one line and any terminal or encoder can take it.
    """
    written = StringIO()  # `json.dumps` would hold a list of all pieces, several times the size of the text
    if indent is None:
        written.write(_encode(document))
    else:
        _lay_out(document, written.write, "\n", " " * indent)
    written.write("\n")
    return UNSAFE_JSON.sub(lambda char: f"\\u{ord(char[0]):04x}", written.getvalue())


LINE_DEPTH = 2
"""How deeply lists and objects may be nested that stand on one line: as deep as a finding with its conditions."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # blanks make a twentieth of a report


def _lay_out(value: object, write: Callable[[str], object], line: str, step: str) -> None:
    """Write a value as JSON; `line` is a line's end with the margin of the value, `step` what it grows by inside."""
    if _shallow(value, LINE_DEPTH):
        write(_encode(value))
        return
    inner = _inside(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    names = [f"{_encode(name)}: " for name in value] if isinstance(value, dict) else [""] * len(inner)
    write(opening)
    for number, (name, one) in enumerate(zip(names, inner, strict=True)):
        write(f"{',' if number else ''}{line}{step}{name}")
        _lay_out(one, write, line + step, step)
    write(f"{line}{closing}")


def _inside(value: object) -> Collection[object]:
    """What a list or an object holds; nothing where the value is neither."""
    return value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()


def _shallow(value: object, depth: int) -> bool:
    """Whether lists and objects are nested in a value at most so deep."""
    if not isinstance(value, dict | list | tuple):
        return True
    return depth > 0 and all(_shallow(one, depth - 1) for one in _inside(value))

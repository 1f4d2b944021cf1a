"""How is a stranger's text shown safely? File names and source lines may hold escapes that act on a terminal."""

from __future__ import annotations

import json
import re
import unicodedata
from io import StringIO

ACTIVE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that act instead of showing: controls, direction marks, lone surrogates, line separators."""
UNSAFE_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def visible(text: str) -> str:
    """The text with every acting character written out, `\\x1b` or `\\u202e`; the rest as it is."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written_out(char) if unicodedata.category(char) in ACTIVE else char for char in text)


def _written_out(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def one_line(text: str, limit: int) -> str:
    """The text on one line, white space squeezed, acting characters written out, at most `limit` characters."""
    shown = visible(" ".join(text.split()))
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def json_text(document: object, *, indent: int | None = 2) -> str:
    """The document as JSON in UTF-8-safe text, in its own order of keys, ending with a newline.

    Controls, direction marks, line separators and lone surrogates (a file name that is not UTF-8) are written as
    `\\u` escapes, so that a line of JSON stays one line and any terminal or encoder can take it.
    """
    written = StringIO()  # `json.dumps` would hold a list of all pieces, several times the size of the text
    for piece in json.JSONEncoder(ensure_ascii=False, indent=indent).iterencode(document):
        written.write(piece)
    written.write("\n")
    return UNSAFE_JSON.sub(lambda char: f"\\u{ord(char[0]):04x}", written.getvalue())

"""How is one word masked? Quotes and expansions are filled, an array becomes one quoted word."""

from __future__ import annotations

import re

from chipsieve_shell.masked import Edits
from chipsieve_shell.skip import PARAMETER, Skipper, Unclosed

ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(\[[^\]\n]*\])?\+?=", re.ASCII)
SHORTEST_QUOTED = 3  # a quote, something, a quote


def mask_word(skip: Skipper, edits: Edits, at: int) -> int:
    """Mask the word that starts at an offset, and return the offset past it.

    Raises:
        Unclosed: something in it never closes, or nothing there can be a word.
    """
    assignment = ASSIGNMENT.match(skip.text, at, skip.end)
    if assignment:
        if assignment[1]:
            edits.fill(*assignment.span(1), "A")
        at = assignment.end()
        if skip.text.startswith("(", at) and at < skip.end:
            _, end = skip.array(at)
            edits.quote(at, end)
            return end
    start = at
    while at < skip.end:
        after = skip.word_piece(at)
        if after == at:
            break
        _mask_piece(skip, edits, at, after)
        at = after
    if at == start and not assignment:
        raise Unclosed(at)
    return at


def _mask_piece(skip: Skipper, edits: Edits, at: int, end: int) -> None:
    char = skip.text[at]
    if char in "'\"":
        edits.fill(at + 1, end - 1)
    elif char == "\\":
        _mask_escape(skip, edits, at, end)
    elif char in "$`<>" or "(" in skip.text[at:end]:
        plain = PARAMETER.fullmatch(skip.text, at, end) or end - at < SHORTEST_QUOTED
        (edits.fill if plain else edits.quote)(at, end)
    else:
        for offset in range(at, end):
            if not "!" <= skip.text[offset] <= "~":
                edits.fill(offset, offset + 1)


def _mask_escape(skip: Skipper, edits: Edits, at: int, end: int) -> None:
    if skip.text[end - 1] == "\n":
        mask_continuation(skip.text, edits, at)
    else:
        edits.fill(at, end)


def mask_continuation(text: str, edits: Edits, at: int) -> int:
    """Make a backslash before CR LF one before LF; the offset past either."""
    if text[at + 1] == "\r":
        edits.put(at, " \\")
        return at + 3
    return at + 2

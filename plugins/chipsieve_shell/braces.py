"""Which words do `{0..7}` and `{a,b}` stand for? (Bash Manual 3.5.1, Brace Expansion)."""

from __future__ import annotations

import re

from chipsieve_shell.values import Pieces, constant, cut

BRACE_RANGE = re.compile(r"([^{}]*)\{(-?\d{1,4})\.\.(-?\d{1,4})\}([^{}]*)")
BRACE_LIST = re.compile(r"([^{}]*)\{([^{},]*(?:,[^{},]*)+)\}([^{}]*)")
BRACE_LIMIT = 64


def braces(word: Pieces) -> list[Pieces]:
    """The words that `{0..7}` and `{a,b}` stand for, where the word is one unquoted constant."""
    text = constant(word)
    if text is None or len(word) != 1 or word[0].quoted:
        return [word]
    if found := BRACE_RANGE.fullmatch(text):
        first, last = int(found[2]), int(found[3])
        step = 1 if first <= last else -1
        numbers = list(range(first, last + step, step))[: BRACE_LIMIT + 1]
        return [(word[0]._replace(text=f"{found[1]}{number}{found[4]}", exact=False),) for number in numbers]
    if found := BRACE_LIST.fullmatch(text):
        if found[1] or found[3]:
            return [(word[0]._replace(text=found[1] + item + found[3], exact=False),) for item in found[2].split(",")]
        spots = re.finditer(r"[^,]+", found[2])
        return [(cut(word[0], spot.start() + 1, spot.end() + 1),) for spot in spots]
    return [word]

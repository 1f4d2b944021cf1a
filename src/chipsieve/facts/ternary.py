"""What follows from answers that may be unknown? Kleene's three-valued logic; None is unknown."""

from __future__ import annotations

from collections.abc import Iterable

Ternary = bool | None


def every(answers: Iterable[Ternary]) -> Ternary:
    """Conjunction: False wins, then unknown; True of nothing. Asks no further after a False."""
    result: Ternary = True
    for answer in answers:
        if answer is False:
            return False
        result = None if answer is None else result
    return result


def some(answers: Iterable[Ternary]) -> Ternary:
    """Disjunction: True wins, then unknown; False of nothing. Asks no further after a True."""
    result: Ternary = False
    for answer in answers:
        if answer is True:
            return True
        result = None if answer is None else result
    return result


def negate(answer: Ternary) -> Ternary:
    """Negation: unknown stays unknown."""
    return None if answer is None else not answer

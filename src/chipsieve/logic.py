"""What follows from answers that may be unknown? Kleene's three-valued logic; None is unknown."""

from __future__ import annotations

from collections.abc import Iterable

Answer = bool | None


def every(answers: Iterable[Answer]) -> Answer:
    """Conjunction: False wins, then unknown; True of nothing. Asks no further after a False."""
    result: Answer = True
    for answer in answers:
        if answer is False:
            return False
        result = None if answer is None else result
    return result


def some(answers: Iterable[Answer]) -> Answer:
    """Disjunction: True wins, then unknown; False of nothing. Asks no further after a True."""
    result: Answer = False
    for answer in answers:
        if answer is True:
            return True
        result = None if answer is None else result
    return result


def negate(answer: Answer) -> Answer:
    """Negation: unknown stays unknown."""
    return None if answer is None else not answer

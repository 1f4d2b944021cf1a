"""What follows from answers that may be unknown? Kleene's three-valued logic; None is unknown."""

from __future__ import annotations

from collections.abc import Iterable

Answer = bool | None


def every(answers: Iterable[Answer]) -> Answer:
    """Conjunction: False wins, then unknown; True of nothing."""
    seen = set(answers)
    return False if False in seen else None if None in seen else True


def some(answers: Iterable[Answer]) -> Answer:
    """Disjunction: True wins, then unknown; False of nothing."""
    seen = set(answers)
    return True if True in seen else None if None in seen else False


def negate(answer: Answer) -> Answer:
    """Negation: unknown stays unknown."""
    return None if answer is None else not answer

"""What follows from answers that may be unknown? Kleene's three-valued logic; None is unknown."""

from __future__ import annotations

from collections.abc import Iterable


def every(answers: Iterable[bool | None]) -> bool | None:
    """Conjunction: False wins, then unknown; True of nothing."""
    seen = set(answers)
    return False if False in seen else None if None in seen else True


def some(answers: Iterable[bool | None]) -> bool | None:
    """Disjunction: True wins, then unknown; False of nothing."""
    seen = set(answers)
    return True if True in seen else None if None in seen else False


def negate(answer: bool | None) -> bool | None:
    """Negation: unknown stays unknown."""
    return None if answer is None else not answer

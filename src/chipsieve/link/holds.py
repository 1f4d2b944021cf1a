"""Does a condition hold in this launch? Three-valued: None when nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import repeat
from typing import Protocol

from chipsieve.logic import Answer, every, negate, some
from chipsieve.model import Condition, Every, Not, Standing, Test
from chipsieve.signals.table import FALSY, value_forms


class Context(Protocol):
    """Something that can answer single tests."""

    def test(self, test: Test) -> Answer:
        """Whether the test holds."""


def holds(condition: Condition, context: Context) -> Answer:
    """Whether the condition holds in the context."""
    if isinstance(condition, Test):
        return context.test(condition)
    if isinstance(condition, Not):
        return negate(holds(condition.condition, context))
    answers = map(holds, condition.conditions, repeat(context))
    return every(answers) if isinstance(condition, Every) else some(answers)


def hold(conditions: Iterable[Condition], context: Context) -> Answer:
    """Whether all the conditions hold in the context."""
    return every(map(holds, conditions, repeat(context)))


def standing(answer: Answer) -> Standing:
    """The standing of a line whose conditions answered so."""
    return "optional" if answer is None else "asserted" if answer else "inert"


def decide(test: Test, value: str | None) -> Answer:
    """Whether a value passes a test on it; None for a value that is unknown, "" for one that is unset."""
    if value is None:
        return None
    folded = value.strip().casefold()
    if test.operator == "set":
        return folded != ""
    if test.operator == "true":
        return None if folded == "auto" else folded not in FALSY
    return any(fnmatchcase(form, wanted.casefold()) for form in value_forms(folded) for wanted in test.values)


def fixed(test: Test) -> Answer:
    """The answer to a test that needs no context: constants and mentions; None for all others."""
    if test.subject == "constant":
        return test.values == ("true",)
    return False if test.subject == "mention" else None

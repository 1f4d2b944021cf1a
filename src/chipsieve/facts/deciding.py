"""Does a condition hold? Three-valued: None when nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import repeat
from typing import Protocol

from chipsieve.facts.conditions import Always, Condition, Every, Never, Not, Question
from chipsieve.facts.ternary import Ternary, every, negate, some

FALSY = frozenset({"", "false", "0", "no", "none", "null", "off", "disabled"})
ANSWERABLE = {  # the questions of which a run may know anything, and what; all others answer alike in every run
    "option": (True, False), "variable": (True, False), "entry": (True, False), "call": (True,), "import": (True,),
}  # fmt: skip
DOTTED = re.compile(r"[a-z_][\w.]*\.([a-z_]\w*)")


class Context(Protocol):
    """Something that can answer single questions."""

    def answer(self, question: Question) -> Ternary:
        """The answer to the question."""


def holds(condition: Condition, context: Context) -> Ternary:
    """Whether the condition holds in the context."""
    if isinstance(condition, Question):
        return context.answer(condition)
    if isinstance(condition, Not):
        return negate(holds(condition.condition, context))
    if isinstance(condition, Always | Never):
        return isinstance(condition, Always)
    answers = map(holds, condition.conditions, repeat(context))
    return every(answers) if isinstance(condition, Every) else some(answers)


def all_hold(conditions: Iterable[Condition], context: Context) -> Ternary:
    """Whether all the conditions hold in the context."""
    return every(map(holds, conditions, repeat(context)))


def can_be(condition: Condition, *, answer: bool) -> bool:
    """Whether the condition could have this answer in some run."""
    if isinstance(condition, Question):
        return answer in ANSWERABLE.get(condition.subject, (fixed(condition),))
    if isinstance(condition, Always | Never):
        return answer is isinstance(condition, Always)
    if isinstance(condition, Not):
        return can_be(condition.condition, answer=not answer)
    quantifier = all if isinstance(condition, Every) is answer else any
    return quantifier(can_be(part, answer=answer) for part in condition.conditions)


def truth(text: str) -> Ternary:
    """Whether a setting's text switches something on; None for `auto`, which leaves it to the program."""
    folded = text.strip().casefold()
    return None if folded == "auto" else folded not in FALSY


def decide(question: Question, value: str | None) -> Ternary:
    """What a value answers to a question about it; None for a value that is unknown, "" for one that is unset."""
    if value is None:
        return None
    if question.operator == "set":
        return value.strip() != ""
    if question.operator == "true":
        return truth(value)
    forms = value_forms(value.strip())
    return any(fnmatchcase(form, wanted.casefold()) for form in forms for wanted in question.values)


def fixed(question: Question) -> Ternary:
    """The answer to a question that needs no context: what is only mentioned has no effect; None for all others."""
    return False if question.subject == "mention" else None


def value_forms(text: str) -> frozenset[str]:
    """The forms in which a value is compared: case folded, and without `torch.` and its like."""
    folded = text.casefold()
    dotted = DOTTED.fullmatch(folded)
    return frozenset({folded, dotted[1]} if dotted else {folded})

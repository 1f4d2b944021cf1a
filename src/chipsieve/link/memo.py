"""What follows from a file's conditions in this run? They ask few tests, which most runs answer alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from chipsieve.facts.conditions import Always, Condition, Every, Never, Not, Question, questions
from chipsieve.facts.deciding import Context, all_hold, fixed
from chipsieve.facts.ternary import Ternary

KNOWABLE = {  # the tests of which a run may know anything, and what; all others answer alike in every run
    "option": (True, False), "variable": (True, False), "entry": (True, False), "call": (True,), "import": (True,),
}  # fmt: skip
KEPT = 8  # outcomes of one file that are remembered

Settling = TypeVar("Settling")


class Asked:
    """A test, one object for all equal ones: it is looked up all the time, and by identity."""

    __slots__ = ("question",)

    def __init__(self, question: Question) -> None:
        """Ask a test."""
        self.question = question


_question = lru_cache(maxsize=65_536)(Asked)


class Knowledge(Context, Protocol):
    """Something that answers tests, and remembers what it answered to a question."""

    def __getitem__(self, question: Asked, /) -> Ternary:
        """The answer to the question's test."""


class Settled(Generic[Settling]):
    """What follows from several lists of conditions, worked out once for equal answers to the tests that they ask."""

    def __init__(self, several: Iterable[Sequence[Condition]], settle: Callable[[Sequence[Ternary]], Settling]) -> None:
        """`settle` says what follows from the answers to the lists, in their order."""
        self._several, self._settle = tuple(several), settle
        asked = (one for conditions in self._several for condition in conditions for one in questions(condition))
        self._asked = tuple(dict.fromkeys(_question(one) for one in asked if one.subject in KNOWABLE))
        self._known: dict[tuple[Ternary, ...], Settling] = {}

    def under(self, context: Knowledge) -> Settling:
        """What follows in this context; it depends on the answers to the tests alone."""
        answers = tuple(map(context.__getitem__, self._asked))
        if answers not in self._known:
            if len(self._known) == KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[answers] = self._settle([all_hold(conditions, context) for conditions in self._several])
        return self._known[answers]


def may(condition: Condition, *, answer: bool) -> bool:
    """Whether the condition could have this answer in some run."""
    if isinstance(condition, Question):
        return answer in KNOWABLE.get(condition.subject, (fixed(condition),))
    if isinstance(condition, Always | Never):
        return answer is isinstance(condition, Always)
    if isinstance(condition, Not):
        return may(condition.condition, answer=not answer)
    quantifier = all if isinstance(condition, Every) is answer else any
    return quantifier(may(part, answer=answer) for part in condition.conditions)

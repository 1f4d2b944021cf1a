"""What follows from a file's conditions in this run? They ask few tests, which most runs answer alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from chipsieve.link.holds import Context, fixed, hold
from chipsieve.logic import Answer
from chipsieve.model import Condition, Every, Not, Test

KNOWABLE = {  # the tests of which a run may know anything, and what; all others answer alike in every run
    "option": (True, False), "variable": (True, False), "entry": (True, False), "call": (True,), "import": (True,),
}  # fmt: skip
KEPT = 8  # outcomes of one file that are remembered

Settling = TypeVar("Settling")


class Question:
    """A test, one object for all equal ones: it is looked up all the time, and by identity."""

    __slots__ = ("test",)

    def __init__(self, test: Test) -> None:
        """Ask a test."""
        self.test = test


_question = lru_cache(maxsize=65_536)(Question)


class Knowledge(Context, Protocol):
    """Something that answers tests, and remembers what it answered to a question."""

    def __getitem__(self, question: Question, /) -> Answer:
        """The answer to the question's test."""


class Settled(Generic[Settling]):
    """What follows from several lists of conditions, worked out once for equal answers to the tests that they ask."""

    def __init__(self, several: Iterable[Sequence[Condition]], settle: Callable[[Sequence[Answer]], Settling]) -> None:
        """`settle` says what follows from the answers to the lists, in their order."""
        self._several, self._settle = tuple(several), settle
        asked = (test for conditions in self._several for condition in conditions for test in tests(condition))
        self._asked = tuple(dict.fromkeys(_question(test) for test in asked if test.subject in KNOWABLE))
        self._known: dict[tuple[Answer, ...], Settling] = {}

    def under(self, context: Knowledge) -> Settling:
        """What follows in this context; it depends on the answers to the tests alone."""
        answers = tuple(map(context.__getitem__, self._asked))
        if answers not in self._known:
            if len(self._known) == KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[answers] = self._settle([hold(conditions, context) for conditions in self._several])
        return self._known[answers]


def tests(condition: Condition) -> Iterator[Test]:
    """The tests that a condition asks."""
    if isinstance(condition, Test):
        yield condition
    else:
        for part in (condition.condition,) if isinstance(condition, Not) else condition.conditions:
            yield from tests(part)


def may(condition: Condition, *, answer: bool) -> bool:
    """Whether the condition could have this answer in some run."""
    if isinstance(condition, Test):
        return answer in KNOWABLE.get(condition.subject, (fixed(condition),))
    if isinstance(condition, Not):
        return may(condition.condition, answer=not answer)
    quantifier = all if isinstance(condition, Every) is answer else any
    return quantifier(may(part, answer=answer) for part in condition.conditions)

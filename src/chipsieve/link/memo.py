"""What follows from a file's conditions in this run? Memoised by the answers to the few questions that they ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

from chipsieve.facts.conditions import Always, Condition, Every, Never, Not, Question, questions
from chipsieve.facts.deciding import Context, all_hold, fixed
from chipsieve.facts.ternary import Ternary

ANSWERABLE = {  # the questions of which a run may know anything, and what; all others answer alike in every run
    "option": (True, False), "variable": (True, False), "entry": (True, False), "call": (True,), "import": (True,),
}  # fmt: skip
KEPT = 8  # results of one file that are remembered
WALKS = 64  # walks that start alike and are remembered

Result = TypeVar("Result")


class InternedQuestion:
    """A question, one object for all equal ones: it is looked up all the time, and by identity."""

    __slots__ = ("question",)

    def __init__(self, question: Question) -> None:
        """Wrap a question."""
        self.question = question


_interned = lru_cache(maxsize=65_536)(InternedQuestion)


class Knowledge(Context, Protocol):
    """Something that answers questions, each once."""

    def __getitem__(self, question: InternedQuestion, /) -> Ternary:
        """The answer to a question."""


class AnsweredOnce(Generic[Result]):
    """What follows from several lists of conditions, worked out once for equal answers to the questions in them."""

    def __init__(self, several: Iterable[Sequence[Condition]], conclude: Callable[[Sequence[Ternary]], Result]) -> None:
        """`conclude` says what follows from the answers to the lists, in their order."""
        self._several, self._conclude = tuple(several), conclude
        asked = (one for conditions in self._several for condition in conditions for one in questions(condition))
        self.asked = tuple(dict.fromkeys(_interned(one) for one in asked if one.subject in ANSWERABLE))
        self._known: dict[tuple[Ternary, ...], Result] = {}

    def under(self, context: Knowledge) -> Result:
        """What follows in this context; it depends on the answers to the questions alone."""
        answers = tuple(map(context.__getitem__, self.asked))
        result = self._known.get(answers)
        if result is None:
            if len(self._known) == KEPT:
                self._known.pop(next(iter(self._known)))
            result = self._conclude([all_hold(conditions, context) for conditions in self._several])
            self._known[answers] = result
        return result


class Walks(Generic[Result]):
    """What walks over files that start alike come to, by the questions that each asks on its way and their answers.

    Which files a walk meets, and so what it asks next, depends on nothing but the answers so far: one that is answered
    alike whatever an earlier one asked is the same walk.
    """

    def __init__(self) -> None:
        """Know of no walk yet."""
        self._known: dict[tuple[InternedQuestion, ...], dict[tuple[Ternary, ...], Result]] = {}

    def known(self, context: Knowledge) -> Result | None:
        """What the walk comes to in this context, None where no walk like it was kept."""
        for asked, results in self._known.items():
            result = results.get(tuple(map(context.__getitem__, asked)))
            if result is not None:
                return result
        return None

    def keep(self, met: Iterable[AnsweredOnce[Any]], context: Knowledge, result: Result) -> Result:
        """Remember what a walk came to that asked what these ask; whether it stands in an entry is no question."""
        each_once = dict.fromkeys(chain.from_iterable(each.asked for each in met))
        asked = tuple(one for one in each_once if one.question.subject != "entry")
        if sum(map(len, self._known.values())) >= WALKS:
            self._known.clear()
        self._known.setdefault(asked, {})[tuple(map(context.__getitem__, asked))] = result
        return result


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

"""What follows from a file's conditions in this run? Memoised by the answers to the few questions that they ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

from chipsieve.facts.conditions import Condition, Question, questions
from chipsieve.facts.deciding import ANSWERABLE, Context, all_hold, decide, fixed
from chipsieve.facts.ternary import Ternary
from chipsieve.link.option_values import option_name

KEPT = 8  # results of one file that are remembered
WALKS = 64  # walks that start alike and are remembered

Result = TypeVar("Result")


class InternedQuestion:
    """A question, one object for all equal ones: it is looked up all the time, and by identity.

    `option` is the name under which the option is compared that it may ask for.
    """

    __slots__ = ("option", "question")

    def __init__(self, question: Question) -> None:
        """Wrap a question."""
        self.question, self.option = question, option_name(question.name)


interned = lru_cache(maxsize=65_536)(InternedQuestion)


@lru_cache(maxsize=65_536)  # thousands of launches give the same options the same few values
def decided(asked: InternedQuestion, value: str) -> Ternary:
    """What a value answers to a question."""
    return decide(asked.question, value)


class _Given(dict[Question, Ternary]):
    """Answers to all the questions of which a run may know anything."""

    answer = dict.__getitem__

    def __missing__(self, question: Question) -> Ternary:
        """The answer to another question, which is the same in every run."""
        return fixed(question)


class Knowledge(Context, Protocol):
    """Something that answers questions, each once."""

    def __getitem__(self, question: InternedQuestion, /) -> Ternary:
        """The answer to a question."""


class AnsweredOnce(Generic[Result]):
    """What follows from several lists of conditions, worked out once for equal answers to the questions in them."""

    def __init__(self, several: Iterable[Sequence[Condition]], conclude: Callable[[Sequence[Ternary]], Result]) -> None:
        """`conclude` says what follows from the answers to the lists, in their order."""
        lists = tuple(map(tuple, several))
        places = {conditions: place for place, conditions in enumerate(dict.fromkeys(lists))}
        self._lists, self._order = tuple(places), tuple(map(places.__getitem__, lists))
        self._conclude = conclude
        asked = dict.fromkeys(one for conditions in places for condition in conditions for one in questions(condition))
        self._questions = tuple(one for one in asked if one.subject in ANSWERABLE)
        self.asked = tuple(map(interned, self._questions))
        self._known: dict[tuple[Ternary, ...], Result] = {}

    def under(self, context: Knowledge) -> Result:
        """What follows in this context; it depends on the answers to the questions alone."""
        answers = tuple(map(context.__getitem__, self.asked))
        result = self._known.get(answers)
        if result is None:
            if len(self._known) == KEPT:
                self._known.pop(next(iter(self._known)))
            given = _Given(zip(self._questions, answers, strict=True))
            known = [all_hold(conditions, given) for conditions in self._lists]
            result = self._conclude(list(map(known.__getitem__, self._order)))
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

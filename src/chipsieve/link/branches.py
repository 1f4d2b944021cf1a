"""Which facts of a file are said on every branch? One of them takes effect, though nobody can tell which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from chipsieve.facts.conditions import MENTION, Condition, Conditions, Question, questions
from chipsieve.facts.deciding import all_hold
from chipsieve.facts.reading import Fact

MOST_QUESTIONS = 5  # that decide between the branches: 32 combinations of answers
MOST_BRANCHES = 12
NEVER_SAID = ("claim", "literal")  # kinds of fact that do not take effect as code does

Said = tuple[object, ...]  # what a fact says, wherever it stands


class Branches(NamedTuple):
    """Facts that say the same, by their indices, and the conditions under which one of them takes effect."""

    places: tuple[int, ...]
    conditions: Conditions


def branches(facts: Sequence[Fact]) -> Iterator[Branches]:
    """The facts that say the same on all branches of what decides between them."""
    same: defaultdict[Said, list[int]] = defaultdict(list)
    for place, fact in enumerate(facts):
        if fact.conditions and MENTION not in fact.conditions and fact.kind not in NEVER_SAID:
            same[said(fact)].append(place)
    for places in same.values():
        if 1 < len(places) <= MOST_BRANCHES:
            several = [facts[place].conditions for place in places]
            shared = tuple(item for item in several[0] if all(item in conditions for conditions in several))
            rests = [[item for item in conditions if item not in shared] for conditions in several]
            if all(rests) and _one_holds(rests):
                yield Branches(tuple(places), shared)


def said(fact: Fact) -> Said:
    """What a fact says, wherever it stands."""
    return fact.kind, fact.name, fact.value, fact.parts, fact.argument, fact.chosen


def _one_holds(several: Sequence[Sequence[Condition]]) -> bool:
    """Whether one of some lists of conditions holds whatever the answers to the questions in them are."""
    asked = {one for conditions in several for condition in conditions for one in questions(condition)}
    if len(asked) > MOST_QUESTIONS:
        return False
    answers = (_Answers(zip(asked, row, strict=True)) for row in product((True, False), repeat=len(asked)))
    return all(any(all_hold(conditions, row) for conditions in several) for row in answers)


class _Answers(dict[Question, bool]):
    """One answer to each question."""

    def answer(self, question: Question) -> bool:
        """The answer to a question."""
        return self[question]

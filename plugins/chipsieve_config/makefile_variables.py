"""What does a makefile's text say once make has filled in its variables? Alternatives stay apart.

Source: GNU make manual, "How to Use Variables", "Functions for Transforming Text".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from chipsieve.facts.conditions import (
    NEVER,
    Condition,
    Conditions,
    Question,
    all_of,
    as_conditions,
    negate,
    questions,
    unknown,
)  # fmt: skip
from chipsieve.facts.deciding import holds
from chipsieve.facts.relocation import Stretch

ALTERNATIVES = 8  # of one text; more are unknown
QUESTIONS = 5  # of which all answers are tried
DEPTH = 12  # variables within variables
LONGEST = 20_000  # characters of one text that is filled in
CONDITIONAL = 1_000  # assignments in branches; what is assigned after so many is unknown
BUDGET = 2_000_000  # characters filled in for one makefile
OPENING = {"(": ")", "{": "}"}
NAME = re.compile(r"[\w.<@^*+?%|-]+", re.ASCII)
CALL = re.compile(r"(?P<function>[a-z-]+)[ \t]+(?P<operands>.*)", re.DOTALL)

Value = tuple[Conditions, Stretch]
Values = tuple[Value, ...]


class Variables:
    """The variables of one makefile, each with the values that it may have and the conditions of each."""

    def __init__(self) -> None:
        """Start with none."""
        self._values: dict[str, Values] = {}
        self._left = BUDGET
        self._doubtful = 0
        self.cut = False

    def assign(self, name: str, sign: str, value: Stretch, conditions: Conditions = ()) -> None:
        """Take over `name sign value`, under the conditions of the lines around it."""
        before = self._values.get(name, ())
        self._doubtful += bool(conditions)
        if self._doubtful > CONDITIONAL:
            self.cut = True
            self._values.pop(name, None)
            return
        if sign == "?=" and before:
            return
        if "+" in sign:
            new = tuple((held, self._grown(old, value)) for held, old in before) or (((), value),)
        elif re.search(rf"\$[({{]{re.escape(name)}[)}}]", value.text):
            new = self.filled(value, {name: before})
        else:
            new = (((), value),)
        self._values[name] = _bounded(new, before, conditions)

    def _grown(self, old: Stretch, value: Stretch) -> Stretch:
        """The old value with more behind it, as long as it may still be filled in."""
        if len(old.text) + len(value.text) > LONGEST:
            self.cut = True
            return old
        return _spaced(old, value)

    def all(self) -> Iterator[tuple[str, Values]]:
        """Every variable with its values."""
        yield from self._values.items()

    def values(self, name: str) -> Values:
        """The values of one variable, filled in; none where nobody knows it."""
        return tuple(
            (as_conditions(all_of((*held, *further))), one)
            for held, value in self._values.get(name, ())
            for further, one in self.filled(value, {})
        )

    def filled(self, text: Stretch, local: Mapping[str, Values], depth: int = 0) -> Values:
        """The texts that make may make of a text, each with its conditions; what nobody knows is `${NAME}`.

        `local` are the variables that hold in this place alone.
        """
        if len(text.text) > LONGEST or self._left <= 0:
            self.cut = True
            return (((), text),)
        done: Values = (((), Stretch()),)
        at = 0
        for start, end, inner in references(text.text):
            place = text.offsets[start]
            values = self._referred(text.cut(*inner), place, local, depth) if inner else _text("$", place)
            done = self._product(done, text.cut(at, start), _placed(values, place), inner, text)
            at = end
        return tuple((held, one.joined(text.cut(at))) for held, one in done)

    def _product(
        self, done: Values, between: Stretch, values: Values, inner: tuple[int, int] | None, text: Stretch
    ) -> Values:
        """Each text so far with each value, as far as their conditions can hold together."""
        made = [
            (as_conditions(both), one.joined(between, value))
            for held, one in done
            for further, value in values
            if _possible(both := all_of((*held, *further)))
        ]
        size = sum(len(one.text) for _, one in made)
        self._left -= size
        if len(made) <= ALTERNATIVES and size <= LONGEST and self._left > 0:
            return tuple(made)
        self.cut = True
        name = text.text[slice(*inner)] if inner else ""
        held, one = done[0]
        return ((held, one.joined(between, *(value for _, value in _open(name, text.offsets[0])))),)

    def _referred(self, inner: Stretch, place: int, local: Mapping[str, Values], depth: int) -> Values:
        """The values of `$(inner)`: a variable, or a function of which the operands say enough."""
        name = inner.text.strip()
        if depth > DEPTH:
            return _open(name, place)
        if NAME.fullmatch(name):
            known = local.get(name) or self._values.get(name)
            if not known:
                return _open(name, place)
            return tuple(
                (as_conditions(all_of((*held, *further))), one)
                for held, value in known
                for further, one in self.filled(value, local, depth + 1)
            )[:ALTERNATIVES]
        call = CALL.fullmatch(name)
        operands = _operands(inner) if call else []
        if call and call["function"] == "strip":
            return self.filled(operands[0], local, depth + 1)
        if call and call["function"] == "if" and len(operands) > 1:
            chosen = unknown(operands[0].text)
            otherwise = operands[2] if len(operands) > 2 else Stretch()  # noqa: PLR2004 - `if` has three operands
            sides = ((chosen, operands[1]), (negate(chosen), otherwise))
            return tuple(
                ((side, *held), one) for side, value in sides for held, one in self.filled(value, local, depth + 1)
            )
        if call and call["function"] == "call" and (body := self._values.get(operands[0].text.strip())):
            given = {str(number): (((), one),) for number, one in enumerate(operands) if number}
            return tuple(one for _, value in body for one in self.filled(value, {**local, **given}, depth + 1))
        return _open(name, place)


def references(text: str) -> Iterator[tuple[int, int, tuple[int, int] | None]]:
    """Each `$(...)`, `${...}`, `$X` of a text: where it begins and ends, and what is inside; None for `$$`."""
    at = text.find("$")
    while 0 <= at < len(text) - 1:
        sign = text[at + 1]
        end = _closing(text, at + 1) if sign in OPENING else at + 2
        if sign == "$":
            yield at, end, None
        elif end and not sign.isspace():
            yield at, end, (at + 2, end - 1) if sign in OPENING else (at + 1, end)
        at = text.find("$", end or at + 2)


def _closing(text: str, start: int) -> int:
    """The offset past the bracket that closes the one at `start`; 0 where none does."""
    opened, closed, depth = text[start], OPENING[text[start]], 0
    for at in range(start, min(len(text), start + LONGEST)):
        depth += (text[at] == opened) - (text[at] == closed)
        if not depth:
            return at + 1
    return 0


def _operands(inner: Stretch) -> list[Stretch]:
    """The operands of a function, between commas outside brackets."""
    found, depth = [], 0
    start = re.search(r"[ \t]", inner.text.lstrip())
    begin = len(inner.text) - len(inner.text.lstrip()) + (start.end() if start else 0)
    for at in range(begin, len(inner.text)):
        sign = inner.text[at]
        depth += (sign in OPENING) - (sign in OPENING.values())
        if sign == "," and not depth:
            found.append(inner.cut(begin, at))
            begin = at + 1
    return [*found, inner.cut(begin)]


def _open(name: str, place: int) -> Values:
    """A variable that the shell does not know either."""
    return _text("${" + (re.sub(r"\W+", "_", name).strip("_") or "_") + "}", place)


def _text(text: str, place: int) -> Values:
    return (((), Stretch(text, (place,) * len(text))),)


def _placed(values: Values, place: int) -> Values:
    """The values with their beginning at the reference, for a command stands where it is run; options stay."""
    return tuple(
        (held, one if one.text[:1] in ("", "-") else Stretch(one.text, (place, *one.offsets[1:])))
        for held, one in values
    )


def _spaced(old: Stretch, value: Stretch) -> Stretch:
    blank = Stretch(" ", value.offsets[:1] or old.offsets[-1:])
    return old.joined(blank, value) if blank.offsets else old


def _bounded(new: Values, before: Values, conditions: Conditions) -> Values:
    """The new values where the conditions hold, and those of before where they do not."""
    if not conditions:
        return new
    opposite = negate(all_of(conditions))
    taken = [((*conditions, *held), one) for held, one in new]
    kept = [((*held, opposite), one) for held, one in before or (((), Stretch()),)]
    possible = [(all_of(held), one) for held, one in (*taken, *kept)]
    return tuple((as_conditions(held), one) for held, one in possible if _possible(held))[: 2 * ALTERNATIVES]


class _Answers(NamedTuple):
    """One way in which everything that is asked may be answered."""

    answers: Mapping[Question, bool]

    def answer(self, question: Question) -> bool:
        return self.answers[question]


def _possible(condition: Condition) -> bool:
    """Whether any answers make the condition hold: with `else` behind `else ifeq`, some that look possible are not."""
    asked = tuple(dict.fromkeys(questions(condition)))
    if len(asked) > QUESTIONS:
        return condition != NEVER
    several = product((True, False), repeat=len(asked))
    return any(holds(condition, _Answers(dict(zip(asked, answers, strict=True)))) for answers in several)

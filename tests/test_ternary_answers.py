"""What follows from answers that may be unknown? Kleene's tables, and what one value answers to a question about it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product

import pytest

from chipsieve.facts.conditions import (
    ALWAYS,
    MENTION,
    NEVER,
    Condition,
    Every,
    Not,
    Question,
    Some,
)
from chipsieve.facts.deciding import FALSY, all_hold, decide, fixed, holds, truth, value_forms
from chipsieve.facts.ternary import Ternary, every, negate, some

ANSWERS: tuple[Ternary, ...] = (True, None, False)
YES, NO, UNKNOWN = (Question("option", name) for name in ("yes", "no", "unknown"))
SET, TRUE = Question("variable", "A", "set"), Question("variable", "A", "true")


class Known:
    """A context that knows two options."""

    def answer(self, question: Question) -> Ternary:
        """True of `yes`, False of `no`, unknown of all else."""
        return {"yes": True, "no": False}.get(question.name)


def test_all_hold_as_far_as_the_least_certain_does_and_one_as_far_as_the_most_certain() -> None:
    order = {False: 0, None: 1, True: 2}
    for several in product(ANSWERS, repeat=3):
        assert every(several) is min(several, key=order.__getitem__)
        assert some(several) is max(several, key=order.__getitem__)
    assert (every(()), some(())) == (True, False)


def test_the_opposite_of_unknown_is_unknown() -> None:
    assert [negate(answer) for answer in ANSWERS] == [False, None, True]
    for pair in product(ANSWERS, repeat=2):  # De Morgan's law
        assert negate(every(pair)) is some(map(negate, pair))


def test_no_more_is_asked_than_decides() -> None:
    def answers(several: tuple[Ternary, ...]) -> Iterator[Ternary]:
        yield from several
        raise AssertionError("asked on")

    assert every(answers((True, None, False))) is False
    assert some(answers((False, None, True))) is True


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (YES, True), (NO, False), (UNKNOWN, None), (ALWAYS, True), (NEVER, False),
        (Not(YES), False), (Not(NO), True), (Not(UNKNOWN), None),
        (Every((YES, UNKNOWN)), None), (Every((UNKNOWN, NO)), False), (Every((YES, Not(NO))), True),
        (Some((NO, UNKNOWN)), None), (Some((UNKNOWN, YES)), True), (Some((NO, Not(YES))), False),
        (Not(Every((YES, Some((NO, UNKNOWN))))), None),
    ],
)  # fmt: skip
def test_a_condition_holds_as_its_parts_do(condition: Condition, answer: Ternary) -> None:
    assert holds(condition, Known()) is answer


def test_several_conditions_hold_together() -> None:
    for order in permutations((YES, UNKNOWN, NO)):
        assert all_hold(order, Known()) is False
    assert all_hold((YES, UNKNOWN), Known()) is None
    assert all_hold((YES, Not(NO)), Known()) is True
    assert all_hold((), Known()) is True


@pytest.mark.parametrize(
    ("value", "is_set", "is_true"),
    [
        (None, None, None), ("", False, False), ("  ", False, False), ("auto", True, None), (" AUTO ", True, None),
        ("0", True, False), (" Off ", True, False), ("1", True, True), ("bf16", True, True),
    ],
)  # fmt: skip
def test_a_value_may_be_set_and_may_switch_something_on(value: str | None, is_set: Ternary, is_true: Ternary) -> None:
    assert (decide(SET, value), decide(TRUE, value)) == (is_set, is_true)


def test_words_for_no_switch_nothing_on() -> None:
    assert {truth(word) for word in FALSY} == {truth(word.upper()) for word in FALSY} == {False}
    assert [truth(text) for text in ("yes", "2", "automatic", "auto")] == [True, True, True, None]


@pytest.mark.parametrize(
    ("value", "values", "answer"),
    [
        ("bf16", ("fp16", "bf16"), True), (" BF16 ", ("Bf16",), True), ("torch.bf16", ("bf16",), True),
        ("torch.bf16", ("torch.bf16",), True), ("bf16", ("torch.bf16",), False), ("bf16x", ("bf16",), False),
        ("o2", ("o*",), True), ("level-o2", ("o*",), False), ("", ("bf16",), False), (None, ("bf16",), None),
        ("bf16", (), False),
    ],
)  # fmt: skip
def test_a_value_is_one_of_some_in_any_of_its_forms(
    value: str | None, values: tuple[str, ...], answer: Ternary
) -> None:
    assert decide(Question("option", "dtype", "in", values), value) is answer


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("torch.BFloat16", {"torch.bfloat16", "bfloat16"}), ("a.b.c", {"a.b.c", "c"}), ("bf16", {"bf16"}),
        ("2.5", {"2.5"}), ("v2.5", {"v2.5"}), ("a.b c", {"a.b c"}), ("", {""}),
    ],
)  # fmt: skip
def test_a_dotted_name_has_two_forms_and_a_number_has_one(text: str, forms: set[str]) -> None:
    assert value_forms(text) == forms


def test_what_is_only_mentioned_needs_no_context() -> None:
    assert fixed(MENTION) is False
    assert fixed(YES) is None

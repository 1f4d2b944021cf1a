"""Does the algebra of conditions keep its answers? Every answer to three questions is tried on what it builds."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.facts.conditions import (
    ALWAYS,
    DEPTH_LIMIT,
    MENTION,
    NEVER,
    SIZE_LIMIT,
    TEXT_LIMIT,
    Condition,
    Conditions,
    Every,
    Not,
    Question,
    Some,
    all_of,
    any_of,
    as_conditions,
    conflict,
    hardware,
    negate,
    questions,
    shorten,
    size,
    stack,
    unknown,
)

A, B, C = (Question("option", name) for name in "abc")
ASKED = (A, B, C)
ANSWERS: list[dict[Condition, bool]] = [dict(zip(ASKED, yes, strict=True)) for yes in product((False, True), repeat=3)]
built: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from((*ASKED, ALWAYS, NEVER)),
    lambda parts: st.one_of(
        parts.map(negate), st.lists(parts, max_size=4).map(all_of), st.lists(parts, max_size=4).map(any_of)
    ),
    max_leaves=8,
)


def holds(condition: Condition, answers: Mapping[Condition, bool]) -> bool:
    """Whether a condition holds, worked out from its shape alone."""
    match condition:
        case Every():
            return all(holds(part, answers) for part in condition.conditions)
        case Some():
            return any(holds(part, answers) for part in condition.conditions)
        case Not():
            return not holds(condition.condition, answers)
        case Question():
            return answers[condition]
        case _:
            return condition == ALWAYS


def everywhere(condition: Condition) -> list[bool]:
    """Whether a condition holds, for each way to answer."""
    return [holds(condition, answers) for answers in ANSWERS]


def flat(condition: Condition) -> bool:
    """Whether no conjunction stands in one, no disjunction in one, and nothing decided in either."""
    if isinstance(condition, Every | Some):
        parts = condition.conditions
        decided = any(isinstance(part, type(condition)) or part in (ALWAYS, NEVER) for part in parts)
        return len(set(parts)) == len(parts) > 1 and not decided and all(map(flat, parts))
    return not isinstance(condition, Not) or flat(condition.condition)


@given(built)
def test_the_opposite_holds_where_it_does_not(condition: Condition) -> None:
    assert everywhere(negate(condition)) == [not held for held in everywhere(condition)]


@given(st.lists(built, max_size=4))
def test_a_conjunction_holds_where_all_do(parts: list[Condition]) -> None:
    assert everywhere(all_of(parts)) == [all(held) for held in zip(*map(everywhere, [*parts, ALWAYS]), strict=True)]


@given(st.lists(built, max_size=4))
def test_a_disjunction_holds_where_one_does(parts: list[Condition]) -> None:
    assert everywhere(any_of(parts)) == [any(held) for held in zip(*map(everywhere, [*parts, NEVER]), strict=True)]


@given(st.lists(built, max_size=4))
def test_what_is_built_stays_small(parts: list[Condition]) -> None:
    assert flat(all_of(parts))
    assert flat(any_of(parts))


@given(st.lists(built, max_size=5))
def test_a_list_of_conditions_holds_where_all_do(parts: list[Condition]) -> None:
    assert everywhere(Every(stack((), *parts))) == everywhere(all_of(parts))
    assert everywhere(Every(as_conditions(all_of(parts)))) == everywhere(all_of(parts))


@given(st.lists(built, max_size=3), st.lists(built, max_size=3))
def test_what_conflicts_never_holds_together(one: list[Condition], other: list[Condition]) -> None:
    if conflict(tuple(one), tuple(other)):
        assert not any(everywhere(all_of([*one, *other])))


@given(built)
def test_its_questions_are_those_that_it_asks(condition: Condition) -> None:
    asked = list(questions(condition))
    assert size(condition) == max(1, len(asked)) or condition in (ALWAYS, NEVER)
    for answers in ANSWERS:
        others = answers | {one: not answers[one] for one in ASKED if one not in asked}
        assert holds(condition, answers) == holds(condition, others)


def test_the_shapes_that_reports_show() -> None:
    # Built here, not in a table of parameters: mutation testing knows by what a test calls which faults it may find.
    shapes: list[tuple[Condition, Condition]] = [
        (all_of([]), ALWAYS),
        (any_of([]), NEVER),
        (all_of([A]), A),
        (any_of([A]), A),
        (all_of([A, ALWAYS]), A),
        (all_of([A, NEVER, B]), NEVER),
        (any_of([A, NEVER]), A),
        (any_of([A, ALWAYS, B]), ALWAYS),
        (all_of([A, Not(A)]), NEVER),
        (any_of([A, Not(A)]), ALWAYS),
        (all_of([A, B, Some((Not(A), Not(B)))]), NEVER),
        (any_of([A, B, Every((Not(A), Not(B)))]), ALWAYS),
        (all_of([Every((A, B)), Every((B, C))]), Every((A, B, C))),
        (any_of([Some((A, B)), Some((B, C))]), Some((A, B, C))),
        (any_of([A, Every((Not(A), B))]), Some((A, B))),
        (any_of([A, Every((Not(A), B, C))]), Some((A, Every((B, C))))),
        (any_of([Not(A), Every((A, B))]), Some((Not(A), B))),
        (any_of([A, Every((B, C))]), Some((A, Every((B, C))))),
        (negate(ALWAYS), NEVER),
        (negate(NEVER), ALWAYS),
        (negate(Not(A)), A),
        (negate(Some((A, Not(B)))), Every((Not(A), B))),
        (negate(Every((A, B))), Not(Every((A, B)))),
    ]
    assert [(found, expected) for found, expected in shapes if found != expected] == []


def test_a_condition_is_a_list_of_those_that_must_hold() -> None:
    assert as_conditions(ALWAYS) == ()
    assert as_conditions(A) == (A,)
    assert as_conditions(Every((A, B))) == (A, B)
    assert as_conditions(Some((A, B))) == (Some((A, B)),)


@pytest.mark.parametrize(
    ("condition", "count"),
    [(A, 1), (ALWAYS, 1), (NEVER, 1), (Not(Every((A, B))), 2), (Some((A, Every((B, C, Not(A))))), 4)],
)
def test_the_size_is_the_number_of_questions(condition: Condition, count: int) -> None:
    assert size(condition) == count


def test_the_questions_come_in_their_order() -> None:
    assert list(questions(Some((A, Every((B, Not(C))))))) == [A, B, C]
    assert list(questions(ALWAYS)) == []


def test_source_text_stands_on_one_short_line() -> None:
    assert shorten(" if\ta\n  == b ") == "if a == b"
    assert shorten("x" * TEXT_LIMIT) == "x" * TEXT_LIMIT
    assert shorten("x" * (TEXT_LIMIT + 1)) == "x" * (TEXT_LIMIT - 1) + "…"
    assert unknown("a\n b") == Question("unknown", text="a b")
    assert hardware("a\n b") == Question("hardware", text="a b")


def numbered(count: int, start: int = 0) -> list[Question]:
    return [Question("option", str(number)) for number in range(start, start + count)]


def test_a_list_of_conditions_is_bounded() -> None:
    full = stack((), *numbered(DEPTH_LIMIT))
    assert full == tuple(numbered(DEPTH_LIMIT))
    too_many = unknown("too many conditions")
    assert stack(full, A) == (*full, too_many)
    assert stack(full, A, B, C) == (*full, too_many)
    assert stack(full, NEVER, MENTION, A) == (*full, NEVER, MENTION, too_many)
    assert stack(full, full[0], ALWAYS) == full


def test_one_condition_of_a_list_is_bounded() -> None:
    fits, too_large = Some(tuple(numbered(SIZE_LIMIT))), Some(tuple(numbered(SIZE_LIMIT + 1)))
    assert stack((), fits) == (fits,)
    assert stack((A,), too_large, B) == (A, unknown("too many conditions"), B)


@pytest.mark.parametrize(
    ("one", "other", "never"),
    [
        ((A,), (Not(A),), True),
        ((A, B), (C, Not(B)), True),
        ((NEVER,), (), True),
        ((), (NEVER,), True),
        ((A,), (B,), False),
        ((), (), False),
    ],
)
def test_a_conflict_is_seen_in_both(one: Conditions, other: Conditions, never: bool) -> None:
    assert conflict(one, other) is never

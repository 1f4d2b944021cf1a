"""Is a fact found that every branch states, and is one that a branch leaves out not?"""

from __future__ import annotations

import pytest

from chipsieve.facts.conditions import MENTION, Condition, Not, Question
from chipsieve.facts.reading import Fact
from chipsieve.link.branches import branches
from link_builders import span

A, B, CALL = Question("unknown", text="a"), Question("unknown", text="b"), Question("call", "f")


def fact(*conditions: Condition, name: str = "torch.bfloat16") -> Fact:
    return Fact("name", name, None, span(), conditions=conditions)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([fact(CALL, A), fact(CALL, Not(A))], [((0, 1), (CALL,))]),
        ([fact(A), fact(Not(A), B), fact(Not(A), Not(B))], [((0, 1, 2), ())]),
        ([fact(A), fact(B)], []),
        ([fact(A), fact(Not(A), B)], []),
        ([fact(CALL, A), fact(Not(A))], []),
        ([fact(A), fact(Not(A), name="torch.float16")], []),
        ([fact(A), fact(Not(A), MENTION)], []),
        ([fact(CALL), fact(CALL)], []),
    ],
)
def test_branches(facts: list[Fact], expected: list[tuple[tuple[int, ...], tuple[Condition, ...]]]) -> None:
    assert [(item.places, item.conditions) for item in branches(facts)] == expected

"""Which texts may an expression have?"""

from __future__ import annotations

from typing import NamedTuple

from chipsieve.facts.conditions import Conditions, Question, stack
from chipsieve_python.evaluate import evaluate
from chipsieve_python.scope import Scope
from chipsieve_python.syntax_tree import expression_kinds as expr


class Text(NamedTuple):
    """A text that an expression may have, None where nobody knows it; `chosen` is the option or variable that is it."""

    own: Conditions
    known: str | None
    chosen: Question | None = None


def texts_of(node: expr.Expression, scope: Scope) -> tuple[Text, ...]:
    """The texts that an expression may have.

    A truth that is no option's or variable's (the hardware's) is `true` under its condition.
    """
    found: list[Text] = []
    for own, value in evaluate(node, scope):
        if value.test is None:
            found.append(Text(own, value.text))
        elif isinstance(value.test, Question) and value.test.subject in ("option", "variable"):
            found.append(Text(own, None, value.test))
        else:
            found.append(Text(stack(own, value.test), "true"))
    return tuple(found)

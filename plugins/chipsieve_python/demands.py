"""What must the device have for the program to go on? Tests of it, past which a program stops.

`assert torch.cuda.get_device_capability()[0] >= 9`, `if memory < 40e9: raise ...`. What only warns demands nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from chipsieve.facts.conditions import Condition, Question, negate
from chipsieve_python.call_facts import callee_name
from chipsieve_python.context import Context
from chipsieve_python.evaluate import condition_of, evaluate
from chipsieve_python.literals import Measure, number
from chipsieve_python.measures import ANY_GPU, amount, measure_of
from chipsieve_python.syntax_tree import expression_kinds as expr

INVERSE = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "!=", "!=": "==", "in": "not in", "not in": "in"}
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "=="}
HELPERS = frozenset({"has_cuda_capability", "has_compute_capability", "has_device_capability"})
"""What libraries call their own test of the compute capability, given its two numbers."""
GIB = 2.0**30
ROUNDING = 0.98
"""A card has at most as many GiB as its name says, and a test may round: two parts in a hundred are left."""
TEN = 10
HIGHEST = 99


class Demand(NamedTuple):
    """What the device must have: the fact's name and value, and what must hold for it to be asked for."""

    name: str
    value: str
    conditions: tuple[Condition, ...] = ()

    def under(self, condition: Condition) -> Demand:
        """The demand where a further condition holds."""
        return self._replace(conditions=(condition, *self.conditions))


def state_demands(test: expr.Expression, here: Context, *, wanted: bool = True) -> None:
    """State what the device must have for a test to come out as wanted, or the program stops.

    That there is a GPU at all holds wherever what is demanded of it matters.
    """
    where = replace(here, conditions=tuple(part for part in here.conditions if not _asks_for_any(part)))
    for demand in _demands(test, here, wanted=wanted):
        if here.asks("demand", demand.name):
            where.state("demand", demand.name, demand.value, test, *demand.conditions)


def _asks_for_any(condition: Condition) -> bool:
    return (
        isinstance(condition, Question)
        and condition.subject == "hardware"
        and ANY_GPU.fullmatch(condition.text) is not None
    )


def _demands(test: expr.Expression, here: Context, *, wanted: bool) -> Iterator[Demand]:
    match test:
        case expr.UnaryOperation() if test.operator == "not":
            yield from _demands(test.expression, here, wanted=not wanted)
        case expr.BooleanOperation():
            yield from _operands(test, here, wanted=wanted)
        case expr.Comparison() if len(test.comparisons) == 1:
            target = test.comparisons[0]
            yield from _compared(test.left, target.operator, target.comparator, here, wanted=wanted)
        case expr.Call() if callee_name(test.func) in HELPERS and wanted:
            numbers = [number(arg.value) for arg in test.args[:2] if arg.keyword is None]
            major, minor = (*numbers, 0, 0)[:2]
            if numbers and major is not None and minor is not None:
                yield from _floor(int(major), int(minor))
        case _ if wanted and measure_of(test, here.scope) == Measure("bfloat16"):
            yield Demand("bfloat16", "native" if _without_emulation(test) else "true")


def _operands(test: expr.BooleanOperation, here: Context, *, wanted: bool) -> Iterator[Demand]:
    """All operands must hold, or fail; else each of them where the other alone does not settle it.

    That there is a GPU at all, and whose, settles nothing of it.
    """
    together = wanted == (test.operator == "and")
    for own, other in ((test.left, test.right), (test.right, test.left)):
        settled = together or ANY_GPU.search(other.source()) is not None
        condition = condition_of(other, here.scope)
        for demand in _demands(own, here, wanted=wanted):
            yield demand if settled else demand.under(negate(condition) if wanted else condition)


def _compared(
    left: expr.Expression, operator: str, right: expr.Expression, here: Context, *, wanted: bool
) -> Iterator[Demand]:
    measure = measure_of(left, here.scope)
    if measure is None:
        measure, right, operator = measure_of(right, here.scope), left, MIRRORED.get(operator, "")
    operator = operator if wanted else INVERSE.get(operator, "")
    if measure is None or operator not in (">=", ">", "==", "in"):
        return
    if operator in ("==", "in"):
        yield from _one_of(measure, _listed(right, here) if operator == "in" else [right], here)
        return
    if measure.what == "capability":
        numbers = _pair(right, here)
        yield from () if numbers is None else _floor(*numbers)
        return
    limit = amount(right, here.scope)
    if limit is None or limit < 0:
        return
    if measure.what == "memory":
        yield Demand("device-memory", f"{limit * measure.unit / GIB * ROUNDING:.2f}")
    elif measure.what == "major":
        yield from _floor(int(limit) + (operator == ">"), 0)
    elif measure.what == "number":
        yield from _floor(*divmod(int(limit), TEN))


def _one_of(measure: Measure, wanted: list[expr.Expression], here: Context) -> Iterator[Demand]:
    """The capability must be one of those listed: each exactly, or of a major number."""
    targets = [_target(measure, node, here) for node in wanted]
    if targets and None not in targets:
        yield Demand("capability", ";".join(str(target) for target in targets))


def _target(measure: Measure, node: expr.Expression, here: Context) -> str | None:
    if measure.what == "capability":
        numbers = _pair(node, here)
    else:
        limit = amount(node, here.scope)
        numbers = None if limit is None else (int(limit), 0) if measure.what == "major" else divmod(int(limit), TEN)
    if numbers is None or measure.what not in ("capability", "major", "number") or not _is_capability(*numbers):
        return None
    return f"sm_{numbers[0]}{numbers[1]}{'f' if measure.what == 'major' else 'a'}"


def _listed(node: expr.Expression, here: Context) -> list[expr.Expression]:
    node = _literal(node, here)
    return [item.value for item in node.elements] if isinstance(node, expr.COLLECTIONS) else []


def _literal(node: expr.Expression, here: Context) -> expr.Expression:
    """The literal that a name is bound to; anything else is itself."""
    found = [value.node for _, value in evaluate(node, here.scope)] if isinstance(node, expr.Name) else []
    return found[0] if len(found) == 1 and found[0] is not None else node


def _pair(node: expr.Expression, here: Context) -> tuple[int, int] | None:
    """The two numbers of a tuple; a missing one is 0."""
    node = _literal(node, here)
    if not isinstance(node, expr.LISTS) or not node.elements:
        return None
    numbers = [number(element.value) for element in node.elements[:2]]
    if any(one is None for one in numbers):
        return None
    major, minor = (*(int(one or 0) for one in numbers), 0)[:2]
    return major, minor


def _floor(major: int, minor: int) -> Iterator[Demand]:
    if _is_capability(major, minor):
        yield Demand("capability-at-least", f"sm_{major}{minor}")


def _is_capability(major: int, minor: int) -> bool:
    return 0 < major <= HIGHEST and 0 <= minor < TEN


def _without_emulation(test: expr.Expression) -> bool:
    """Whether the question for bfloat16 leaves emulation out: `including_emulation=False`, or the first argument."""
    given = test.args if isinstance(test, expr.Call) else []
    texts = [arg.value.source() for arg in given if arg.keyword is None or arg.keyword.value == "including_emulation"]
    return texts[:1] == ["False"]

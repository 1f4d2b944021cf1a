"""What does an expression measure of the device: its compute capability, its memory, whether it has bfloat16?"""

from __future__ import annotations

import math
import re

from msgspec.structs import replace

from chipsieve.facts.conditions import Question
from chipsieve_python.evaluate import evaluate, qualified, text_of
from chipsieve_python.literals import Arms, Measure, Measured, dotted, number
from chipsieve_python.scope import Scope
from chipsieve_python.syntax_tree import expression_kinds as expr

MEASURED = frozenset({expr.Call, expr.Subscript, expr.Attribute, expr.BinaryOperation})
MEASURING: dict[str, Measured] = {
    "torch.cuda.get_device_capability": "capability",
    "torch.cuda.is_bf16_supported": "bfloat16",
    "torch.cuda.mem_get_info": "memories",
}
ATTRIBUTES: dict[str, Measured] = {"total_memory": "memory", "major": "major", "minor": "minor"}
PARTS: dict[Measured, tuple[Measured | None, ...]] = {"capability": ("major", "minor"), "memories": (None, "memory")}
PROPERTIES = re.compile(r"get_device_properties\(")
CONVERSIONS = frozenset({"int", "float", "round"})
ANY_GPU = re.compile(r"torch\.cuda\.(is_available|device_count)\(\)|torch\.version\.(hip|cuda)\b")
TEN = 10


def measured(node: expr.Expression, arms: Arms, scope: Scope) -> Arms:
    """The one value of an expression with what it measures; other arms as they are."""
    if len(arms) != 1 or type(node) not in MEASURED:
        return arms
    measure = measure_of(node, scope)
    return arms if measure is None else ((arms[0][0], replace(arms[0][1], measure=measure)),)


def parts_of(measure: Measure | None) -> tuple[Measure | None, ...]:
    """What the members of a measured pair measure; nothing for what is no pair."""
    return tuple(part and Measure(part) for part in PARTS.get(measure.what, ())) if measure else ()


def measure_of(node: expr.Expression, scope: Scope) -> Measure | None:
    """What the expression measures; None for anything else."""
    match node:
        case expr.Name():
            found = {value.measure for _, value in scope.lookup(node.value) or ()}
            return found.pop() if len(found) == 1 else None
        case expr.Attribute():
            return _attribute(node, scope)
        case expr.Call():
            name, values = qualified(node.func, scope), [arg.value for arg in node.args if arg.keyword is None]
            if name in CONVERSIONS and values:
                return measure_of(values[0], scope)
            return Measure(MEASURING[name]) if name in MEASURING else None
        case expr.Subscript():
            return _member(node, scope)
        case expr.BinaryOperation():
            return _calculated(node, scope)
        case _:
            return None


def _attribute(node: expr.Attribute, scope: Scope) -> Measure | None:
    """`properties.total_memory`, where the properties are PyTorch's; or an attribute that holds a measure."""
    bound = scope.bindings.get(".".join(dotted(node)))
    if bound is not None:
        found = {value.measure for _, value in bound.arms}
        return found.pop() if len(found) == 1 else None
    if node.attr not in ATTRIBUTES:
        return None
    tests = [value.test for _, value in evaluate(node.value, scope)]
    asked = [test.text for test in tests if isinstance(test, Question) and test.subject == "hardware"]
    return Measure(ATTRIBUTES[node.attr]) if len(asked) == 1 and PROPERTIES.search(asked[0]) else None


def _member(node: expr.Subscript, scope: Scope) -> Measure | None:
    parts = parts_of(measure_of(node.value, scope))
    index = node.slice[0] if len(node.slice) == 1 else None
    at = amount(index, scope) if isinstance(index, expr.Expression) else None
    return parts[int(at)] if at is not None and 0 <= at < len(parts) else None


def _calculated(node: expr.BinaryOperation, scope: Scope) -> Measure | None:
    """Memory in larger units; a capability as one number: `major * 10 + minor`."""
    measure, by = measure_of(node.left, scope), amount(node.right, scope)
    if measure is None:
        return None
    if node.operator == "+":
        minor = measure_of(node.right, scope) == Measure("minor")
        return Measure("number") if measure.what == "tens" and minor else None
    if by is None or by <= 0:
        return None
    if measure.what == "major":
        return Measure("tens") if node.operator == "*" and by == TEN else None
    unit = {"/": by, "//": by, ">>": math.ldexp(1.0, int(min(by, 100))), "*": 1 / by}.get(node.operator)
    return Measure("memory", measure.unit * unit) if measure.what == "memory" and unit else None


def amount(node: expr.Expression, scope: Scope) -> float | None:
    """The number that an expression is: a literal, an arithmetic, or a name bound to one."""
    known = number(node)
    if known is not None:
        return known
    if isinstance(node, expr.BinaryOperation) and node.operator in ("*", "/"):
        left, right = amount(node.left, scope), amount(node.right, scope)
        if left is None or right is None:
            return None
        return left * right if node.operator == "*" else left / right if right else None
    if not isinstance(node, expr.NAMES):
        return None
    try:
        return float(text_of(node, scope) or "")
    except ValueError:
        return None

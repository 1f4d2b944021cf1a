"""What does a constant arithmetic expression come to? Whole numbers, C's operators, nothing run."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable

LIMIT = 400  # characters; nobody computes a world size in more
BOUND = 1 << 62
BINARY: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
}  # fmt: skip
COMPARE: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip


def evaluate(expression: str) -> int | None:
    """The value of an expression whose variables are filled in already; None for what is not constant."""
    text = re.sub(r"!(?!=)", " not ", expression.replace("&&", " and ").replace("||", " or ")).strip()
    text = re.sub(r"(?<![/])/(?![/])", "//", re.sub(r"\b0+(?=\d)", "", text))
    if not text or len(text) > LIMIT or "**" in text:
        return None
    try:
        return _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.BinOp(left, kind, right) if type(kind) in BINARY:
            return _bounded(BINARY[type(kind)](_value(left), _value(right)))
        case ast.BinOp(left, ast.FloorDiv() | ast.Mod() as kind, right):
            return _divided(_value(left), _value(right), remainder=isinstance(kind, ast.Mod))
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand)
        case ast.UnaryOp(ast.Not(), operand):
            return int(not _value(operand))
        case ast.Compare(left, [kind], [right]) if type(kind) in COMPARE:
            return int(COMPARE[type(kind)](_value(left), _value(right)))
        case ast.BoolOp(kind, operands):
            truths = [bool(_value(operand)) for operand in operands]
            return int(all(truths) if isinstance(kind, ast.And) else any(truths))
        case ast.IfExp():
            raise ValueError("conditional expressions are not C's")
        case _:
            raise ValueError(ast.dump(node))


def _divided(left: int, right: int, *, remainder: bool) -> int:
    """Division as in C: towards zero, the remainder with the dividend's sign."""
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return left - quotient * right if remainder else quotient


def _bounded(number: int) -> int:
    if abs(number) > BOUND:
        raise ValueError("larger than a shell's whole numbers")
    return number

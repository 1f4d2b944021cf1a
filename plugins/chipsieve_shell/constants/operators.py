"""What do a shell's operators make of constants? Arithmetic, `${X%.*}` and its like, braces; nothing is run.

Arithmetic has whole numbers and C's operators (Bash Manual 6.5); the others are Bash Manual 3.5.1 and 3.5.3.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from chipsieve_shell.constants.pieces import Pieces, constant, cut

LIMIT = 400  # characters; nobody computes a world size in more
BOUND = 1 << 62
BINARY: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
}  # fmt: skip
COMPARE: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip
PATTERN_LIMIT = 200  # characters of a pattern, and a tenth of those of the text that it trims
BRACE_RANGE = re.compile(r"([^{}]*)\{(-?\d{1,4})\.\.(-?\d{1,4})\}([^{}]*)")
BRACE_LIST = re.compile(r"([^{}]*)\{([^{},]*(?:,[^{},]*)+)\}([^{}]*)")
BRACE_LIMIT = 64


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


def transformed(text: str, operation: str) -> str | None:
    """A constant after an expansion's operator; None for an operator or a pattern that is not constant."""
    if operation in (",,", "^^"):
        return text.lower() if operation == ",," else text.upper()
    if cutting := re.fullmatch(r"(%%?|##?)([^$`]*)", operation, re.DOTALL):
        return _trimmed(text, cutting[1], cutting[2].replace("\\", "").strip("\"'"))
    if swap := re.fullmatch(r"/([/]?)((?:\\.|[^/\\$`*?\[])+)(?:/([^$`]*))?", operation, re.DOTALL):
        wanted = re.sub(r"\\(.)", r"\1", swap[2])
        return text.replace(wanted, (swap[3] or "").strip("\"'"), -1 if swap[1] else 1)
    if part := re.fullmatch(r":\s*(\d+)(?::\s*(\d+))?", operation):
        start = int(part[1])
        return text[start : start + int(part[2])] if part[2] else text[start:]
    return None


def _trimmed(text: str, sign: str, pattern: str) -> str:
    """The text without the shortest or longest match of a glob at its head or tail."""
    if len(text) > PATTERN_LIMIT * 10 or len(pattern) > PATTERN_LIMIT:
        return text
    head = sign[0] == "#"
    ends = range(len(text) + 1)
    for length in ends if len(sign) == 1 else reversed(ends):
        taken = text[:length] if head else text[len(text) - length :]
        if fnmatchcase(taken, pattern):
            return text[length:] if head else text[: len(text) - length]
    return text


def braces(word: Pieces) -> list[Pieces]:
    """The words that `{0..7}` and `{a,b}` stand for, where the word is one unquoted constant."""
    text = constant(word)
    if text is None or len(word) != 1 or word[0].quoted:
        return [word]
    if found := BRACE_RANGE.fullmatch(text):
        first, last = int(found[2]), int(found[3])
        step = 1 if first <= last else -1
        numbers = list(range(first, last + step, step))[: BRACE_LIMIT + 1]
        return [(word[0]._replace(text=f"{found[1]}{number}{found[4]}", exact=False),) for number in numbers]
    if found := BRACE_LIST.fullmatch(text):
        if found[1] or found[3]:
            return [(word[0]._replace(text=found[1] + item + found[3], exact=False),) for item in found[2].split(",")]
        spots = re.finditer(r"[^,]+", found[2])
        return [(cut(word[0], spot.start() + 1, spot.end() + 1),) for spot in spots]
    return [word]

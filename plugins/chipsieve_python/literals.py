"""What is an expression worth, as text? Literals, dotted names, and the values that a name may be bound to."""

from __future__ import annotations

import ast
import math
import re
from typing import Literal, NamedTuple

import msgspec

from chipsieve.facts.conditions import Condition, Conditions, Question
from chipsieve_python.syntax_tree import expression_kinds as expr

TEXT_LIMIT = 20_000
DTYPES = ("bfloat16", "float16", "half", "float32", "float", "float64")
DTYPE_ROOTS = frozenset({"torch", "jax", "numpy", "tensorflow", "paddle", "mindspore", "ml_dtypes"})
NUMBER_FORMAT = re.compile(rf"(?:{'|'.join(sorted(DTYPE_ROOTS))})(?:\.\w+)*\.(?:{'|'.join(DTYPES)}|float8_\w+)")
_STRINGS = frozenset({expr.SimpleString, expr.ConcatenatedString, expr.FormattedString})
_NUMBERS = frozenset({expr.Integer, expr.Float, expr.UnaryOperation, expr.BinaryOperation})


Measured = Literal["capability", "major", "minor", "tens", "number", "bfloat16", "memory", "memories"]


class Measure(NamedTuple):
    """What a value measures of the device.

    A compute capability whole, by its parts, as ten times the major number, or as one number (90); whether PyTorch
    computes in bfloat16; memory in `unit`s of a byte, or the pair of free and whole memory.
    """

    what: Measured
    unit: float = 1.0


class Value(msgspec.Struct, frozen=True):
    """What an expression may be.

    `text` is a literal's text, or a dotted name's when `qualified`; `truthy` a literal's truth. `test` is the question
    whose answer the value is (an option, a variable, the hardware). `node` is a list, tuple or dict literal.
    `module` marks an imported module; `begins` is how a text starts of which the rest is unknown; `defines` is the name
    of a function or class of the file; `measure` is what it measures of the device.
    """

    text: str | None = None
    truthy: bool | None = None
    qualified: bool = False
    module: bool = False
    test: Condition | None = None
    node: expr.Expression | None = None
    begins: str | None = None
    defines: str = ""
    measure: Measure | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether an option or a variable is the value."""
        return isinstance(self.test, Question) and self.test.subject in ("option", "variable")

    @property
    def function(self) -> str:
        """The simple name of the function or class that the value may be; "" for a value that is none."""
        if self.qualified:
            return "" if self.module or self.text is None else self.text.rpartition(".")[2]
        return self.defines

    @property
    def number_format(self) -> bool:
        """Whether the value is a number format: `torch.bfloat16`."""
        return self.qualified and NUMBER_FORMAT.fullmatch(self.text or "") is not None


UNKNOWN = Value()
NONE = Value("none", truthy=False)
TRUTHS = {"True": Value("true", truthy=True), "False": Value("false", truthy=False), "None": NONE}

Arm = tuple[Conditions, Value]  # a value that an expression may have, and what must hold for it to have it
Arms = tuple[Arm, ...]


def one(value: Value) -> Arms:
    """The arms of a value that stands under no condition of its own."""
    return (((), value),)


def plain_text(node: expr.Expression) -> str | None:
    """The text of a string literal: joined pieces, formatted ones only without holes; None of anything else."""
    if type(node) not in _STRINGS:
        return None
    if isinstance(node, expr.SimpleString):
        return _evaluated(node)
    if isinstance(node, expr.ConcatenatedString):
        left, right = plain_text(node.left), plain_text(node.right)
        return None if left is None or right is None else left + right
    if isinstance(node, expr.FormattedString):
        parts = [part.value if isinstance(part, expr.FormattedStringText) else None for part in node.parts]
        return None if None in parts else "".join(part for part in parts if part is not None)
    return None


def _evaluated(node: expr.SimpleString) -> str | None:
    if not node.prefix and "\\" not in node.value:
        return node.raw_value[:TEXT_LIMIT]
    try:
        value = ast.literal_eval(node.value)
    except (ValueError, SyntaxError):
        return None
    return value[:TEXT_LIMIT] if isinstance(value, str) else None


def number(node: expr.Expression) -> float | None:
    """The number that a literal or an arithmetic of literals (`1e12 * 312`, `1 << 30`) makes; None of others."""
    if type(node) not in _NUMBERS:
        return None
    if isinstance(node, (expr.Integer, expr.Float)):
        return _parsed(node.value)
    if isinstance(node, expr.UnaryOperation) and node.operator == "-":
        inner = number(node.expression)
        return None if inner is None else -inner
    if isinstance(node, expr.BinaryOperation):
        return _calculated(node)
    return None


def _parsed(text: str) -> float | None:
    try:
        return float(text) if not text.casefold().startswith(("0x", "0b", "0o")) else float(int(text, 0))
    except (ValueError, OverflowError):
        return None


def _calculated(node: expr.BinaryOperation) -> float | None:
    if node.operator not in ("*", "/", "**", "<<"):
        return None
    left, right = number(node.left), number(node.right)
    if left is None or right is None:
        return None
    try:
        if node.operator == "*":
            return left * right
        if node.operator == "<<":
            return math.ldexp(left, int(right))
        return left / right if node.operator == "/" else float(left**right) if left >= 0 else None
    except (ArithmeticError, ValueError):
        return None


def literal(node: expr.Expression) -> Value | None:
    """The value of a string or number literal; None of anything else."""
    text = plain_text(node)
    if text is not None:
        return Value(text, truthy=bool(text))
    amount = number(node)
    if amount is None:
        return None
    written = node.value if isinstance(node, expr.Integer) else f"{amount:g}"
    return Value(written, truthy=bool(amount))


def dotted(node: expr.Expression) -> tuple[str, ...]:
    """The parts of `a.b.c`; a base that is no name leaves "" in its place."""
    parts: list[str] = []
    while type(node) is expr.Attribute:
        parts.append(node.attr)
        node = node.value
    parts.append(node.value if isinstance(node, expr.Name) else "")
    return tuple(reversed(parts))


def subscripts(node: expr.Expression) -> tuple[tuple[str | None, ...], expr.Expression]:
    """The keys of `base["a"]["b"]`, None for those that are no text, and the base."""
    keys: list[str | None] = []
    while isinstance(node, expr.Subscript):
        part = node.slice[0] if len(node.slice) == 1 else None
        keys.append(plain_text(part) if isinstance(part, expr.Expression) else None)
        node = node.value
    return tuple(reversed(keys)), node


def unprefixed(node: expr.Expression) -> expr.Expression:
    """What `x.split(".")[-1]` and `x.removeprefix("torch.")` take the end of: values are compared without prefixes."""
    inner = node.value if isinstance(node, expr.Subscript) else node
    cuts = ("split", "rsplit", "removeprefix", "replace")
    if isinstance(inner, expr.Call) and isinstance(inner.func, expr.Attribute) and inner.func.attr in cuts:
        return inner.func.value
    return node

"""Which kinds of expression are there? Named as LibCST names them.

Expressions know where they stand: code-point offsets in the text, the parentheses around them left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from chipsieve_python.syntax_tree.lexer import Code

PREFIX = re.compile("[a-zA-Z]*")


class Node(msgspec.Struct, eq=False, gc=False):
    """A piece of a program."""


class Placed(Node):
    """A piece that knows where it stands."""

    code: Code
    start: int
    end: int


class Expression(Placed):
    """A piece that has a value."""

    def source(self) -> str:
        """The expression as it is written, with the parentheses around it."""
        start, end = self.code.around(self.start, self.end)
        return self.code.text[start:end]


class Name(Expression):
    """`x`; also `True`, `False` and `None`."""

    value: str


class Attribute(Expression):
    """`x.y`."""

    value: Expression
    attr: str


class Arg(Node):
    """An argument of a call: `value`, `keyword=value`, `*value` or `**value`."""

    value: Expression
    keyword: Name | None
    star: str


class Call(Expression):
    """`func(args)`."""

    func: Expression
    args: list[Arg]


class Element(Node):
    """A member of a tuple, list or set, perhaps `*value`."""

    value: Expression
    starred: bool


class Tuple(Expression):
    """`a, b`."""

    elements: list[Element]


class List(Expression):
    """`[a, b]`."""

    elements: list[Element]


class Set(Expression):
    """`{a, b}`."""

    elements: list[Element]


class DictElement(Node):
    """`key: value`, or `**value` without a key."""

    key: Expression | None
    value: Expression


class Dict(Expression):
    """`{a: b}`."""

    elements: list[DictElement]


class ComparisonTarget(Node):
    """An operator (`not in`) and what stands right of it."""

    operator: str
    comparator: Expression


class Comparison(Expression):
    """`a < b <= c`."""

    left: Expression
    comparisons: list[ComparisonTarget]

    def links(self) -> Iterator[Comparison]:
        """The comparisons of two that a chain stands for: `a < b` and `b <= c`."""
        left = self.left
        for target in self.comparisons:
            right = target.comparator
            start, end = self.code.around(left.start, left.end)[0], self.code.around(right.start, right.end)[1]
            yield self if len(self.comparisons) == 1 else Comparison(self.code, start, end, left, [target])
            left = right


class BooleanOperation(Expression):
    """`a and b`, `a or b`."""

    left: Expression
    operator: str
    right: Expression


class BinaryOperation(Expression):
    """`a + b`."""

    left: Expression
    operator: str
    right: Expression


class UnaryOperation(Expression):
    """`not a`, `-a`."""

    operator: str
    expression: Expression


class IfExp(Expression):
    """`body if test else orelse`."""

    test: Expression
    body: Expression
    orelse: Expression


class Param(Node):
    """One parameter."""

    name: Name
    annotation: Expression | None
    default: Expression | None


class Parameters(Node):
    """The parameters of a function, by the way in which they are given."""

    posonly_params: list[Param]
    params: list[Param]
    kwonly_params: list[Param]
    star_arg: Param | None
    star_kwarg: Param | None


class Lambda(Expression):
    """`lambda params: body`."""

    params: Parameters
    body: Expression


class CompFor(Node):
    """`for target in iter if ...` in a comprehension."""

    target: Expression
    iter: Expression
    ifs: list[Expression]


class Comprehension(Expression):
    """What is made of each item (of a dict the key and the value), and the loops, outermost first."""

    made: list[Expression]
    loops: list[CompFor]


class Slice(Node):
    """`lower:upper:step`."""

    lower: Expression | None
    upper: Expression | None
    step: Expression | None


class Subscript(Expression):
    """`value[a, b:c]`."""

    value: Expression
    slice: list[Expression | Slice]


class Integer(Expression):
    """`1`, `0xff`."""

    value: str


class Float(Expression):
    """`1.5`, `1e9`."""

    value: str


class EllipsisLiteral(Expression):
    """`...`."""


class NamedExpr(Expression):
    """`target := value`."""

    target: Expression
    value: Expression


class Await(Expression):
    """`await expression`."""

    expression: Expression


class Other(Expression):
    """`yield a`, `*a`, `1j`: an expression that says no more than those that it holds."""

    held: list[Expression]


class SimpleString(Expression):
    """One string literal, as it is written."""

    value: str

    @property
    def prefix(self) -> str:
        """The letters before the quote, in lower case."""
        return self.value[: self._opening()].lower()

    @property
    def quote(self) -> str:
        """The quote, single or triple."""
        start = self._opening()
        triple = self.value[start : start + 3]
        return triple if triple in ('"""', "'''") else triple[0]

    @property
    def raw_value(self) -> str:
        """What stands between the quotes."""
        width = len(self.quote)
        return self.value[self._opening() + width : -width]

    def _opening(self) -> int:
        found = PREFIX.match(self.value)
        return found.end() if found else 0


class ConcatenatedString(Expression):
    """Strings side by side."""

    left: Expression
    right: Expression


class FormattedStringText(Placed):
    """The text between two holes, as it is written."""

    value: str


class FormattedStringExpression(Node):
    """A hole: `{expression!conversion:format_spec}`."""

    expression: Expression
    conversion: str | None
    format_spec: list[FormattedStringContent] | None


NAMES = (Name, Attribute)
LISTS = (List, Tuple)
COLLECTIONS = (List, Tuple, Set)
"""Kinds that are often asked for together; a tuple, for `A | B` would be made anew each time."""

FormattedStringContent = FormattedStringText | FormattedStringExpression


class FormattedString(Expression):
    """`f"text {hole}"`; `quote` is the closing one."""

    parts: list[FormattedStringContent]
    quote: str

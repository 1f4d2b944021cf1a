"""Which expressions are there? Named as LibCST names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chipsieve_python.tree.code import Expression, Node


@dataclass(slots=True, eq=False)
class Name(Expression):
    """`x`; also `True`, `False` and `None`."""

    value: str


@dataclass(slots=True, eq=False)
class Attribute(Expression):
    """`x.y`."""

    value: Expression
    attr: str


@dataclass(slots=True, eq=False)
class Arg(Node):
    """An argument of a call: `value`, `keyword=value`, `*value` or `**value`."""

    value: Expression
    keyword: Name | None
    star: str


@dataclass(slots=True, eq=False)
class Call(Expression):
    """`func(args)`."""

    func: Expression
    args: list[Arg]


@dataclass(slots=True, eq=False)
class Element(Node):
    """A member of a tuple, list or set, perhaps `*value`."""

    value: Expression
    starred: bool


@dataclass(slots=True, eq=False)
class Tuple(Expression):
    """`a, b`."""

    elements: list[Element]


@dataclass(slots=True, eq=False)
class List(Expression):
    """`[a, b]`."""

    elements: list[Element]


@dataclass(slots=True, eq=False)
class Set(Expression):
    """`{a, b}`."""

    elements: list[Element]


@dataclass(slots=True, eq=False)
class DictElement(Node):
    """`key: value`, or `**value` without a key."""

    key: Expression | None
    value: Expression


@dataclass(slots=True, eq=False)
class Dict(Expression):
    """`{a: b}`."""

    elements: list[DictElement]


@dataclass(slots=True, eq=False)
class ComparisonTarget(Node):
    """An operator (`not in`) and what stands right of it."""

    operator: str
    comparator: Expression


@dataclass(slots=True, eq=False)
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


@dataclass(slots=True, eq=False)
class BooleanOperation(Expression):
    """`a and b`, `a or b`."""

    left: Expression
    operator: str
    right: Expression


@dataclass(slots=True, eq=False)
class BinaryOperation(Expression):
    """`a + b`."""

    left: Expression
    operator: str
    right: Expression


@dataclass(slots=True, eq=False)
class UnaryOperation(Expression):
    """`not a`, `-a`."""

    operator: str
    expression: Expression


@dataclass(slots=True, eq=False)
class IfExp(Expression):
    """`body if test else orelse`."""

    test: Expression
    body: Expression
    orelse: Expression


@dataclass(slots=True, eq=False)
class Annotation(Node):
    """A type, of a parameter or of a variable."""

    annotation: Expression


@dataclass(slots=True, eq=False)
class Param(Node):
    """One parameter."""

    name: Name
    annotation: Annotation | None
    default: Expression | None


@dataclass(slots=True, eq=False)
class Parameters(Node):
    """The parameters of a function, by the way in which they are given."""

    posonly_params: list[Param]
    params: list[Param]
    kwonly_params: list[Param]
    star_arg: Param | None
    star_kwarg: Param | None


@dataclass(slots=True, eq=False)
class Lambda(Expression):
    """`lambda params: body`."""

    params: Parameters
    body: Expression


@dataclass(slots=True, eq=False)
class CompFor(Node):
    """`for target in iter if ...` in a comprehension."""

    target: Expression
    iter: Expression
    ifs: list[Expression]


@dataclass(slots=True, eq=False)
class Comprehension(Expression):
    """What is made of each item (of a dict the key and the value), and the loops, outermost first."""

    made: list[Expression]
    loops: list[CompFor]


@dataclass(slots=True, eq=False)
class Slice(Node):
    """`lower:upper:step`."""

    lower: Expression | None
    upper: Expression | None
    step: Expression | None


@dataclass(slots=True, eq=False)
class Subscript(Expression):
    """`value[a, b:c]`."""

    value: Expression
    slice: list[Expression | Slice]


@dataclass(slots=True, eq=False)
class Integer(Expression):
    """`1`, `0xff`."""

    value: str


@dataclass(slots=True, eq=False)
class Float(Expression):
    """`1.5`, `1e9`."""

    value: str


@dataclass(slots=True, eq=False)
class EllipsisLiteral(Expression):
    """`...`."""


@dataclass(slots=True, eq=False)
class NamedExpr(Expression):
    """`target := value`."""

    target: Expression
    value: Expression


@dataclass(slots=True, eq=False)
class Await(Expression):
    """`await expression`."""

    expression: Expression


@dataclass(slots=True, eq=False)
class Other(Expression):
    """`yield a`, `*a`, `1j`: an expression that says no more than those that it holds."""

    held: list[Expression]

"""Which statements are there? Named as LibCST names them."""

from __future__ import annotations

from dataclasses import dataclass

from chipsieve_python.tree.code import Expression, Node, Placed
from chipsieve_python.tree.expressions import Annotation, Arg, Parameters


@dataclass(slots=True, eq=False)
class SmallStatement(Node):
    """A statement that holds no other."""


@dataclass(slots=True, eq=False)
class Line(Node):
    """The small statements of one line."""

    body: list[SmallStatement]


@dataclass(slots=True, eq=False)
class Suite(Node):
    """A block: its statements, of which those on the line of its header are small ones and the others lines."""

    body: list[Node]


@dataclass(slots=True, eq=False)
class Expr(SmallStatement):
    """An expression by itself."""

    value: Expression


@dataclass(slots=True, eq=False)
class Assign(SmallStatement):
    """`a = b = value`."""

    targets: list[Expression]
    value: Expression


@dataclass(slots=True, eq=False)
class AnnAssign(SmallStatement):
    """`target: annotation = value`."""

    target: Expression
    annotation: Annotation
    value: Expression | None


@dataclass(slots=True, eq=False)
class AugAssign(SmallStatement):
    """`target += value`."""

    target: Expression
    operator: str
    value: Expression


@dataclass(slots=True, eq=False)
class Return(SmallStatement):
    """`return value`."""

    value: Expression | None


@dataclass(slots=True, eq=False)
class Raise(SmallStatement):
    """`raise exc from cause`."""

    exc: Expression | None
    cause: Expression | None


@dataclass(slots=True, eq=False)
class Assert(SmallStatement):
    """`assert test, msg`."""

    test: Expression
    msg: Expression | None


@dataclass(slots=True, eq=False)
class Del(SmallStatement):
    """`del target`."""

    target: Expression


@dataclass(slots=True, eq=False)
class Global(SmallStatement):
    """`global names`, `nonlocal names`."""

    names: list[str]


@dataclass(slots=True, eq=False)
class Break(SmallStatement):
    """`break`."""


@dataclass(slots=True, eq=False)
class Continue(SmallStatement):
    """`continue`."""


@dataclass(slots=True, eq=False)
class Pass(SmallStatement):
    """`pass`, and statements that say nothing to us."""


@dataclass(slots=True, eq=False)
class ImportAlias(Node):
    """`name as asname`."""

    name: str
    asname: str | None


@dataclass(slots=True, eq=False)
class Import(SmallStatement, Placed):
    """`import names`."""

    names: list[ImportAlias]


@dataclass(slots=True, eq=False)
class ImportFrom(SmallStatement, Placed):
    """`from module import names`, the dots before the module counted; without names a `*`."""

    module: str
    level: int
    names: list[ImportAlias]


@dataclass(slots=True, eq=False)
class If(Node):
    """`if test: body`, with what follows: an `elif`, an `else`, or nothing."""

    test: Expression
    body: Suite
    orelse: If | Suite | None


@dataclass(slots=True, eq=False)
class For(Node):
    """`for target in iter: body`."""

    target: Expression
    iter: Expression
    body: Suite
    orelse: Suite | None


@dataclass(slots=True, eq=False)
class While(Node):
    """`while test: body`."""

    test: Expression
    body: Suite
    orelse: Suite | None


@dataclass(slots=True, eq=False)
class WithItem(Node):
    """`item as asname`."""

    item: Expression
    asname: Expression | None


@dataclass(slots=True, eq=False)
class With(Node):
    """`with items: body`."""

    items: list[WithItem]
    body: Suite


@dataclass(slots=True, eq=False)
class ExceptHandler(Node):
    """`except type as name: body`, also `except*`."""

    type: Expression | None
    name: str | None
    body: Suite


@dataclass(slots=True, eq=False)
class Try(Node):
    """`try: body`, and what follows it."""

    body: Suite
    handlers: list[ExceptHandler]
    orelse: Suite | None
    finalbody: Suite | None


@dataclass(slots=True, eq=False)
class FunctionDef(Node):
    """`def name(params): body`."""

    name: str
    params: Parameters
    body: Suite
    decorators: list[Expression]


@dataclass(slots=True, eq=False)
class ClassDef(Node):
    """`class name(bases, keywords): body`."""

    name: str
    body: Suite
    bases: list[Arg]
    keywords: list[Arg]
    decorators: list[Expression]


@dataclass(slots=True, eq=False)
class MatchPattern(Node):
    """What a `case` asks for; one of this very class is of no kind below."""


@dataclass(slots=True, eq=False)
class MatchValue(MatchPattern):
    """`case value`."""

    value: Expression


@dataclass(slots=True, eq=False)
class MatchOr(MatchPattern):
    """`case a | b`."""

    patterns: list[MatchPattern]


@dataclass(slots=True, eq=False)
class MatchAs(MatchPattern):
    """`case pattern as name`, `case name`, `case _`."""

    pattern: MatchPattern | None


@dataclass(slots=True, eq=False)
class MatchCase(Node):
    """`case pattern if guard: body`."""

    pattern: MatchPattern
    guard: Expression | None
    body: Suite


@dataclass(slots=True, eq=False)
class Match(Node):
    """`match subject: cases`."""

    subject: Expression
    cases: list[MatchCase]

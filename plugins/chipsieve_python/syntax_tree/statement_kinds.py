"""Which kinds of statement are there? Named as LibCST names them."""

from __future__ import annotations

from chipsieve_python.syntax_tree.expression_kinds import (
    Arg,
    Expression,
    Node,
    Parameters,
    Placed,
)


class SmallStatement(Node):
    """A statement that holds no other."""


class Line(Node):
    """The small statements of one line."""

    body: list[SmallStatement]


class Suite(Node):
    """A block: its statements, of which those on the line of its header are small ones and the others lines."""

    body: list[Node]


class Expr(SmallStatement):
    """An expression by itself."""

    value: Expression


class Assign(SmallStatement):
    """`a = b = value`."""

    targets: list[Expression]
    value: Expression


class AnnAssign(SmallStatement):
    """`target: annotation = value`."""

    target: Expression
    annotation: Expression
    value: Expression | None


class AugAssign(SmallStatement):
    """`target += value`."""

    target: Expression
    operator: str
    value: Expression


class Return(SmallStatement):
    """`return value`."""

    value: Expression | None


class Raise(SmallStatement):
    """`raise exc from cause`."""

    exc: Expression | None
    cause: Expression | None


class Assert(SmallStatement):
    """`assert test, msg`."""

    test: Expression
    msg: Expression | None


class Del(SmallStatement):
    """`del target`."""

    target: Expression


class Global(SmallStatement):
    """`global names`, `nonlocal names`."""

    names: list[str]


class Break(SmallStatement):
    """`break`."""


class Continue(SmallStatement):
    """`continue`."""


class Pass(SmallStatement):
    """`pass`, and statements that say nothing to us."""


class ImportAlias(Node):
    """`name as asname`."""

    name: str
    asname: str | None


class Import(SmallStatement, Placed):
    """`import names`."""

    names: list[ImportAlias]


class ImportFrom(SmallStatement, Placed):
    """`from module import names`, the dots before the module counted; without names a `*`."""

    module: str
    level: int
    names: list[ImportAlias]


class If(Node):
    """`if test: body`, with what follows: an `elif`, an `else`, or nothing."""

    test: Expression
    body: Suite
    orelse: If | Suite | None


class For(Node):
    """`for target in iter: body`."""

    target: Expression
    iter: Expression
    body: Suite
    orelse: Suite | None


class While(Node):
    """`while test: body`."""

    test: Expression
    body: Suite
    orelse: Suite | None


class WithItem(Node):
    """`item as asname`."""

    item: Expression
    asname: Expression | None


class With(Node):
    """`with items: body`."""

    items: list[WithItem]
    body: Suite


class ExceptHandler(Node):
    """`except type as name: body`, also `except*`."""

    type: Expression | None
    name: str | None
    body: Suite


class Try(Node):
    """`try: body`, and what follows it."""

    body: Suite
    handlers: list[ExceptHandler]
    orelse: Suite | None
    finalbody: Suite | None


class FunctionDef(Node):
    """`def name(params): body`."""

    name: str
    params: Parameters
    body: Suite
    decorators: list[Expression]


class ClassDef(Node):
    """`class name(bases, keywords): body`."""

    name: str
    body: Suite
    bases: list[Arg]
    keywords: list[Arg]
    decorators: list[Expression]


class MatchPattern(Node):
    """What a `case` asks for; one of this very class is of no kind below."""


class MatchValue(MatchPattern):
    """`case value`."""

    value: Expression


class MatchOr(MatchPattern):
    """`case a | b`."""

    patterns: list[MatchPattern]


class MatchAs(MatchPattern):
    """`case pattern as name`, `case name`, `case _`."""

    pattern: MatchPattern | None


class MatchCase(Node):
    """`case pattern if guard: body`."""

    pattern: MatchPattern
    guard: Expression | None
    body: Suite


class Match(Node):
    """`match subject: cases`."""

    subject: Expression
    cases: list[MatchCase]


BUILT_BY_NAME: tuple[type[Node], ...] = (
    Expr, AnnAssign, Return, Raise, Assert, Break, Continue, Pass, For, While, Match, MatchValue, MatchOr,
)  # fmt: skip
"""The kinds whose fields Python's own parser and LibCST name as we do: both builders take them over by name."""

"""What does the tree of a text look like that LibCST has read?

LibCST's trees know no places. Its own PositionProvider counts lines and columns, and costs three times the parse; here
the tree is written out to nowhere, and the characters are counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from chipsieve.facts.places import LINE_END
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree import statement_kinds as stmt
from chipsieve_python.syntax_tree.lexer import Code, Unreadable


def parse(text: str) -> stmt.Suite:
    """The tree of any program that LibCST can read.

    Raises:
        Unreadable: LibCST cannot read it.
        RecursionError: the tree is too deep to write out.
    """
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise Unreadable(error.raw_line) from error
    suite: stmt.Suite = Builder(Code(text, {}), 0, module, module).part(module)
    return suite


def expression(written: str, code: Code, offset: int) -> expr.Expression:
    """The tree of an expression that stands at an offset in a program.

    Raises:
        Unreadable: LibCST cannot read it.
    """
    try:
        node = cst.parse_expression(written)
    except cst.ParserSyntaxError as error:
        raise Unreadable(error.raw_line) from error
    line_end = LINE_END.search(written)
    module = cst.Module([], default_newline=line_end[0] if line_end else "\n")
    return Builder(code, offset, module, node).expression(node)


class Builder:
    """Builds the tree of one text from LibCST's."""

    def __init__(self, code: Code, offset: int, module: cst.Module, root: cst.CSTNode) -> None:
        """Find all places below the root, which stands at an offset in the text."""
        self.code = code
        self.offset = offset
        self.places = Offsets(module)
        root._codegen(self.places)  # noqa: SLF001  # as LibCST's own position provider does

    def place(self, node: cst.CSTNode) -> tuple[Code, int, int]:
        """The text, and where a node begins and ends in it."""
        start, end = self.places.inner.get(id(node)) or self.places.whole[id(node)]
        return self.code, self.offset + start, self.offset + end

    def expression(self, node: cst.CSTNode) -> expr.Expression:
        """The tree of an expression."""
        self._note_parentheses(node)
        return _EXPRESSIONS.get(type(node), _other)(self, node)

    def expressions(self, nodes: Sequence[cst.CSTNode]) -> list[expr.Expression]:
        """The trees of several expressions."""
        return [self.expression(node) for node in nodes]

    def part(self, value: Any) -> Any:
        """The tree of what a field holds: an expression, a block, other nodes, a name, or nothing."""
        if isinstance(value, cst.BaseExpression):
            return self.expression(value)
        if isinstance(value, cst.BaseSuite | cst.Module):
            return stmt.Suite([self.part(item) for item in value.body])
        if isinstance(value, list | tuple):
            return [self.part(item) for item in value]
        if isinstance(value, cst.CSTNode):
            return _NODES.get(type(value), _unknown)(self, value)
        return None

    def _note_parentheses(self, node: Any) -> None:
        for left, right in zip(node.lpar, reversed(node.rpar), strict=True):
            opening, end = self.places.whole[id(left)][0], self.places.whole[id(right)][1]
            self.code.parentheses[self.offset + end - 1] = self.offset + opening


def _operator(node: cst.CSTNode) -> str:
    """An operator as the tree names it; comments may stand inside `not in`."""
    if isinstance(node, cst.NotEqual):
        return "!="
    return " ".join(re.sub(r"#.*|\\", " ", cst.Module([]).code_for_node(node)).split())


def _args(b: Builder, nodes: Sequence[cst.Arg]) -> list[expr.Arg]:
    """The arguments of a call or class."""
    return [expr.Arg(b.expression(node.value), _keyword(b, node.keyword), node.star) for node in nodes]


def _keyword(b: Builder, node: cst.Name | None) -> expr.Name | None:
    return None if node is None else _bare_name(b, node)


def _bare_name(b: Builder, node: cst.Name) -> expr.Name:
    return expr.Name(*b.place(node), node.value)


def _elements(b: Builder, nodes: Sequence[cst.BaseElement]) -> list[expr.Element]:
    return [expr.Element(b.expression(node.value), isinstance(node, cst.StarredElement)) for node in nodes]


def _dict_element(b: Builder, node: cst.BaseDictElement) -> expr.DictElement:
    key = b.expression(node.key) if isinstance(node, cst.DictElement) else None
    return expr.DictElement(key, b.expression(node.value))


def _comparison(b: Builder, node: cst.Comparison) -> expr.Expression:
    left = b.expression(node.left)
    targets = [
        expr.ComparisonTarget(_operator(part.operator), b.expression(part.comparator)) for part in node.comparisons
    ]
    return expr.Comparison(*b.place(node), left, targets)


def _binary(kind: type[Any]) -> Callable[[Builder, Any], expr.Expression]:
    def build(b: Builder, node: Any) -> expr.Expression:
        made: expr.Expression = kind(
            *b.place(node), b.expression(node.left), _operator(node.operator), b.expression(node.right)
        )
        return made

    return build


def _parameters(b: Builder, node: cst.Parameters) -> expr.Parameters:
    """The parameters of a function or lambda."""

    def params(nodes: Sequence[cst.Param]) -> list[expr.Param]:
        return [_param(b, item) for item in nodes]

    star, stars = (
        _param(b, item) if isinstance(item, cst.Param) else None for item in (node.star_arg, node.star_kwarg)
    )
    return expr.Parameters(params(node.posonly_params), params(node.params), params(node.kwonly_params), star, stars)


def _param(b: Builder, node: cst.Param) -> expr.Param:
    return expr.Param(_bare_name(b, node.name), b.part(node.annotation), b.part(node.default))


def _annotation(b: Builder, node: cst.Annotation) -> expr.Expression:
    """A type, without the star of `*args: *Ts`."""
    inner = node.annotation
    return b.expression(inner.value if isinstance(inner, cst.StarredElement) else inner)


def _comprehension(b: Builder, node: Any) -> expr.Expression:
    made = [node.key, node.value] if isinstance(node, cst.DictComp) else [node.elt]
    loops, loop = [], node.for_in
    while loop is not None:
        tests = [b.expression(test.test) for test in loop.ifs]
        loops.append(expr.CompFor(b.expression(loop.target), b.expression(loop.iter), tests))
        loop = loop.inner_for_in
    return expr.Comprehension(*b.place(node), [b.expression(item) for item in made], loops)


def _slice(b: Builder, node: cst.BaseSlice) -> expr.Expression | expr.Slice:
    if isinstance(node, cst.Slice):
        return expr.Slice(b.part(node.lower), b.part(node.upper), b.part(node.step))
    return b.expression(node.value)  # type: ignore[attr-defined]  # the other slice is an index


def _formatted(b: Builder, node: Any) -> expr.Expression:
    return expr.FormattedString(*b.place(node), [_content(b, part) for part in node.parts], node.end)


def _content(b: Builder, node: Any) -> expr.FormattedStringContent:
    if not hasattr(node, "expression"):
        return expr.FormattedStringText(*b.place(node), node.value)
    spec = None if node.format_spec is None else [_content(b, part) for part in node.format_spec]
    return expr.FormattedStringExpression(b.expression(node.expression), node.conversion, spec)


def _other(b: Builder, node: cst.BaseExpression) -> expr.Expression:
    return expr.Other(*b.place(node), [b.expression(inner) for inner in _held(node)])


def _held(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """The expressions right below a node."""
    for child in node.children:
        if isinstance(child, cst.BaseExpression):
            yield child
        else:
            yield from _held(child)


_EXPRESSIONS: dict[type[cst.CSTNode], Callable[[Builder, Any], expr.Expression]] = {
    cst.Attribute: lambda b, n: expr.Attribute(*b.place(n), b.expression(n.value), n.attr.value),
    cst.Await: lambda b, n: expr.Await(*b.place(n), b.expression(n.expression)),
    cst.BinaryOperation: _binary(expr.BinaryOperation),
    cst.BooleanOperation: _binary(expr.BooleanOperation),
    cst.Call: lambda b, n: expr.Call(*b.place(n), b.expression(n.func), _args(b, n.args)),
    cst.Comparison: _comparison,
    cst.ConcatenatedString: lambda b, n: expr.ConcatenatedString(
        *b.place(n), b.expression(n.left), b.expression(n.right)
    ),
    cst.Dict: lambda b, n: expr.Dict(*b.place(n), [_dict_element(b, item) for item in n.elements]),
    cst.DictComp: _comprehension,
    cst.Ellipsis: lambda b, n: expr.EllipsisLiteral(*b.place(n)),
    cst.Float: lambda b, n: expr.Float(*b.place(n), n.value),
    cst.FormattedString: _formatted,
    cst.GeneratorExp: _comprehension,
    cst.IfExp: lambda b, n: expr.IfExp(*b.place(n), *map(b.expression, (n.test, n.body, n.orelse))),
    cst.Integer: lambda b, n: expr.Integer(*b.place(n), n.value),
    cst.Lambda: lambda b, n: expr.Lambda(*b.place(n), _parameters(b, n.params), b.expression(n.body)),
    cst.List: lambda b, n: expr.List(*b.place(n), _elements(b, n.elements)),
    cst.ListComp: _comprehension,
    cst.Name: lambda b, n: expr.Name(*b.place(n), n.value),
    cst.NamedExpr: lambda b, n: expr.NamedExpr(*b.place(n), b.expression(n.target), b.expression(n.value)),
    cst.Set: lambda b, n: expr.Set(*b.place(n), _elements(b, n.elements)),
    cst.SetComp: _comprehension,
    cst.SimpleString: lambda b, n: expr.SimpleString(*b.place(n), n.value),
    cst.Subscript: lambda b, n: expr.Subscript(
        *b.place(n), b.expression(n.value), [_slice(b, i.slice) for i in n.slice]
    ),
    cst.Tuple: lambda b, n: expr.Tuple(*b.place(n), _elements(b, n.elements)),
    cst.UnaryOperation: lambda b, n: expr.UnaryOperation(
        *b.place(n), _operator(n.operator), b.expression(n.expression)
    ),
}


# Statements


def _built_by_name(kind: type[expr.Node]) -> Callable[[Builder, Any], expr.Node]:
    names = kind.__struct_fields__
    return lambda b, node: kind(*(b.part(getattr(node, name)) for name in names))


def _dotted(node: Any) -> str:
    return f"{_dotted(node.value)}.{node.attr.value}" if isinstance(node, cst.Attribute) else node.value


def _aliases(nodes: Sequence[cst.ImportAlias]) -> list[stmt.ImportAlias]:
    return [stmt.ImportAlias(_dotted(node.name), _alias(node.asname)) for node in nodes]


def _alias(node: cst.AsName | None) -> str | None:
    return node.name.value if node is not None and isinstance(node.name, cst.Name) else None


def _import_from(b: Builder, node: cst.ImportFrom) -> expr.Node:
    names = [] if isinstance(node.names, cst.ImportStar) else _aliases(node.names)
    module = "" if node.module is None else _dotted(node.module)
    return stmt.ImportFrom(*b.place(node), module, len(node.relative), names)


def _with(b: Builder, node: cst.With) -> expr.Node:
    items = [stmt.WithItem(b.expression(item.item), b.part(item.asname and item.asname.name)) for item in node.items]
    return stmt.With(items, b.part(node.body))


def _handler(b: Builder, node: cst.ExceptHandler | cst.ExceptStarHandler) -> expr.Node:
    return stmt.ExceptHandler(b.part(node.type), _alias(node.name), b.part(node.body))


def _function(b: Builder, node: cst.FunctionDef) -> expr.Node:
    decorators = b.expressions([item.decorator for item in node.decorators])
    return stmt.FunctionDef(node.name.value, _parameters(b, node.params), b.part(node.body), decorators)


def _class(b: Builder, node: cst.ClassDef) -> expr.Node:
    decorators = b.expressions([item.decorator for item in node.decorators])
    return stmt.ClassDef(node.name.value, b.part(node.body), _args(b, node.bases), _args(b, node.keywords), decorators)


def _unknown(_: Builder, node: cst.CSTNode) -> expr.Node:
    """A pattern or a statement that says nothing to us."""
    return stmt.MatchPattern() if isinstance(node, cst.MatchPattern) else stmt.Pass()


_NODES: dict[type[cst.CSTNode], Callable[[Builder, Any], expr.Node]] = {
    **{getattr(cst, kind.__name__): _built_by_name(kind) for kind in stmt.BUILT_BY_NAME},
    cst.Annotation: _annotation,
    cst.Assign: lambda b, n: stmt.Assign([b.expression(part.target) for part in n.targets], b.expression(n.value)),
    cst.AugAssign: lambda b, n: stmt.AugAssign(b.expression(n.target), _operator(n.operator), b.expression(n.value)),
    cst.ClassDef: _class,
    cst.Del: lambda b, n: stmt.Del(b.expression(n.target)),
    cst.Else: lambda b, n: b.part(n.body),
    cst.ExceptHandler: _handler,
    cst.ExceptStarHandler: _handler,
    cst.Finally: lambda b, n: b.part(n.body),
    cst.From: lambda b, n: b.part(n.item),
    cst.FunctionDef: _function,
    cst.Global: lambda _, n: stmt.Global([item.name.value for item in n.names]),
    cst.If: _built_by_name(stmt.If),
    cst.Import: lambda b, n: stmt.Import(*b.place(n), _aliases(n.names)),
    cst.ImportFrom: _import_from,
    cst.MatchAs: _built_by_name(stmt.MatchAs),
    cst.MatchCase: _built_by_name(stmt.MatchCase),
    cst.MatchOrElement: lambda b, n: b.part(n.pattern),
    cst.Nonlocal: lambda _, n: stmt.Global([item.name.value for item in n.names]),
    cst.SimpleStatementLine: lambda b, n: stmt.Line(b.part(n.body)),
    cst.Try: _built_by_name(stmt.Try),
    cst.TryStar: _built_by_name(stmt.Try),
    cst.With: _with,
}


# Places


class Offsets(CodegenState):
    """Writes a tree to nowhere and keeps the offsets at which its nodes begin and end, with and without parentheses."""

    def __init__(self, module: cst.Module) -> None:
        """Begin at the offset 0; the module knows how its lines are indented."""
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.offset = 0
        self.starts: dict[int, int] = {}
        self.whole: dict[int, tuple[int, int]] = {}
        self.inner: dict[int, tuple[int, int]] = {}

    def add_token(self, value: str) -> None:
        """Count what is written."""
        self.offset += len(value)

    def add_indent_tokens(self) -> None:
        """Count the white space before a line."""
        self.offset += sum(map(len, self.indent_tokens))

    def before_codegen(self, node: cst.CSTNode) -> None:
        """Keep where the node begins."""
        self.starts[id(node)] = self.offset

    def after_codegen(self, node: cst.CSTNode) -> None:
        """Keep where the node ends."""
        self.whole[id(node)] = (self.starts[id(node)], self.offset)

    @contextmanager
    def record_syntactic_position(
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> Iterator[None]:
        """Keep the span without the white space and parentheses around the node."""
        start = self.offset
        yield
        if start_node is None and end_node is None:
            self.inner[id(node)] = (start, self.offset)

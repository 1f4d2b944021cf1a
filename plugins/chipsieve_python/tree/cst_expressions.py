"""What do the expressions look like that LibCST has read?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import libcst as cst

from chipsieve.facts.places import LINE_END
from chipsieve_python import tree
from chipsieve_python.tree.code import Code, Expression, Unreadable
from chipsieve_python.tree.offsets import Offsets


def expression(written: str, code: Code, offset: int) -> Expression:
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

    def expression(self, node: cst.CSTNode) -> Expression:
        """The tree of an expression."""
        self._note_parentheses(node)
        return _EXPRESSIONS.get(type(node), _other)(self, node)

    def maybe(self, node: cst.CSTNode | None) -> Expression | None:
        """The tree of an expression that may be left out."""
        return None if node is None else self.expression(node)

    def _note_parentheses(self, node: Any) -> None:
        for left, right in zip(node.lpar, reversed(node.rpar), strict=True):
            opening, end = self.places.whole[id(left)][0], self.places.whole[id(right)][1]
            self.code.parentheses[self.offset + end - 1] = self.offset + opening


def operator(node: cst.CSTNode) -> str:
    """An operator as the tree names it; comments may stand inside `not in`."""
    if isinstance(node, cst.NotEqual):
        return "!="
    return " ".join(re.sub(r"#.*|\\", " ", cst.Module([]).code_for_node(node)).split())


def _maybe(build: Callable[[Any], Any], node: Any) -> Any:
    return build(node) if isinstance(node, cst.CSTNode) else None


def args(b: Builder, nodes: Sequence[cst.Arg]) -> list[tree.Arg]:
    """The arguments of a call or class."""
    return [
        tree.Arg(b.expression(node.value), _maybe(partial(_bare_name, b), node.keyword), node.star) for node in nodes
    ]


def _bare_name(b: Builder, node: cst.Name) -> tree.Name:
    return tree.Name(*b.place(node), node.value)


def _elements(b: Builder, nodes: Sequence[cst.BaseElement]) -> list[tree.Element]:
    return [tree.Element(b.expression(node.value), isinstance(node, cst.StarredElement)) for node in nodes]


def _dict_element(b: Builder, node: cst.BaseDictElement) -> tree.DictElement:
    key = b.expression(node.key) if isinstance(node, cst.DictElement) else None
    return tree.DictElement(key, b.expression(node.value))


def _comparison(b: Builder, node: cst.Comparison) -> Expression:
    left = b.expression(node.left)
    targets = [
        tree.ComparisonTarget(operator(part.operator), b.expression(part.comparator)) for part in node.comparisons
    ]
    return tree.Comparison(*b.place(node), left, targets)


def _binary(kind: type[Any]) -> Callable[[Builder, Any], Expression]:
    def build(b: Builder, node: Any) -> Expression:
        made: Expression = kind(
            *b.place(node), b.expression(node.left), operator(node.operator), b.expression(node.right)
        )
        return made

    return build


def parameters(b: Builder, node: cst.Parameters) -> tree.Parameters:
    """The parameters of a function or lambda."""

    def params(nodes: Sequence[cst.Param]) -> list[tree.Param]:
        return [_param(b, item) for item in nodes]

    star, stars = (
        _param(b, item) if isinstance(item, cst.Param) else None for item in (node.star_arg, node.star_kwarg)
    )
    return tree.Parameters(params(node.posonly_params), params(node.params), params(node.kwonly_params), star, stars)


def _param(b: Builder, node: cst.Param) -> tree.Param:
    return tree.Param(_bare_name(b, node.name), _maybe(partial(annotation, b), node.annotation), b.maybe(node.default))


def annotation(b: Builder, node: cst.Annotation) -> tree.Annotation:
    """A type, without the star of `*args: *Ts`."""
    inner = node.annotation
    return tree.Annotation(b.expression(inner.value if isinstance(inner, cst.StarredElement) else inner))


def _comprehension(b: Builder, node: Any) -> Expression:
    made = [node.key, node.value] if isinstance(node, cst.DictComp) else [node.elt]
    loops, loop = [], node.for_in
    while loop is not None:
        tests = [b.expression(test.test) for test in loop.ifs]
        loops.append(tree.CompFor(b.expression(loop.target), b.expression(loop.iter), tests))
        loop = loop.inner_for_in
    return tree.Comprehension(*b.place(node), [b.expression(item) for item in made], loops)


def _slice(b: Builder, node: cst.BaseSlice) -> Expression | tree.Slice:
    if isinstance(node, cst.Slice):
        return tree.Slice(b.maybe(node.lower), b.maybe(node.upper), b.maybe(node.step))
    return b.expression(node.value)  # type: ignore[attr-defined]  # the other slice is an index


def _formatted(b: Builder, node: Any) -> Expression:
    return tree.FormattedString(*b.place(node), [_content(b, part) for part in node.parts], node.end)


def _content(b: Builder, node: Any) -> tree.FormattedStringContent:
    if not hasattr(node, "expression"):
        return tree.FormattedStringText(*b.place(node), node.value)
    spec = None if node.format_spec is None else [_content(b, part) for part in node.format_spec]
    return tree.FormattedStringExpression(b.expression(node.expression), node.conversion, spec)


def _other(b: Builder, node: cst.BaseExpression) -> Expression:
    return tree.Other(*b.place(node), [b.expression(inner) for inner in _held(node)])


def _held(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """The expressions right below a node."""
    for child in node.children:
        if isinstance(child, cst.BaseExpression):
            yield child
        else:
            yield from _held(child)


_EXPRESSIONS: dict[type[cst.CSTNode], Callable[[Builder, Any], Expression]] = {
    cst.Attribute: lambda b, n: tree.Attribute(*b.place(n), b.expression(n.value), n.attr.value),
    cst.Await: lambda b, n: tree.Await(*b.place(n), b.expression(n.expression)),
    cst.BinaryOperation: _binary(tree.BinaryOperation),
    cst.BooleanOperation: _binary(tree.BooleanOperation),
    cst.Call: lambda b, n: tree.Call(*b.place(n), b.expression(n.func), args(b, n.args)),
    cst.Comparison: _comparison,
    cst.ConcatenatedString: lambda b, n: tree.ConcatenatedString(
        *b.place(n), b.expression(n.left), b.expression(n.right)
    ),
    cst.Dict: lambda b, n: tree.Dict(*b.place(n), [_dict_element(b, item) for item in n.elements]),
    cst.DictComp: _comprehension,
    cst.Ellipsis: lambda b, n: tree.EllipsisLiteral(*b.place(n)),
    cst.Float: lambda b, n: tree.Float(*b.place(n), n.value),
    cst.FormattedString: _formatted,
    cst.GeneratorExp: _comprehension,
    cst.IfExp: lambda b, n: tree.IfExp(*b.place(n), *map(b.expression, (n.test, n.body, n.orelse))),
    cst.Integer: lambda b, n: tree.Integer(*b.place(n), n.value),
    cst.Lambda: lambda b, n: tree.Lambda(*b.place(n), parameters(b, n.params), b.expression(n.body)),
    cst.List: lambda b, n: tree.List(*b.place(n), _elements(b, n.elements)),
    cst.ListComp: _comprehension,
    cst.Name: lambda b, n: tree.Name(*b.place(n), n.value),
    cst.NamedExpr: lambda b, n: tree.NamedExpr(*b.place(n), b.expression(n.target), b.expression(n.value)),
    cst.Set: lambda b, n: tree.Set(*b.place(n), _elements(b, n.elements)),
    cst.SetComp: _comprehension,
    cst.SimpleString: lambda b, n: tree.SimpleString(*b.place(n), n.value),
    cst.Subscript: lambda b, n: tree.Subscript(
        *b.place(n), b.expression(n.value), [_slice(b, i.slice) for i in n.slice]
    ),
    cst.Tuple: lambda b, n: tree.Tuple(*b.place(n), _elements(b, n.elements)),
    cst.UnaryOperation: lambda b, n: tree.UnaryOperation(*b.place(n), operator(n.operator), b.expression(n.expression)),
}

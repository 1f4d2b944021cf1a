"""What do the expressions look like that Python's own parser has read?"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from chipsieve.facts.places import Lines
from chipsieve_python import tree
from chipsieve_python.tree.code import Code, Expression, Unlike
from chipsieve_python.tree.formatted import formatted
from chipsieve_python.tree.literals import constant

SYNTAX = (3, 11)  # what the oldest Python that we run on can read: newer syntax is LibCST's everywhere


class Builder:
    """Builds the tree of one text."""

    def __init__(self, code: Code) -> None:
        """Keep the text and its line starts."""
        self.code = code
        self.text = code.text
        self.starts = Lines(code.text).starts
        self.is_ascii = code.text.isascii()

    def at(self, line: int, column: int) -> int:
        """The code point at which a line's byte stands."""
        start = self.starts[line - 1]
        if self.is_ascii:
            return start + column
        return start + len(self.text[start : start + column].encode()[:column].decode())

    def place(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where an expression or statement begins and ends."""
        line, column = node.end_lineno or 0, node.end_col_offset or 0
        if self.is_ascii:
            return self.starts[node.lineno - 1] + node.col_offset, self.starts[line - 1] + column
        return self.at(node.lineno, node.col_offset), self.at(line, column)

    def expression(self, node: ast.expr) -> Expression:
        """The tree of an expression."""
        build = EXPRESSIONS.get(type(node))
        if build is None:
            raise Unlike(f"a {type(node).__name__} where none can stand")
        return build(self, node, *self.place(node))

    def maybe(self, node: ast.expr | None) -> Expression | None:
        """The tree of an expression that may be left out."""
        return None if node is None else self.expression(node)

    def hole(self, start: int, end: int) -> Expression:
        """The tree of an ASCII expression on one line, between two offsets inside a string."""
        inside = ast.parse(self.text[start:end], mode="eval", feature_version=SYNTAX)
        return _Hole(self.code, start).expression(inside.body)

    def outer(self, node: Expression) -> tuple[int, int]:
        """The place of an expression with the parentheses around it."""
        return self.code.around(node.start, node.end)

    def disown(self, node: Expression) -> None:
        """The outermost parentheses around `class A(B):` and `with (a):` are the statement's."""
        start, end = self.outer(node)
        if start != node.start and self.text.startswith(":", self.code.past_trivia(end)):
            del self.code.parentheses[end - 1]


class _Hole(Builder):
    """Builds the tree of an expression that begins at an offset of the text."""

    def __init__(self, code: Code, start: int) -> None:
        self.code, self.text, self.starts, self.is_ascii = code, code.text, [start], True


def _constant(builder: Builder, node: ast.Constant, start: int, end: int) -> Expression:
    return constant(builder.code, node.value, start, end)


def _formatted(builder: Builder, _: ast.JoinedStr, start: int, end: int) -> Expression:
    return formatted(builder.code, start, end, builder.hole)


def _name(builder: Builder, node: ast.Name, start: int, end: int) -> Expression:
    return tree.Name(builder.code, start, end, node.id)


def _attribute(builder: Builder, node: ast.Attribute, start: int, end: int) -> Expression:
    return tree.Attribute(builder.code, start, end, builder.expression(node.value), node.attr)


def _call(builder: Builder, node: ast.Call, start: int, end: int) -> Expression:
    builder.code.parentheses.pop(end - 1, None)
    return tree.Call(builder.code, start, end, builder.expression(node.func), args(builder, node.args, node.keywords))


def args(builder: Builder, positional: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> list[tree.Arg]:
    """The arguments of a call or class, in the order in which they are written."""
    found = [positional_arg(builder, node) for node in positional] + [keyword_arg(builder, node) for node in keywords]
    if keywords and any(arg.star for arg in found):
        found.sort(key=lambda arg: arg.value.start)
    return found


def positional_arg(builder: Builder, node: ast.expr) -> tree.Arg:
    """`value` or `*value`."""
    starred = isinstance(node, ast.Starred)
    return tree.Arg(builder.expression(node.value if isinstance(node, ast.Starred) else node), None, "*" * starred)


def keyword_arg(builder: Builder, node: ast.keyword) -> tree.Arg:
    """`keyword=value` or `**value`."""
    if node.arg is None:
        return tree.Arg(builder.expression(node.value), None, "**")
    start = builder.at(node.lineno, node.col_offset)
    keyword = tree.Name(builder.code, start, start + len(node.arg), node.arg)
    return tree.Arg(builder.expression(node.value), keyword, "")


def _element(builder: Builder, node: ast.expr) -> tree.Element:
    starred = isinstance(node, ast.Starred)
    return tree.Element(builder.expression(node.value if isinstance(node, ast.Starred) else node), starred)


def _tuple(builder: Builder, node: ast.Tuple, start: int, end: int) -> Expression:
    elements = [_element(builder, item) for item in node.elts]
    if _parenthesised(builder, start, end):
        start, end = builder.code.past_trivia(start + 1), end - 1
        if elements:
            last = builder.outer(elements[-1].value)[1]
            comma = builder.code.past_trivia(last)
            end = comma + 1 if builder.text[comma] == "," else last
    return tree.Tuple(builder.code, start, end, elements)


def _parenthesised(builder: Builder, start: int, end: int) -> bool:
    return builder.code.parentheses.get(end - 1) == start


def _list(builder: Builder, node: ast.List, start: int, end: int) -> Expression:
    return tree.List(builder.code, start, end, [_element(builder, item) for item in node.elts])


def _set(builder: Builder, node: ast.Set, start: int, end: int) -> Expression:
    return tree.Set(builder.code, start, end, [_element(builder, item) for item in node.elts])


def _dict(builder: Builder, node: ast.Dict, start: int, end: int) -> Expression:
    pairs = zip(node.keys, node.values, strict=True)
    elements = [tree.DictElement(builder.maybe(key), builder.expression(value)) for key, value in pairs]
    return tree.Dict(builder.code, start, end, elements)


def _comparison(builder: Builder, node: ast.Compare, start: int, end: int) -> Expression:
    left = builder.expression(node.left)
    parts = zip(node.ops, node.comparators, strict=True)
    targets = [tree.ComparisonTarget(OPERATORS[type(sign)], builder.expression(right)) for sign, right in parts]
    return tree.Comparison(builder.code, start, end, left, targets)


def _boolean(builder: Builder, node: ast.BoolOp, start: int, end: int) -> Expression:
    """`a and b and c` is `(a and b) and c`."""
    sign, whole = OPERATORS[type(node.op)], builder.expression(node.values[0])
    for value in node.values[1:]:
        right = builder.expression(value)
        stop = end if value is node.values[-1] else builder.outer(right)[1]
        whole = tree.BooleanOperation(builder.code, start, stop, whole, sign, right)
    return whole


def _binary(builder: Builder, node: ast.BinOp, start: int, end: int) -> Expression:
    left, right = builder.expression(node.left), builder.expression(node.right)
    return tree.BinaryOperation(builder.code, start, end, left, OPERATORS[type(node.op)], right)


def _unary(builder: Builder, node: ast.UnaryOp, start: int, end: int) -> Expression:
    return tree.UnaryOperation(builder.code, start, end, OPERATORS[type(node.op)], builder.expression(node.operand))


def _conditional(builder: Builder, node: ast.IfExp, start: int, end: int) -> Expression:
    test, body, orelse = map(builder.expression, (node.test, node.body, node.orelse))
    return tree.IfExp(builder.code, start, end, test, body, orelse)


def _lambda(builder: Builder, node: ast.Lambda, start: int, end: int) -> Expression:
    return tree.Lambda(builder.code, start, end, parameters(builder, node.args), builder.expression(node.body))


def parameters(builder: Builder, node: ast.arguments) -> tree.Parameters:
    """The parameters of a function or lambda."""
    plain = [*node.posonlyargs, *node.args]
    defaults = [*[None] * (len(plain) - len(node.defaults)), *node.defaults]
    found = [_param(builder, arg, default) for arg, default in zip(plain, defaults, strict=True)]
    only = [_param(builder, *pair) for pair in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
    star, stars = (None if arg is None else _param(builder, arg, None) for arg in (node.vararg, node.kwarg))
    count = len(node.posonlyargs)
    return tree.Parameters(found[:count], found[count:], only, star, stars)


def _param(builder: Builder, node: ast.arg, default: ast.expr | None) -> tree.Param:
    start = builder.at(node.lineno, node.col_offset)
    name = tree.Name(builder.code, start, start + len(node.arg), node.arg)
    annotation = None if node.annotation is None else tree.Annotation(starred(builder, node.annotation))
    return tree.Param(name, annotation, builder.maybe(default))


def starred(builder: Builder, node: ast.expr) -> Expression:
    """An expression whose star says nothing: of `*args: *Ts`, of `a[*b]`."""
    return builder.expression(node.value if isinstance(node, ast.Starred) else node)


def _comprehension(builder: Builder, node: Any, start: int, end: int) -> Expression:
    made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    trees = [builder.expression(item) for item in made]
    loops = [_loop(builder, item) for item in node.generators]
    if isinstance(node, ast.GeneratorExp):
        last = loops[-1].ifs[-1] if loops[-1].ifs else loops[-1].iter
        start, end = builder.code.past_trivia(start + 1), builder.outer(last)[1]
    return tree.Comprehension(builder.code, start, end, trees, loops)


def _loop(builder: Builder, node: ast.comprehension) -> tree.CompFor:
    target, items = builder.expression(node.target), builder.expression(node.iter)
    return tree.CompFor(target, items, [builder.expression(test) for test in node.ifs])


def _subscript(builder: Builder, node: ast.Subscript, start: int, end: int) -> Expression:
    value, inner = builder.expression(node.value), node.slice
    parts: list[ast.expr] = [inner]
    if isinstance(inner, ast.Tuple):
        parts = parts if _parenthesised(builder, *builder.place(inner)) else inner.elts
    return tree.Subscript(builder.code, start, end, value, [_slice(builder, part) for part in parts])


def _slice(builder: Builder, node: ast.expr) -> Expression | tree.Slice:
    if isinstance(node, ast.Slice):
        return tree.Slice(builder.maybe(node.lower), builder.maybe(node.upper), builder.maybe(node.step))
    return starred(builder, node)


def _walrus(builder: Builder, node: ast.NamedExpr, start: int, end: int) -> Expression:
    return tree.NamedExpr(builder.code, start, end, builder.expression(node.target), builder.expression(node.value))


def _await(builder: Builder, node: ast.Await, start: int, end: int) -> Expression:
    return tree.Await(builder.code, start, end, builder.expression(node.value))


def _other(builder: Builder, node: ast.Yield | ast.YieldFrom | ast.Starred, start: int, end: int) -> Expression:
    held = [] if node.value is None else [builder.expression(node.value)]
    return tree.Other(builder.code, start, end, held)


EXPRESSIONS: dict[type[ast.expr], Callable[[Builder, Any, int, int], Expression]] = {
    ast.Attribute: _attribute,
    ast.Await: _await,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Call: _call,
    ast.Compare: _comparison,
    ast.Constant: _constant,
    ast.Dict: _dict,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.IfExp: _conditional,
    ast.JoinedStr: _formatted,
    ast.Lambda: _lambda,
    ast.List: _list,
    ast.ListComp: _comprehension,
    ast.Name: _name,
    ast.NamedExpr: _walrus,
    ast.Set: _set,
    ast.SetComp: _comprehension,
    ast.Starred: _other,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.UnaryOp: _unary,
    ast.Yield: _other,
    ast.YieldFrom: _other,
}
OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.And: "and", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.Div: "/", ast.Eq: "==",
    ast.FloorDiv: "//", ast.Gt: ">", ast.GtE: ">=", ast.In: "in", ast.Invert: "~", ast.Is: "is", ast.IsNot: "is not",
    ast.LShift: "<<", ast.Lt: "<", ast.LtE: "<=", ast.MatMult: "@", ast.Mod: "%", ast.Mult: "*", ast.Not: "not",
    ast.NotEq: "!=", ast.NotIn: "not in", ast.Or: "or", ast.Pow: "**", ast.RShift: ">>", ast.Sub: "-", ast.UAdd: "+",
    ast.USub: "-",
}  # fmt: skip

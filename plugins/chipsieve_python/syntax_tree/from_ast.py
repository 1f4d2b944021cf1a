"""What does the tree of a text look like that Python's own parser has read?"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from chipsieve.facts.places import Lines
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree import statement_kinds as stmt
from chipsieve_python.syntax_tree.lexer import Code, Outline, Unlike
from chipsieve_python.syntax_tree.string_literals import constant, formatted

SYNTAX = (3, 11)  # what the oldest Python that we run on can read: newer syntax is LibCST's everywhere
HIDDEN = re.compile(r"[:;][ \t\f]*\\[\r\n]")


def parse(text: str, outline: Outline) -> stmt.Suite:
    """The tree of a text that has been outlined, which is parsed part by part where it is long.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: this text is none for Python's own parser.
    """
    if HIDDEN.search(text):
        raise Unlike("a backslash hides where a statement begins")
    if not outline.is_plain:
        raise Unlike("Python normalises names")
    builder = Builder(Code(text, dict(outline.parentheses)))
    found: list[expr.Node] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a `"\d"` in the text
        for start, end in pairwise((0, *outline.borders, len(text))):
            above = "\n" * bisect_left(builder.starts, start)  # so that the parser counts the lines as they are
            found += _suite(builder, ast.parse(above + text[start:end], feature_version=SYNTAX).body).body
    return stmt.Suite(found)


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

    def expression(self, node: ast.expr) -> expr.Expression:
        """The tree of an expression."""
        build = _EXPRESSIONS.get(type(node))
        if build is None:
            raise Unlike(f"a {type(node).__name__} where none can stand")
        return build(self, node, *self.place(node))

    def expressions(self, nodes: Sequence[ast.expr]) -> list[expr.Expression]:
        """The trees of several expressions."""
        return [self.expression(node) for node in nodes]

    def part(self, value: Any) -> Any:
        """The tree of what a field holds: an expression, a block, other nodes, a name, or nothing."""
        if isinstance(value, ast.expr):
            return self.expression(value)
        if not isinstance(value, list):
            return _NODES[type(value)](self, value) if isinstance(value, ast.AST) else value
        if not value or isinstance(value[0], ast.stmt):
            return _suite(self, value) if value else None
        return [self.part(item) for item in value]

    def hole(self, start: int, end: int) -> expr.Expression:
        """The tree of an ASCII expression on one line, between two offsets inside a string."""
        inside = ast.parse(self.text[start:end], mode="eval", feature_version=SYNTAX)
        return _Hole(self.code, start).expression(inside.body)

    def outer(self, node: expr.Expression) -> tuple[int, int]:
        """The place of an expression with the parentheses around it."""
        return self.code.around(node.start, node.end)

    def is_parenthesised(self, start: int, end: int) -> bool:
        """Whether a stretch of the text begins and ends with parentheses that belong together."""
        return self.code.parentheses.get(end - 1) == start

    def disown(self, node: expr.Expression) -> None:
        """The outermost parentheses around `class A(B):` and `with (a):` are the statement's."""
        start, end = self.outer(node)
        if start != node.start and self.text.startswith(":", self.code.past_trivia(end)):
            del self.code.parentheses[end - 1]


class _Hole(Builder):
    """Builds the tree of an expression that begins at an offset of the text."""

    def __init__(self, code: Code, start: int) -> None:
        self.code, self.text, self.starts, self.is_ascii = code, code.text, [start], True


# Expressions


def _call(b: Builder, node: ast.Call, start: int, end: int) -> expr.Expression:
    b.code.parentheses.pop(end - 1, None)
    return expr.Call(b.code, start, end, b.expression(node.func), _args(b, node.args, node.keywords))


def _args(b: Builder, positional: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> list[expr.Arg]:
    """The arguments of a call or class, in the order in which they are written."""
    found = [expr.Arg(_unstarred(b, node), None, "*" * isinstance(node, ast.Starred)) for node in positional]
    found += [expr.Arg(b.expression(node.value), _keyword(b, node), "" if node.arg else "**") for node in keywords]
    if keywords and any(arg.star for arg in found):
        found.sort(key=lambda arg: arg.value.start)
    return found


def _keyword(b: Builder, node: ast.keyword) -> expr.Name | None:
    return None if node.arg is None else _bare_name(b, node, node.arg)


def _bare_name(b: Builder, node: ast.keyword | ast.arg, name: str) -> expr.Name:
    start = b.at(node.lineno, node.col_offset)
    return expr.Name(b.code, start, start + len(name), name)


def _unstarred(b: Builder, node: ast.expr) -> expr.Expression:
    return b.expression(node.value if isinstance(node, ast.Starred) else node)


def _elements(b: Builder, nodes: Sequence[ast.expr]) -> list[expr.Element]:
    return [expr.Element(_unstarred(b, node), isinstance(node, ast.Starred)) for node in nodes]


def _tuple(b: Builder, node: ast.Tuple, start: int, end: int) -> expr.Expression:
    elements = _elements(b, node.elts)
    if b.is_parenthesised(start, end):
        start, end = b.code.past_trivia(start + 1), end - 1
        if elements:
            last = b.outer(elements[-1].value)[1]
            comma = b.code.past_trivia(last)
            end = comma + 1 if b.text[comma] == "," else last
    return expr.Tuple(b.code, start, end, elements)


def _dict(b: Builder, node: ast.Dict, start: int, end: int) -> expr.Expression:
    pairs = zip(node.keys, node.values, strict=True)
    return expr.Dict(b.code, start, end, [expr.DictElement(b.part(key), b.expression(value)) for key, value in pairs])


def _comparison(b: Builder, node: ast.Compare, start: int, end: int) -> expr.Expression:
    left = b.expression(node.left)
    parts = zip(node.ops, node.comparators, strict=True)
    targets = [expr.ComparisonTarget(OPERATORS[type(sign)], b.expression(right)) for sign, right in parts]
    return expr.Comparison(b.code, start, end, left, targets)


def _boolean(b: Builder, node: ast.BoolOp, start: int, end: int) -> expr.Expression:
    """`a and b and c` is `(a and b) and c`."""
    sign, whole = OPERATORS[type(node.op)], b.expression(node.values[0])
    for value in node.values[1:]:
        right = b.expression(value)
        stop = end if value is node.values[-1] else b.outer(right)[1]
        whole = expr.BooleanOperation(b.code, start, stop, whole, sign, right)
    return whole


def _binary(b: Builder, node: ast.BinOp, start: int, end: int) -> expr.Expression:
    left, right = b.expression(node.left), b.expression(node.right)
    return expr.BinaryOperation(b.code, start, end, left, OPERATORS[type(node.op)], right)


def _parameters(b: Builder, node: ast.arguments) -> expr.Parameters:
    """The parameters of a function or lambda."""
    plain = [*node.posonlyargs, *node.args]
    defaults = [*[None] * (len(plain) - len(node.defaults)), *node.defaults]
    found = [_param(b, arg, default) for arg, default in zip(plain, defaults, strict=True)]
    only = [_param(b, *pair) for pair in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
    star, stars = (None if arg is None else _param(b, arg, None) for arg in (node.vararg, node.kwarg))
    count = len(node.posonlyargs)
    return expr.Parameters(found[:count], found[count:], only, star, stars)


def _param(b: Builder, node: ast.arg, default: ast.expr | None) -> expr.Param:
    """One parameter; the star of `*args: *Ts` says nothing."""
    annotation = None if node.annotation is None else _unstarred(b, node.annotation)
    return expr.Param(_bare_name(b, node, node.arg), annotation, b.part(default))


def _comprehension(b: Builder, node: Any, start: int, end: int) -> expr.Expression:
    made = b.expressions([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
    loops = [
        expr.CompFor(b.expression(loop.target), b.expression(loop.iter), b.expressions(loop.ifs))
        for loop in node.generators
    ]
    if isinstance(node, ast.GeneratorExp):
        last = loops[-1].ifs[-1] if loops[-1].ifs else loops[-1].iter
        start, end = b.code.past_trivia(start + 1), b.outer(last)[1]
    return expr.Comprehension(b.code, start, end, made, loops)


def _subscript(b: Builder, node: ast.Subscript, start: int, end: int) -> expr.Expression:
    value, inner = b.expression(node.value), node.slice
    parts: list[ast.expr] = [inner]
    if isinstance(inner, ast.Tuple):
        parts = parts if b.is_parenthesised(*b.place(inner)) else inner.elts
    return expr.Subscript(b.code, start, end, value, [_slice(b, part) for part in parts])


def _slice(b: Builder, node: ast.expr) -> expr.Expression | expr.Slice:
    if isinstance(node, ast.Slice):
        return expr.Slice(b.part(node.lower), b.part(node.upper), b.part(node.step))
    return _unstarred(b, node)


def _other(b: Builder, node: Any, start: int, end: int) -> expr.Expression:
    return expr.Other(b.code, start, end, [] if node.value is None else [b.expression(node.value)])


_EXPRESSIONS: dict[type[ast.expr], Callable[[Builder, Any, int, int], expr.Expression]] = {
    ast.Attribute: lambda b, n, start, end: expr.Attribute(b.code, start, end, b.expression(n.value), n.attr),
    ast.Await: lambda b, n, start, end: expr.Await(b.code, start, end, b.expression(n.value)),
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Call: _call,
    ast.Compare: _comparison,
    ast.Constant: lambda b, n, start, end: constant(b.code, n.value, start, end),
    ast.Dict: _dict,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.IfExp: lambda b, n, start, end: expr.IfExp(b.code, start, end, *map(b.expression, (n.test, n.body, n.orelse))),
    ast.JoinedStr: lambda b, _, start, end: formatted(b.code, start, end, b.hole),
    ast.Lambda: lambda b, n, start, end: expr.Lambda(b.code, start, end, _parameters(b, n.args), b.expression(n.body)),
    ast.List: lambda b, n, start, end: expr.List(b.code, start, end, _elements(b, n.elts)),
    ast.ListComp: _comprehension,
    ast.Name: lambda b, n, start, end: expr.Name(b.code, start, end, n.id),
    ast.NamedExpr: lambda b, n, start, end: expr.NamedExpr(
        b.code, start, end, b.expression(n.target), b.expression(n.value)
    ),
    ast.Set: lambda b, n, start, end: expr.Set(b.code, start, end, _elements(b, n.elts)),
    ast.SetComp: _comprehension,
    ast.Starred: _other,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.UnaryOp: lambda b, n, start, end: expr.UnaryOperation(
        b.code, start, end, OPERATORS[type(n.op)], b.expression(n.operand)
    ),
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


# Statements


def _suite(b: Builder, body: Sequence[ast.stmt]) -> stmt.Suite:
    """A block; small statements on one line make a line, unless that is the line of the block's header."""
    found: list[expr.Node] = []
    line: list[Any] = []
    number = _header(b, body)
    for node in body:
        build = _NODES.get(type(node))
        if build is None:
            raise Unlike(f"{type(node).__name__} is newer than the oldest Python")
        if number == 0 or type(node) not in _SMALL:
            found.append(build(b, node))
            continue
        if node.lineno != number:
            line = []
            found.append(stmt.Line(line))
        line.append(build(b, node))
        number = node.end_lineno or 0
    return stmt.Suite(found)


def _header(b: Builder, body: Sequence[ast.stmt]) -> int:
    """0 where the block begins on the line of its header, -1 where on its own."""
    if not body:
        return -1
    start = b.starts[body[0].lineno - 1]
    before = b.text[start : b.at(body[0].lineno, body[0].col_offset)]
    return 0 if before.strip() else -1


def _built_by_name(kind: type[expr.Node]) -> Callable[[Builder, Any], expr.Node]:
    names = kind.__struct_fields__
    return lambda b, node: kind(*(b.part(getattr(node, name)) for name in names))


def _del(b: Builder, node: ast.Delete) -> expr.Node:
    targets = b.expressions(node.targets)
    if len(targets) == 1:
        return stmt.Del(targets[0])
    elements = [expr.Element(target, starred=False) for target in targets]
    start, end = b.outer(targets[0])[0], b.outer(targets[-1])[1]
    return stmt.Del(expr.Tuple(b.code, start, end, elements))


def _import_from(b: Builder, node: ast.ImportFrom) -> expr.Node:
    names = [] if node.names[0].name == "*" else _aliases(node.names)
    return stmt.ImportFrom(b.code, *b.place(node), node.module or "", node.level, names)


def _aliases(names: Sequence[ast.alias]) -> list[stmt.ImportAlias]:
    return [stmt.ImportAlias(alias.name, alias.asname) for alias in names]


def _if(b: Builder, node: ast.If) -> stmt.If:
    """An `elif` is an `if` in the `else` to Python."""
    test, body, first = b.expression(node.test), _suite(b, node.body), node.orelse[0] if node.orelse else None
    if isinstance(first, ast.If) and b.text.startswith("elif", b.place(first)[0]):
        return stmt.If(test, body, _if(b, first))
    return stmt.If(test, body, b.part(node.orelse))


def _with(b: Builder, node: ast.With | ast.AsyncWith) -> expr.Node:
    items = [stmt.WithItem(b.expression(item.context_expr), b.part(item.optional_vars)) for item in node.items]
    if len(items) == 1 and items[0].asname is None:
        b.disown(items[0].item)
    return stmt.With(items, _suite(b, node.body))


def _try(b: Builder, node: ast.Try | ast.TryStar) -> expr.Node:
    handlers = [b.part(handler) for handler in node.handlers]
    return stmt.Try(_suite(b, node.body), handlers, b.part(node.orelse), b.part(node.finalbody))


def _function(b: Builder, node: ast.FunctionDef | ast.AsyncFunctionDef) -> expr.Node:
    decorators = b.expressions(node.decorator_list)
    return stmt.FunctionDef(node.name, _parameters(b, node.args), _suite(b, node.body), decorators)


def _class(b: Builder, node: ast.ClassDef) -> expr.Node:
    decorators = b.expressions(node.decorator_list)
    bases, keywords = _args(b, node.bases, ()), _args(b, (), node.keywords)
    if len(bases) == 1 and not keywords:
        b.disown(bases[0].value)
    return stmt.ClassDef(node.name, _suite(b, node.body), bases, keywords, decorators)


_SMALL = frozenset({
    ast.AnnAssign, ast.Assert, ast.Assign, ast.AugAssign, ast.Break, ast.Continue, ast.Delete, ast.Expr, ast.Global,
    ast.Import, ast.ImportFrom, ast.Nonlocal, ast.Pass, ast.Raise, ast.Return,
})  # fmt: skip
_NODES: dict[type[ast.AST], Callable[[Builder, Any], expr.Node]] = {
    **{getattr(ast, kind.__name__): _built_by_name(kind) for kind in stmt.BUILT_BY_NAME},
    ast.Assign: lambda b, n: stmt.Assign(b.expressions(n.targets), b.expression(n.value)),
    ast.AsyncFor: _built_by_name(stmt.For),
    ast.AsyncFunctionDef: _function,
    ast.AsyncWith: _with,
    ast.AugAssign: lambda b, n: stmt.AugAssign(
        b.expression(n.target), f"{OPERATORS[type(n.op)]}=", b.expression(n.value)
    ),
    ast.ClassDef: _class,
    ast.Delete: _del,
    ast.FunctionDef: _function,
    ast.ExceptHandler: lambda b, n: stmt.ExceptHandler(b.part(n.type), n.name, _suite(b, n.body)),
    ast.Global: lambda _, n: stmt.Global(n.names),
    ast.If: _if,
    ast.Import: lambda b, n: stmt.Import(b.code, *b.place(n), _aliases(n.names)),
    ast.ImportFrom: _import_from,
    ast.MatchAs: lambda b, n: stmt.MatchAs(b.part(n.pattern)),
    ast.MatchClass: lambda *_: stmt.MatchPattern(),
    ast.MatchMapping: lambda *_: stmt.MatchPattern(),
    ast.MatchSequence: lambda *_: stmt.MatchPattern(),
    ast.MatchSingleton: lambda *_: stmt.MatchPattern(),
    ast.MatchStar: lambda *_: stmt.MatchPattern(),
    ast.Nonlocal: lambda _, n: stmt.Global(n.names),
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.match_case: _built_by_name(stmt.MatchCase),
}

"""What do the statements look like that Python's own parser has read? It is ten times as fast as LibCST."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from chipsieve_python import tree
from chipsieve_python.lexer import Outline
from chipsieve_python.tree.ast_expressions import OPERATORS, SYNTAX, Builder, args, parameters
from chipsieve_python.tree.code import Code, Node, Unlike

HIDDEN = re.compile(r"[:;][ \t\f]*\\[\r\n]")


def parse(text: str, outline: Outline) -> tree.Suite:
    """The tree of a text that has been outlined.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: this text is none for Python's own parser.
    """
    if HIDDEN.search(text):
        raise Unlike("a backslash hides where a statement begins")
    if not outline.is_plain:
        raise Unlike("Python normalises names")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a `"\d"` in the text
        module = ast.parse(text, feature_version=SYNTAX)
    return _suite(Builder(Code(text, outline.parentheses)), module.body)


def _suite(builder: Builder, body: Sequence[ast.stmt]) -> tree.Suite:
    """A block; small statements on one line make a line, unless that is the line of the block's header."""
    found: list[Node] = []
    line: list[tree.SmallStatement] = []
    number = _header(builder, body)
    for node in body:
        small = _SMALL.get(type(node))
        if small is None:
            found.append(_compound(builder, node))
        elif number == 0:
            found.append(small(builder, node))
        else:
            if node.lineno != number:
                line = []
                found.append(tree.Line(line))
            line.append(small(builder, node))
            number = node.end_lineno or 0
    return tree.Suite(found)


def _compound(builder: Builder, node: ast.stmt) -> Node:
    build = _COMPOUND.get(type(node))
    if build is None:
        raise Unlike(f"{type(node).__name__} is newer than the oldest Python")
    return build(builder, node)


def _header(builder: Builder, body: Sequence[ast.stmt]) -> int:
    """0 where the block begins on the line of its header, -1 where on its own."""
    if not body:
        return -1
    start = builder.starts[body[0].lineno - 1]
    before = builder.text[start : builder.at(body[0].lineno, body[0].col_offset)]
    return 0 if before.strip() else -1


def _orelse(builder: Builder, body: Sequence[ast.stmt]) -> tree.Suite | None:
    return _suite(builder, body) if body else None


def _expr(builder: Builder, node: ast.Expr) -> tree.SmallStatement:
    return tree.Expr(builder.expression(node.value))


def _assign(builder: Builder, node: ast.Assign) -> tree.SmallStatement:
    return tree.Assign([builder.expression(target) for target in node.targets], builder.expression(node.value))


def _annotated(builder: Builder, node: ast.AnnAssign) -> tree.SmallStatement:
    annotation = tree.Annotation(builder.expression(node.annotation))
    return tree.AnnAssign(builder.expression(node.target), annotation, builder.maybe(node.value))


def _augmented(builder: Builder, node: ast.AugAssign) -> tree.SmallStatement:
    sign = f"{OPERATORS[type(node.op)]}="
    return tree.AugAssign(builder.expression(node.target), sign, builder.expression(node.value))


def _return(builder: Builder, node: ast.Return) -> tree.SmallStatement:
    return tree.Return(builder.maybe(node.value))


def _raise(builder: Builder, node: ast.Raise) -> tree.SmallStatement:
    return tree.Raise(builder.maybe(node.exc), builder.maybe(node.cause))


def _assert(builder: Builder, node: ast.Assert) -> tree.SmallStatement:
    return tree.Assert(builder.expression(node.test), builder.maybe(node.msg))


def _del(builder: Builder, node: ast.Delete) -> tree.SmallStatement:
    targets = [builder.expression(target) for target in node.targets]
    if len(targets) == 1:
        return tree.Del(targets[0])
    elements = [tree.Element(target, starred=False) for target in targets]
    start, end = builder.outer(targets[0])[0], builder.outer(targets[-1])[1]
    return tree.Del(tree.Tuple(builder.code, start, end, elements))


def _global(_: Builder, node: ast.Global | ast.Nonlocal) -> tree.SmallStatement:
    return tree.Global(node.names)


def _import(builder: Builder, node: ast.Import) -> tree.SmallStatement:
    return tree.Import(builder.code, *builder.place(node), _aliases(node.names))


def _import_from(builder: Builder, node: ast.ImportFrom) -> tree.SmallStatement:
    names = [] if node.names[0].name == "*" else _aliases(node.names)
    return tree.ImportFrom(builder.code, *builder.place(node), node.module or "", node.level, names)


def _aliases(names: Sequence[ast.alias]) -> list[tree.ImportAlias]:
    return [tree.ImportAlias(alias.name, alias.asname) for alias in names]


def _if(builder: Builder, node: ast.If) -> tree.If:
    return tree.If(builder.expression(node.test), _suite(builder, node.body), _else(builder, node.orelse))


def _else(builder: Builder, body: Sequence[ast.stmt]) -> tree.If | tree.Suite | None:
    """An `elif` is an `if` in the `else` to Python."""
    first = body[0] if body else None
    if isinstance(first, ast.If) and builder.text.startswith("elif", builder.place(first)[0]):
        return _if(builder, first)
    return _orelse(builder, body)


def _for(builder: Builder, node: ast.For | ast.AsyncFor) -> tree.For:
    target, items = builder.expression(node.target), builder.expression(node.iter)
    return tree.For(target, items, _suite(builder, node.body), _orelse(builder, node.orelse))


def _while(builder: Builder, node: ast.While) -> tree.While:
    return tree.While(builder.expression(node.test), _suite(builder, node.body), _orelse(builder, node.orelse))


def _with(builder: Builder, node: ast.With | ast.AsyncWith) -> tree.With:
    items = [
        tree.WithItem(builder.expression(item.context_expr), builder.maybe(item.optional_vars)) for item in node.items
    ]
    if len(items) == 1 and items[0].asname is None:
        builder.disown(items[0].item)
    return tree.With(items, _suite(builder, node.body))


def _try(builder: Builder, node: ast.Try | ast.TryStar) -> tree.Try:
    body, orelse, final = _suite(builder, node.body), _orelse(builder, node.orelse), _orelse(builder, node.finalbody)
    return tree.Try(body, [_handler(builder, handler) for handler in node.handlers], orelse, final)


def _handler(builder: Builder, node: ast.ExceptHandler) -> tree.ExceptHandler:
    return tree.ExceptHandler(builder.maybe(node.type), node.name, _suite(builder, node.body))


def _function(builder: Builder, node: ast.FunctionDef | ast.AsyncFunctionDef) -> tree.FunctionDef:
    decorators = [builder.expression(item) for item in node.decorator_list]
    return tree.FunctionDef(node.name, parameters(builder, node.args), _suite(builder, node.body), decorators)


def _class(builder: Builder, node: ast.ClassDef) -> tree.ClassDef:
    decorators = [builder.expression(item) for item in node.decorator_list]
    bases, keywords = args(builder, node.bases, ()), args(builder, (), node.keywords)
    if len(bases) == 1 and not keywords:
        builder.disown(bases[0].value)
    return tree.ClassDef(node.name, _suite(builder, node.body), bases, keywords, decorators)


def _match(builder: Builder, node: ast.Match) -> tree.Match:
    subject = builder.expression(node.subject)
    return tree.Match(subject, [_case(builder, case) for case in node.cases])


def _case(builder: Builder, node: ast.match_case) -> tree.MatchCase:
    return tree.MatchCase(_pattern(builder, node.pattern), builder.maybe(node.guard), _suite(builder, node.body))


def _pattern(builder: Builder, node: ast.pattern) -> tree.MatchPattern:
    if isinstance(node, ast.MatchValue):
        return tree.MatchValue(builder.expression(node.value))
    if isinstance(node, ast.MatchOr):
        return tree.MatchOr([_pattern(builder, pattern) for pattern in node.patterns])
    if isinstance(node, ast.MatchAs):
        return tree.MatchAs(None if node.pattern is None else _pattern(builder, node.pattern))
    return tree.MatchPattern()


_SMALL: dict[type[ast.stmt], Callable[[Builder, Any], tree.SmallStatement]] = {
    ast.AnnAssign: _annotated,
    ast.Assert: _assert,
    ast.Assign: _assign,
    ast.AugAssign: _augmented,
    ast.Break: lambda *_: tree.Break(),
    ast.Continue: lambda *_: tree.Continue(),
    ast.Delete: _del,
    ast.Expr: _expr,
    ast.Global: _global,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Nonlocal: _global,
    ast.Pass: lambda *_: tree.Pass(),
    ast.Raise: _raise,
    ast.Return: _return,
}
_COMPOUND: dict[type[ast.stmt], Callable[[Builder, Any], Node]] = {
    ast.AsyncFor: _for,
    ast.AsyncFunctionDef: _function,
    ast.AsyncWith: _with,
    ast.ClassDef: _class,
    ast.For: _for,
    ast.FunctionDef: _function,
    ast.If: _if,
    ast.Match: _match,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.While: _while,
    ast.With: _with,
}

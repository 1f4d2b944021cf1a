"""What do the statements look like that LibCST has read?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from chipsieve_python import tree
from chipsieve_python.tree.code import Code, Node, Unreadable
from chipsieve_python.tree.cst_expressions import Builder, annotation, args, operator, parameters


def parse(text: str) -> tree.Suite:
    """The tree of any program that LibCST can read.

    Raises:
        Unreadable: LibCST cannot read it.
        RecursionError: the tree is too deep to write out.
    """
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise Unreadable(error.raw_line) from error
    return _suite(Builder(Code(text, {}), 0, module, module), module)


def _suite(b: Builder, node: Any) -> tree.Suite:
    return tree.Suite(_statements(b, node))


def _statements(b: Builder, node: Any) -> list[Any]:
    return [_statement(b, item) for item in node.body]


def _statement(b: Builder, node: cst.CSTNode) -> Node:
    build = _STATEMENTS.get(type(node))
    return build(b, node) if build else tree.Pass()


def _orelse(b: Builder, node: Any) -> tree.Suite | None:
    return None if node is None else _suite(b, node.body)


def _dotted(node: Any) -> str:
    return f"{_dotted(node.value)}.{node.attr.value}" if isinstance(node, cst.Attribute) else node.value


def _aliases(nodes: Sequence[cst.ImportAlias]) -> list[tree.ImportAlias]:
    return [tree.ImportAlias(_dotted(node.name), _alias(node.asname)) for node in nodes]


def _alias(node: cst.AsName | None) -> str | None:
    return node.name.value if node is not None and isinstance(node.name, cst.Name) else None


def _import_from(b: Builder, node: cst.ImportFrom) -> Node:
    names = [] if isinstance(node.names, cst.ImportStar) else _aliases(node.names)
    module = "" if node.module is None else _dotted(node.module)
    return tree.ImportFrom(*b.place(node), module, len(node.relative), names)


def _if(b: Builder, node: cst.If) -> tree.If:
    after = node.orelse
    orelse = _if(b, after) if isinstance(after, cst.If) else _orelse(b, after)
    return tree.If(b.expression(node.test), _suite(b, node.body), orelse)


def _for(b: Builder, node: cst.For) -> Node:
    return tree.For(b.expression(node.target), b.expression(node.iter), _suite(b, node.body), _orelse(b, node.orelse))


def _with(b: Builder, node: cst.With) -> Node:
    items = [
        tree.WithItem(b.expression(item.item), None if item.asname is None else b.expression(item.asname.name))
        for item in node.items
    ]
    return tree.With(items, _suite(b, node.body))


def _try(b: Builder, node: cst.Try | cst.TryStar) -> Node:
    handlers = [
        tree.ExceptHandler(b.maybe(item.type), _alias(item.name), _suite(b, item.body)) for item in node.handlers
    ]
    return tree.Try(_suite(b, node.body), handlers, _orelse(b, node.orelse), _orelse(b, node.finalbody))


def _function(b: Builder, node: cst.FunctionDef) -> Node:
    decorators = [b.expression(item.decorator) for item in node.decorators]
    return tree.FunctionDef(node.name.value, parameters(b, node.params), _suite(b, node.body), decorators)


def _class(b: Builder, node: cst.ClassDef) -> Node:
    decorators = [b.expression(item.decorator) for item in node.decorators]
    return tree.ClassDef(node.name.value, _suite(b, node.body), args(b, node.bases), args(b, node.keywords), decorators)


def _match(b: Builder, node: cst.Match) -> Node:
    cases = [tree.MatchCase(_pattern(b, c.pattern), b.maybe(c.guard), _suite(b, c.body)) for c in node.cases]
    return tree.Match(b.expression(node.subject), cases)


def _pattern(b: Builder, node: cst.MatchPattern) -> tree.MatchPattern:
    if isinstance(node, cst.MatchValue):
        return tree.MatchValue(b.expression(node.value))
    if isinstance(node, cst.MatchOr):
        return tree.MatchOr([_pattern(b, item.pattern) for item in node.patterns])
    if isinstance(node, cst.MatchAs):
        return tree.MatchAs(None if node.pattern is None else _pattern(b, node.pattern))
    return tree.MatchPattern()


_STATEMENTS: dict[type[cst.CSTNode], Callable[[Builder, Any], Node]] = {
    cst.AnnAssign: lambda b, n: tree.AnnAssign(b.expression(n.target), annotation(b, n.annotation), b.maybe(n.value)),
    cst.Assert: lambda b, n: tree.Assert(b.expression(n.test), b.maybe(n.msg)),
    cst.Assign: lambda b, n: tree.Assign([b.expression(part.target) for part in n.targets], b.expression(n.value)),
    cst.AugAssign: lambda b, n: tree.AugAssign(b.expression(n.target), operator(n.operator), b.expression(n.value)),
    cst.Break: lambda *_: tree.Break(),
    cst.ClassDef: _class,
    cst.Continue: lambda *_: tree.Continue(),
    cst.Del: lambda b, n: tree.Del(b.expression(n.target)),
    cst.Expr: lambda b, n: tree.Expr(b.expression(n.value)),
    cst.For: _for,
    cst.FunctionDef: _function,
    cst.Global: lambda _, n: tree.Global([item.name.value for item in n.names]),
    cst.If: _if,
    cst.Import: lambda b, n: tree.Import(*b.place(n), _aliases(n.names)),
    cst.ImportFrom: _import_from,
    cst.Match: _match,
    cst.Nonlocal: lambda _, n: tree.Global([item.name.value for item in n.names]),
    cst.Raise: lambda b, n: tree.Raise(b.maybe(n.exc), b.maybe(n.cause and n.cause.item)),
    cst.Return: lambda b, n: tree.Return(b.maybe(n.value)),
    cst.SimpleStatementLine: lambda b, n: tree.Line(_statements(b, n)),
    cst.Try: _try,
    cst.TryStar: _try,
    cst.While: lambda b, n: tree.While(b.expression(n.test), _suite(b, n.body), _orelse(b, n.orelse)),
    cst.With: _with,
}

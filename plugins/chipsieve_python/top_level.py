"""Is a file a program, though it has no `__main__` block? What its top level does says so.

A library defines things and configures others when it is imported; a program reads its command line, calls its `main`
or trains.
"""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.commands.callables import callables
from chipsieve.facts.conventions import SILENT_CALLS
from chipsieve_python.call_facts import callee_name
from chipsieve_python.evaluate import qualified
from chipsieve_python.literals import dotted
from chipsieve_python.scope import Scope
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree import statement_kinds as stmt

PACKAGING = frozenset({"setuptools", "distutils"})
TESTING = frozenset({"pytest", "unittest"})
BLOCKS = (stmt.If, stmt.For, stmt.While, stmt.With, stmt.Try, stmt.Match)
# Blocks, which are looked into by themselves, and what holds values: calls in it are a choice, or wait to be called.
HOLDERS = (
    stmt.Suite, stmt.ExceptHandler, stmt.MatchCase, expr.List, expr.Dict, expr.Set, expr.Comprehension, expr.Lambda,
)  # fmt: skip


def is_program(module: stmt.Suite, scope: Scope) -> bool:
    """Whether the top level of a module, whose names are bound in the scope, is that of a program."""
    own = {item.name: item for item in module.body if isinstance(item, stmt.FunctionDef)}
    if any(name.startswith("test_") for name in own) or any(map(_tests, module.body)):
        return False
    reads_options = False
    programs = _Programs(own, scope)
    for statement in _statements(module):
        called = _calls(statement)
        if any(qualified(call.func, scope).partition(".")[0] in PACKAGING for call in called):
            return False
        if any(map(programs.is_started_by, called)):
            return True
        if reads_options and _does_something(statement, called):
            return True
        reads_options = reads_options or any(map(programs.reads_options, called))
    return any(programs.has_decorator(item, callables().runs_decorated) for item in own.values())


def _tests(item: expr.Node) -> bool:
    imported = item.body[0] if isinstance(item, stmt.Line) else None
    if isinstance(imported, stmt.ImportFrom):
        return imported.module.partition(".")[0] in TESTING
    return isinstance(imported, stmt.Import) and any(alias.name in TESTING for alias in imported.names)


def _statements(suite: stmt.Suite) -> Iterator[expr.Node]:
    """The statements that run when a module is loaded, each block before those in it."""
    for item in suite.body:
        if isinstance(item, stmt.Line):
            yield from item.body
        elif isinstance(item, BLOCKS):
            yield item
            yield from (inner for block in _blocks(item) for inner in _statements(block))
        elif isinstance(item, stmt.SmallStatement):
            yield item


def _blocks(item: expr.Node) -> Iterator[stmt.Suite]:
    """The blocks of a compound statement."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(item, name, None)
        if isinstance(block, stmt.If):
            yield from _blocks(block)
        elif block is not None:
            yield block
    yield from (part.body for part in (*getattr(item, "handlers", ()), *getattr(item, "cases", ())))


def _calls(statement: expr.Node) -> list[expr.Call]:
    """The calls that a statement makes itself, those of its blocks and of what it only holds left out."""
    found: list[expr.Call] = []
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, expr.Call):
            found.append(node)
        for name in node.__struct_fields__:
            part = getattr(node, name)
            inner = part if isinstance(part, list) else (part,)
            waiting += (item for item in inner if isinstance(item, expr.Node) and not isinstance(item, HOLDERS))
    return found


def _does_something(statement: expr.Node, called: list[expr.Call]) -> bool:
    """Whether a statement does more than to set, to choose and to show."""
    if isinstance(statement, stmt.For | stmt.While | stmt.With):
        return True
    return isinstance(statement, stmt.Expr) and any(callee_name(call.func) not in SILENT_CALLS for call in called)


class _Programs:
    """The functions of one file, and which of them are programs."""

    def __init__(self, own: dict[str, stmt.FunctionDef], scope: Scope) -> None:
        self._own, self._scope = own, scope

    def is_started_by(self, call: expr.Call) -> bool:
        """Whether a call runs a program or trains."""
        name, table = qualified(call.func, self._scope), callables()
        if name in table.programs or self._is_program(call.func):
            return True
        if any(self._is_program(arg.value) for arg in call.args):
            return True
        if not isinstance(call.func, expr.Attribute) or call.func.attr not in table.trains:
            return False
        holder = call.func.value
        made = holder.func if isinstance(holder, expr.Call) else holder
        return table.trains[call.func.attr].search(dotted(made)[-1]) is not None

    def reads_options(self, call: expr.Call) -> bool:
        """Whether a call reads the command line."""
        names = (qualified(call.func, self._scope), f"*.{callee_name(call.func)}")
        return not callables().readers_of_options.isdisjoint(names)

    def _is_program(self, node: expr.Expression) -> bool:
        function = self._own.get(node.value) if isinstance(node, expr.Name) else None
        if function is None:
            return False
        named = callables().own_programs.fullmatch(function.name)
        return named is not None or self.has_decorator(function, callables().makes_programs)

    def has_decorator(self, function: stmt.FunctionDef, names: frozenset[str]) -> bool:
        """Whether one of these decorates a function."""
        plain = (item.func if isinstance(item, expr.Call) else item for item in function.decorators)
        return any(
            qualified(item, self._scope) in names or (isinstance(item, expr.Attribute) and f"*.{item.attr}" in names)
            for item in plain
        )

"""What does Python's own parser say of a text: what its imports bind, where bare names stand, and inside of what?

It resolves no name: that is what the readers that are compared do. Places are offsets in code points.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple

from chipsieve.facts.places import Lines

Kind = Literal["import", "caught", "returned", "formatted", "quoted", "assigned"]
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
BINDERS = (*SCOPES, ast.ExceptHandler)
STRINGS_HAVE_PLACES = sys.version_info >= (3, 12)  # before, what stands in an f-string has none that is right


class Stretch(NamedTuple):
    """A part of a text of which readers say different things: what it is, from where up to where."""

    kind: Kind
    start: int
    end: int


class PythonText:
    """One text with its tree.

    Raises:
        SyntaxError: Python cannot parse it.
    """

    def __init__(self, text: str) -> None:
        """Parse the text."""
        self.text = text.removeprefix("\ufeff")
        self.lines = Lines(self.text)
        with warnings.catch_warnings(action="ignore"):
            self._nodes = tuple(ast.walk(ast.parse(self.text)))

    @cached_property
    def imported(self) -> dict[str, frozenset[str]]:
        """The qualified names that imports bind to each name, in whatever scope they stand."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for node in self._nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    found[alias.asname or whole].add(whole)
            elif isinstance(node, ast.ImportFrom):
                prefix = "." * node.level + (f"{node.module}." if node.module else "")
                for alias in node.names:
                    found[alias.asname or alias.name].add(f"{prefix}{alias.name}")
        return {name: frozenset(every) for name, every in found.items()}

    @cached_property
    def outer(self) -> frozenset[str]:
        """The names that imports outside of every function and class bind."""
        found, waiting = set(), [self._nodes[0]]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Import | ast.ImportFrom):
                found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            elif not isinstance(node, SCOPES):
                waiting += ast.iter_child_nodes(node)
        return frozenset(found)

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names, and the dotted attributes, that anything but an import binds somewhere."""
        stored = [node for node in self._nodes if isinstance(node, ast.Name | ast.Attribute) and _is_stored(node)]
        given = {node.arg for node in self._nodes if isinstance(node, ast.arg)}
        made = {node.name for node in self._nodes if isinstance(node, BINDERS) and node.name}
        return frozenset({".".join(_dotted(node)) for node in stored} | given | made)

    @cached_property
    def candidates(self) -> frozenset[str]:
        """The dotted names that the text may use, as its imports say without regard to scopes; relative ones not."""
        found = set()
        for node in self._nodes:
            parts = _dotted(node) if isinstance(node, ast.Attribute | ast.Name) else ()
            found |= {".".join((whole, *parts[1:])) for whole in self.imported.get(parts[0], ())} if parts else set()
        return frozenset(name for name in found if "." in name and not name.startswith(".") and "*" not in name)

    @cached_property
    def bare(self) -> tuple[int, ...]:
        """Where a name ends that some import binds and that is read by itself: `x`, not `x.y`."""
        roots = {id(node.value) for node in self._nodes if isinstance(node, ast.Attribute)}
        names = (node for node in self._nodes if isinstance(node, ast.Name) and id(node) not in roots)
        read = [self._extent(node) for node in names if not _is_stored(node) and node.id in self.imported]
        return tuple(sorted(end for start, end in read if STRINGS_HAVE_PLACES or "formatted" not in self.around(start)))

    def around(self, offset: int) -> frozenset[Kind]:
        """What the place at an offset lies in."""
        return frozenset(kind for kind, start, end in self._stretches if start <= offset < end)

    @cached_property
    def _stretches(self) -> tuple[Stretch, ...]:
        return tuple(Stretch(kind, *self._extent(part)) for node in self._nodes for kind, part in _parts(node))

    def _extent(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        last = node.end_lineno or node.lineno
        return self._offset(node.lineno, node.col_offset), self._offset(last, node.end_col_offset or 0)

    def _offset(self, line: int, before: int) -> int:
        """The offset of a place that `ast` gives in bytes of UTF-8."""
        text = self.lines.line(line)
        column = before if text.isascii() else len(text.encode()[:before].decode(errors="replace"))
        return self.lines.offset(line, column + 1)


def _parts(node: ast.AST) -> Iterator[tuple[Kind, ast.expr | ast.stmt]]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield "import", node
    elif isinstance(node, ast.ExceptHandler) and node.type:
        yield "caught", node.type
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
        yield "returned", node.returns
    elif isinstance(node, ast.JoinedStr):
        yield "formatted", node
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield "quoted", node
    elif isinstance(node, ast.Attribute) and _is_stored(node):
        yield "assigned", node


def _is_stored(node: ast.Name | ast.Attribute) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _dotted(node: ast.expr) -> tuple[str, ...]:
    """The parts of `a.b.c`; none of what begins with anything but a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()

"""How do bashlex's trees become ours? Nothing else but `grammar` knows bashlex's node types."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence as Many
from typing import Any, Literal

from chipsieve_shell.mask_words import ASSIGNMENT
from chipsieve_shell.masked import Masked
from chipsieve_shell.nodes import (
    AndOr,
    Arm,
    Bracketed,
    Case,
    EngineError,
    Extent,
    For,
    Function,
    Group,
    If,
    Node,
    Pipeline,
    Redirect,
    Sequence,
    Simple,
    While,
)  # fmt: skip
from chipsieve_shell.plain import Commands, plain_commands, shortened

FAILURES = (
    NotImplementedError, AttributeError, AssertionError, RecursionError, IndexError, TypeError, ValueError, KeyError,
)  # fmt: skip
BLANK = re.compile(r"(?:[ \t\n]|\\\n)*+")
ParseRange = Callable[[int, int], Node]


def build(masked: Masked, start: int, end: int, parse_range: ParseRange) -> Node:
    """The tree of masked text from one offset of the script up to another.

    `parse_range` parses what was masked whole and holds commands (the arms of a `case`).

    Raises:
        EngineError: bashlex refuses it.
    """
    stretch = masked.text[start - masked.offset : end - masked.offset]
    if not stretch.strip(" \t\n;"):
        return Sequence(())
    plain = plain_commands(stretch)
    try:
        trees = _trees(shortened(stretch, plain), plain)
        return _Builder(masked, start, plain, parse_range).sequence(trees)
    except FAILURES as error:
        raise EngineError(str(error).partition("\n")[0]) from error


def _trees(text: str, plain: Commands) -> list[Any]:
    """The tree of each statement of a text, and the offset alone of one that is a plain command."""
    found: list[Any] = []
    at = _next(text, 0)
    while at < len(text):
        if at in plain:
            found.append(at)
            at = _next(text, plain[at][-1][1])
            continue
        from chipsieve_shell.grammar import statement  # bashlex takes long to load, and simple scripts do without

        tree = statement(text, at)
        if tree is None:
            break
        found.append(tree)
        at = _next(text, tree.pos[1])
    if not found:
        raise EngineError("no statement")
    return found


def _next(text: str, at: int) -> int:
    """The offset behind white space and continuations."""
    found = BLANK.match(text, at)
    return found.end() if found else at


class _Builder:
    """Converts nodes; `base` is the script's offset of bashlex's offset 0."""

    def __init__(self, masked: Masked, base: int, plain: Commands, parse_range: ParseRange) -> None:
        self.masked, self.base, self.plain, self.parse_range = masked, base, plain, parse_range

    def extent(self, node: Any) -> Extent:
        return node.pos[0] + self.base, node.pos[1] + self.base

    def sequence(self, nodes: Many[Any]) -> Node:
        items = tuple(self.node(node) for node in nodes)
        return items[0] if len(items) == 1 else Sequence(items)

    def node(self, node: Any) -> Node:
        """Dispatch on the kind of bashlex node; a plain command is its offset."""
        if isinstance(node, int):
            return self.words(self.plain[node])
        converters: dict[str, Callable[[Any], Node]] = {
            "command": self.simple, "list": self.list, "pipeline": self.pipeline, "compound": self.compound,
            "if": self.conditional, "for": self.loop, "while": self.loop_while, "until": self.loop_while,
            "function": self.function,
        }  # fmt: skip
        return converters[node.kind](node)

    def simple(self, node: Any) -> Node:
        if node.pos[0] in self.plain:
            return self.words(self.plain[node.pos[0]])
        words = tuple(self.extent(part) for part in node.parts if part.kind == "word")
        assignments = tuple(self.extent(part) for part in node.parts if part.kind == "assignment")
        redirects = self.redirects(node.parts)
        opaque = self.opaque(assignments, words)
        if opaque is not None:
            return Group(opaque, redirects=redirects) if redirects else opaque
        leading = words[0][0] if words else self.extent(node)[1]
        prefix = tuple(extent for extent in assignments if extent[0] < leading)
        operands = (extent for extent in assignments if extent[0] >= leading)
        return Simple(self.extent(node), prefix, tuple(sorted((*words, *operands))), redirects)

    def words(self, extents: tuple[Extent, ...]) -> Node:
        """A command of words alone, of which the first may be assignments."""
        moved = tuple((start + self.base, end + self.base) for start, end in extents)
        count = next((at for at, extent in enumerate(moved) if not self.assigns(extent)), len(moved))
        prefix, words = moved[:count], moved[count:]
        return self.opaque(prefix, words) or Simple((moved[0][0], moved[-1][1]), prefix, words)

    def assigns(self, extent: Extent) -> bool:
        return ASSIGNMENT.match(self.masked.text, *(at - self.masked.offset for at in extent)) is not None

    def redirects(self, parts: Many[Any]) -> tuple[Redirect, ...]:
        return tuple(self.redirect(part) for part in parts if part.kind == "redirect")

    def redirect(self, node: Any) -> Redirect:
        start, end = self.extent(node)
        for at in range(start, end):
            if at in self.masked.heredocs:
                return Redirect("<<", heredoc=self.masked.heredocs[at])
        target = self.extent(node.output) if hasattr(node.output, "pos") else None
        return Redirect(node.type, target)

    def opaque(self, assignments: tuple[Extent, ...], words: tuple[Extent, ...]) -> Node | None:
        """What was masked whole, where that is all that a command consists of."""
        opaque = self.masked.opaque.get(words[0][0]) if words and not assignments else None
        if opaque is None or words != (opaque.extent,):
            return None
        if opaque.kind != "case":
            return Bracketed(opaque.extent, opaque.kind)
        arms = tuple(Arm(arm.patterns, self.parse_range(*arm.body), arm.falls) for arm in opaque.arms)
        return Case(opaque.extent, opaque.subject, arms)

    def list(self, node: Any) -> Node:
        """A flat list with operators: `&&` and `||` bind tighter than `;`, `&` and newline, from the left."""
        items: list[Node] = []
        joined: Literal["&&", "||"] | None = None
        for part in node.parts:
            if part.kind == "operator":
                joined = part.op if part.op in ("&&", "||") else None
            elif joined and items:
                items[-1] = AndOr(joined, items[-1], self.node(part))
            else:
                items.append(self.node(part))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def pipeline(self, node: Any) -> Node:
        negated = sum(part.kind == "reservedword" for part in node.parts) % 2 == 1
        parts = tuple(self.node(part) for part in node.parts if part.kind not in ("pipe", "reservedword"))
        return Pipeline(parts, negated)

    def compound(self, node: Any) -> Node:
        inner = [part for part in node.list if part.kind != "reservedword"]
        body = self.sequence(inner)
        brackets = [part.word for part in node.list if part.kind == "reservedword"]
        redirects = self.redirects(node.redirects)
        if brackets[:1] in (["("], ["{"]) or redirects:
            return Group(body, subshell=brackets[:1] == ["("], redirects=redirects)
        return body

    def conditional(self, node: Any) -> Node:
        branches: list[tuple[Node, Node]] = []
        held: list[Node] = []
        keyword, otherwise = "", None
        for part in node.parts:
            if part.kind != "reservedword":
                held.append(self.node(part))
                if keyword == "then":
                    branches.append((held[-2], held[-1]))
                elif keyword == "else":
                    otherwise = held[-1]
            elif part.word != ";":
                keyword = part.word
        return If(tuple(branches), otherwise)

    def loop(self, node: Any) -> Node:
        words = [self.extent(part) for part in node.parts if part.kind == "word"]
        listed = any(part.kind == "reservedword" and part.word == "in" for part in node.parts)
        body = self.node(next(part for part in node.parts if part.kind not in ("word", "reservedword")))
        start, end = words[0]
        name = self.masked.text[start - self.masked.offset : end - self.masked.offset]
        if (header := self.masked.opaque.get(start)) is not None:
            return For(header.name, None, body, counts=True)
        return For(name, tuple(words[1:]) if listed else None, body)

    def loop_while(self, node: Any) -> Node:
        test, body = (self.node(part) for part in node.parts if part.kind != "reservedword")
        return While(test, body, until=node.kind == "until")

    def function(self, node: Any) -> Node:
        name = next(part.word for part in node.parts if part.kind == "word")
        return Function(name, self.node(node.body))

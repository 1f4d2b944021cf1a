"""What does bashlex read in a statement of masked text? Nothing else here knows bashlex or its node types.

It is asked for what our own grammar is unsure of: it takes long to load, and longer to read.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Many
from typing import Any

from chipsieve_shell.syntax.bashlex_loading import bashlex
from chipsieve_shell.syntax.building import Builder, joined
from chipsieve_shell.syntax.nodes import (
    EngineError,
    Extent,
    Function,
    Group,
    If,
    Node,
    Pipeline,
    Redirect,
    Sequence,
    While,
)  # fmt: skip

FAULTS = (
    NotImplementedError, AttributeError, AssertionError, RecursionError, IndexError, TypeError, ValueError, KeyError,
)  # fmt: skip  # what bashlex raises, beside its own errors, on text that it does not expect


def read_by_bashlex(builder: Builder, start: int, end: int) -> tuple[Node, int] | None:
    """The statement that begins at an offset of the script, and where it ends; None where there is none.

    Raises:
        EngineError: bashlex refuses it.
    """
    text = builder.masked.text[start - builder.masked.offset : end - builder.masked.offset]
    tree = _tree(text)
    return tree and (_Converter(builder, start).node(tree), start + tree.pos[1])


def _tree(text: str) -> Any | None:
    engine = bashlex()
    try:
        tree = engine.parsesingle(text)
    except (engine.errors.ParsingError, engine.tokenizer.MatchedPairError, *FAULTS) as error:
        raise EngineError(str(error).partition("\n")[0]) from error
    return tree if isinstance(tree, engine.ast.node) else None


class _Converter:
    """Converts bashlex's nodes; `base` is the script's offset of bashlex's offset 0."""

    def __init__(self, builder: Builder, base: int) -> None:
        self.builder, self.base = builder, base

    def extent(self, node: Any) -> Extent:
        return node.pos[0] + self.base, node.pos[1] + self.base

    def sequence(self, nodes: Many[Any]) -> Node:
        items = tuple(self.node(node) for node in nodes)
        return items[0] if len(items) == 1 else Sequence(items)

    def node(self, node: Any) -> Node:
        """Dispatch on the kind of bashlex node."""
        converters: dict[str, Callable[[Any], Node]] = {
            "command": self.simple, "list": self.list, "pipeline": self.pipeline, "compound": self.compound,
            "if": self.conditional, "for": self.loop, "while": self.loop_while, "until": self.loop_while,
            "function": self.function,
        }  # fmt: skip
        if node.kind not in converters:
            raise EngineError(f"a statement of kind {node.kind}")
        return converters[node.kind](node)

    def simple(self, node: Any) -> Node:
        words = tuple(self.extent(part) for part in node.parts if part.kind == "word")
        assignments = tuple(self.extent(part) for part in node.parts if part.kind == "assignment")
        redirects = tuple(self.redirect(part) for part in node.parts if part.kind == "redirect")
        leading = words[0][0] if words else self.extent(node)[1]
        prefix = tuple(extent for extent in assignments if extent[0] < leading)
        operands = (extent for extent in assignments if extent[0] >= leading)
        return self.builder.simple(self.extent(node), prefix, tuple(sorted((*words, *operands))), redirects)

    def redirect(self, node: Any) -> Redirect:
        target = self.extent(node.output) if hasattr(node.output, "pos") else None
        return self.builder.redirect(node.type, self.extent(node), target)

    def list(self, node: Any) -> Node:
        """A flat list with its operators."""
        parts, operator = [], ""
        for part in node.parts:
            if part.kind == "operator":
                operator = part.op
            else:
                parts.append((operator, self.node(part)))
        return joined(parts)

    def pipeline(self, node: Any) -> Node:
        negated = sum(part.kind == "reservedword" for part in node.parts) % 2 == 1
        parts = tuple(self.node(part) for part in node.parts if part.kind not in ("pipe", "reservedword"))
        return Pipeline(parts, negated)

    def compound(self, node: Any) -> Node:
        body = self.sequence([part for part in node.list if part.kind != "reservedword"])
        brackets = [part.word for part in node.list if part.kind == "reservedword"]
        redirects = tuple(map(self.redirect, node.redirects))
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
        return self.builder.loop(words[0], tuple(words[1:]) if listed else None, body)

    def loop_while(self, node: Any) -> Node:
        test, body = (self.node(part) for part in node.parts if part.kind != "reservedword")
        return While(test, body, until=node.kind == "until")

    def function(self, node: Any) -> Node:
        name = next(part.word for part in node.parts if part.kind == "word")
        return Function(name, self.node(node.body))

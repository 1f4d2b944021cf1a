"""Where does a node of LibCST's stand? Its trees know no places; writing one out and counting characters gives them.

LibCST's own PositionProvider counts lines and columns, and costs three times the parse.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst
from libcst._nodes.internal import CodegenState


class Offsets(CodegenState):
    """Writes a tree to nowhere and keeps the offsets at which its nodes begin and end, with and without parentheses."""

    def __init__(self, module: cst.Module) -> None:
        """Begin at the offset 0; the module tells how its lines are indented."""
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

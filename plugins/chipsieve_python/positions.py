"""Where does a node stand? LibCST's trees know no positions; writing one out and counting characters gives them.

LibCST's PositionProvider does the same for every node and costs three times the parse; this keeps the few that are
asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import libcst as cst
from libcst._nodes.internal import CodegenState


class _Offsets(CodegenState):
    """Writes a tree to nowhere and keeps the offsets at which the wanted nodes begin and end."""

    def __init__(self, module: cst.Module, wanted: set[int]) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.wanted = wanted
        self.offset = 0
        self.starts: dict[int, int] = {}
        self.found: dict[int, tuple[int, int]] = {}

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def add_indent_tokens(self) -> None:
        self.offset += sum(map(len, self.indent_tokens))

    def before_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.wanted:
            self.starts[id(node)] = self.offset

    def after_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.wanted:
            self.found.setdefault(id(node), (self.starts[id(node)], self.offset))

    def record_syntactic_position(  # type: ignore[override]  # the base is a generator; a null context costs less
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> AbstractContextManager[None]:
        """Keep the span without the white space and parentheses around the node."""
        wanted = id(node) in self.wanted and start_node is None and end_node is None
        return self._recorded(node) if wanted else _UNRECORDED

    @contextmanager
    def _recorded(self, node: cst.CSTNode) -> Iterator[None]:
        start = self.offset
        yield
        self.found[id(node)] = (start, self.offset)


_UNRECORDED: AbstractContextManager[None] = nullcontext()


def offsets(module: cst.Module, nodes: Iterable[cst.CSTNode]) -> dict[int, tuple[int, int]]:
    """The code-point offsets (start, end) in the module's code of the given nodes, by `id(node)`.

    Raises:
        RecursionError: the tree is too deep to write out.
    """
    state = _Offsets(module, {id(node) for node in nodes})
    module._codegen(state)  # noqa: SLF001  # as LibCST's own position provider does
    return state.found

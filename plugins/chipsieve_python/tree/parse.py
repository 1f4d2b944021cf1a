"""Which parser reads a program? Python's own where it can, LibCST where the syntax is newer than the oldest Python."""

from __future__ import annotations

from chipsieve_python import tree
from chipsieve_python.lexer import Outline
from chipsieve_python.tree import ast_statements


def parse(text: str, outline: Outline) -> tree.Suite:
    """The tree of a text that has been outlined.

    Raises:
        Unreadable: LibCST cannot read it either.
        RecursionError: the tree is too deep.
    """
    try:
        return ast_statements.parse(text, outline)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        from chipsieve_python.tree import cst_statements  # LibCST takes long to load

        return cst_statements.parse(text)

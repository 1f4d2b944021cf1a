"""What does a program consist of? A syntax tree of our own, without white space and comments.

Why not Python's `ast`, or LibCST's tree? Each does half of the work. `ast` parses ten times as fast, but knows only the
syntax of the Python that runs chipsieve, and shows neither where parentheses stand nor how a string is written.
LibCST reads the newest syntax on every Python and knows each character, but is slow to load, to parse and to ask for
places. So there is one tree, of the kinds in `expression_kinds` and `statement_kinds`, and two builders of it:

- `from_ast` builds it from `ast`, for nearly every file: whatever Python 3.11 can read, the oldest that we run on;
- `from_libcst` builds it from LibCST, for the rest: newer syntax, names that are not ASCII (Python normalises them), a
  backslash that hides where a statement begins. It also reads the holes of formatted strings that are not plain.

Both builders make the same tree of the same text: tests/test_python_trees.py holds them to it. Kinds whose fields all
three trees name alike are listed once, in `statement_kinds.BUILT_BY_NAME`. `string_literals` finds how strings are
written, which `ast` does not tell. `lexer` looks at the text before either parser does: comments,
parentheses, and whether it is safe to parse.
"""

from __future__ import annotations

from typing import NamedTuple

from chipsieve_python.syntax_tree import from_ast
from chipsieve_python.syntax_tree.lexer import Outline
from chipsieve_python.syntax_tree.statement_kinds import Suite


class Parsed(NamedTuple):
    """The tree of a text, and the parser that read it: `ast` or `libcst`."""

    suite: Suite
    engine: str


def parse(text: str, outline: Outline) -> Parsed:
    """The tree of a text that has been outlined.

    Raises:
        Unreadable: neither parser can read it.
        RecursionError: the tree is too deep.
    """
    try:
        return Parsed(from_ast.parse(text, outline), "ast")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        from chipsieve_python.syntax_tree import from_libcst  # LibCST takes long to load

        return Parsed(from_libcst.parse(text), "libcst")

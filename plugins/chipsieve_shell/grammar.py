"""What is the first statement of a text? Bashlex knows; it builds its grammar when it is loaded, which takes time."""

from __future__ import annotations

from typing import Any

import bashlex

from chipsieve_shell.nodes import EngineError


def statement(text: str, at: int) -> Any | None:
    """The tree of the statement that begins at an offset, None where there is none.

    Raises:
        EngineError: bashlex refuses it.
    """
    try:
        tree = bashlex.parsesingle(text[at:])
    except (bashlex.errors.ParsingError, bashlex.tokenizer.MatchedPairError) as error:
        raise EngineError(str(error)) from error
    if not isinstance(tree, bashlex.ast.node):
        return None
    bashlex.ast.posshifter(at).visit(tree)
    return tree

"""What would flake8 say of a Python file's hardware? The signals as codes `CHS...`, found by chipsieve's own reader.

Off by default, for flake8 would run it wherever chipsieve is installed; `--enable-extensions=CHS` turns it on.
How flake8 treats a plugin: its documentation, "Writing Plugins for Flake8" (parameters, `off_by_default`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import ClassVar

Violation = tuple[int, int, str, type]


class Plugin:
    """flake8 makes one for each file that Python can parse, and runs it."""

    off_by_default: ClassVar[bool] = True

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:  # noqa: ARG002
        """Keep the text; a `tree` must be asked for by whom flake8 shall run once a file, and is not used."""
        self.filename = filename
        self.text = "".join(lines)

    def run(self) -> Iterator[Violation]:
        """Line (from 1), column (from 0), code with message, and the class, for all that the file says."""
        from chipsieve_flake8.messages import told  # flake8 imports every plugin at its start, wanted or not

        yield from ((line, column, text, type(self)) for line, column, text in told(self.filename, self.text))

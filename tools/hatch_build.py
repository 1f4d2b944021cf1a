"""What does a build add to the package? Tables of ours and of a grammar, made once so that no start has to do it."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PreparedTables(BuildHookInterface):  # type: ignore[type-arg]  # its configuration is nobody's business here
    """Hatch's hook: a wheel gets the files, an editable install leaves them in the tree, where they are checked."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files before the build.

        Raises:
            chipsieve.tables.TableError: a table does not say what its format asks for.
        """
        home = Path(self.root)
        sys.path[:0] = [str(home / folder) for folder in ("src", "plugins", "tools")]
        from chipsieve.prepared import FILE
        from chipsieve_shell.syntax.bashlex_loading import FILE as GRAMMAR
        from prepare_tables import prepare, prepare_grammar

        if version == "editable":
            prepare(FILE, edited=True)
            prepare_grammar(GRAMMAR)
            return
        self._folder = TemporaryDirectory(prefix="chipsieve-")
        tables, grammar = (Path(self._folder.name, file.name) for file in (FILE, GRAMMAR))
        prepare(tables, edited=False)
        prepare_grammar(grammar)
        build_data["force_include"] |= {
            str(tables): FILE.relative_to(home / "src").as_posix(),
            str(grammar): GRAMMAR.relative_to(home / "plugins").as_posix(),
        }

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Leave nothing behind."""
        if version != "editable":
            self._folder.cleanup()

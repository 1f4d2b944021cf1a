"""What does a build add to the package? Our tables as they are read and checked, so that no start has to do it."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PreparedTables(BuildHookInterface):  # type: ignore[type-arg]  # its configuration is nobody's business here
    """Hatch's hook: a wheel gets the file, an editable install leaves it in the tree, where it is checked."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file before the build.

        Raises:
            chipsieve.tables.TableError: a table does not say what its format asks for.
        """
        home = Path(self.root)
        sys.path[:0] = [str(home / "src"), str(home / "tools")]
        from chipsieve.prepared import FILE
        from prepare_tables import prepare

        if version == "editable":
            prepare(FILE, edited=True)
            return
        self._folder = TemporaryDirectory(prefix="chipsieve-")
        file = Path(self._folder.name) / FILE.name
        prepare(file, edited=False)
        build_data["force_include"][str(file)] = f"chipsieve/{FILE.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Leave nothing behind."""
        if version != "editable":
            self._folder.cleanup()

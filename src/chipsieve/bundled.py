"""Where are the folders that belong to chipsieve and are no modules: rules, presets, examples?"""

from __future__ import annotations

from pathlib import Path


def bundled(installed: str, in_tree: str) -> Path:
    """A file or folder that lies beside the package when it is installed, elsewhere in a work tree.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    package = Path(__file__).resolve().parent
    for where in (package / installed, package.parents[1] / in_tree):
        if where.exists():
            return where
    raise FileNotFoundError(f"{installed} is missing; install chipsieve again")

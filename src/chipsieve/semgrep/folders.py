"""Where do the rules for other linters lie? Beside the package when installed, at the top of the repository in a work tree."""

from __future__ import annotations

from pathlib import Path

SHELL = "shell"
"""The folder whose rules see less than the shell reader: regular expressions, and Semgrep's bash without prefixes."""
BESIDE_READERS = "beside-readers"
"""The pack for those who run chipsieve's readers as well: every folder but SHELL."""


def rules_home() -> Path:
    """The folder that holds one folder of rules a language.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    return _bundled("semgrep-rules", "semgrep-rules")


def ruff_preset() -> Path:
    """The configuration file for ruff that bans the signals' names.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    return _bundled("ruff/chipsieve.toml", "plugins/ruff/chipsieve.toml")


def _bundled(installed: str, in_tree: str) -> Path:
    package = Path(__file__).resolve().parents[1]
    for where in (package / installed, package.parents[1] / in_tree):
        if where.exists():
            return where
    raise FileNotFoundError(f"{installed} is missing; install chipsieve again")


def rule_folders(pack: str = "") -> tuple[Path, ...]:
    """What to give to `semgrep --config`: the home for all rules, or the folders of the BESIDE_READERS pack."""
    home = rules_home()
    if pack != BESIDE_READERS:
        return (home,)
    return tuple(sorted(folder for folder in home.iterdir() if folder.is_dir() and folder.name != SHELL))

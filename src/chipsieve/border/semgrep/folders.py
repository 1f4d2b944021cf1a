"""Where do the rules for other linters lie? Beside the package when installed, in their folders in a work tree."""

from __future__ import annotations

from pathlib import Path

SHELL = "shell"
"""The folder, and the pack, of rules that see less than the shell reader: regular expressions."""


def rules_home() -> Path:
    """The folder that holds one folder of rules a language, one file a signal.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    return _bundled("semgrep-rules", "semgrep-rules")


def rule_packs(*, beside_readers: bool = False) -> tuple[Path, ...]:
    """What to give to `semgrep --config`: the same rules joined in few files, for Semgrep checks each file by itself.

    `beside_readers` leaves out the shell rules, for those who run chipsieve's readers as well.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    home = _bundled("semgrep-packs", "semgrep-packs")
    return (home / "structured.yaml",) if beside_readers else (home,)


def ruff_preset() -> Path:
    """The configuration file for ruff that bans the signals' names.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    return _bundled("ruff/chipsieve.toml", "plugins/ruff/chipsieve.toml")


def _bundled(installed: str, in_tree: str) -> Path:
    package = Path(__file__).resolve().parents[2]
    for where in (package / installed, package.parents[1] / in_tree):
        if where.exists():
            return where
    raise FileNotFoundError(f"{installed} is missing; install chipsieve again")

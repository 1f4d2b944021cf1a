"""Where do the Semgrep rules lie? Beside the package when installed, at the top of the repository in a work tree."""

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
    package = Path(__file__).resolve().parents[1]
    for home in (package / "semgrep-rules", package.parents[1] / "semgrep-rules"):
        if home.is_dir():
            return home
    raise FileNotFoundError("the bundled Semgrep rules are missing; install chipsieve again")


def rule_folders(pack: str = "") -> tuple[Path, ...]:
    """What to give to `semgrep --config`: the home for all rules, or the folders of the BESIDE_READERS pack."""
    home = rules_home()
    if pack != BESIDE_READERS:
        return (home,)
    return tuple(sorted(folder for folder in home.iterdir() if folder.is_dir() and folder.name != SHELL))

"""Who breaks a law? A test of a law asks it of everything at once, and its failure lists every place to correct."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def listed(remedy: str, offenders: Iterable[str]) -> str:
    """What a failed law says: how to satisfy it, then the offenders, one a line."""
    return "\n  ".join([remedy, *offenders])


def at(path: Path, line: int) -> str:
    """A place as an editor opens it: `fixtures/signals/shell/apex.sh:12`."""
    return f"{path.relative_to(ROOT)}:{line}"

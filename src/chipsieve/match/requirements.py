"""What does a requirement pin? PEP 508, by `packaging`."""

from __future__ import annotations

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from chipsieve.signals.signal import Row


def parsed(requirement: str) -> Requirement | None:
    """The requirement that a text is, None when it is none."""
    try:
        return Requirement(requirement)
    except InvalidRequirement:
        return None


def implied(requirement: Requirement, row: Row) -> bool:
    """Whether every version the requirement allows lies in the row's specifier, as far as bounds show."""
    if not row.values:
        return True
    wanted = Requirement(f"x{row.values[0]}").specifier
    lower = (spec for spec in requirement.specifier if spec.operator in ("==", ">=", "~=", ">"))
    bounds = [spec.version.removesuffix(".*") for spec in lower]
    try:
        return any(Version(bound) in wanted for bound in bounds)
    except InvalidVersion:
        return False

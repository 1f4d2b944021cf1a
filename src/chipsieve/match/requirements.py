"""What does a requirement pin? PEP 508, by `packaging`."""

from __future__ import annotations

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier, SpecifierSet
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
    try:
        return all(_within(requirement, wanted) for wanted in SpecifierSet(row.values[0]))
    except InvalidVersion:
        return False


def _within(requirement: Requirement, wanted: Specifier) -> bool:
    """Whether a bound of the requirement keeps to one of the row's: a lower one to `>=`, an upper one to `<`."""
    if wanted.operator.startswith("<"):
        limit = Version(wanted.version)
        return any(_ends_by(spec, limit) for spec in requirement.specifier)
    lower = (spec for spec in requirement.specifier if spec.operator in ("==", ">=", "~=", ">"))
    return any(Version(spec.version.removesuffix(".*")) in SpecifierSet(str(wanted)) for spec in lower)


def _ends_by(spec: Specifier, limit: Version) -> bool:
    """Whether a specifier allows only versions below the limit."""
    if spec.operator == "~=":
        return _next(Version(spec.version).release[:-1]) <= limit
    if spec.operator in ("==", "===") and spec.version.endswith(".*"):
        return _next(Version(spec.version.removesuffix(".*")).release) <= limit
    version = Version(spec.version) if spec.operator in ("==", "===", "<=", "<") else None
    return version is not None and (version < limit or (spec.operator == "<" and version == limit))


def _next(release: tuple[int, ...]) -> Version:
    """The first version past all that begin with these numbers: of 2.5 it is 2.6."""
    return Version(".".join(map(str, (*release[:-1], release[-1] + 1))))

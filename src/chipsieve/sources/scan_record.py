"""What did the reading of a tree give, beside its launches? Findings, gaps, what was left out, how much was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap, Reading, ordered_gaps
from chipsieve.sources.contents import Commit, Origin
from chipsieve.sources.discovery import Discovery
from chipsieve.sources.spoken import Spoken, spoken_of


class Ignored(msgspec.Struct, frozen=True):
    """A finding that a comment at `place` (`path:line`) asks to leave out; `overridden` when it counts all the same."""

    finding: Finding
    reason: str
    place: str
    overridden: bool = False


class Coverage(msgspec.Struct, frozen=True):
    """How much was looked at: files found, read by a plugin, skipped, and not parsed whole.

    `kinds` counts what was skipped by its kind: a name's ending, "picture" or "excluded".
    """

    files: int = 0
    read: int = 0
    skipped: int = 0
    unparsed: int = 0
    kinds: tuple[tuple[str, int], ...] = ()


class ScanRecord(msgspec.Struct, frozen=True):
    """What a scan gave beside its launches.

    `mentions` are the vendors of whom the tree speaks, `spoken` the first lines that do; `commit` is the one that was
    scanned, None where nobody knows, `origin` where it comes from, and `as_of` the day for which somebody asked, "" for
    none. `modules` are the first names of what code imports.
    """

    root: str
    scope: str
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage = Coverage()
    ignored: tuple[Ignored, ...] = ()
    mentions: frozenset[str] = frozenset()
    spoken: tuple[Spoken, ...] = ()
    commit: Commit | None = None
    origin: Origin = Origin()
    as_of: str = ""
    modules: frozenset[str] = frozenset()


def record_scan(
    found: Discovery, readings: Sequence[Reading], findings: tuple[Finding, ...], gaps: Iterable[Gap],
    ignored: tuple[Ignored, ...] = (),
) -> ScanRecord:  # fmt: skip
    """What the readings of discovered files come to, `findings` and `gaps` being all that there are.

    Which commit it is and where that comes from are not asked here: git is run for it, and hooks have no use for it.
    """
    ordered = ordered_gaps(gaps)
    mentions = found.mentions.union(*(reading.mentions for reading in readings))
    return ScanRecord(
        root=found.tree.name,
        scope="launch",
        findings=findings,
        gaps=ordered,
        coverage=_coverage(found, ordered),
        ignored=ignored,
        mentions=mentions,
        spoken=spoken_of(found.tree, readings, mentions),
        modules=imported(readings),
    )


def imported(readings: Iterable[Reading]) -> frozenset[str]:
    """The first names of the modules that some files import, their own package's apart."""
    stated = (one for reading in readings for one in reading.imports if not one.level)
    return frozenset(one.module.partition(".")[0] for one in stated)


def _coverage(found: Discovery, gaps: Sequence[Gap]) -> Coverage:
    paths, unread = {path for path, _ in found.files}, [gap for gap in gaps if not gap.notice]
    whole = {gap.path for gap in unread if gap.line is None} & paths
    parts = {gap.path for gap in unread if gap.line is not None} & paths - whole
    skipped = sum(count for _, count in found.skipped)
    unparsed = len(whole) + len(parts)
    return Coverage(len(paths) + skipped, len(paths) - len(whole), skipped, unparsed, found.skipped)

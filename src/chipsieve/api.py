"""How does a program ask chipsieve? `scan` runs the whole flow on one path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chipsieve.catalogue import load_catalogue
from chipsieve.discover import Discovery, discover
from chipsieve.link import link
from chipsieve.model import Coverage, Gap, Verdict
from chipsieve.policies import DEFAULT, load_policy
from chipsieve.read import Progress, read_tree
from chipsieve.signals.table import default_table
from chipsieve.text import unique
from chipsieve.verdict import Rules, Scanned, conclude


def scan(
    path: str | Path,
    *,
    policy: str = DEFAULT,
    scope: str = "launch",
    role: str = "training",
    trust_names: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Which accelerators the code at `path` can have been trained on, and which line proves it.

    `policy` is `balanced`, `strict` or `paper`; `scope` "tree" takes the whole tree as one launch;
    `role` says whose launches speak for the repository (`training` includes fine-tuning, `any` all).

    Raises:
        FileNotFoundError: there is nothing at `path`.
        chipsieve.tables.TableError: there is no such policy.
    """
    rules = load_policy(policy, trust_names=trust_names)
    table, catalogue = default_table(), load_catalogue()
    found = discover(Path(path))
    readings = read_tree(found, progress, workers)
    linked = link(readings, table, scope)
    gaps = {*found.gaps, *(gap for reading in readings for gap in reading.gaps), *linked.gaps}
    ordered = tuple(sorted(gaps, key=lambda gap: (gap.path, gap.line or 0, gap.reason)))
    scanned = Scanned(
        root=Path(path).resolve().name,
        scope=scope,
        findings=tuple(unique(item for reading in readings for item in reading.findings)),
        gaps=ordered,
        coverage=_coverage(found, ordered),
    )
    return conclude(scanned, linked.launches, Rules(catalogue, table.signals, rules, role))


def _coverage(found: Discovery, gaps: Sequence[Gap]) -> Coverage:
    paths = {path for path, _ in found.files}
    whole = {gap.path for gap in gaps if gap.line is None} & paths
    parts = {gap.path for gap in gaps if gap.line is not None} & paths - whole
    return Coverage(len(paths) + found.skipped, len(paths) - len(whole), found.skipped, len(whole) + len(parts))

"""What does the sieve answer? Evidence, cuts, steps and verdicts, all frozen."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap
from chipsieve.link.launch import Launch, Standing
from chipsieve.signals.signal import Signal, Strength


class Evidence(msgspec.Struct, frozen=True):
    """The findings of one signal and value in one launch, merged over engines and lines."""

    signal: str
    value: str
    standing: Standing
    findings: tuple[Finding, ...]


class Step(msgspec.Struct, frozen=True):
    """One row of the sieve: a question, asked in its turn."""

    id: str
    question: str


class Cut(msgspec.Struct, frozen=True):
    """What one piece of evidence excludes at one step; `presumed`: only vendors of whom the tree nowhere speaks."""

    step: str
    signal: str
    strength: Strength
    evidence: Evidence
    excluded: tuple[str, ...]
    presumed: bool = False


class StepResult(msgspec.Struct, frozen=True):
    """One step's outcome: how many accelerators went in and came out, and what cut them."""

    step: str
    question: str
    before: int
    after: int
    cuts: tuple[Cut, ...]


class Naming(msgspec.Struct, frozen=True):
    """Somebody wrote a chip's name: which accelerators it can mean, who wrote it, where."""

    accelerators: tuple[str, ...]
    by: str
    path: str
    line: int
    text: str


class Contradiction(msgspec.Struct, frozen=True):
    """A name that evidence speaks against: the ids that it keeps in, and the signals that would exclude them."""

    naming: Naming
    accelerators: tuple[str, ...]
    signals: tuple[str, ...]


class Note(msgspec.Struct, frozen=True):
    """A technique or a site, and the place that shows it."""

    label: str
    path: str
    line: int


class Conflict(msgspec.Struct, frozen=True):
    """Evidence that cannot all be true of one chip.

    `disagreeing` are the minimal sets of evidence that no accelerator satisfies; `explanations` the
    smallest groups that satisfy every piece between them: of each class in a group, one accelerator; a class
    holds those that the same evidence allows. `kept` are the ids of all such groups, shown or not: they remain.
    """

    disagreeing: tuple[tuple[Cut, ...], ...]
    explanations: tuple[tuple[tuple[str, ...], ...], ...]
    kept: tuple[str, ...] = ()


class Ignored(msgspec.Struct, frozen=True):
    """A finding that a comment at `place` (`path:line`) asks to leave out; `overridden` when it counts all the same."""

    finding: Finding
    reason: str
    place: str
    overridden: bool = False


class LaunchVerdict(msgspec.Struct, frozen=True):
    """What remains possible for one launch, with the proof of every exclusion."""

    launch: Launch
    evidence: tuple[Evidence, ...]
    steps: tuple[StepResult, ...]
    remaining: tuple[str, ...]
    named: tuple[Naming, ...]
    techniques: tuple[Note, ...]
    sites: tuple[Note, ...]
    unproven: tuple[Evidence, ...] = ()
    conflict: Conflict | None = None
    contradictions: tuple[Contradiction, ...] = ()


class Coverage(msgspec.Struct, frozen=True):
    """How much was looked at: files found, read by a plugin, skipped, and not parsed whole."""

    files: int = 0
    read: int = 0
    skipped: int = 0
    unparsed: int = 0


class Verdict(msgspec.Struct, frozen=True):
    """The answer for one tree: per launch, then for the repository."""

    root: str
    policy: str
    scope: str
    role: str
    accelerators: tuple[Accelerator, ...]
    catalogue_date: str
    signals: Mapping[str, Signal]
    launches: tuple[LaunchVerdict, ...]
    possible: tuple[str, ...]
    remaining: tuple[str, ...]
    main: str
    named: tuple[Naming, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage
    conflict: Conflict | None = None
    ignored: tuple[Ignored, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    mentions: tuple[str, ...] = ()

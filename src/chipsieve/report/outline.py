"""What does a report for people say, whatever its format? The shapes of a verdict put into words.

Every text in an outline has its acting characters written out (`escape.visible`); a format adds the escaping
of its own syntax and nothing else. `chipsieve.report.phrasing` fills it in.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chipsieve.report.groups import Group


class CutLine(msgspec.Struct, frozen=True):
    """One piece of deciding evidence: what it is, its lines (the deciding one first), what it excluded.

    `derivation` has a phrase for each sum, setting and day that it is derived from; none where lines alone show it.
    It `repeats` the cut before it where it excludes the same.
    """

    signal: str
    title: str
    strength: str
    places: tuple[str, ...]
    snippet: str
    excluded: str
    derivation: tuple[str, ...] = ()
    repeats: bool = False

    @property
    def more(self) -> str:
        """How many lines there are beside the first, if any."""
        return f" and {len(self.places) - 1} more" if len(self.places) > 1 else ""


class StepLine(msgspec.Struct, frozen=True):
    """One row of the narrowing table."""

    name: str
    question: str
    before: int
    after: int
    cuts: tuple[CutLine, ...]


class NameLine(msgspec.Struct, frozen=True):
    """One chip's name as somebody wrote it: who (`by`), where, and what the sieve says of that chip.

    `agrees` is None where the sieve has nothing to say.
    """

    word: str
    by: tuple[str, ...]
    places: tuple[str, ...]
    standing: str
    agrees: bool | None


class NoteLine(msgspec.Struct, frozen=True):
    """A technique or a site, and the places that show it; `launches` counts those that do, in a summary.

    `name` and `value` are a technique's; `place` is a site's: "cloud", "on premises" or "".
    """

    label: str
    places: tuple[str, ...]
    name: str = ""
    value: str = ""
    place: str = ""
    launches: int = 0

    @property
    def text(self) -> str:
        """The label, of a site with the place before it."""
        return f"{self.place}: {self.label}" if self.place else self.label


class UnprovenLine(msgspec.Struct, frozen=True):
    """Evidence that excludes nothing, its standing, and why not.

    Where it is not known to take effect, `waits` is what it waits for, in a phrase, and `condition` that in full, ""
    where the phrase says it all.
    """

    standing: str
    title: str
    value: str
    places: tuple[str, ...]
    snippet: str
    reason: str
    derivation: tuple[str, ...] = ()
    waits: str = ""
    condition: str = ""


class GapLine(msgspec.Struct, frozen=True):
    """One reason for which something was not read, how often, and where."""

    reason: str
    places: tuple[str, ...]

    @property
    def counted(self) -> str:
        """The reason with how often it holds."""
        return f"{len(self.places)} \N{MULTIPLICATION SIGN} {self.reason}"


class IgnoredLine(msgspec.Struct, frozen=True):
    """A finding that a comment asks to leave out: where it stands, what it is, and the reason that is given."""

    place: str
    title: str
    reason: str


class LaunchOutline(msgspec.Struct, frozen=True):
    """One launch in words. `decided` names the steps that excluded something; of a `silent` one nothing is known."""

    id: str
    role: str
    entry: str
    command: str
    devices: int
    steps: tuple[StepLine, ...]
    decided: tuple[str, ...]
    before: int
    after: int
    remaining: tuple[Group, ...]
    named: tuple[NameLine, ...]
    techniques: tuple[NoteLine, ...]
    sites: tuple[NoteLine, ...]
    unproven: tuple[UnprovenLine, ...]
    conflict: tuple[str, ...]
    silent: bool


class ProjectLine(msgspec.Struct, frozen=True):
    """One of several projects: what it is, how many launches it has, and the one to look at first."""

    title: str
    launches: str
    main: str


class PremiseLine(msgspec.Struct, frozen=True):
    """What speaks for a family, or against it, and the line that shows it, "" where none does."""

    place: str
    says: str
    speaks_for: bool


class FamilyLine(msgspec.Struct, frozen=True):
    """One family of the estimate: its name, how likely it is as a share, in per cent and in words, and the premises.

    A premise is what it says, with its place where a line shows it, and whether it speaks for the family.
    """

    name: str
    share: float
    percent: str
    words: str
    premises: tuple[PremiseLine, ...]


class RuleLine(msgspec.Struct, frozen=True):
    """One rule in force: where it stands, since when, for where, whom it binds, and how many chips have each status.

    `cited` is the short form of the citation.
    """

    id: str
    title: str
    citation: str
    cited: str
    since: str
    destinations: str
    binds: str
    counts: str
    notes: str


class ControlLines(msgspec.Struct, frozen=True):
    """What was under export control on a day: of what the launch can run on (`left`), of what it was trained on.

    Without a day the heading alone says so. `remarks` limit the answer.
    """

    heading: str
    day: str = ""
    left: str = ""
    trained: str = ""
    rules: tuple[RuleLine, ...] = ()
    remarks: tuple[str, ...] = ()


class Outline(msgspec.Struct, frozen=True):
    """The whole verdict in words: `main` is its first launch and `main_reason` says why, `others` are of its role.

    `techniques` and `sites` sum up what several launches show, none where one speaks alone.
    `projects` has no line where there is one alone. `families` are those of the estimate, `sentence` is what can be
    quoted. `total` counts the catalogue's accelerators, `models` their models.
    """

    root: str
    policy: str
    scope: str
    role: str
    date: str
    total: int
    models: int
    main: LaunchOutline | None
    main_reason: str
    others: tuple[LaunchOutline, ...]
    uncounted: tuple[tuple[str, int], ...]
    projects: tuple[ProjectLine, ...]
    possible: tuple[Group, ...]
    possible_count: int
    remaining_count: int
    named: tuple[NameLine, ...]
    conflict: tuple[str, ...]
    gaps: tuple[GapLine, ...]
    notices: tuple[GapLine, ...]
    ignored: tuple[IgnoredLine, ...]
    ignored_heading: str
    coverage: str
    techniques: tuple[NoteLine, ...]
    sites: tuple[NoteLine, ...]
    families: tuple[FamilyLine, ...]
    estimate_rests_on: str
    controls: ControlLines
    sentence: str

    def counted(self, left: Sequence[Group]) -> str:
        """How many some groups are, models before variants: "2 of 249 models (3 of 276 variants)"."""
        models, variants = sum(group.models for group in left), sum(group.count for group in left)
        return f"{models} of {self.models} models ({variants} of {self.total} variants)"

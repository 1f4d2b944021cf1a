"""What follows for the repository? The verdicts on its launches together, those of the role that was asked for."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chipsieve.catalogue import Catalogue
from chipsieve.derive.dating import Change, earliest, last_change
from chipsieve.derive.weighing import DERIVERS, Deriver
from chipsieve.facts.reading import Gap, ordered_gaps
from chipsieve.limits import CONFLICTS
from chipsieve.link.headline import Headline, headline
from chipsieve.link.launch import Launch
from chipsieve.progress import Progress
from chipsieve.sieve.criteria import Criteria
from chipsieve.sieve.judging import Objection, contradictions, judge, namings
from chipsieve.sieve.outcome import LaunchVerdict, Project, Verdict, called, of_role, speaking_launches
from chipsieve.sieve.policies import Policy
from chipsieve.sieve.proof import Conflict
from chipsieve.signals.signal import Signal
from chipsieve.sources.contents import Commit, Tree
from chipsieve.sources.scan_record import ScanRecord
from chipsieve.tables import TableError


class Rules(msgspec.Struct, frozen=True):
    """What a launch is judged by: the catalogue, the signals, the policy, whose launches speak, and what is derived."""

    catalogue: Catalogue
    signals: Mapping[str, Signal]
    policy: Policy
    role: str = "training"
    derivers: Mapping[str, Deriver] = DERIVERS
    project: str | None = None
    launch: str = ""

    def criteria(self) -> Criteria:
        """Criteria that have worked out no answer yet."""
        return Criteria(self.catalogue.accelerators, self.signals, self.policy, self.catalogue.names)


def conclude(
    record: ScanRecord, launches: Sequence[Launch], rules: Rules, tree: Tree | None = None, step: Progress | None = None
) -> Verdict:
    """The repository's verdict: per launch, then for the launches of the asked role and project together.

    The `tree` knows when a launch was last changed; each `step` of the judging is shown.

    Raises:
        TableError: no launch belongs to the project that is asked for, or there is no such launch.
    """
    from chipsieve.sieve.estimated import estimated  # takes long to load, and a check of files estimates nothing

    criteria = rules.criteria()
    verdict = _needs(record, launches, rules, criteria, tree, step)
    return estimated(verdict, record.modules, criteria.catalogue)


def judged_needs(record: ScanRecord, launches: Sequence[Launch], rules: Rules) -> Verdict:
    """The same of a record without a tree, and without an estimate of what the authors used.

    Raises:
        TableError: no launch belongs to the project that is asked for, or there is no such launch.
    """
    return _needs(record, launches, rules, rules.criteria(), None, None)


def _needs(
    record: ScanRecord, launches: Sequence[Launch], rules: Rules, criteria: Criteria, tree: Tree | None,
    step: Progress | None,
) -> Verdict:  # fmt: skip
    catalogue = rules.catalogue
    judged = tuple(_judged(launches, criteria, rules, step))
    first = _first(rules, judged)
    judged, unexplained = _explained(judged, first.launch)
    speaking = speaking_launches(judged, rules.role, first.launch, rules.project, rules.launch)
    left = [frozenset(item.remaining) for item in speaking if not item.silent] or [criteria.everything]
    named, (changed, undated) = namings(record.findings, criteria), _changed(first, judged, tree)
    return Verdict(
        root=record.root,
        policy=rules.policy.id,
        scope=record.scope,
        role="any" if rules.launch else rules.role,
        accelerators=catalogue.accelerators,
        catalogue_date=catalogue.date,
        signals=rules.signals,
        launches=judged,
        possible=criteria.ordered(frozenset[str]().union(*left)),
        remaining=criteria.ordered(frozenset.intersection(*left)),
        main=first.launch,
        main_reason=first.reason,
        projects=_projects(judged, speaking, first),
        named=named,
        findings=record.findings,
        gaps=ordered_gaps((*record.gaps, *unexplained, *undated)),
        coverage=record.coverage,
        conflict=_main_conflict(speaking, first),
        ignored=record.ignored,
        contradictions=tuple(contradictions(named, _objections(speaking))),
        mentions=tuple(sorted(record.mentions)),
        spoken=record.spoken,
        commit=record.commit, origin=record.origin,
        as_of=record.as_of or _day_of(changed.commit if changed else record.commit),
        changed=changed,
        not_before=earliest(record.findings),
        project=rules.project, launch=rules.launch,
    )  # fmt: skip


def _judged(
    launches: Sequence[Launch], criteria: Criteria, rules: Rules, step: Progress | None
) -> Iterator[LaunchVerdict]:
    for number, launch in enumerate(launches, 1):
        yield judge(launch, criteria, rules.derivers)
        if step:
            step("judging", number, len(launches))


def _explained(judged: tuple[LaunchVerdict, ...], main: str | None) -> tuple[tuple[LaunchVerdict, ...], list[Gap]]:
    """The launches, those behind the first CONFLICTS that contradict themselves without the reasons, and a gap then.

    Reasons take a hundred kilobytes of a report each; what remains for a launch does not need them.
    """
    torn = [one.launch.id for one in judged if one.conflict]
    brief = {name for name in torn[CONFLICTS:] if name != main}
    if not brief:
        return judged, []
    kept = tuple(
        replace(one, conflict=replace(one.conflict, disagreeing=(), explanations=()))
        if one.conflict and one.launch.id in brief else one for one in judged
    )  # fmt: skip
    place = next(one.launch for one in judged if one.launch.id in brief)
    reason = f"more than {CONFLICTS} launches contradict themselves: of the others the reasons are left out"
    return kept, [Gap(place.path, reason, place.line)]


def _day_of(commit: Commit | None) -> str:
    return commit.day if commit else ""


def _changed(first: Headline, judged: Sequence[LaunchVerdict], tree: Tree | None) -> tuple[Change | None, list[Gap]]:
    """The commit that last changed the main launch, and a gap where git could not find it."""
    main = next((item.launch for item in judged if item.launch.id == first.launch), None)
    found = last_change(main, tree) if main and tree else None
    return (None, [found]) if isinstance(found, Gap) else (found, [])


def _first(rules: Rules, judged: Sequence[LaunchVerdict]) -> Headline:
    """The launch that comes first: the one that is asked for, or that of the role and project."""
    if rules.project is not None:
        _refuse_unknown_project(rules.project, judged)
    if rules.launch:
        return Headline(called(judged, rules.launch).launch.id, "it was asked for")
    return first_of(of_role(judged, rules.role, rules.project))


def _refuse_unknown_project(project: str, judged: Sequence[LaunchVerdict]) -> None:
    known = sorted({item.launch.project for item in judged})
    if project not in known:
        there = ", ".join(repr(one) for one in known) or "none"
        raise TableError(f"no launch belongs to a project {project!r}; the projects are {there} ('' is the whole tree)")


def _objections(speaking: Sequence[LaunchVerdict]) -> list[Objection]:
    """What speaks against the chips that every launch excludes."""
    left = frozenset(chip for item in speaking for chip in item.remaining)
    cuts = (cut for item in speaking for result in item.steps for cut in result.cuts)
    return [(cut.signal, frozenset(cut.excluded) - left) for cut in cuts]


def first_of(several: Sequence[LaunchVerdict]) -> Headline:
    """Which of some launches comes first, and why; none has no id."""
    asserted = {item.launch.id: _asserted(item) for item in several}
    return headline([item.launch for item in several], lambda launch: asserted[launch.id])


def _projects(
    judged: Sequence[LaunchVerdict], speaking: Sequence[LaunchVerdict], first: Headline
) -> tuple[Project, ...]:
    """The projects with their launches counted: the headline's own first, then those with most launches."""
    by_project: defaultdict[str, list[LaunchVerdict]] = defaultdict(list)
    for item in judged:
        by_project[item.launch.project].append(item)
    heard = {item.launch.id for item in speaking}
    found = [
        Project(
            id=name, title=posixpath.basename(name) or "the whole tree", launches=len(several),
            main=first_of([item for item in several if item.launch.id in heard] or several).launch,
            silent=sum(item.silent for item in several),
        )
        for name, several in by_project.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.main != first.launch, -one.launches, one.id)))


def _asserted(item: LaunchVerdict) -> int:
    return sum(piece.standing == "asserted" for piece in item.evidence)


def _main_conflict(speaking: Sequence[LaunchVerdict], first: Headline) -> Conflict | None:
    """A repository contradicts itself when every launch that speaks for it does; the main one's is shown."""
    if not speaking or not all(item.conflict for item in speaking):
        return None
    return next(item.conflict for item in speaking if item.launch.id == first.launch)

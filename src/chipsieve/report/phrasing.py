"""How is a verdict put into words? From the verdict to an outline, the only place where the sentences are made."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from chipsieve.derive.shape import shape_of
from chipsieve.estimate.answer import Because, Estimate
from chipsieve.facts.reading import Gap
from chipsieve.link.headline import is_side_run
from chipsieve.link.launch import Launch
from chipsieve.report import lookups
from chipsieve.report.control_words import control_lines
from chipsieve.report.escape import one_line, visible
from chipsieve.report.groups import Groups, made_for_china, marked
from chipsieve.report.note_counts import Count, site_counts, technique_counts
from chipsieve.report.outline import (
    CutLine,
    FamilyLine,
    GapLine,
    IgnoredLine,
    LaunchOutline,
    NameLine,
    NoteLine,
    Outline,
    PremiseLine,
    ProjectLine,
    StepLine,
    UnprovenLine,
)
from chipsieve.report.reasons import derivation, reason, title, waits_for, way_around, whole_condition
from chipsieve.report.sentence import percent, sentence
from chipsieve.sieve.outcome import Contradiction, LaunchVerdict, Naming, Note, Project, Verdict
from chipsieve.sieve.proof import Conflict, Ruling
from chipsieve.signals.signal import Signal
from chipsieve.sources.discovery import PICTURE
from chipsieve.sources.spoken import Spoken

LINES = re.compile(r" \(lines \d+ to (?P<last>\d+)\)$")
SNIPPET = 160
COMMAND = 400
REASON = 240
EXPLANATIONS = 5
WORD = 40
KINDS = 4  # of skipped files that are named
FAMILIES = 8  # of the estimate that are listed
WORTH_A_LINE = 0.02  # probability of a family that is listed


def in_words(verdict: Verdict, vendors: int = 5) -> Outline:
    """The verdict in words, with launches of its role apart from the rest.

    A phrase about accelerators names `vendors` vendors at most and counts the rest.
    """
    groups, main, speaking = Groups(verdict.accelerators, vendors), verdict.main_launch, verdict.speaking
    apart = Counter(_role(outcome.launch) for outcome in verdict.launches if outcome not in speaking)
    everywhere = [*verdict.named, *(one for outcome in verdict.launches for one in outcome.named)]
    return Outline(
        root=visible(verdict.root),
        policy=verdict.policy,
        scope=verdict.scope,
        role=verdict.role,
        date=verdict.catalogue_date,
        total=len(verdict.accelerators),
        models=sum(group.models for group in groups.grouped([row.id for row in verdict.accelerators])),
        main=_launch(verdict, main, groups) if main else None,
        main_reason=one_line(verdict.main_reason, REASON),
        others=tuple(_launch(verdict, outcome, groups) for outcome in speaking if outcome is not main),
        uncounted=tuple(sorted(apart.items())),
        projects=tuple(map(_project, verdict.projects)) if len(verdict.projects) > 1 else (),
        possible=groups.grouped(verdict.possible),
        possible_count=len(verdict.possible),
        remaining_count=len(verdict.remaining),
        named=name_lines(everywhere, verdict.possible, main, verdict.signals),
        conflict=(
            *_conflict(verdict, verdict.conflict, main, groups),
            *_against(verdict, verdict.contradictions, groups),
        ),
        gaps=_gaps(gap for gap in lookups.sorted_gaps(verdict) if not gap.notice),
        notices=_gaps(gap for gap in lookups.sorted_gaps(verdict) if gap.notice),
        ignored=_ignored(verdict),
        ignored_heading=_ignored_heading(verdict),
        coverage=coverage(verdict),
        techniques=_summed(technique_counts(verdict)) if len(speaking) > 1 else (),
        sites=_summed(site_counts(verdict)) if len(speaking) > 1 else (),
        families=_families(verdict.trained_on, made_for_china(verdict.accelerators)),
        estimate_rests_on=one_line(verdict.trained_on.basis, REASON) if verdict.trained_on else "",
        controls=control_lines(verdict),
        sentence=sentence(verdict),
    )


def coverage(verdict: Verdict) -> str:
    """How much was looked at, as one sentence, and which vendors the tree speaks of, if any, as another."""
    seen = verdict.coverage
    if not seen.files:
        return "no tree was read."
    files = "1 file" if seen.files == 1 else f"{seen.files} files"
    names = {row.vendor: str(row.facts.get("vendor_name") or row.vendor) for row in verdict.accelerators}
    lines = {one.vendor: one for one in verdict.spoken}
    spoken = ", ".join(
        f"{names.get(vendor, vendor)}{_first_line(lines.get(vendor), names)}" for vendor in verdict.mentions
    )
    besides = f" Vendors spoken of besides NVIDIA: {spoken}." if spoken else ""
    skipped = f"{seen.skipped} skipped{_by_kind(seen.kinds)}"
    return f"{files} found: {seen.read} read, {skipped}, {seen.unparsed} not parsed whole.{besides}"


def _by_kind(counted: Sequence[tuple[str, int]]) -> str:
    """What was skipped, the most frequent kinds first: " (1222 .encrypted, 488 .patch, 16 pictures)"."""
    shown = counted if len(counted) <= KINDS + 1 else counted[:KINDS]
    said = [f"{count} {visible(kind)}{'s' if kind == PICTURE and count > 1 else ''}" for kind, count in shown]
    others = sum(count for _, count in counted) - sum(count for _, count in shown)
    said += [f"{others} others"] if others else []
    return f" ({', '.join(said)})" if said else ""


def _first_line(spoken: Spoken | None, names: Mapping[str, str]) -> str:
    """The first line that speaks of a vendor; where it speaks of another one too, it may mean that one alone."""
    if spoken is None:
        return ""
    shared = [names.get(vendor, vendor) for vendor in spoken.shared_with]
    also = f", by words of {' and '.join(shared)} too" if shared else ""
    return f" ({visible(spoken.at)}{also})"


def _launch(verdict: Verdict, outcome: LaunchVerdict, groups: Groups) -> LaunchOutline:
    launch, steps = outcome.launch, _steps(verdict, outcome, groups)
    return LaunchOutline(
        id=visible(launch.id),
        role=visible(launch.role),
        entry=visible(launch.entry),
        command=one_line(" ".join(word.text for word in launch.command), COMMAND),
        devices=shape_of(launch).devices,
        steps=steps,
        decided=tuple(step.name for step in steps if step.cuts),
        before=len(verdict.accelerators),
        after=len(outcome.remaining),
        remaining=groups.grouped(outcome.remaining),
        named=name_lines(outcome.named, outcome.remaining, outcome, verdict.signals),
        techniques=_notes(outcome.techniques),
        sites=_notes(outcome.sites),
        unproven=tuple(_unproven(verdict, outcome)),
        conflict=(
            *_conflict(verdict, outcome.conflict, outcome, groups),
            *_against(verdict, outcome.contradictions, groups, kept=True),
        ),
        silent=outcome.silent,
    )


def _families(answer: Estimate | None, china: Collection[str]) -> tuple[FamilyLine, ...]:
    """The families of the estimate that are worth a line, with their premises; variants made for China are marked."""
    likely = [one for one in answer.families if one.probability >= WORTH_A_LINE][:FAMILIES] if answer else []
    return tuple(
        FamilyLine(
            visible(marked(one.name, one.accelerators, china)), one.probability, percent(one.probability), one.words,
            tuple(map(_premise, one.because)),
        )
        for one in likely
    )  # fmt: skip


def _premise(why: Because) -> PremiseLine:
    return PremiseLine(visible(why.at or ""), one_line(why.says, REASON), why.weight > 0)


def _role(launch: Launch) -> str:
    """The role of a launch that does not speak, with the reason where that is another one."""
    role = visible(launch.role)
    if not is_side_run(launch):
        return role
    return f"{role} only shown in documents" if launch.command else f"{role} that nothing starts"


def _project(project: Project) -> ProjectLine:
    count = "1 launch" if project.launches == 1 else f"{project.launches} launches"
    silent = f", {project.silent} of them silent" if project.silent else ""
    return ProjectLine(visible(project.id or project.title), count + silent, visible(project.main))


def _steps(verdict: Verdict, outcome: LaunchVerdict, groups: Groups) -> tuple[StepLine, ...]:
    return tuple(
        StepLine(
            step.step.replace("-", " "), step.question, step.before, step.after,
            tuple(
                _cut(verdict.signals, cut, outcome, groups.short(cut.excluded, alive), before)
                for cut, before in zip(step.cuts, (None, *step.cuts), strict=False)
            ),
        )
        for step, alive in outcome.proof.narrowing()
        if step.cuts or not step.quiet
    )  # fmt: skip


def _cut(
    signals: Mapping[str, Signal], cut: Ruling, outcome: LaunchVerdict, excluded: str, before: Ruling | None
) -> CutLine:
    return CutLine(
        signal=cut.signal,
        title=title(signals, cut.signal),
        strength=cut.strength,
        places=_places(cut, outcome),
        snippet=_snippet(cut, outcome),
        derivation=(*derivation(cut.evidence, signals), *way_around(signals, cut.signal)),
        excluded=excluded,
        repeats=before is not None and before.excluded == cut.excluded,
    )


def _places(ruling: Ruling, outcome: LaunchVerdict) -> tuple[str, ...]:
    return tuple(visible(where) for where in lookups.evidence_places(ruling.evidence, outcome.launch))


def _snippet(ruling: Ruling, outcome: LaunchVerdict) -> str:
    return one_line(lookups.snippet(ruling.evidence, outcome.launch), SNIPPET)


def _unproven(verdict: Verdict, outcome: LaunchVerdict) -> Iterator[UnprovenLine]:
    def order(ruling: Ruling) -> tuple[object, ...]:
        firmness = lookups.FIRMNESS[ruling.evidence.standing]
        return (firmness, lookups.STRENGTHS[ruling.strength], ruling.signal, ruling.evidence.value)

    for ruling in sorted(lookups.unproven(verdict, outcome), key=order):
        yield UnprovenLine(
            standing=ruling.evidence.standing,
            title=title(verdict.signals, ruling.signal),
            value=one_line(ruling.evidence.value, 60),
            places=_places(ruling, outcome),
            snippet=_snippet(ruling, outcome),
            derivation=(*derivation(ruling.evidence, verdict.signals), *way_around(verdict.signals, ruling.signal)),
            reason=one_line(reason(verdict, ruling, outcome), REASON),
            waits=waits_for(ruling, outcome),
            condition=whole_condition(ruling, outcome),
        )


def _notes(notes: Iterable[Note]) -> tuple[NoteLine, ...]:
    return tuple(
        _note_line(several)
        for _, same in groupby(lookups.sorted_notes(notes), key=lambda note: (note.label, note.place))
        for several in [list(same)]
    )


def _note_line(same: Sequence[Note], launches: int = 0) -> NoteLine:
    places = tuple(visible(f"{note.path}:{note.line}") for note in same)
    one = same[0]
    return NoteLine(visible(one.label), places, visible(one.name or one.label), visible(one.value), one.place, launches)


def _summed(counts: Iterable[Count]) -> tuple[NoteLine, ...]:
    return tuple(_note_line([one.note], one.launches) for one in counts)


def _gaps(gaps: Iterable[Gap]) -> tuple[GapLine, ...]:
    """Gaps by reason, the most frequent first; a stretch of lines belongs to the place, not to the reason."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for gap in gaps:
        lines = LINES.search(gap.reason)
        until = f"-{lines['last']}" if lines else ""
        places[visible(LINES.sub("", gap.reason))].append(
            visible(gap.path + (f":{gap.line}{until}" if gap.line else ""))
        )
    ordered = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(GapLine(reason, tuple(where)) for reason, where in ordered)


def _ignored(verdict: Verdict) -> tuple[IgnoredLine, ...]:
    return tuple(
        IgnoredLine(
            visible(lookups.place(one.finding)),
            title(verdict.signals, one.finding.signal),
            one_line(one.reason, REASON) or "no reason given",
        )
        for one in lookups.sorted_ignored(verdict)
    )


def _ignored_heading(verdict: Verdict) -> str:
    """What became of the findings that comments ask to leave out; all of them had the same fate."""
    if any(one.overridden for one in verdict.ignored):
        return "Counted although a comment ignores them"
    return "Ignored by comments; --no-ignore counts them"


def _conflict(
    verdict: Verdict, conflict: Conflict | None, outcome: LaunchVerdict | None, groups: Groups
) -> tuple[str, ...]:
    """Sentences that say which evidence disagrees and what would explain it; none without a conflict."""
    if conflict is None or outcome is None:
        return ()
    said = []
    for cuts in conflict.disagreeing[:EXPLANATIONS]:
        sides = "; ".join(_with_place(title(verdict.signals, cut.signal), _places(cut, outcome)) for cut in cuts)
        said.append(f"No accelerator satisfies all of: {sides}.")
    more = len(conflict.disagreeing) - EXPLANATIONS
    said += [f"{more} more such disagreements."] if more > 0 else []
    for group in conflict.explanations[:EXPLANATIONS]:
        classes = " and a chip out of ".join(groups.short(ids) for ids in group)
        said.append(f"Explained together by a chip out of {classes}.")
    return tuple(said)


def _with_place(words: str, places: tuple[str, ...]) -> str:
    return f"{words} ({places[0]})" if places else words


def _against(
    verdict: Verdict, contradictions: Iterable[Contradiction], groups: Groups, *, kept: bool = False
) -> Iterator[str]:
    """Sentences on chips that somebody names and evidence speaks against, one for the same chips and evidence.

    They are `kept` in where a run names them itself.
    """
    places: defaultdict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    for one in contradictions:
        where = f"{one.naming.path}:{one.naming.line} ({one.naming.by})"
        places[one.accelerators, one.signals].append(visible(where))
    for (chips, signals), named in sorted(places.items()):
        against = " and ".join(title(verdict.signals, signal) for signal in signals)
        more = f" and {len(named) - 1} more" if len(named) > 1 else ""
        said = f"kept in although {against} speaks against it" if kept else f"excluded all the same by {against}"
        yield f"{groups.short(chips)}: named at {named[0]}{more}, and {said}."


def name_lines(
    namings: Iterable[Naming], possible: Collection[str], outcome: LaunchVerdict | None, signals: Mapping[str, Signal]
) -> tuple[NameLine, ...]:
    """The namings grouped by what they can mean, each with what the sieve says of it: names never exclude.

    `possible` are the ids that remain; `outcome` is the launch whose cuts are cited against a name.
    """
    meant: defaultdict[frozenset[str], list[Naming]] = defaultdict(list)
    for naming in lookups.sorted_namings(namings):
        meant[frozenset(naming.accelerators)].append(naming)
    lines = [_name_line(ids, same, frozenset(possible), outcome, signals) for ids, same in meant.items()]
    return tuple(sorted(lines, key=lambda line: (line.agrees is not False, -len(line.places), line.word)))


def _name_line(
    ids: frozenset[str],
    same: list[Naming],
    possible: frozenset[str],
    outcome: LaunchVerdict | None,
    signals: Mapping[str, Signal],
) -> NameLine:
    words = sorted({naming.text for naming in same}, key=lambda text: (len(text), text))
    standing, agrees = _sieve_says(ids, possible, outcome, signals)
    return NameLine(
        word=one_line(words[0], WORD),
        by=tuple(sorted({visible(naming.by) for naming in same})),
        places=tuple(dict.fromkeys(visible(f"{naming.path}:{naming.line}") for naming in same)),
        standing=standing,
        agrees=agrees,
    )


def _sieve_says(
    ids: frozenset[str], possible: frozenset[str], outcome: LaunchVerdict | None, signals: Mapping[str, Signal]
) -> tuple[str, bool | None]:
    """What the sieve says of the chips that a name can mean, and whether it agrees."""
    if not ids:
        return "not in the catalogue", None
    left = ids & possible
    if left:
        partly = "" if left == ids else f" as {len(left)} of {len(ids)} variants"
        return f"remains possible{partly}{_though(ids, outcome)}", True
    cut = lookups.excluded_by(outcome, ids) if outcome else None
    if cut is None or outcome is None:
        return "excluded", False
    at = [f" at {where}" for where in _places(cut, outcome)[:1]]
    return f"excluded by {title(signals, cut.signal)}{''.join(at)}", False


def _though(ids: frozenset[str], outcome: LaunchVerdict | None) -> str:
    """A remark where the launch excludes what another one leaves possible."""
    if outcome is None or ids.intersection(outcome.remaining):
        return ""
    return f", though not in {visible(outcome.launch.id)}"

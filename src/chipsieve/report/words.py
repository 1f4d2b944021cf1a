"""How is a verdict put into words? From the verdict to an outline, the only place where the sentences are made."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from chipsieve.facts.reading import Gap
from chipsieve.report import facts
from chipsieve.report.conclusion import conclude
from chipsieve.report.escape import one_line, visible
from chipsieve.report.groups import Groups
from chipsieve.report.naming import name_lines
from chipsieve.report.outline import (
    CutLine,
    GapLine,
    IgnoredLine,
    LaunchOutline,
    NoteLine,
    Outline,
    StepLine,
    UnprovenLine,
)
from chipsieve.report.reasons import reason, title
from chipsieve.sieve.outcome import Conflict, Contradiction, Cut, Evidence, LaunchVerdict, Note, Verdict
from chipsieve.signals.signal import Signal

LINES = re.compile(r" \(lines \d+ to (?P<last>\d+)\)$")
SNIPPET = 160
COMMAND = 400
REASON = 240
EXPLANATIONS = 5
NAMES = "names"  # the step that asks nothing unless names are trusted


def outline(verdict: Verdict, vendors: int = 5) -> Outline:
    """The verdict in words, with launches of its role apart from the rest.

    A phrase about accelerators tells of `vendors` vendors at most and counts the rest.
    """
    groups, main = Groups(verdict.accelerators, vendors), facts.main_launch(verdict)
    speaking = facts.speaking(verdict)
    apart = Counter(visible(outcome.launch.role) for outcome in verdict.launches if outcome not in speaking)
    everywhere = [*verdict.named, *(one for outcome in verdict.launches for one in outcome.named)]
    return Outline(
        root=visible(verdict.root),
        policy=verdict.policy,
        scope=verdict.scope,
        role=verdict.role,
        date=verdict.catalogue_date,
        total=len(verdict.accelerators),
        main=_launch(verdict, main, groups) if main else None,
        others=tuple(_launch(verdict, outcome, groups) for outcome in speaking if outcome is not main),
        uncounted=tuple(sorted(apart.items())),
        possible=groups.grouped(verdict.possible),
        possible_count=len(verdict.possible),
        remaining_count=len(verdict.remaining),
        named=name_lines(everywhere, verdict.possible, main, verdict.signals),
        conflict=(*_conflict(verdict, verdict.conflict, main, groups), *_kept(verdict, verdict.contradictions, groups)),
        gaps=_gaps(gap for gap in facts.sorted_gaps(verdict) if not gap.notice),
        notices=_gaps(gap for gap in facts.sorted_gaps(verdict) if gap.notice),
        ignored=_ignored(verdict),
        ignored_heading=_ignored_heading(verdict),
        coverage=coverage(verdict),
        conclusion=conclude(verdict, groups),
    )


def coverage(verdict: Verdict) -> str:
    """How much was looked at, as one sentence, and which vendors the tree speaks of, if any, as another."""
    seen = verdict.coverage
    files = "1 file" if seen.files == 1 else f"{seen.files} files"
    names = {row.vendor: str(row.facts.get("vendor_name") or row.vendor) for row in verdict.accelerators}
    spoken = ", ".join(names.get(vendor, vendor) for vendor in verdict.mentions)
    besides = f" Vendors spoken of besides NVIDIA: {spoken}." if spoken else ""
    return f"{files} found: {seen.read} read, {seen.skipped} skipped, {seen.unparsed} not parsed whole.{besides}"


def _launch(verdict: Verdict, outcome: LaunchVerdict, groups: Groups) -> LaunchOutline:
    launch, steps = outcome.launch, _steps(verdict, outcome, groups)
    return LaunchOutline(
        id=visible(launch.id),
        role=visible(launch.role),
        entry=visible(launch.entry),
        command=one_line(" ".join(word.text for word in launch.command), COMMAND),
        devices=launch.devices,
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
            *_kept(verdict, outcome.contradictions, groups),
        ),
    )


def _steps(verdict: Verdict, outcome: LaunchVerdict, groups: Groups) -> tuple[StepLine, ...]:
    return tuple(
        StepLine(
            step.step.replace("-", " "), step.question, step.before, step.after,
            tuple(_cut(verdict.signals, cut, outcome, groups.short(cut.excluded, alive)) for cut in step.cuts),
        )
        for step, alive in facts.narrowing(outcome, verdict.accelerators)
        if step.cuts or step.step != NAMES
    )  # fmt: skip


def _cut(signals: Mapping[str, Signal], cut: Cut, outcome: LaunchVerdict, excluded: str) -> CutLine:
    return CutLine(
        signal=cut.signal,
        title=title(signals, cut.signal),
        strength=facts.grade(cut),
        places=_places(cut.evidence, outcome),
        snippet=_snippet(cut.evidence, outcome),
        excluded=excluded,
    )


def _places(evidence: Evidence, outcome: LaunchVerdict) -> tuple[str, ...]:
    return tuple(visible(where) for where in facts.evidence_places(evidence, outcome.launch))


def _snippet(evidence: Evidence, outcome: LaunchVerdict) -> str:
    return one_line(facts.evidence_lines(evidence, outcome.launch)[0].snippet, SNIPPET)


def _unproven(verdict: Verdict, outcome: LaunchVerdict) -> Iterator[UnprovenLine]:
    def order(evidence: Evidence) -> tuple[object, ...]:
        signal = verdict.signals.get(evidence.signal)
        return (
            facts.FIRMNESS[evidence.standing], facts.STRENGTHS[signal.strength] if signal else 3,
            evidence.signal, evidence.value,
        )  # fmt: skip

    for evidence in sorted(outcome.unproven, key=order):
        yield UnprovenLine(
            standing=evidence.standing,
            title=title(verdict.signals, evidence.signal),
            value=one_line(evidence.value, 60),
            places=_places(evidence, outcome),
            snippet=_snippet(evidence, outcome),
            reason=one_line(reason(verdict, evidence, outcome), REASON),
        )


def _notes(notes: Iterable[Note]) -> tuple[NoteLine, ...]:
    return tuple(
        NoteLine(visible(label), tuple(visible(f"{note.path}:{note.line}") for note in same))
        for label, same in groupby(facts.sorted_notes(notes), key=lambda note: note.label)
    )


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
            visible(facts.place(one.finding)),
            title(verdict.signals, one.finding.signal),
            one_line(one.reason, REASON) or "no reason given",
        )
        for one in facts.sorted_ignored(verdict)
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
    for cuts in conflict.disagreeing:
        sides = [f"{title(verdict.signals, cut.signal)} ({_places(cut.evidence, outcome)[0]})" for cut in cuts]
        said.append(f"No accelerator satisfies all of: {'; '.join(sides)}.")
    for group in conflict.explanations[:EXPLANATIONS]:
        classes = " and a chip out of ".join(groups.short(ids) for ids in group)
        said.append(f"Explained together by a chip out of {classes}.")
    return tuple(said)


def _kept(verdict: Verdict, contradictions: Iterable[Contradiction], groups: Groups) -> Iterator[str]:
    """Sentences on chips that stay in because somebody names them, one for the same chips and evidence."""
    places: defaultdict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    for one in contradictions:
        where = f"{one.naming.path}:{one.naming.line} ({one.naming.by})"
        places[one.accelerators, one.signals].append(visible(where))
    for (chips, signals), named in sorted(places.items()):
        against = " and ".join(title(verdict.signals, signal) for signal in signals)
        more = f" and {len(named) - 1} more" if len(named) > 1 else ""
        yield f"{groups.short(chips)}: named at {named[0]}{more}, and kept in although {against} speaks against it."

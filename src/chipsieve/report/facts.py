"""What does a verdict say, before any wording? The questions that more than one report asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap
from chipsieve.link.launch import Launch, Standing
from chipsieve.sieve.outcome import Cut, Evidence, Ignored, LaunchVerdict, Naming, Note, StepResult, Verdict

FIRMNESS: dict[str, int] = {"asserted": 0, "optional": 1, "inert": 2}
STRENGTHS: dict[str, int] = {"definitive": 0, "strong": 1, "weak": 2}
TRAINING = frozenset({"training", "fine-tuning"})


def place(finding: Finding) -> str:
    """Where the finding stands, `path:line`."""
    return f"{finding.path}:{finding.span.line}"


def finding_order(finding: Finding) -> tuple[object, ...]:
    """A total order of findings: by place, then by everything else."""
    return (finding.path, finding.span, finding.signal, finding.row, finding.value, finding.by, finding.engine,
            finding.snippet, repr(finding.conditions))  # fmt: skip


def sorted_findings(verdict: Verdict) -> tuple[Finding, ...]:
    """Every finding of the verdict and of its launches once, by place."""
    seen = dict.fromkeys(verdict.findings)
    for outcome in verdict.launches:
        seen.update(dict.fromkeys(finding for finding, _ in outcome.launch.findings))
    return tuple(sorted(seen, key=finding_order))


def sorted_gaps(verdict: Verdict) -> tuple[Gap, ...]:
    """Every gap once, by place."""
    return tuple(sorted(set(verdict.gaps), key=lambda gap: (gap.path, gap.line or 0, gap.reason)))


def sorted_ignored(verdict: Verdict) -> tuple[Ignored, ...]:
    """Every finding once that a comment asks to leave out, by place."""
    return tuple(sorted(set(verdict.ignored), key=lambda one: (*finding_order(one.finding), one.place)))


def sorted_namings(namings: Iterable[Naming]) -> tuple[Naming, ...]:
    """Every naming once, by place."""
    return tuple(sorted(set(namings), key=lambda one: (one.path, one.line, one.text, one.by, one.accelerators)))


def sorted_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Every technique or site once, by label, then place."""
    return tuple(sorted(set(notes), key=lambda note: (note.label, note.path, note.line)))


def evidence_lines(evidence: Evidence, launch: Launch | None) -> tuple[Finding, ...]:
    """The evidence's findings, the deciding one first: in the launch's own script, in its entry, elsewhere."""
    near = (launch.path, launch.entry) if launch else ("", "")

    def order(finding: Finding) -> tuple[object, ...]:
        return (finding.path != near[0], finding.path != near[1], *finding_order(finding))

    return tuple(sorted(set(evidence.findings), key=order))


def evidence_places(evidence: Evidence, launch: Launch | None) -> tuple[str, ...]:
    """The places of `evidence_lines`, each line once."""
    return tuple(dict.fromkeys(place(finding) for finding in evidence_lines(evidence, launch)))


def standings(verdict: Verdict) -> dict[Finding, dict[str, Standing]]:
    """Per finding its standing in each launch where it is not inert; the firmest one where a launch has two."""
    table: dict[Finding, dict[str, Standing]] = {}
    for outcome in verdict.launches:
        for finding, standing in outcome.launch.findings:
            held = table.setdefault(finding, {})
            known = held.get(outcome.launch.id, "inert")
            if FIRMNESS[standing] < FIRMNESS[known]:
                held[outcome.launch.id] = standing
    return table


def main_launch(verdict: Verdict) -> LaunchVerdict | None:
    """The launch that speaks first; None when there is no launch."""
    named = (outcome for outcome in verdict.launches if outcome.launch.id == verdict.main)
    return next(named, verdict.launches[0] if verdict.launches else None)


def speaking(verdict: Verdict) -> tuple[LaunchVerdict, ...]:
    """The launches that speak for the repository: those of its role, or all when it has none of it."""
    roles = TRAINING if verdict.role == "training" else {verdict.role}
    of_role = tuple(one for one in verdict.launches if verdict.role == "any" or one.launch.role in roles)
    return of_role or verdict.launches


def narrowing(outcome: LaunchVerdict, catalogue: Sequence[Accelerator]) -> Iterator[tuple[StepResult, frozenset[str]]]:
    """Each step with the ids that went into it."""
    alive = frozenset(row.id for row in catalogue)
    for step in outcome.steps:
        yield step, alive
        alive = alive.difference(*(cut.excluded for cut in step.cuts))


def grade(cut: Cut) -> str:
    """How firm a cut is, in a word: its signal's strength, or that it only presumes."""
    return "presumed" if cut.presumed else cut.strength


def presumed(verdict: Verdict) -> frozenset[str]:
    """The ids that the repository excludes and that no launch of its role excludes by more than a presumption."""
    gone = {row.id for row in verdict.accelerators}.difference(verdict.possible)
    cuts = (cut for outcome in speaking(verdict) for step in outcome.steps for cut in step.cuts)
    return frozenset(gone.difference(*(cut.excluded for cut in cuts if not cut.presumed)))


def excluded_by(outcome: LaunchVerdict, ids: frozenset[str]) -> Cut | None:
    """The first cut that excludes one of the ids."""
    cuts = (cut for step in outcome.steps for cut in step.cuts)
    return next((cut for cut in cuts if ids.intersection(cut.excluded)), None)

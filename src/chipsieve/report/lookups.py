"""What does a verdict say, before any wording? The questions that more than one report asks of it."""

from __future__ import annotations

from collections.abc import Iterable

from chipsieve.derive.premises import Evidence, Line
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap
from chipsieve.link.launch import Launch, Standing
from chipsieve.sieve.outcome import LaunchVerdict, Naming, Note, Verdict
from chipsieve.sieve.proof import Ruling
from chipsieve.signals.signal import Strength
from chipsieve.sources.scan_record import Ignored

FIRMNESS: dict[str, int] = {"asserted": 0, "optional": 1, "inert": 2}
STRENGTHS: dict[str, int] = {"definitive": 0, "strong": 1, "weak": 2}


def strong_enough(strength: Strength, at_least: Strength) -> bool:
    """Whether evidence is not weaker than a limit."""
    return STRENGTHS[strength] <= STRENGTHS[at_least]


def place(line: Line) -> str:
    """Where a premise stands, `path:line`."""
    return f"{line.path}:{line.span.line}"


def finding_order(finding: Finding) -> tuple[object, ...]:
    """A total order of findings: by place, then by everything else."""
    return (finding.path, finding.span, finding.signal, finding.row, finding.value, finding.by, finding.engine,
            finding.snippet, repr(finding.conditions))  # fmt: skip


def line_order(line: Line) -> tuple[object, ...]:
    """A total order of premises that are lines: by place, then by everything else."""
    if isinstance(line, Finding):
        return finding_order(line)
    return (line.path, line.span, line.name, line.source, line.value)


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


def strongly_named(verdict: Verdict, at_least: Strength) -> tuple[Naming, ...]:
    """The namings that findings of strong enough signals state."""
    if at_least == "weak":
        return verdict.named
    strong = {one.id for one in verdict.signals.values() if strong_enough(one.strength, at_least)}
    stated = {(one.path, one.span.line, one.value) for one in verdict.findings if one.signal in strong}
    return tuple(one for one in verdict.named if (one.path, one.line, one.text) in stated)


def sorted_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Every technique or site once, by label, then place."""
    return tuple(sorted(set(notes), key=lambda note: (note.label, note.place, note.path, note.line)))


def evidence_lines(evidence: Evidence, launch: Launch | None) -> tuple[Line, ...]:
    """The lines that the evidence rests on, the deciding one first: in the launch's script, in its entry, elsewhere."""
    near = (launch.path, launch.entry) if launch else ("", "")

    def order(line: Line) -> tuple[object, ...]:
        return (line.path != near[0], line.path != near[1], *line_order(line))

    return tuple(sorted(evidence.lines, key=order))


def evidence_places(evidence: Evidence, launch: Launch | None) -> tuple[str, ...]:
    """The places of `evidence_lines`, each line once."""
    return tuple(dict.fromkeys(place(line) for line in evidence_lines(evidence, launch)))


def needed_lines(evidence: Evidence, launch: Launch | None) -> tuple[Line, ...]:
    """The lines without which the claim would not stand, the deciding one first.

    Findings that are premises themselves say the same, so the first is enough; all others are needed.
    """
    same = frozenset(premise for premise in evidence.premises if isinstance(premise, Finding))
    ordered = evidence_lines(evidence, launch)
    first = next((line for line in ordered if line in same), None)
    return tuple(line for line in ordered if line == first or line not in same)


def snippet(evidence: Evidence, launch: Launch | None) -> str:
    """The source line of the deciding line; "" where that is a setting, whose premise says it."""
    first = next(iter(evidence_lines(evidence, launch)), None)
    return first.snippet if isinstance(first, Finding) else ""


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


def unproven(verdict: Verdict, outcome: LaunchVerdict) -> tuple[Ruling, ...]:
    """The rulings on what a launch requires or prefers that exclude nothing."""
    names = {signal.id for signal in verdict.signals.values() if signal.effect == "names"}
    return tuple(ruling for ruling in outcome.proof.rulings if not ruling.excluded and ruling.signal not in names)


def excluded_by(outcome: LaunchVerdict, ids: frozenset[str]) -> Ruling | None:
    """The first cut that excludes one of the ids."""
    cuts = (cut for step in outcome.steps for cut in step.cuts)
    return next((cut for cut in cuts if ids.intersection(cut.excluded)), None)

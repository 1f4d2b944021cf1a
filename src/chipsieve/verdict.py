"""What follows for the repository? Launches and their evidence to the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chipsieve.catalogue import Catalogue
from chipsieve.link.roles import TRAINING
from chipsieve.model import (
    MENTION,
    Conflict,
    Coverage,
    Evidence,
    Finding,
    Gap,
    Ignored,
    Launch,
    LaunchVerdict,
    Naming,
    Note,
    Signal,
    Verdict,
)
from chipsieve.policies import Policy, steps
from chipsieve.predicates import admits
from chipsieve.sieve import conflict, sieve
from chipsieve.weigh import weigh

UNNAMED_ROWS = ("constant",)  # a table of many chips' numbers names none of them


@dataclass(frozen=True, slots=True)
class Rules:
    """What a launch is judged by: the catalogue, the signals, the policy, and whose launches speak."""

    catalogue: Catalogue
    signals: Mapping[str, Signal]
    policy: Policy
    role: str = "training"


@dataclass(frozen=True, slots=True)
class Scanned:
    """What reading a tree gave, beside its launches."""

    root: str
    scope: str
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage
    ignored: tuple[Ignored, ...] = ()


def judge(launch: Launch, rules: Rules) -> LaunchVerdict:
    """What one launch leaves possible, with the proof of every exclusion."""
    catalogue, signals, policy = rules.catalogue, rules.signals, rules.policy
    evidence = weigh(launch, signals)
    results, remaining = sieve(evidence, catalogue.accelerators, signals, policy, steps(), catalogue.names)
    cutting = {(cut.signal, cut.evidence.value) for result in results for cut in result.cuts}
    disagreement = None
    if not remaining:
        disagreement = conflict(evidence, catalogue.accelerators, signals, policy, catalogue.names)
    seen = {item for item, _ in launch.findings}
    return LaunchVerdict(
        launch=launch,
        evidence=evidence,
        steps=results,
        remaining=remaining,
        named=namings(seen, catalogue, signals),
        techniques=_notes(evidence, signals, "technique"),
        sites=_notes(evidence, signals, "site"),
        unproven=tuple(
            item for item in evidence
            if signals[item.signal].effect in ("requires", "prefers") and (item.signal, item.value) not in cutting
        ),
        conflict=disagreement,
    )  # fmt: skip


def namings(findings: Iterable[Finding], catalogue: Catalogue, signals: Mapping[str, Signal]) -> tuple[Naming, ...]:
    """Where somebody wrote a chip's name, sorted by place; words that the catalogue does not know are left out."""
    found = set()
    for item in findings:
        signal = signals.get(item.signal)
        if signal is None or signal.effect != "names" or (item.row in UNNAMED_ROWS and MENTION in item.conditions):
            continue
        predicate = signal.requires
        chips = tuple(
            chip.id for chip in catalogue.accelerators if admits(predicate, chip, item.value, catalogue.names) is True
        )
        if chips:
            found.add(Naming(chips, item.by or "prose", item.path, item.span.line, item.value))
    return tuple(sorted(found, key=lambda naming: (naming.path, naming.line, naming.text, naming.by)))


def _notes(evidence: Iterable[Evidence], signals: Mapping[str, Signal], effect: str) -> tuple[Note, ...]:
    notes = {
        Note(signals[item.signal].label.replace("$value", item.value), place.path, place.span.line)
        for item in evidence
        if signals[item.signal].effect == effect and item.standing == "asserted"
        for place in item.findings[:1]
    }
    return tuple(sorted(notes, key=lambda note: (note.label, note.path, note.line)))


def conclude(scanned: Scanned, launches: Sequence[Launch], rules: Rules) -> Verdict:
    """The repository's verdict: per launch, then for the launches of the asked role together."""
    judged = tuple(judge(launch, rules) for launch in launches)
    catalogue = rules.catalogue
    speaking = _speaking(judged, rules.role)
    everything = tuple(chip.id for chip in catalogue.accelerators)
    left = [set(item.remaining) for item in speaking] or [set(everything)]
    return Verdict(
        root=scanned.root,
        policy=rules.policy.id,
        scope=scanned.scope,
        role=rules.role,
        accelerators=catalogue.accelerators,
        catalogue_date=catalogue.date,
        signals=rules.signals,
        launches=judged,
        possible=tuple(chip for chip in everything if any(chip in chips for chips in left)),
        remaining=tuple(chip for chip in everything if all(chip in chips for chips in left)),
        main=_main(speaking),
        named=namings(scanned.findings, catalogue, rules.signals),
        findings=scanned.findings,
        gaps=scanned.gaps,
        coverage=scanned.coverage,
        conflict=_main_conflict(speaking),
        ignored=scanned.ignored,
    )


def _speaking(judged: Sequence[LaunchVerdict], role: str) -> list[LaunchVerdict]:
    """The launches that speak for the repository: those of the role, or all when it has none of it."""
    roles = TRAINING if role == "training" else (role,)
    return [item for item in judged if role == "any" or item.launch.role in roles] or list(judged)


def _main(speaking: Sequence[LaunchVerdict]) -> str:
    """The launch that looks like the headline run: most devices, then most evidence that takes effect."""
    ranked = sorted(speaking, key=lambda item: (-item.launch.devices, -_asserted(item), item.launch.id))
    return ranked[0].launch.id if ranked else ""


def _asserted(item: LaunchVerdict) -> int:
    return sum(piece.standing == "asserted" for piece in item.evidence)


def _main_conflict(speaking: Sequence[LaunchVerdict]) -> Conflict | None:
    """A repository contradicts itself when every launch that speaks for it does; the main one's is shown."""
    if not speaking or not all(item.conflict for item in speaking):
        return None
    main = _main(speaking)
    return next(item.conflict for item in speaking if item.launch.id == main)

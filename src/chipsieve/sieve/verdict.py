"""What follows for the repository? Launches and their evidence to the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chipsieve.catalogue import Catalogue
from chipsieve.derive.weigh import weigh
from chipsieve.facts.conditions import MENTION
from chipsieve.facts.finding import Finding, unique
from chipsieve.facts.reading import Gap, Reading, ordered_gaps
from chipsieve.link.launch import Launch
from chipsieve.link.roles import TRAINING, borrowed
from chipsieve.sieve.outcome import (
    Conflict,
    Contradiction,
    Coverage,
    Cut,
    Evidence,
    Ignored,
    LaunchVerdict,
    Naming,
    Note,
    Verdict,
)
from chipsieve.sieve.policies import Policy, steps
from chipsieve.sieve.steps import Bench, Spared, conflict, sieve
from chipsieve.signals.signal import Signal
from chipsieve.sources.discovery import Discovery

UNNAMED_ROWS = ("constant",)  # a table of many chips' numbers names none of them


class Rules(msgspec.Struct, frozen=True):
    """What a launch is judged by: the catalogue, the signals, the policy, and whose launches speak."""

    catalogue: Catalogue
    signals: Mapping[str, Signal]
    policy: Policy
    role: str = "training"

    @property
    def bench(self) -> Bench:
        """What evidence is judged by."""
        return Bench(self.catalogue.accelerators, self.signals, self.policy, self.catalogue.names)


class Scanned(msgspec.Struct, frozen=True):
    """What reading a tree gave, beside its launches."""

    root: str
    scope: str
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage
    ignored: tuple[Ignored, ...] = ()
    mentions: frozenset[str] = frozenset()


def scanned(
    found: Discovery, readings: Sequence[Reading], scope: str, gaps: Iterable[Gap], ignored: tuple[Ignored, ...] = ()
) -> Scanned:
    """What the readings of discovered files come to, `gaps` being all that there are."""
    ordered = ordered_gaps(gaps)
    return Scanned(
        root=found.tree.name,
        scope=scope,
        findings=tuple(unique(item for reading in readings for item in reading.findings)),
        gaps=ordered,
        coverage=_coverage(found, ordered),
        ignored=ignored,
        mentions=found.mentions.union(*(reading.mentions for reading in readings)),
    )


def _coverage(found: Discovery, gaps: Sequence[Gap]) -> Coverage:
    paths, unread = {path for path, _ in found.files}, [gap for gap in gaps if not gap.notice]
    whole = {gap.path for gap in unread if gap.line is None} & paths
    parts = {gap.path for gap in unread if gap.line is not None} & paths - whole
    return Coverage(len(paths) + found.skipped, len(paths) - len(whole), found.skipped, len(whole) + len(parts))


def judge(launch: Launch, bench: Bench, mentions: frozenset[str] = frozenset()) -> LaunchVerdict:
    """What one launch leaves possible, with the proof of every exclusion; `mentions` are the tree's vendors."""
    signals, free = bench.signals, Spared(vendors=mentions)
    evidence = weigh(launch, signals)
    named = namings({item for item, _ in launch.findings}, bench)
    would, left = sieve(evidence, bench, steps(), free)
    disagreement = None if left else conflict(evidence, bench, free)
    chips = frozenset(chip for naming in named for chip in naming.accelerators)
    spared = replace(free, chips=chips.union(disagreement.kept if disagreement else ()))
    against = would
    if _on_processors(evidence, bench):
        everything = frozenset(chip.id for chip in bench.accelerators)
        spared, against, disagreement = replace(free, chips=everything), (), None
    results, remaining = (would, left) if spared == free else sieve(evidence, bench, steps(), spared)
    cutting = {(cut.signal, cut.evidence.value) for result in results for cut in result.cuts}
    return LaunchVerdict(
        launch=launch,
        evidence=evidence,
        steps=results,
        remaining=remaining,
        named=named,
        techniques=_notes(evidence, signals, "technique"),
        sites=_notes(evidence, signals, "site"),
        unproven=tuple(
            item for item in evidence
            if signals[item.signal].effect in ("requires", "prefers") and (item.signal, item.value) not in cutting
        ),
        conflict=disagreement,
        contradictions=tuple(_contradictions(named, [cut for result in against for cut in result.cuts])),
    )  # fmt: skip


def _on_processors(evidence: Iterable[Evidence], bench: Bench) -> bool:
    """Whether the launch computes on processors, as far as it says, and calls no accelerator's own stack."""
    asserted = [bench.signals[item.signal] for item in evidence if item.standing == "asserted"]
    stacks = (
        one for one in asserted if one.effect == "requires" and one.step == "software-stack" and one.strength != "weak"
    )
    return any(one.abstains for one in asserted) and not any(stacks)


def _contradictions(namings: Iterable[Naming], cuts: Sequence[Cut]) -> Iterator[Contradiction]:
    """Each name that some of the cuts speak against, with the chips that it keeps in."""
    for naming in namings:
        against = [cut for cut in cuts if set(cut.excluded).intersection(naming.accelerators)]
        if against:
            chips = {chip for cut in against for chip in cut.excluded}.intersection(naming.accelerators)
            kept = tuple(chip for chip in naming.accelerators if chip in chips)
            yield Contradiction(naming, kept, tuple(sorted({cut.signal for cut in against})))


def namings(findings: Iterable[Finding], bench: Bench) -> tuple[Naming, ...]:
    """Where somebody wrote a chip's name, sorted by place; words that the catalogue does not know are left out."""
    found = set()
    for item in findings:
        signal = bench.signals.get(item.signal)
        if signal is None or signal.effect != "names" or (item.row in UNNAMED_ROWS and MENTION in item.conditions):
            continue
        chips = bench.meant(signal, item.value)
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
    bench, catalogue = rules.bench, rules.catalogue
    judged = tuple(judge(launch, bench, scanned.mentions) for launch in launches)
    speaking = _speaking(judged, rules.role)
    everything = tuple(chip.id for chip in catalogue.accelerators)
    left = [set(item.remaining) for item in speaking] or [set(everything)]
    named = namings(scanned.findings, bench)
    against = tuple(_contradictions(named, _common(speaking)))
    readmitted = {chip for one in against for chip in one.accelerators}
    return Verdict(
        root=scanned.root,
        policy=rules.policy.id,
        scope=scanned.scope,
        role=rules.role,
        accelerators=catalogue.accelerators,
        catalogue_date=catalogue.date,
        signals=rules.signals,
        launches=judged,
        possible=tuple(chip for chip in everything if chip in readmitted or any(chip in chips for chips in left)),
        remaining=tuple(chip for chip in everything if all(chip in chips for chips in left)),
        main=_main(speaking),
        named=named,
        findings=scanned.findings,
        gaps=scanned.gaps,
        coverage=scanned.coverage,
        conflict=_main_conflict(speaking),
        ignored=scanned.ignored,
        contradictions=against,
        mentions=tuple(sorted(scanned.mentions)),
    )


def _common(speaking: Sequence[LaunchVerdict]) -> list[Cut]:
    """The cuts of all launches, each with those chips alone that every launch excludes."""
    left = {chip for item in speaking for chip in item.remaining}
    cuts = (cut for item in speaking for result in item.steps for cut in result.cuts)
    return [replace(cut, excluded=tuple(chip for chip in cut.excluded if chip not in left)) for cut in cuts]


def _speaking(judged: Sequence[LaunchVerdict], role: str) -> list[LaunchVerdict]:
    """The launches that speak for the repository: those of the role, or all when it has none of it."""
    roles = TRAINING if role == "training" else (role,)
    return [item for item in judged if role == "any" or item.launch.role in roles] or list(judged)


def _main(speaking: Sequence[LaunchVerdict]) -> str:
    """The launch that looks like the headline run: the project's own, most devices, most evidence that takes effect."""
    ranked = sorted(
        speaking, key=lambda item: (borrowed(item.launch.path), -item.launch.devices, -_asserted(item), item.launch.id)
    )
    return ranked[0].launch.id if ranked else ""


def _asserted(item: LaunchVerdict) -> int:
    return sum(piece.standing == "asserted" for piece in item.evidence)


def _main_conflict(speaking: Sequence[LaunchVerdict]) -> Conflict | None:
    """A repository contradicts itself when every launch that speaks for it does; the main one's is shown."""
    if not speaking or not all(item.conflict for item in speaking):
        return None
    main = _main(speaking)
    return next(item.conflict for item in speaking if item.launch.id == main)

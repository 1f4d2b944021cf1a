"""What does one launch leave possible? Its evidence to a proof, and what stands beside it: names, techniques, sites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from chipsieve.catalogue.catalogue_answers import Chips
from chipsieve.derive.premises import Evidence, Line
from chipsieve.derive.weighing import DERIVERS, Deriver, weigh
from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Launch
from chipsieve.sieve.criteria import Criteria
from chipsieve.sieve.narrowing import conflict, sieve
from chipsieve.sieve.outcome import Contradiction, LaunchVerdict, Naming, Note
from chipsieve.sieve.proof import Spared
from chipsieve.signals.signal import Signal
from chipsieve.signals.steps import steps

BY_RUNS = frozenset({"scheduler", "cloud", "device-test", "log", "metadata"})
"""Who keeps a chip in by naming it: a run itself. Prose, comments and constants of peak rates keep none."""
Objection = tuple[str, Chips]
"""A signal, and chips that it speaks against."""


def judge(launch: Launch, criteria: Criteria, derivers: Mapping[str, Deriver] = DERIVERS) -> LaunchVerdict:
    """What one launch leaves possible, with the proof of it."""
    signals = criteria.signals
    evidence = weigh(launch, signals, derivers)
    named = namings({item for item, _ in launch.findings}, criteria)
    own = {item for item, stands in launch.findings if stands != "inert" and item.by in BY_RUNS}
    run_names = namings(own, criteria)
    processors = _on_processors(evidence, signals)
    disagreement = None if processors else conflict(evidence, criteria)
    spared = Spared(
        named=frozenset(chip for naming in run_names for chip in naming.accelerators),
        explaining=frozenset(disagreement.kept if disagreement else ()),
        processors=processors,
    )
    proof = sieve(evidence, criteria, steps(), spared)
    objections = [(ruling.signal, chips) for ruling, chips in proof.objections()]
    return LaunchVerdict(
        launch=launch,
        evidence=evidence,
        proof=proof,
        named=named,
        techniques=_notes(evidence, signals, "technique"),
        sites=tuple(sorted({*_notes(evidence, signals, "site"), *_rented(launch)}, key=_by_label)),
        conflict=disagreement,
        contradictions=tuple(contradictions(run_names, objections)),
    )


def _on_processors(evidence: Iterable[Evidence], signals: Mapping[str, Signal]) -> bool:
    """Whether the launch computes on processors, as far as it says, and calls no accelerator's own stack."""
    asserted = [signals[item.signal] for item in evidence if item.standing == "asserted"]
    asking = frozenset(step.id for step in steps() if step.stack)
    stacks = (one for one in asserted if one.effect == "requires" and one.step in asking and one.strength != "weak")
    return any(one.abstains for one in asserted) and not any(stacks)


def contradictions(namings: Iterable[Naming], objections: Sequence[Objection]) -> Iterator[Contradiction]:
    """Each name that some of the objections concern, with the chips that they concern."""
    for naming in namings:
        against = [(signal, chips) for signal, chips in objections if not chips.isdisjoint(naming.accelerators)]
        if against:
            chips = frozenset[str]().union(*(chips for _, chips in against))
            kept = tuple(chip for chip in naming.accelerators if chip in chips)
            yield Contradiction(naming, kept, tuple(sorted({signal for signal, _ in against})))


def namings(findings: Iterable[Finding], criteria: Criteria) -> tuple[Naming, ...]:
    """Where somebody wrote a chip's name, sorted by place; words that the catalogue does not know are left out."""
    found = set()
    for item in findings:
        signal = criteria.signals.get(item.signal)
        if signal is None or signal.effect != "names" or item.is_listed:
            continue
        chips = criteria.meant(signal, item.value)
        if chips:
            found.add(Naming(chips, item.by or "prose", item.path, item.span.line, item.value))
    return tuple(sorted(found, key=lambda naming: (naming.path, naming.line, naming.text, naming.by)))


def _notes(evidence: Iterable[Evidence], signals: Mapping[str, Signal], effect: str) -> tuple[Note, ...]:
    notes = {
        _note(signals[item.signal], item.value, place)
        for item in evidence
        if signals[item.signal].effect == effect and item.standing == "asserted"
        for place in item.lines[:1]
    }
    return tuple(sorted(notes, key=_by_label))


def _note(signal: Signal, value: str, line: Line) -> Note:
    """What a signal's label says; the value is what the finding saw, or what stands in brackets."""
    head, seen, _ = signal.label.partition("$value")
    name, _, inside = head.partition(" (")
    given = value if seen else inside.removesuffix(")")
    label = signal.label.replace("$value", value)
    return Note(label, line.path, line.span.line, name.strip().removesuffix(":"), given, signal.place)


def _rented(launch: Launch) -> Iterator[Note]:
    """The machine types of a cloud that the launch asks for."""
    for item, stands in launch.findings:
        if item.by == "cloud" and stands == "asserted" and not item.is_listed:
            yield Note(f"machine type {item.value}", item.path, item.span.line, "machine type", item.value, "cloud")


def _by_label(note: Note) -> tuple[object, ...]:
    return (note.label, note.path, note.line)

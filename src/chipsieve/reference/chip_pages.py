"""What is known of one accelerator? Every fact with its origin, names, export controls, and the signals against it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.accelerator import Accelerator, Origin
from chipsieve.catalogue.cells import STATED
from chipsieve.catalogue.export_controls import standings
from chipsieve.reference.chips_asked import answers_to
from chipsieve.reference.paging import WIDTH, Block, Code, Page, Points, Section, as_text, code, plain
from chipsieve.report.accelerators import in_a_cell
from chipsieve.sieve.policies import DEFAULT, load_policy
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Signal
from chipsieve.signals.steps import steps

RATES = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp4", "int8")
UNITS = {
    **dict.fromkeys(RATES, "TFLOPS"), "int8": "TOPS", "memory_gb": "GB", "device_memory_gb": "GB",
    "memory_bw_gbps": "GB/s", "interconnect_gbps": "GB/s", "die_area_mm2": "mm2",
}  # fmt: skip
NOT_FACTS = ("name", "vendor_name", "tpp_lower_bound")
"""Cells that the page says elsewhere: in its head, or beside the figure that they qualify."""
CHINA = {
    True: "made for, or sold in, China alone",
    False: "not made for China alone",
    None: "not known whether made for China",
}
COMPUTED = "* is computed from the others, and has the source of the whole row."
APPLIES = {True: "applies", False: "does not apply", None: "not known whether it applies"}
NO_ADVICE = "The parameters of each rule, applied to the facts above whatever the date. This is not legal advice."


def as_pages(chips: Iterable[Accelerator], width: int = WIDTH) -> str:
    """A page on each accelerator, for a terminal of some columns."""
    return "\n".join(as_text(chip_page(chip), width) for chip in chips)


def chip_page(chip: Accelerator) -> Page:
    """The page on one accelerator."""
    origins = list(dict.fromkeys(chip.origin(fact) for fact in chip.facts))
    notes = (f"Notes: {plain(chip.notes)}",) if chip.notes else ()
    return Page(
        f"{chip.id}: {chip.name}",
        (
            Section((Points(tuple(_head(chip))), *notes)),
            Section((Code(tuple(_facts(chip, origins))), COMPUTED), "Facts"),
            Section((Points(tuple(_origins(origins))),), "Sources"),
            Section((Points(tuple(_called(chip))),), "Names"),
            Section((NO_ADVICE, Points(tuple(_controls(chip)))), "United States export controls"),
            Section(tuple(_signals(chip)), "Signals"),
        ),
    )


def _head(chip: Accelerator) -> Iterator[str]:
    yield f"vendor: {chip.facts['vendor_name']}"
    yield f"family: {chip.family}; {chip.segment}, {chip.architecture}"
    yield CHINA[china(chip)]


def china(chip: Accelerator) -> bool | None:
    """Whether the accelerator is made for, or sold in, China alone; None where nobody knows."""
    cell = chip.facts.get("china_specific")
    return cell if isinstance(cell, bool) else None


def _facts(chip: Accelerator, origins: Sequence[Origin]) -> Iterator[str]:
    """One line a fact: its value and the number of its source."""
    rows = [(fact, _value(chip, fact), origins.index(chip.origin(fact)) + 1) for fact in _shown(chip)]
    width = max(len(fact) for fact, _, _ in rows)
    wide = max(len(value) for _, value, _ in rows)
    for fact, value, number in rows:
        yield f"{fact:{width}}  {value:{wide}}  [{number}]{'' if fact in STATED else ' *'}"


def _shown(chip: Accelerator) -> list[str]:
    return [fact for fact in sorted(chip.facts) if fact not in NOT_FACTS]


def _value(chip: Accelerator, fact: str) -> str:
    value = chip.facts[fact]
    if value is None:
        return "not known"
    bound = ">= " if fact == "tpp" and chip.facts.get("tpp_lower_bound") else ""
    return f"{bound}{in_a_cell(value)} {UNITS.get(fact, '')}".rstrip()


def _origins(origins: Sequence[Origin]) -> Iterator[str]:
    for number, origin in enumerate(origins, 1):
        yield rf"\[{number}\] {plain(origin.source)} (confidence {origin.confidence}, {origin.date})"


def names_of(chip: Accelerator) -> dict[str, tuple[str, ...]]:
    """The words that can mean the accelerator, each with the other ids that it can mean."""
    names = load_catalogue().names
    return {word: tuple(sorted(names[word] - {chip.id})) for word in names.calling(chip.id)}


def _called(chip: Accelerator) -> Iterator[str]:
    words = names_of(chip)
    if alone := [code(word) for word, others in words.items() if not others]:
        yield f"mean it alone: {', '.join(alone)}"
    if shared := [code(word) for word, others in words.items() if others]:
        yield f"mean it and others: {', '.join(shared)}"
    if not words:
        yield f"none but its id, {code(chip.id)}"


def _controls(chip: Accelerator) -> Iterator[str]:
    for one in standings(chip):
        rule = one.rule
        until = f" until {rule.until}" if rule.until else ""
        about = "; ".join(map(plain, (rule.title, f"destinations: {rule.destinations}", rule.citation, rule.notes)))
        status = code(one.status) if one.status else "status not known"
        yield f"{rule.id} ({rule.kind}, in effect {rule.since}{until}): {APPLIES[one.controlled]}, {status}. {about}"


@cache
def _claiming() -> tuple[Signal, ...]:
    """The signals whose predicate does not depend on what the line says."""
    signals = load_signals().values()
    return tuple(one for one in signals if one.effect == "requires" and "$value" not in repr(one.requires))


def refusing(chip: Accelerator, *, excluding: bool) -> list[Signal]:
    """The signals that refuse the accelerator: those that exclude under the default policy, or those that do not."""
    policy = load_policy(DEFAULT)
    return [
        signal
        for signal in _claiming()
        if chip.id in answers_to(signal.requires).against and (policy.predicate(signal) is not None) == excluding
    ]


def undecided(chip: Accelerator) -> list[Signal]:
    """The signals of which nobody knows whether the accelerator satisfies them."""
    return [signal for signal in _claiming() if chip.id in answers_to(signal.requires).unknown]


def _signals(chip: Accelerator) -> Iterator[Block]:
    yield "`chipsieve signals ID` shows each. Signals that depend on what the line says are left out."
    found = (
        ("These exclude it where they take effect:", refusing(chip, excluding=True)),
        ("These speak against it, and exclude nothing by default:", refusing(chip, excluding=False)),
        ("These ask for what is not known of it:", undecided(chip)),
    )
    for said, signals in found:
        if signals:
            yield from (said, Points(tuple(_by_step(signals))))


def _by_step(signals: Sequence[Signal]) -> Iterator[str]:
    """One line a step of the sieve; the last one says whose software a launch uses, and is the longest."""
    for step in sorted(steps(), key=lambda step: step.stack):
        if own := [code(signal.id) for signal in signals if signal.step == step.id]:
            yield f"{step.id}: {', '.join(own)}"


def as_json(chips: Iterable[Accelerator]) -> str:
    """A JSON array with all that the pages say; null is unknown, a missing fact inapplicable."""
    return json.dumps([_record(chip) for chip in chips], indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _record(chip: Accelerator) -> dict[str, object]:
    return {
        "id": chip.id, "name": chip.name, "vendor": chip.vendor, "family": chip.family, "segment": chip.segment,
        "architecture": chip.architecture, "notes": chip.notes, "made_for_china": china(chip),
        "facts": {fact: _fact(chip, fact) for fact in chip.facts},
        "names": {word: list(others) for word, others in names_of(chip).items()},
        "export_controls": {
            "notice": NO_ADVICE,
            "rules": {
                one.rule.id: {"status": one.status, "controlled": one.controlled, "kind": one.rule.kind,
                              "title": one.rule.title, "citation": one.rule.citation, "effective": one.rule.effective,
                              "until": one.rule.until or None, "destinations": one.rule.destinations}
                for one in standings(chip)
            },
        },
        "signals": {
            "exclude": [signal.id for signal in refusing(chip, excluding=True)],
            "speak_against": [signal.id for signal in refusing(chip, excluding=False)],
            "not_known": [signal.id for signal in undecided(chip)],
        },
    }  # fmt: skip


def _fact(chip: Accelerator, fact: str) -> dict[str, object]:
    origin = chip.origin(fact)
    return {
        "value": chip.facts[fact], "source": origin.source, "confidence": origin.confidence, "date": origin.date,
    }  # fmt: skip

"""Four families of chips for tests of the estimate: R100 (two rows) of NVIDIA, B200 and P400 of AMD, G300 of Intel."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.catalogue.catalogue_answers import CatalogueAnswers
from chipsieve.estimate.families import Family
from chipsieve.estimate.speaking import Known, Premise, Readers, premises_of
from chipsieve.facts.finding import Finding
from chipsieve.facts.statements import Deed, Statement
from chipsieve.link.launch import Launch, Standing
from chipsieve.signals.signal import Signal
from verdicts import finding, launch, signal


def chip(name: str, vendor: str, **facts: Cell) -> Accelerator:
    """An accelerator; the figures that tests ask for are `bits`."""
    return Accelerator(name, name.upper(), vendor, "datacenter", name, facts)


CHIPS = (
    chip("r100-40gb", "nvidia", bits=16), chip("r100-80gb", "nvidia", bits=16), chip("b200", "amd", bits=8),
    chip("p400", "amd", bits=8), chip("g300", "intel"),
)  # fmt: skip
FAMILIES = (
    Family("r100", "R100", "nvidia", ("r100-40gb", "r100-80gb"), "2020-06", professional=True, nodes=(4, 8)),
    Family("b200", "B200", "amd", ("b200",), "2022-01", professional=True, nodes=(4,)),
    Family("p400", "P400", "amd", ("p400",), "2022-01", professional=False, nodes=(8, 16)),
    Family("g300", "G300", "intel", ("g300",), "", professional=False),
)
NAMES: Mapping[str, frozenset[str]] = {
    "r100": frozenset({"r100-40gb", "r100-80gb"}), "b200": frozenset({"b200"}), "p400": frozenset({"p400"}),
    "g300": frozenset({"g300"}), "either": frozenset({"r100-80gb", "b200"}),
}  # fmt: skip
NAMED = signal("named", effect="names", requires={"named": "$value"})
IN_LOG, IN_METADATA, MACHINE = (replace(NAMED, id=f"named-{what}") for what in ("in-log", "in-metadata", "by-machine"))
VENDORS = frozenset({"nvidia", "amd", "intel"})


def readers(*signals: Signal) -> Readers:
    """By what the known is read, where these are the signals beside those of names."""
    table = {one.id: one for one in (NAMED, IN_LOG, IN_METADATA, MACHINE, *signals)}
    return Readers(FAMILIES, table, CatalogueAnswers(CHIPS, NAMES))


def known(headline: Launch | None = None, *findings: Finding, **changes: object) -> Known:
    """What is known of a tree that speaks of all vendors, so that silence says nothing."""
    everything = frozenset(one.id for one in CHIPS)
    return replace(Known(headline, (), (), "", findings, VENDORS, "2023-01-15", everything), **changes)


def training(*findings: tuple[Finding, Standing], **changes: object) -> Launch:
    """A launch of run.sh that trains, in which these findings stand so; no word of it names a chip."""
    return launch(**{"findings": findings, "devices": 0, "command": (), **changes})  # type: ignore[arg-type]


def named(
    value: str, by: str, path: str = "run.sh", line: int = 1, *, deed: Deed | None = None, signal: Signal = NAMED
) -> Finding:
    """Somebody names a chip; `deed` is what is said to have been done on it."""
    said = Statement(deed) if deed else None
    return finding(signal.id, path, line, value, by=by, statement=said)


def premises(known: Known, *signals: Signal) -> list[Premise]:
    """All premises but those that speak of no family."""
    return [one for one in premises_of(known, readers(*signals)) if one.families]


def kinds(known: Known, *signals: Signal) -> list[str]:
    """The kinds of the premises, sorted."""
    return [one.kind for one in premises(known, *signals)]

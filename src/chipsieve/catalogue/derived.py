"""What follows from a chip's primary numbers? Memory of a device, total processing performance (TPP), its density.

Definitions: Technical Notes to ECCN 3A090, 88 FR 73458 (2023-10-25). TPP is 2 x MacTOPS x bit length of the
operation, so a datasheet's dense tera-operations per second times the bits of its widest input; the largest over all
formats counts, "aggregated over all processing units on the integrated circuit". Performance density is TPP over the
area of the dies made with non-planar transistors.
"""

from __future__ import annotations

from collections.abc import Mapping

from chipsieve.catalogue.accelerator import Cell

BITS = {"fp64": 64, "fp32": 32, "fp16": 16, "bf16": 16, "fp8": 8, "int8": 8, "fp4": 4}
"""Bit length by format.

TF32 is left out: its inputs have 19 bits in a container of 32, the rule does not say which counts, and on all but
AWS's and one of Enflame's chips its rate halves as the container doubles, so that it decides nothing.
"""

NARROW = ("fp16", "bf16", "fp8", "int8", "fp4")
"""Formats of matrix units, one of which decides wherever there are matrix units."""

PLANAR = ("TSMC 28nm",)
"""Processes of catalogue chips that are older than FinFET: no die area applies."""


def derive(facts: Mapping[str, Cell]) -> dict[str, Cell]:
    """The derived facts of one chip from its stated ones; a planar die has no performance density."""
    derived: dict[str, Cell] = {
        "device_memory_gb": device_memory(facts),
        "tpp": total_processing_performance(facts),
        "tpp_lower_bound": is_lower_bound(facts),
    }
    return derived if facts.get("process") in PLANAR else {**derived, "performance_density": performance_density(facts)}


def device_memory(facts: Mapping[str, Cell]) -> float | None:
    """GB of what code sees as one device: a card's memory over the devices that it shows, 1 unless the row says so."""
    memory, devices = number(facts, "memory_gb"), number(facts, "devices") if "devices" in facts else 1
    return round(memory / devices, 3) if memory and devices else None


def total_processing_performance(facts: Mapping[str, Cell]) -> float | None:
    """TPP of one integrated circuit (TOPS x bits), None when no rate is known.

    A board's rates are divided by its number of integrated circuits, `ics`.
    """
    rates = [rate * bits for name, bits in BITS.items() if (rate := number(facts, name)) is not None]
    return round(max(rates) / circuits(facts), 1) if rates else None


def is_lower_bound(facts: Mapping[str, Cell]) -> bool:
    """Whether the TPP could be larger than computed, because a matrix format's rate is unknown."""
    return any(name in facts and facts[name] is None for name in NARROW)


def performance_density(facts: Mapping[str, Cell]) -> float | None:
    """TPP per mm2 of applicable die area; None when either is unknown, or when no die area applies."""
    tpp, area = total_processing_performance(facts), number(facts, "die_area_mm2")
    if tpp is None or area is None or facts.get("process") in PLANAR:
        return None
    return round(tpp / (area / circuits(facts)), 3)


def circuits(facts: Mapping[str, Cell]) -> float:
    """The number of integrated circuits that the stated figures are for: 1 unless the row says otherwise."""
    return number(facts, "ics") or 1


def number(facts: Mapping[str, Cell], name: str) -> float | None:
    """The fact as a number, None when it is unknown, missing or something else."""
    value = facts.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None

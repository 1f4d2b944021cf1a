"""How is the catalogue shown? A table for people, JSON with every fact for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec

from chipsieve.catalogue.accelerator import Accelerator, Cell

COLUMNS = (
    "id", "name", "vendor", "architecture", "target", "memory", "bf16", "fp8", "released", "TPP", "confidence",
)  # fmt: skip
RIGHT = ("memory", "TPP")
UNKNOWN, ABSENT = "?", "-"


def as_text(accelerators: Iterable[Accelerator]) -> str:
    """An aligned table, one accelerator a line, ending with the count.

    `?` is unknown, `-` does not apply, `>=` before a TPP says that it is a lower bound; memory is in GB.
    """
    rows = [COLUMNS, *map(_row, accelerators)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    lines = ["  ".join(map(_pad, row, widths, COLUMNS)).rstrip() for row in rows]
    count = len(rows) - 1
    return "\n".join([*lines, "", f"{count} accelerator{'' if count == 1 else 's'}"]) + "\n"


def _row(chip: Accelerator) -> tuple[str, ...]:
    fact = {
        name: _shown(chip, name) for name in ("target", "memory_gb", "bf16_native", "fp8_native", "released", "tpp")
    }
    bound = ">=" if chip.facts.get("tpp_lower_bound") and chip.facts.get("tpp") is not None else ""
    return (
        chip.id, chip.name, str(chip.facts["vendor_name"]), chip.architecture, fact["target"], fact["memory_gb"],
        fact["bf16_native"], fact["fp8_native"], fact["released"], bound + fact["tpp"], chip.confidence,
    )  # fmt: skip


def _shown(chip: Accelerator, name: str) -> str:
    if name not in chip.facts:
        return ABSENT
    return _cell(chip.facts[name])


def _cell(value: Cell) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, int | float) else value


def _pad(text: str, width: int, column: str) -> str:
    return text.rjust(width) if column in RIGHT else text.ljust(width)


def as_json(accelerators: Iterable[Accelerator]) -> str:
    """A JSON array of the accelerators with all their facts, keys sorted; null is unknown, a missing key inapplicable.

    `source`, `confidence` and `date` hold for every fact but those for which `sources` has these three.
    """
    rows = [
        {
            "id": chip.id, "name": chip.name, "vendor": chip.vendor, "segment": chip.segment,
            "architecture": chip.architecture, "facts": dict(chip.facts), "source": chip.source,
            "confidence": chip.confidence, "date": chip.date, "notes": chip.notes,
            "sources": {fact: msgspec.to_builtins(chip.origin(fact)) for fact in chip.sources},
        }
        for chip in accelerators
    ]  # fmt: skip
    return json.dumps(rows, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

"""How is the catalogue shown? A table for people, JSON and CSV with every fact for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import msgspec

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.catalogue.cells import ALL_BOOLEANS, ALL_NUMBERS, ALL_TEXTS, DATES
from chipsieve.catalogue.export_controls import NO_ADVICE, controlled_since, load_rules, standings
from chipsieve.catalogue.selection import CALLED, CHOICES, CONTROLLED, SPECIAL
from chipsieve.report import sheets
from chipsieve.report.groups import LEGEND, MARK, made_for_china
from chipsieve.report.sheet import USUAL, Sheet

COLUMNS = (
    "id", "name", "vendor", "architecture", "target", "memory", "bf16", "fp8", "released", "TPP", "controlled",
    "confidence",
)  # fmt: skip
RIGHT = ("memory", "TPP")
UNKNOWN, ABSENT = "?", "-"
NEEDED = (
    "id", "memory", "bf16", "released", "TPP", "controlled", "target", "vendor", "fp8", "architecture", "name",
    "confidence",
)  # fmt: skip
"""The columns by how much they are needed, where there is no room for all."""
REMARK = (
    "controlled: the first United States export control whose parameters the chip meets, as of no date; of makers "
    f"abroad only where the Export Administration Regulations reach them. {NO_ADVICE}"
)


def as_text(accelerators: Iterable[Accelerator], width: int = 0) -> str:
    """An aligned table, one accelerator a line, ending with the count; without the columns that a width does not hold.

    `?` is unknown, `-` does not apply, `>=` before a TPP says that it is a lower bound; memory is in GB. `controlled`
    is the first export control whose parameters it meets, `<=` before it says that an earlier one may apply too.
    """
    chips = tuple(accelerators)
    marked = made_for_china(load_catalogue().accelerators)
    rows = [COLUMNS, *(_row(chip, MARK if chip.id in marked else "") for chip in chips)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    shown = _that_fit(widths, width)
    lines = ["  ".join(_pad(row[at], widths[at], COLUMNS[at]) for at in shown).rstrip() for row in rows]
    left_out = [name for at, name in enumerate(COLUMNS) if at not in shown]
    below = [f"Columns that do not fit: {', '.join(left_out)}; --format csv has them all."] if left_out else []
    below += [REMARK] if chips and COLUMNS.index("controlled") in shown else []
    below += [LEGEND] if marked.intersection(chip.id for chip in chips) else []
    count = len(rows) - 1
    below.append(f"{count} accelerator{'' if count == 1 else 's'}")
    page = Sheet(width or USUAL, colour=False, verbose=False)
    return "\n".join([*lines, "", *(row for text in below for row in page.fill(text))]) + "\n"


def _that_fit(widths: Sequence[int], width: int) -> list[int]:
    """The columns that a width holds, as many of the first of NEEDED as there is room for; all for a width of 0."""
    room = width
    shown: set[int] = set()
    for name in NEEDED:
        at = COLUMNS.index(name)
        taken = widths[at] + (2 if shown else 0)
        if width and shown and taken > room:
            continue
        room -= taken
        shown.add(at)
    return sorted(shown)


def _row(chip: Accelerator, mark: str) -> tuple[str, ...]:
    fact = {
        name: _shown(chip, name) for name in ("target", "memory_gb", "bf16_native", "fp8_native", "released", "tpp")
    }
    bound = ">=" if chip.facts.get("tpp_lower_bound") and chip.facts.get("tpp") is not None else ""
    return (
        chip.id, chip.name + mark, str(chip.facts["vendor_name"]), chip.architecture, fact["target"], fact["memory_gb"],
        fact["bf16_native"], fact["fp8_native"], fact["released"], bound + fact["tpp"], _controlled(chip),
        chip.confidence,
    )  # fmt: skip


def _controlled(chip: Accelerator) -> str:
    """The first control that applies to it: the id of the rule."""
    first, earlier = controlled_since(chip)
    if first is None:
        return UNKNOWN if earlier else ABSENT
    return f"{'<=' if earlier else ''}{first.rule.id}"


def _shown(chip: Accelerator, name: str) -> str:
    if name not in chip.facts:
        return ABSENT
    return in_a_cell(chip.facts[name])


def in_a_cell(value: Cell) -> str:
    """A fact as text: `?` where it is not known."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, int | float) else value


def _pad(text: str, width: int, column: str) -> str:
    return text.rjust(width) if column in RIGHT else text.ljust(width)


def askable(width: int = USUAL) -> str:
    """The facts that a condition can ask for, by what they hold; docs/catalogue.md explains them."""
    page = Sheet(width, colour=False, verbose=False)
    kinds = {
        "text, or several with commas": set(CHOICES).difference(CALLED, DATES),
        "day, month or year; also with _at_least and _at_most": DATES,
        "true or false": ALL_BOOLEANS,
        "number; also with _at_least and _at_most": ALL_NUMBERS,
        "other": {*SPECIAL, *CALLED, CONTROLLED},
    }
    lines = [row for kind, names in kinds.items() for row in page.lay(f"{kind}: {', '.join(sorted(names))}")]
    return "\n".join(lines) + "\n"


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
            "export_controls": {"notice": NO_ADVICE, "rules": _by_rule(chip)},
        }
        for chip in accelerators
    ]  # fmt: skip
    return json.dumps(rows, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _by_rule(chip: Accelerator) -> dict[str, object]:
    """How the chip stands under each rule; null is unknown."""
    return {
        one.rule.id: {
            "status": one.status, "controlled": one.controlled, "kind": one.rule.kind, "citation": one.rule.citation,
            "effective": one.rule.effective, "until": one.rule.until or None, "destinations": one.rule.destinations,
        }
        for one in standings(chip)
    }  # fmt: skip


def as_csv(accelerators: Iterable[Accelerator]) -> str:
    """A line an accelerator: id, what it is, every fact, its status by rule; `?` is unknown, nothing inapplicable.

    What a rule's column says is by parameters alone; the last column says that this is no legal advice.
    """
    facts = dict.fromkeys(("name", "vendor_name", *ALL_TEXTS, *ALL_NUMBERS, *ALL_BOOLEANS))
    rules = [f"export_status_{rule.id}" for rule in load_rules()]
    head = ["id", "vendor", "family", "segment", "architecture", *facts, *rules, "notice"]
    return sheets.as_csv(head, (_line(chip, facts) for chip in accelerators))


def _line(chip: Accelerator, facts: Iterable[str]) -> list[str]:
    own = [chip.id, chip.vendor, chip.family, chip.segment, chip.architecture]
    known = (in_a_cell(chip.facts[name]) if name in chip.facts else "" for name in facts)
    return [*own, *known, *(one.status or UNKNOWN for one in standings(chip)), NO_ADVICE]

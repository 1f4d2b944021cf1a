"""What does one vendor's table say? Read strictly; docs/catalogue.md is the format."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chipsieve.catalogue.accelerator import Accelerator, Origin
from chipsieve.catalogue.cells import STATED, read_facts
from chipsieve.catalogue.derived import derive
from chipsieve.tables import TableError, one_of, refuse_unknown, text_field

SEGMENTS = ("datacenter", "workstation", "consumer", "cloud-only", "embedded")
CONFIDENCE = ("high", "medium", "low")
HEAD = ("vendor", "name", "date", "notes", "accelerators")
OWN = ("name", "family", "segment", "architecture", "confidence", "source", "date", "notes", "sources", "stated")
CROSS_CHECKS = ("tpp", "performance_density")


def read_vendor(slug: str, table: Mapping[str, object]) -> tuple[Accelerator, ...]:
    """One vendor's accelerators from its parsed file; `slug` is the file's stem.

    Raises:
        TableError: a key is missing, unknown or of the wrong type.
    """
    where = f"catalogue/{slug}.toml"
    refuse_unknown(where, table, HEAD)
    if text_field(where, table, "vendor") != slug:
        raise TableError(f"{where}: 'vendor' must be {slug!r}, as the file is named")
    _day(where, table)
    rows = _tables(where, table, "accelerators")
    return tuple(_accelerator(f"{where}: {id_}", id_, table, _tables(where, rows, id_)) for id_ in rows)


def _accelerator(where: str, id_: str, head: Mapping[str, object], row: Mapping[str, object]) -> Accelerator:
    refuse_unknown(where, row, (*OWN, *STATED))
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_):
        raise TableError(f"{where}: an accelerator's id is kebab-case")
    _check_stated(where, row)
    name, facts = text_field(where, row, "name"), read_facts(where, row)
    whole = _origin(where, row, Origin("", "", text_field(where, head, "date")))
    notes = (text_field(where, row, "notes", ""), text_field(where, head, "notes", ""))
    return Accelerator(
        id=id_,
        name=name,
        vendor=text_field(where, head, "vendor"),
        family=text_field(where, row, "family", "") or name,
        segment=one_of(where, row, "segment", SEGMENTS),
        architecture=text_field(where, row, "architecture"),
        facts={"name": name, "vendor_name": text_field(where, head, "name"), **facts, **derive(facts)},
        source=whole.source,
        confidence=whole.confidence,
        date=whole.date,
        notes="; ".join(note for note in notes if note),
        sources=_sources(where, row, whole),
    )


def _tables(where: str, table: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise TableError(f"{where}: {key!r} must be a table")
    return value


def _sources(where: str, row: Mapping[str, object], whole: Origin) -> dict[str, Origin]:
    """The facts with an origin of their own: a table of the same three keys, or the source alone as text."""
    sources = _tables(where, row, "sources")
    refuse_unknown(f"{where}: sources", sources, STATED)
    found = {}
    for fact, said in sources.items():
        origin = said if isinstance(said, dict) else {"source": said}
        refuse_unknown(f"{where}: sources: {fact}", origin, Origin.__struct_fields__)
        found[fact] = _origin(f"{where}: sources: {fact}", origin, whole)
    return found


def _origin(where: str, said: Mapping[str, object], whole: Origin) -> Origin:
    """The origin that a table states; its confidence and date are those of the whole where it leaves them out."""
    return Origin(
        source=text_field(where, said, "source"),
        confidence=one_of(where, {"confidence": whole.confidence, **said}, "confidence", CONFIDENCE),
        date=_day(where, {"date": whole.date, **said}),
    )


def _day(where: str, table: Mapping[str, object]) -> str:
    date = text_field(where, table, "date")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        raise TableError(f"{where}: 'date' must be a day as \"2026-01-31\"")
    return date


def _check_stated(where: str, row: Mapping[str, object]) -> None:
    """Others' figures for what we derive are no facts: only their form is checked here, their values in the tests."""
    stated = _tables(where, row, "stated")
    refuse_unknown(f"{where}: stated", stated, CROSS_CHECKS)
    for key, value in stated.items():
        if not isinstance(value, int | float):
            raise TableError(f"{where}: stated: {key!r} must be a number")

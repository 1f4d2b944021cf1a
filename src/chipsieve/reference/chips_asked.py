"""Which chips does a predicate admit, refuse, and not know? By vendor and family, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from chipsieve.catalogue import Catalogue, load_catalogue
from chipsieve.catalogue.catalogue_answers import Answers, CatalogueAnswers
from chipsieve.reference.paging import plain


@cache
def _asked() -> CatalogueAnswers:
    catalogue = load_catalogue()
    return CatalogueAnswers(catalogue.accelerators, catalogue.names)


def answers_to(predicate: Mapping[str, object], value: str = "") -> Answers:
    """What the shipped catalogue says to a predicate; `value` stands for what the line says."""
    return _asked().to(repr(predicate), predicate, value)


def chips_in_words(chips: frozenset[str]) -> str:
    """Some accelerators: whole vendors, whole families, and those of a family that are not all of it."""
    catalogue = load_catalogue()
    whole: list[str] = []
    single: list[str] = []
    for vendor, name in sorted(catalogue.vendors.items(), key=lambda item: item[1].casefold()):
        own = {chip.id for chip in catalogue.accelerators if chip.vendor == vendor}
        if own <= chips:
            whole.append(plain(name))
        elif own & chips:
            single.append(f"{plain(name)} {', '.join(_families(catalogue, vendor, name, chips))}")
    return "; ".join([*single, *([f"all of {', '.join(whole)}"] if whole else [])])


def _families(catalogue: Catalogue, vendor: str, name: str, chips: frozenset[str]) -> Iterator[str]:
    rows: dict[str, list[str]] = {}
    for chip in catalogue.accelerators:
        if chip.vendor == vendor:
            rows.setdefault(chip.family, []).append(chip.id)
    for family, ids in rows.items():
        called = plain(family.removeprefix(f"{name} "))
        found = [one for one in ids if one in chips]
        if found == ids:
            yield called
        elif found:
            yield f"{called} in part ({', '.join(found)})"

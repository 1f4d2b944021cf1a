"""Which accelerators are these, in few words? Ids grouped by vendor, architecture and family."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import groupby

import msgspec
from msgspec.structs import replace

from chipsieve.catalogue.accelerator import Accelerator

VARIANT = re.compile(r"\s*\(.*|\s+(?:PCIe|SXM\d*|OAM|NVL|\d+(?:\.\d+)?\s?GB)\b.*", re.IGNORECASE)
MARK = "†"
LEGEND = f"{MARK} made for China"
FEW = 3
MOST = 4  # architectures of one vendor that are named


class Group(msgspec.Struct, frozen=True):
    """Accelerators of one vendor and architecture: how many, and their models ("A100", "A100 (2 of 4)").

    `untouched` says that not one chip of the vendor is missing from the groups.
    """

    vendor: str
    architecture: str
    count: int
    families: tuple[str, ...]
    untouched: bool = False

    @property
    def models(self) -> int:
        """How many models these are; variants of one differ in memory or form alone."""
        return len(self.families)

    @property
    def label(self) -> str:
        """Vendor and architecture in one; a word that both have is said once ("Apple GPU")."""
        if self.architecture.startswith(self.vendor):
            return self.architecture
        repeated = self.vendor.endswith(f" {self.architecture}")
        return self.vendor if repeated else f"{self.vendor} {self.architecture}"


class Groups:
    """Words for sets of accelerators of one catalogue."""

    def __init__(self, catalogue: Iterable[Accelerator], vendors: int = 5) -> None:
        """Put the catalogue in reading order: the vendor with most rows first, architectures by age.

        A phrase names `vendors` vendors at most and counts the rest.
        """
        self.limit = vendors
        rows = _marked(tuple(catalogue))
        weight = Counter(row.vendor for row in rows)
        age: dict[tuple[str, str], str] = {}
        for row in rows:
            key, release = (row.vendor, row.architecture), _release(row)
            age[key] = min(age.get(key, release), release)
        self.ordered = sorted(
            rows,
            key=lambda row: (
                -weight[row.vendor], row.vendor, age[row.vendor, row.architecture], row.architecture,
                _release(row), row.id,
            ),
        )  # fmt: skip

    def grouped(self, ids: Collection[str]) -> tuple[Group, ...]:
        """The accelerators by vendor and architecture, in reading order; ids that are no rows are left out."""
        wanted = frozenset(ids)
        chosen = [row for row in self.ordered if row.id in wanted]
        whole = Counter((row.vendor, family(row.name)) for row in self.ordered)
        missing = {row.vendor for row in self.ordered if row.id not in wanted}
        groups = []
        for (vendor, architecture), same in groupby(chosen, key=lambda row: (row.vendor, row.architecture)):
            members = list(same)
            names = Counter(family(row.name) for row in members)
            families = tuple(_partly(name, seen, whole[vendor, name]) for name, seen in names.items())
            groups.append(Group(vendor_name(members[0]), architecture, len(members), families, vendor not in missing))
        return tuple(groups)

    def short(self, ids: Collection[str], among: Collection[str] | None = None) -> str:
        """One phrase: "44 NVIDIA (Kepler … Turing), Ascend 910A"; "nothing" for none.

        `among` is what the ids were taken from (the whole catalogue when None): "all 20 AMD" and the spans of
        architectures or segments are said of it, and only where they are exact.
        """
        wanted = frozenset(ids)
        around = wanted.union(among or ())
        pool = [row for row in self.ordered if among is None or row.id in around]
        vendors = [list(rows) for _, rows in groupby(pool, key=lambda row: row.vendor)]
        present = [rows for rows in vendors if any(row.id in wanted for row in rows)]
        present.sort(key=lambda rows: -sum(row.id in wanted for row in rows))
        shown = present if len(present) <= self.limit + 1 else present[: self.limit]
        phrases = [_phrase([row for row in rows if row.id in wanted], rows) for rows in shown]
        rest = present[len(shown) :]
        if rest:
            count = sum(row.id in wanted for rows in rest for row in rows)
            phrases.append(f"{count} from {len(rest)} other vendors")
        return ", ".join(phrases) or "nothing"

    def architectures(self, ids: Collection[str]) -> str:
        """One phrase without counts of models: "NVIDIA Ada … Rubin; all of AMD"; few chips of a vendor are named.

        Of an architecture that is there in part it says how many of how many; "nothing" for none.
        """
        wanted = frozenset(ids)
        pools = [list(rows) for _, rows in groupby(self.ordered, key=lambda row: row.vendor)]
        present = [([row for row in pool if row.id in wanted], pool) for pool in pools]
        present = sorted((pair for pair in present if pair[0]), key=lambda pair: -len(pair[0]))
        shown = present if len(present) <= self.limit + 1 else present[: self.limit]
        phrases = [_built(*pair) for pair in shown]
        if len(present) > len(shown):
            phrases.append(f"chips of {len(present) - len(shown)} other vendors")
        return "; ".join(phrases) or "nothing"


def untouched_vendors(groups: Iterable[Group]) -> str:
    """The vendors of which every chip is in the groups, each with its models counted: "AMD (20), Intel (9)"."""
    counts: Counter[str] = Counter()
    for group in groups:
        if group.untouched:
            counts[group.vendor] += group.models
    return ", ".join(f"{vendor} ({count})" for vendor, count in counts.items())


def made_for_china(catalogue: Iterable[Accelerator]) -> frozenset[str]:
    """The ids of the variants that a vendor makes for China beside others; where it makes no others, none is marked."""
    rows = tuple(catalogue)
    sold = {row.vendor for row in rows if row.facts.get("china_specific") is not True}
    return frozenset(row.id for row in rows if row.facts.get("china_specific") is True and row.vendor in sold)


def marked(name: str, chips: Collection[str], china: Collection[str]) -> str:
    """A family's name, with a mark where all of its chips are made for China."""
    return f"{name}{MARK}" if chips and frozenset(china).issuperset(chips) else name


def legend(*texts: str) -> tuple[str, ...]:
    """What the mark in some texts means; nothing where none has it."""
    return (LEGEND,) if any(MARK in text for text in texts) else ()


def spelled_out(text: str, catalogue: Iterable[Accelerator]) -> str:
    """The text without marks, and at its end which of its chips have one: what is quoted brings no legend."""
    rows = tuple(catalogue)
    china = made_for_china(rows)
    names = {name for row in rows if row.id in china for name in (row.family, family(row.name))}
    found = []
    for name in sorted(names, key=lambda name: (-len(name), name)):  # a longer name may end like a shorter one
        if f"{name}{MARK}" in text:
            found.append(name)
            text = text.replace(f"{name}{MARK}", name)
    return f"{text} Made for China: {', '.join(sorted(found))}." if found else text


def _marked(rows: tuple[Accelerator, ...]) -> tuple[Accelerator, ...]:
    """The rows by their families' names, those of variants made for China with a mark."""
    variants = made_for_china(rows)
    return tuple(replace(row, name=family(row.name) + (MARK if row.id in variants else "")) for row in rows)


def vendor_name(row: Accelerator) -> str:
    """The vendor's name as the vendor writes it; the catalogue's key where the row does not say."""
    return str(row.facts.get("vendor_name") or row.vendor)


def family(name: str) -> str:
    """A chip's name without form factor, memory size and remarks: "H100 SXM5 80GB" is an "H100"."""
    return VARIANT.sub("", name) or name


def _release(row: Accelerator) -> str:
    return str(row.facts.get("released") or "9999")


def _partly(name: str, seen: int, whole: int) -> str:
    return name if seen == whole else f"{name} ({seen} of {whole})"


def _phrase(chosen: list[Accelerator], pool: list[Accelerator]) -> str:
    """One vendor's part of a phrase: `chosen` rows out of its `pool`, both in reading order."""
    vendor, count = vendor_name(pool[0]), len(chosen)
    names, whole = (Counter(family(row.name) for row in rows) for rows in (chosen, pool))
    families = [_partly(name, seen, whole[name]) for name, seen in names.items()]
    if count <= FEW:
        return ", ".join(families)
    if count == len(pool):
        return f"all {count} {vendor}"
    architectures = _whole([row.architecture for row in chosen], [row.architecture for row in pool])
    segments = _whole([row.segment for row in chosen], [row.segment for row in pool])
    if architectures:
        return f"{count} {vendor} ({_span(architectures, [row.architecture for row in pool])})"
    if segments:
        return f"{count} {vendor} ({', '.join(segments)})"
    parts = Counter(row.architecture for row in chosen)
    parts_named = families if len(parts) == 1 else [f"{seen} {name}" for name, seen in parts.items()]
    return f"{count} {vendor} ({', '.join(parts_named)})"


def _built(chosen: list[Accelerator], pool: list[Accelerator]) -> str:
    """One vendor's part of a phrase about architectures."""
    vendor = vendor_name(pool[0])
    if len(chosen) == len(pool) and len(chosen) > FEW:
        return f"all of {vendor}"
    if len(chosen) <= FEW:
        return _phrase(chosen, pool)
    have, all_ = (Counter(row.architecture for row in rows) for rows in (chosen, pool))
    spanned = _whole([row.architecture for row in chosen], [row.architecture for row in pool])
    if spanned:
        named = _span(spanned, [row.architecture for row in pool]).split(", ")
    else:
        named = [name if count == all_[name] else f"{name} ({count} of {all_[name]})" for name, count in have.items()]
    more = f" and {len(named) - MOST} more" if len(named) > MOST + 1 else ""
    return f"{vendor} {', '.join(named[:MOST] if more else named)}{more}"


def _whole(chosen: list[str], pool: list[str]) -> list[str]:
    """The distinct labels of `chosen` when it holds each of them completely, else nothing."""
    have, all_ = Counter(chosen), Counter(pool)
    return list(have) if all(all_[label] == count for label, count in have.items()) else []


def _span(labels: list[str], pool: list[str]) -> str:
    """First and last label, "Kepler … Turing", where they are neighbours in the pool; else each of them."""
    order = list(dict.fromkeys(pool))
    start = order.index(labels[0])
    neighbours = order[start : start + len(labels)] == labels
    return f"{labels[0]} … {labels[-1]}" if neighbours and len(labels) >= FEW else ", ".join(labels)

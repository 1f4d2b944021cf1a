"""Which model lines do people name? The catalogue by family: rows that differ in memory or form alone are one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from chipsieve.catalogue.accelerator import Accelerator


class Family(msgspec.Struct, frozen=True):
    """A model line: its id (`v100`), what people call it, its accelerators' ids, and when the first came out.

    `announced` and `released` are "" where nobody knows. `professional` says that it is made for data centres or
    clouds, `nodes` how many devices the machines have in which it is sold, () where nobody knows.
    """

    id: str
    name: str
    vendor: str
    accelerators: tuple[str, ...]
    released: str
    professional: bool
    announced: str = ""
    nodes: tuple[int, ...] = ()


def families_of(accelerators: Iterable[Accelerator]) -> tuple[Family, ...]:
    """The families of some accelerators, in their order."""
    rows: defaultdict[str, list[Accelerator]] = defaultdict(list)
    for chip in accelerators:
        rows[chip.family].append(chip)
    return tuple(_family(name, several) for name, several in rows.items())


def _family(name: str, rows: list[Accelerator]) -> Family:
    days = {
        key: min((str(day) for chip in rows if (day := chip.facts.get(key))), default="")
        for key in ("announced", "released")
    }
    nodes = {int(count) for chip in rows for count in str(chip.facts.get("node_devices") or "").split()}
    return Family(
        id=re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-"),
        name=name,
        vendor=rows[0].vendor,
        accelerators=tuple(chip.id for chip in rows),
        released=days["released"],
        professional=any(chip.segment in ("datacenter", "cloud-only") for chip in rows),
        announced=days["announced"],
        nodes=tuple(sorted(nodes)),
    )

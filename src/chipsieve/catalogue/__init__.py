"""Which accelerators are there, and what is known of each? The vendors' tables beside this module, read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.names import Names, normal, read_names
from chipsieve.catalogue.selection import choose
from chipsieve.catalogue.vendors import read_vendor
from chipsieve.sites import load_sites
from chipsieve.tables import TableError, load_toml, table_list, toml_tables

NAMES = "names"


class Catalogue(msgspec.Struct, frozen=True):
    """All accelerators by vendor and id, and what words mean them.

    `date` is the newest day on which facts were checked; `vendors` maps a vendor's slug to its name; `names` maps a
    chip's name (case folded, white space single) to accelerator ids.
    """

    accelerators: tuple[Accelerator, ...]
    date: str
    vendors: Mapping[str, str]
    names: Names
    by_id: Mapping[str, Accelerator]


@cache
def load_catalogue() -> Catalogue:
    """The shipped catalogue.

    Raises:
        TableError: a table does not follow docs/catalogue.md; the message names the file and suggests the fix.
    """
    files = dict(toml_tables("chipsieve.catalogue"))
    names = table_list("catalogue/names.toml", load_toml(files.pop(NAMES)), "name")
    sites = [{"words": [site.name], "accelerators": [*site.accelerators]} for site in load_sites()]
    return build_catalogue({stem: load_toml(file) for stem, file in files.items()}, {"name": [*names, *sites]})


def build_catalogue(vendors: Mapping[str, Mapping[str, object]], names: Mapping[str, object]) -> Catalogue:
    """The catalogue of some parsed vendor tables (by slug) and a parsed table of names.

    Raises:
        TableError: a table does not follow docs/catalogue.md, or two rows have one id.
    """
    found = [chip for slug, table in sorted(vendors.items()) for chip in read_vendor(slug, table)]
    by_id = {chip.id: chip for chip in sorted(found, key=lambda chip: (chip.vendor, chip.id))}
    if len(by_id) < len(found):
        twice = sorted({chip.id for chip in found if by_id[chip.id] is not chip})
        raise TableError(f"catalogue: accelerator ids used twice: {', '.join(twice)}")
    return Catalogue(
        accelerators=tuple(by_id.values()),
        date=max((chip.date for chip in found), default=""),
        vendors={chip.vendor: str(chip.facts["vendor_name"]) for chip in by_id.values()},
        names=read_names(names, tuple(by_id)),
        by_id=by_id,
    )


def chips_called(word: str) -> frozenset[str]:
    """The ids of the accelerators that a word means: an id of the catalogue, a name in its names' table, or a family.

    Raises:
        TableError: it means none; the message suggests the nearest word.
    """
    catalogue = load_catalogue()
    own = word.casefold()
    if own in catalogue.by_id:
        return frozenset({own})
    if word in catalogue.names:
        return catalogue.names[word]
    found = frozenset(chip.id for chip in catalogue.accelerators if normal(chip.family) == normal(word))
    if not found:
        raise TableError(
            f"no accelerator is called {word!r}; {_nearest(own, catalogue)}`chipsieve accelerators` lists them"
        )
    return found


def _nearest(word: str, catalogue: Catalogue) -> str:
    import difflib  # for messages alone, and slow to load

    known = [*catalogue.by_id, *catalogue.names]
    near = difflib.get_close_matches(word, known, n=1) or difflib.get_close_matches(normal(word), known, n=1)
    return f"did you mean {near[0]!r}? " if near else ""


def select(catalogue: Catalogue, where: Sequence[str]) -> tuple[Accelerator, ...]:
    """The accelerators that meet all conditions such as `vendor=nvidia,amd` or `memory_gb_at_least=80`.

    A fact that the catalogue does not know meets no condition. `target_at_least` binds NVIDIA's chips alone.

    Raises:
        TableError: a condition cannot be read; the message suggests the fix.
    """
    return choose(catalogue.accelerators, where, catalogue.names)

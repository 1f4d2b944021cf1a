"""Which accelerators are there, and what is known of each? The vendors' tables beside this module, read and checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import msgspec

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.names import Names, normal, read_names
from chipsieve.catalogue.selection import choose
from chipsieve.catalogue.vendors import read_vendor
from chipsieve.prepared import prepared
from chipsieve.sites import load_sites
from chipsieve.tables import TableError, did_you_mean, load_toml, table_list, toml_tables

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


class PreparedCatalogue(msgspec.Struct, frozen=True):
    """What is kept of a catalogue once it is read: the accelerators, and their names as `Names` takes them."""

    accelerators: tuple[Accelerator, ...]
    meant: dict[str, list[str]]
    words: list[str]


def to_prepare(catalogue: Catalogue) -> PreparedCatalogue:
    """A catalogue as it is kept."""
    meant = {word: sorted(ids) for word, ids in catalogue.names.items()}
    return PreparedCatalogue(catalogue.accelerators, meant, [*catalogue.names.words])


@cache
def load_catalogue() -> Catalogue:
    """The shipped catalogue.

    Raises:
        TableError: a table does not follow docs/catalogue.md; the message names the file and suggests the fix.
    """
    found = prepared("catalogue", PreparedCatalogue)
    return read_catalogue() if found is None else _catalogue(found.accelerators, Names(found.meant, found.words))


def read_catalogue() -> Catalogue:
    """The catalogue as its tables say now.

    Raises:
        TableError: as `load_catalogue`.
    """
    files = dict(toml_tables("catalogue"))
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
    return _catalogue(tuple(by_id.values()), read_names(names, tuple(by_id)))


def _catalogue(accelerators: tuple[Accelerator, ...], names: Names) -> Catalogue:
    return Catalogue(
        accelerators=accelerators,
        date=max((chip.date for chip in accelerators), default=""),
        vendors={chip.vendor: str(chip.facts["vendor_name"]) for chip in accelerators},
        names=names,
        by_id={chip.id: chip for chip in accelerators},
    )


def chips_called(word: str) -> frozenset[str]:
    """The ids of the accelerators that a word means.

    An id of the catalogue, a name in its names' table, a family, a vendor or an architecture: the first that it is.

    Raises:
        TableError: it means none; the message suggests what was meant perhaps.
    """
    return _called(load_catalogue(), word)


def _called(catalogue: Catalogue, word: str) -> frozenset[str]:
    own = word.casefold()
    if own in catalogue.by_id:
        return frozenset({own})
    if word in catalogue.names:
        return catalogue.names[word]
    for groups in _groups(catalogue):
        found = [chips for called, chips in groups.items() if normal(called) == normal(word)]
        if found:
            return frozenset().union(*found)
    families = (called for groups in _groups(catalogue) for called in groups)
    hint = did_you_mean(word, families) or did_you_mean(word, catalogue.names.words)
    raise TableError(f"no accelerator is called {word!r}; {hint and f'{hint} '}`chipsieve accelerators` lists them")


def _groups(catalogue: Catalogue) -> Iterator[Mapping[str, frozenset[str]]]:
    """The ids of the accelerators by family, then by vendor, then by architecture."""
    kinds: tuple[Callable[[Accelerator], Sequence[str]], ...] = (
        lambda chip: (chip.family,),
        lambda chip: (chip.vendor, catalogue.vendors[chip.vendor]),
        lambda chip: (chip.architecture,),
    )
    for kind in kinds:
        groups: defaultdict[str, set[str]] = defaultdict(set)
        for chip in catalogue.accelerators:
            for called in kind(chip):
                groups[called].add(chip.id)
        yield {called: frozenset(chips) for called, chips in groups.items()}


def select(catalogue: Catalogue, where: Sequence[str]) -> tuple[Accelerator, ...]:
    """The accelerators that meet all conditions such as `vendor=nvidia,amd` or `memory_gb_at_least=80`.

    A fact that the catalogue does not know meets no condition. `target_at_least` binds NVIDIA's chips alone.

    Raises:
        TableError: a condition cannot be read; the message suggests the fix.
    """
    return choose(catalogue.accelerators, where, lambda word: _called(catalogue, word))

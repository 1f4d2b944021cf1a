"""Where does a tree speak of a vendor? Its first line that does, in the file that people read first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from chipsieve.facts.mentions import mentioned, words_of
from chipsieve.facts.reading import Reading
from chipsieve.sources.contents import Tree

LOOKED_AT = 3  # files of one vendor that are looked at; a phrase may stand on two lines of the first


class Spoken(msgspec.Struct, frozen=True):
    """A vendor of whom a tree speaks, and the first place: `path:line`, the path alone where no line shows it.

    `shared_with` are the vendors of whom the same line speaks: ROCm is a word of AMD's and of Hygon's.
    """

    vendor: str
    at: str
    shared_with: tuple[str, ...] = ()


def spoken_of(tree: Tree, readings: Sequence[Reading], vendors: Iterable[str]) -> tuple[Spoken, ...]:
    """Each vendor with the first line that speaks of it; of whom only names of files speak, nothing is shown."""
    ordered = sorted(readings, key=lambda reading: _order(reading.path))
    return tuple(one for vendor in sorted(vendors) for one in _first(tree, ordered, vendor))


def _first(tree: Tree, readings: Iterable[Reading], vendor: str) -> Iterator[Spoken]:
    paths = dict.fromkeys(one.origin or one.path for one in readings if vendor in one.mentions)
    for path in list(paths)[:LOOKED_AT]:
        text = tree.text(path)
        for number, line in enumerate(text.splitlines() if isinstance(text, str) else (), 1):
            found = mentioned(line, words_of(line))
            if vendor in found:
                yield Spoken(vendor, f"{path}:{number}", tuple(sorted(found - {vendor})))
                return
    if paths:
        yield Spoken(vendor, next(iter(paths)))


def _order(path: str) -> tuple[int, bool, str]:
    """Files in the order in which people read them: those at the top first, and of these the README."""
    return path.count("/"), not path.casefold().startswith("readme"), path

"""What is a bomb? A tree of texts made to cost whoever reads it, at full size near the limits of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

Texts = Mapping[str, str | bytes]
"""What stands in a tree's files, by path."""
Make = Callable[[float], Texts]


class Bomb(NamedTuple):
    """A tree made to hurt: its name, what kind of input it is, what it holds, and what makes it at a size of 0 to 1."""

    name: str
    kind: str
    says: str
    make: Make
    lay: Callable[[Path], None] | None = None

    def written(self, root: Path, size: float = 1) -> Path:
        """The tree at `root`."""
        root.mkdir(parents=True, exist_ok=True)
        for name, text in self.make(size).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
        if self.lay:
            self.lay(root)
        return root


BOMBS: dict[str, Bomb] = {}


def bomb(kind: str, lay: Callable[[Path], None] | None = None) -> Callable[[Make], Make]:
    """Register what makes a bomb of a kind; `lay` puts what is no text into its folder."""

    def register(make: Make) -> Make:
        name = make.__name__.replace("_", "-")
        BOMBS[name] = Bomb(name, kind, (make.__doc__ or "").strip(), make, lay)
        return make

    return register


def many(size: float, whole: int, least: int = 2) -> int:
    """How many of something a bomb of some size holds of which the whole one holds `whole`."""
    return max(least, round(size * whole))


def until(size: float, characters: int, item: str) -> int:
    """How many items fill that share of so many characters."""
    return many(size, characters // len(item))

"""Which file of the tree does this text name? An index over all readings."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from chipsieve.model import Import, Reading

ROOT = "${root}/"  # how a path below the scanned root is written once it is known
HOLE = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\$[@*\w]+|`[^`]*`")


def above(folder: str) -> tuple[str, ...]:
    """A folder of the tree and all that hold it, the root ("") last; the root alone for a path from elsewhere."""
    parts = [] if folder.startswith("/") or HOLE.search(folder) else [part for part in folder.split("/") if part]
    return tuple("/".join(parts[:size]) for size in range(len(parts), -1, -1))


def known(text: str) -> bool:
    """Whether nothing in a resolved text stayed unknown."""
    return HOLE.search(text.removeprefix(ROOT)) is None


class Tree:
    """All readings by path, and the ways in which a script may name them."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        """Index the readings; of two with one path the first, which is the file itself, stays."""
        self.readings: dict[str, Reading] = {}
        for reading in readings:
            self.readings.setdefault(reading.path, reading)
        self._modules: dict[tuple[str, tuple[str, ...]], str | None] = {}
        self._imports: dict[tuple[str, tuple[str, ...]], list[tuple[Import, list[str]]]] = {}
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        for path in self.readings:
            self._by_name[posixpath.basename(path)].append(path)

    def find(self, text: str, bases: Sequence[str]) -> str | None:
        """The path that `text` names, seen from each base folder in turn, else by a unique ending.

        Absolute paths and paths that begin with something unknown (`${CODE}/train.py`) are matched by
        their ending, the nearest to the first base where several fit equally.
        """
        text = text.strip().removeprefix("file://")
        if not text or text.startswith("-") or "\n" in text:
            return None
        if text.startswith(ROOT):
            bases, text = ("",), text.removeprefix(ROOT)
        if not text.startswith("/") and not HOLE.match(text):
            for base in bases:
                path = posixpath.normpath(posixpath.join(base, text))
                if path in self.readings:
                    return path
        return self._by_ending(HOLE.split(text)[-1], bases[0] if bases else "")

    def _by_ending(self, tail: str, near: str) -> str | None:
        parts = [part for part in tail.split("/") if part not in ("", ".", "..")]
        if not parts:
            return None
        for size in range(len(parts), 0, -1):
            ending = "/".join(parts[-size:])
            fits = [path for path in self._by_name.get(parts[-1], ()) if f"/{path}".endswith(f"/{ending}")]
            if fits:
                return _nearest(fits, near)
        return None

    def module(self, name: str, bases: Sequence[str]) -> str | None:
        """The file of a module by its dotted name, seen from each base folder: `a/b.py`, `a/b/__init__.py`."""
        key = (name, tuple(bases))
        if key not in self._modules:
            self._modules[key] = self._module(name, bases)
        return self._modules[key]

    def _module(self, name: str, bases: Sequence[str]) -> str | None:
        stem = name.replace(".", "/")
        for base in bases:
            for ending in (f"{stem}.py", f"{stem}/__main__.py", f"{stem}/__init__.py"):
                path = posixpath.normpath(posixpath.join(base, ending))
                if path in self.readings:
                    return path
        return None

    def imports(self, path: str, bases: tuple[str, ...]) -> list[tuple[Import, list[str]]]:
        """The import statements of a file, each with the files that it loads; worked out once."""
        key = (path, bases)
        if key not in self._imports:
            items = self.readings[path].imports
            pairs = ((item, self.imported(path, item, bases)) for item in items)
            self._imports[key] = [pair for pair in pairs if pair[1]]
        return self._imports[key]

    def imported(self, path: str, item: Import, bases: Sequence[str]) -> list[str]:
        """The files that an import statement of `path` loads, packages' `__init__` included."""
        here = posixpath.dirname(path)
        if item.level:
            for _ in range(item.level - 1):
                here = posixpath.dirname(here)
            bases = (here,)
        else:
            bases = (here, *bases)
        names = [item.module, *(f"{item.module}.{name}".strip(".") for name in item.names)]
        found = [self.module(name, bases) for name in names if name]
        return sorted({file for file in found if file} | self._packages(found))

    def _packages(self, found: Iterable[str | None]) -> set[str]:
        inits = {f"{posixpath.dirname(file)}/__init__.py" for file in found if file}
        return {path for path in inits if path in self.readings}


def _nearest(paths: list[str], near: str) -> str | None:
    """The one path that shares most leading folders with `near`; None when several share as many."""

    def shared(path: str) -> int:
        return len([part for part in posixpath.commonpath([f"/{near}", f"/{path}"]).split("/") if part])

    best = max(shared(path) for path in paths)
    nearest = [path for path in paths if shared(path) == best]
    return nearest[0] if len(nearest) == 1 else None

"""Which file of the tree does this text name? An index over all readings."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from chipsieve.facts.reading import Import, Reading
from chipsieve.facts.words import Resolved
from chipsieve.sources.languages import Nature, nature_of

ON_COMMAND_LINES = ("flag", "directive")  # kinds of fact that a command line states itself


def above(folder: str) -> tuple[str, ...]:
    """A folder of the tree and all that hold it, the root ("") last; the root alone for a path from elsewhere."""
    parts = [] if folder.startswith("/") else [part for part in folder.split("/") if part]
    return tuple("/".join(parts[:size]) for size in range(len(parts), -1, -1))


class Installed(NamedTuple):
    """A program that the tree's package puts on the path: the file that it runs, and the function there ("": all)."""

    path: str
    function: str


class FileIndex:
    """All readings by path, and the ways in which a script may name them."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        """Index the readings; of two with one path the first, which is the file itself, stays."""
        self.readings: dict[str, Reading] = {}
        for reading in readings:
            self.readings.setdefault(reading.path, reading)
        self._endings: dict[str, Mapping[str, list[list[str]]]] = {}
        self._asked_lines: dict[str, list[int]] = {}
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        self._by_folder: defaultdict[str, list[str]] = defaultdict(list)
        for path in self.readings:
            self._by_name[posixpath.basename(path)].append(path)
            self._by_folder[posixpath.dirname(path)].append(path)
        self._modules_in = _modules_in(path for path in self.readings if path.endswith(".py"))

    def asked_lines(self, script: str) -> list[int]:
        """The lines of a script on which a command line states what signals ask for, sorted."""
        if script not in self._asked_lines:
            facts = self.readings[script].facts
            self._asked_lines[script] = sorted(fact.span.line for fact in facts if fact.kind in ON_COMMAND_LINES)
        return self._asked_lines[script]

    def nature(self, path: str) -> Nature | None:
        """What a file of the tree is, whatever its syntax: code, a script, settings."""
        return nature_of(self.readings[path].language)

    @cached_property
    def installed(self) -> Mapping[str, Installed]:
        """The programs that the tree's packages install, by name; of two with one name the one nearer to the root."""
        found: dict[str, Installed] = {}
        for path in sorted(self.readings, key=lambda path: (path.count("/"), path)):
            folder = posixpath.dirname(path)
            for one in self.readings[path].programs:
                bases = dict.fromkeys((folder, posixpath.join(folder, "src"), posixpath.join(folder, "python")))
                file = self.module(one.module, bases) if one.module else self.find(one.path, (folder,))
                if file:
                    found.setdefault(one.name, Installed(file, one.function))
        return found

    def beside(self, name: str, path: str) -> str | None:
        """The entry of this name in a file's package: in its folder, else the nearest one in or around that."""
        package = path.partition("/")[0]
        beside = posixpath.join(posixpath.dirname(path), name)
        found = beside if beside in self.readings else self._by_ending(name, posixpath.dirname(path))
        return found if found and (self.readings[found].entry or found.partition("/")[0] == package) else None

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(folder for path in self._by_folder for folder in above(path))

    def folder(self, path: str) -> str | None:
        """The folder of the tree that a path means; one that starts outside (`cd REPO/sub`) by its longest ending."""
        parts = [part for part in posixpath.normpath(path).split("/") if part not in ("", ".")]
        tails = ("/".join(parts[start:]) for start in range(len(parts)))
        return next((tail for tail in tails if tail in self._folders), None)

    def inside(self, folder: str) -> Sequence[str]:
        """The files that lie in a folder itself, in the readings' order."""
        return self._by_folder.get(folder, ())

    def named(self, word: Resolved, bases: Sequence[str]) -> str | None:
        """The path that a word of a command line names; one that begins below the scanned root is seen from there.

        Of a word of which something stayed unknown (`${CODE}/train.py`) the ending counts.
        """
        seen = ("",) if word.root_at == 0 else bases
        begins_known = not word.unknown or word.unknown[0][0] > 0
        return self.find(word.text, seen, ending=word.tail, plain=begins_known)

    def find(self, text: str, bases: Sequence[str], *, ending: str | None = None, plain: bool = True) -> str | None:
        """The path that `text` names, seen from each base folder in turn, else by a unique ending.

        Absolute paths, and those of which only the `ending` is known, are matched by their ending, the nearest to
        the first base where several fit equally; of files that an absolute path may mean, the one at the root, for the
        folder that holds it elsewhere is the whole tree.
        """
        text = text.strip().removeprefix("file://")
        if not text or text.startswith("-") or "\n" in text:
            return None
        if plain and not text.startswith("/"):
            for base in bases:
                path = posixpath.normpath(posixpath.join(base, text))
                if path in self.readings:
                    return path
        tail, near = text if ending is None else ending.strip(), bases[0] if bases else ""
        return self._by_ending(tail, near, absolute=text.startswith("/"))

    def fitting(self, word: Resolved, bases: Sequence[str]) -> list[tuple[str, str]]:
        """The files in one folder that a name may mean of which one thing is unknown, each with what fills that in.

        The folder is the first, seen from the bases, that has any; the thing is no whole name with its ending.
        """
        if len(word.unknown) != 1:
            return []
        start, end = word.unknown[0]
        before, after = word.text[:start], word.text[end:]
        if "/" in after or not re.search(r"\w", before):
            return []
        for base in bases:
            head = posixpath.normpath(posixpath.join(base, before + "x"))[:-1]
            inside = self.inside(posixpath.dirname(head))
            found = [path for path in inside if path.startswith(head) and path.endswith(after)]
            if found:
                return [(path, path[len(head) : len(path) - len(after)]) for path in sorted(found)]
        return []

    def ending(self, text: str, near: str) -> str | None:
        """The path that ends with a whole text of known parts, where it is one, or one that lies nearest."""
        parts = _named_parts(text)
        fits = self._places(parts[-1]).get("/".join(parts)) if parts else None
        return nearest(fits, near) if fits else None

    def _by_ending(self, tail: str, near: str, *, absolute: bool = False) -> str | None:
        """The file with the longest ending that the tree has, where it is one, or one that lies nearest.

        Of several that are equally near, an `absolute` name means the one at the root, if that is one of them.
        """
        parts = _named_parts(tail)
        places = self._places(parts[-1]) if parts else {}
        endings = ("/".join(parts[start:]) for start in range(len(parts)))
        fits = next((places[ending] for ending in endings if ending in places), None)
        if fits is None:
            return None
        found = nearest(fits, near)
        return parts[-1] if found is None and absolute and parts[-1:] in fits else found

    def _places(self, name: str) -> Mapping[str, list[list[str]]]:
        """The files of one name, as their parts in order, by every ending that names them; indexed when asked for."""
        if name not in self._by_name:
            return {}
        if name not in self._endings:
            by_ending: defaultdict[str, list[list[str]]] = defaultdict(list)
            for parts in sorted(path.split("/") for path in self._by_name[name]):
                for start in range(len(parts)):
                    by_ending["/".join(parts[start:])].append(parts)
            self._endings[name] = by_ending
        return self._endings[name]

    def modules_in(self, folder: str) -> AbstractSet[str]:
        """The names with which a module's dotted name may begin, seen from a folder: of files and of folders."""
        return self._modules_in.get(folder, frozenset())

    def roots(self, bases: Iterable[str]) -> tuple[str, ...]:
        """Those of some folders, as the tree writes them, from which any module can be seen."""
        folders = dict.fromkeys("" if base in ("", ".") else posixpath.normpath(base) for base in bases)
        return tuple(folder for folder in folders if folder in self._modules_in)

    def module(self, name: str, bases: Iterable[str]) -> str | None:
        """The file of a module by its dotted name, seen from each base folder: `a/b.py`, `a/b/__init__.py`."""
        stem = name.replace(".", "/")
        first = stem.partition("/")[0]
        for root in self.roots(bases):
            for ending in (f"{stem}.py", f"{stem}/__main__.py", f"{stem}/__init__.py"):
                path = posixpath.normpath(posixpath.join(root, ending))
                if first in self._modules_in[root] and path in self.readings:
                    return path
        return None

    def imported(self, path: str, item: Import, bases: Sequence[str]) -> list[str]:
        """The files that an import statement of `path` loads, packages' `__init__` included."""
        here = posixpath.dirname(path)
        for _ in range(item.level - 1):
            here = posixpath.dirname(here)
        found = [self.module(name, (here,) if item.level else (here, *bases)) for name in modules_of(item)]
        return sorted({file for file in found if file} | self._packages(found))

    def _packages(self, found: Iterable[str | None]) -> set[str]:
        inits = {f"{posixpath.dirname(file)}/__init__.py" for file in found if file}
        return {path for path in inits if path in self.readings}


def modules_of(item: Import) -> list[str]:
    """The modules that an import statement may load: its own, and each name that it takes may be one."""
    names = [item.module, *(f"{item.module}.{name}".strip(".") for name in item.names)]
    return [name for name in names if name]


def _named_parts(path: str) -> list[str]:
    """The folders and the file that a path names, without those that only say how to get there."""
    return [part for part in path.split("/") if part not in ("", ".", "..")]


def _modules_in(paths: Iterable[str]) -> Mapping[str, set[str]]:
    """By folder, the names of the modules in it and of the folders that hold any."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        folder, name = posixpath.split(path.removesuffix(".py"))
        while name and name not in names[folder]:
            names[folder].add(name)
            folder, name = posixpath.split(folder)
    return names


def nearest(places: Sequence[list[str]], near: str) -> str | None:
    """Of files in the order of their parts, the one that shares most leading folders with `near`; None of several.

    What shares most stands beside the place that `near` itself would have in the order.
    """
    folders = [part for part in near.split("/") if part not in ("", ".")]
    at = bisect(places, folders)
    beside = [(_shared(parts, folders), parts) for parts in places[max(at - 2, 0) : at + 2]]
    most = max(shared for shared, _ in beside)
    best = [parts for shared, parts in beside if shared == most]
    return "/".join(best[0]) if len(best) == 1 else None


def _shared(parts: Iterable[str], folders: Iterable[str]) -> int:
    """How many leading parts are the same."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(parts, folders, strict=False))))

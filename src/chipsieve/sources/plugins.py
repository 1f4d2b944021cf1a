"""Which readers are installed? Entry points of our group, as `importlib.metadata` finds them, in a tenth of its time.

Loading that takes longer than reading most files, and it opens every file through layers of objects.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import NamedTuple

GROUP = "chipsieve.readers"
FILE = "entry_points.txt"
ENDINGS = (".dist-info", ".egg-info")
SECTION = re.compile(rf"^\[{re.escape(GROUP)}\][ \t]*$([^\[]*)", re.MULTILINE)
POINT = re.compile(r"^\s*(?P<name>[^#;=\s][^=]*?)\s*=\s*(?P<value>[\w.]+)", re.MULTILINE)


class Plugin(NamedTuple):
    """A reader that is registered: its name, and the module that is one."""

    name: str
    value: str

    def load(self) -> object:
        """The module; raises whatever goes wrong in it."""
        return import_module(self.value)


def installed(path: Sequence[str] | None = None) -> list[Plugin]:
    """The registered readers of all distributions on a path, by default Python's own, sorted by name."""
    folders = sys.path if path is None else path
    if any(os.path.isfile(folder) for folder in folders):  # noqa: PTH113 - a zip file: rare, and its own affair
        return _by_the_library(folders)
    return sorted(Plugin(*point) for text in _texts(folders) for point in _points(text))


def _texts(folders: Iterable[str]) -> Iterator[str]:
    """The entry points of every distribution; of two of one name the first on the path counts."""
    seen: set[str] = set()
    for folder in dict.fromkeys(folders):
        try:
            names = os.listdir(folder or ".")  # noqa: PTH208 - paths by the hundred
        except OSError:
            continue
        for name in names:
            distribution = re.sub(r"[-_.]+", "-", name.partition("-")[0]).casefold()
            if name.endswith(ENDINGS) and distribution not in seen:
                seen.add(distribution)
                try:
                    with open(os.path.join(folder, name, FILE), encoding="utf-8") as stream:  # noqa: PTH118, PTH123
                        yield stream.read()
                except (OSError, UnicodeDecodeError):
                    continue


def _points(text: str) -> Iterator[tuple[str, str]]:
    for section in SECTION.findall(text) if GROUP in text else ():
        yield from POINT.findall(section)


def _by_the_library(path: Sequence[str]) -> list[Plugin]:
    from importlib.metadata import distributions

    found = {one.name: one for one in reversed([*distributions(path=list(path))])}
    points = (point for one in found.values() for point in one.entry_points if point.group == GROUP)
    return sorted(Plugin(point.name, point.module) for point in points)

"""Which configurations does a tree hold, and which of them may a name mean of which something is unknown?"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from chipsieve.link.file_index import FileIndex
from chipsieve.link.tree_files import NOT_CONFIGS

ENDINGS = (".yaml", ".yml", ".json", ".toml", ".gin", ".py", ".cfg", ".conf", ".ini", ".jsonnet")
CONFIG_FOLDER = re.compile(r"(?:configs?|cfgs?|confs?|recipes|yamls?|experiments?|hparams)")


class ConfigFiles:
    """The configurations of one tree; what is asked for is found once, for all runs."""

    def __init__(self, index: FileIndex) -> None:
        """Look at the files of one tree when something is asked for."""
        self.index = index
        self._fitting: dict[tuple[str, tuple[str, ...]], Sequence[str]] = {}
        self._in_folders: dict[str, Sequence[str]] = {}

    @cached_property
    def _by_depth(self) -> Mapping[int, Sequence[str]]:
        """The configurations, sorted, by how many folders they lie deep."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for path in sorted(self.index.readings):
            if path.endswith(ENDINGS) and self.config(path):
                found[path.count("/")].append(path)
        return found

    def config(self, path: str | None) -> str | None:
        """The path, where it is one that a program may read as its configuration."""
        return path if path and self.index.nature(path) not in NOT_CONFIGS else None

    def inside(self, folder: str) -> list[str]:
        """The configurations that lie in a folder itself."""
        paths = self.index.inside("" if folder == "." else folder)
        return sorted(path for path in paths if path.endswith(ENDINGS) and self.config(path))

    def whole(self, text: str, bases: Sequence[str]) -> str | None:
        """The file that a name means as a whole: seen from a base, or as the ending of the only path that has it."""
        for base in bases:
            path = posixpath.normpath(posixpath.join(base, text))
            if path in self.index.readings:
                return self.config(path)
        return self.config(self.index.ending(text, bases[0] if bases else ""))

    def fitting(self, pattern: str, bases: tuple[str, ...]) -> Sequence[str]:
        """The configurations that a pattern fits, seen from the first base with any."""
        if (pattern, bases) not in self._fitting:
            seen = (self._seen_from(base, pattern) for base in bases)
            self._fitting[pattern, bases] = next((found for found in seen if found), ())
        return self._fitting[pattern, bases]

    def _seen_from(self, base: str, pattern: str) -> list[str]:
        whole = posixpath.normpath(posixpath.join(base, pattern))
        folder = posixpath.dirname(whole)
        paths = self._by_depth.get(whole.count("/"), ()) if "*" in folder else self.inside(folder)
        return [path for path in paths if fnmatchcase(path, whole)]

    def in_config_folders(self, bases: Sequence[str]) -> Sequence[str]:
        """The configurations in folders that are called so, below the first base that has such a folder."""
        found = (self._in_config_folders("" if base == "." else base) for base in bases)
        return next((paths for paths in found if paths), ())

    def _in_config_folders(self, base: str) -> Sequence[str]:
        if base not in self._in_folders:
            below = f"{base}/" if base else ""
            paths = (path for paths in self._by_depth.values() for path in paths if path.startswith(below))
            self._in_folders[base] = sorted(path for path in paths if in_config_folder(path.removeprefix(below)))
        return self._in_folders[base]

    def outermost(self, paths: Iterable[str]) -> list[str]:
        """Those of some configurations on which no other of them builds."""
        found = [path for path in paths if not posixpath.basename(path).startswith("_")]
        names = {posixpath.basename(item.text) for path in found for item in self.index.readings[path].references}
        return [path for path in found if posixpath.basename(path) not in names]


def in_config_folder(path: str) -> bool:
    """Whether a file lies in a folder for configurations."""
    return any(map(CONFIG_FOLDER.fullmatch, posixpath.dirname(path).split("/")))

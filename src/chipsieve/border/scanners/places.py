"""Where in the tree is the file that a report names? Reports are hostile: nothing outside the tree is looked at."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from chipsieve.border.scanners.results import Units
from chipsieve.sources.contents import Tree

ENCODINGS = {"bytes": "utf-8", "utf-16": "utf-16-le"}
UNIT_SIZE = {"bytes": 1, "utf-16": 2}


def plain_path(text: str) -> str:
    """The path that a path or a URI reference writes, with `/` and without `.` and `..` inside."""
    if text.startswith("file:"):
        text = unquote(urlsplit(text).path, errors="surrogateescape")
    elif "%" in text:
        text = unquote(text, errors="surrogateescape")
    return posixpath.normpath(text.replace("\\", "/")) if text else ""


class Places:
    """Finds report's paths in one tree; with none, takes them as they are written."""

    def __init__(self, tree: Tree | None) -> None:
        """`tree` is what was scanned."""
        self.tree = tree
        self.find = lru_cache(maxsize=None)(self._find)

    def _find(self, text: str) -> str | None:
        """The path in the tree, None where it leads out of it or to no file."""
        path = plain_path(text)
        if self.tree is None:
            inside = path.lstrip("/") if path.startswith("/") else path
            return inside if inside and not inside.startswith("..") else None
        return next((name for name in self._candidates(path, self.tree.folder) if self.tree.holds(name)), None)

    def _candidates(self, path: str, folder: Path) -> Iterator[str]:
        """What a path may mean: in the tree, from the working folder, or below a folder called as the tree's."""
        if not path.startswith("/"):
            yield path
        absolute = posixpath.normpath(posixpath.join(Path.cwd().as_posix(), path))
        if absolute.startswith(f"{folder.as_posix()}/"):
            yield absolute.removeprefix(f"{folder.as_posix()}/")
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part == folder.name:
                yield "/".join(parts[place + 1 :])


def code_point_column(line: str, column: int, units: Units) -> int:
    """A column counted in other units as one counted in code points; one past the line's end stays there."""
    if units == "code points" or column < 1 or line.isascii():
        return column
    data = line.encode(ENCODINGS[units], errors="surrogatepass")
    return len(data[: (column - 1) * UNIT_SIZE[units]].decode(ENCODINGS[units], errors="ignore")) + 1

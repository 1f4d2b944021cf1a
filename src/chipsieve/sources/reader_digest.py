"""What does a reading depend on, beside the text? The code of the readers, their tables, and the libraries they use.

The code is that of the readers' packages and of every module of ours that they import, found by following the
imports in their texts: nothing has to be loaded to know that it is the same as in an earlier run.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path

from chipsieve.sources.plugins import GROUP

OWN = "chipsieve"
GUARD = "chipsieve.sources.readers"  # it puts together what the readers say
IMPORT = re.compile(rb"^([ \t]*)(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|.+)|import[ \t]+(.+))", re.MULTILINE)
NAME = re.compile(rb"[\w.]+")
TABLE = re.compile(rb'"([\w-]+\.toml)"')


@cache
def reader_digest() -> bytes:
    """A digest of all but texts and vocabulary that readings depend on: code, tables, libraries, Python."""
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    digest = hashlib.sha256(repr((sys.version_info[:2], list(_libraries(points)))).encode())
    for data in sorted(files_read_with(points).values()):
        digest.update(len(data).to_bytes(8) + data)
    return digest.digest()


def files_read_with(points: Iterable[EntryPoint]) -> Mapping[str, bytes]:
    """Every file on which readings depend: its path to its content."""
    packages = {point.module.partition(".")[0] for point in points} - {OWN}
    known = _modules(OWN)
    waiting = [GUARD]
    for package in sorted(packages):  # whole, for some modules are loaded by a name that stands in no import
        theirs = _modules(package)
        known |= theirs
        waiting += theirs
    files: dict[str, bytes] = {}
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module not in known or module in seen:
            continue
        seen.add(module)
        files[known[module]] = text = Path(known[module]).read_bytes()
        files |= _tables(Path(known[module]).parent, text)
        waiting += [module.rpartition(".")[0], *_imported(text, at_top=module == OWN)]
    return files


def _modules(package: str) -> dict[str, str]:
    """The modules of a top package by name, with their files; none of one that is not there. Nothing is loaded."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return {}
    if not spec.submodule_search_locations:
        return {package: spec.origin}
    found = {}
    home = os.path.dirname(spec.origin)  # noqa: PTH120 - hundreds of paths are made in each run
    for folder, folders, files in os.walk(home):
        folders[:] = [name for name in folders if name.isidentifier()]
        below = package + folder[len(home) :].replace(os.sep, ".")
        for file in files:
            if file.endswith(".py"):
                found[f"{below}.{file[:-3]}".removesuffix(".__init__")] = f"{folder}{os.sep}{file}"
    return found


def _imported(text: bytes, *, at_top: bool) -> Iterator[str]:
    """What a module imports: modules, and names that may be modules; `at_top`, only where nothing is indented.

    That is for our topmost module, which imports the whole program when somebody asks for it.
    """
    for indent, base, names, modules in IMPORT.findall(text):
        if not (at_top and indent):
            if base:
                yield base.decode()
            for name in NAME.findall(names or modules):
                yield (base + b"." + name if base else name).decode()


def _tables(folder: Path, text: bytes) -> Iterator[tuple[str, bytes]]:
    """The tables that a module names, which lie beside it or in our topmost folder."""
    for name in TABLE.findall(text):
        for home in (folder, Path(__file__).parents[1]):
            file = home / name.decode()
            if file.is_file():
                yield str(file), file.read_bytes()


def _libraries(points: Iterable[EntryPoint]) -> Iterator[tuple[str, str]]:
    """The distributions that offer readers and those that these require, with their versions."""
    distributions = {point.dist.name: point.dist for point in points if point.dist}
    for name, distribution in sorted(distributions.items()):
        yield name, distribution.version
        for required in _required(distribution):
            try:
                yield required, version(required)
            except PackageNotFoundError:
                yield required, ""


def _required(distribution: Distribution) -> list[str]:
    wanted = (line for line in distribution.requires or () if "extra ==" not in line)
    return sorted(re.match(r"[\w.-]*", line)[0] for line in wanted)  # type: ignore[index]  # it matches anything

"""What does a reading depend on, beside the text? The readers' code, the libraries they parse with, and signals.

A signal matters to a text only where the text holds its words, so that a signal that changes touches few readings.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path

from chipsieve.facts.mentions import words_of
from chipsieve.match.table import BY_PATTERN
from chipsieve.signals.signal import Row, Signal

READERS = "chipsieve.sources.readersers"  # the entry point group
OWN = "chipsieve"
UNREAD = frozenset(
    {"api.py", "check.py", "configuration.py", "export_controls.toml", "fail.py", "launchers.toml", "policies.toml"}
)  # modules of ours that no reading depends on
FOLDERS = ("facts", "match", "signals", "sources")  # packages of ours whose modules readings depend on
PIECE = re.compile(r"[a-z0-9]+")
LITERAL_KINDS = ("env", "flag", "key", "name", "call", "import", "pin", "directive", *BY_PATTERN)


@cache
def code() -> bytes:
    """A digest of all but texts and signals that readings depend on: readers, tables, libraries, Python."""
    points = sorted(entry_points(group=READERS), key=lambda point: (point.name, point.value))
    digest = hashlib.sha256(repr((sys.version_info[:2], list(_libraries(points)))).encode())
    for package in (OWN, *packages(points)):
        for name, data in sorted(modules(package)):
            digest.update(name.encode() + b"\0" + data)
    return digest.digest()


def packages(points: Iterable[EntryPoint]) -> list[str]:
    """The top packages of readers, whoever wrote them."""
    return sorted({point.module.partition(".")[0] for point in points} - {OWN})


def modules(package: str) -> Iterator[tuple[str, bytes]]:
    """The files of a package that readings depend on, by their path in it; nothing of one that is not there."""
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    if folders is None:
        single = Path(spec.origin) if spec and spec.origin else None
        yield from [(single.name, single.read_bytes())] if single and single.is_file() else []
        return
    for folder in map(Path, folders):
        for file in folder.rglob("*.py"):
            if package != OWN or _read_by(file.relative_to(folder)):
                yield file.relative_to(folder).as_posix(), file.read_bytes()
        yield from ((file.name, file.read_bytes()) for file in folder.glob("*.toml") if file.name not in UNREAD)


def _read_by(file: Path) -> bool:
    """Whether readings depend on a module of our own package."""
    return file.name not in UNREAD if len(file.parts) == 1 else file.parts[0] in FOLDERS


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


class Relevance:
    """Which signals may match in a text, told by its words."""

    def __init__(self, signals: Mapping[str, Signal]) -> None:
        """Index the words of the signals' rows; a row without any may match anywhere."""
        self._digests = {
            signal.id: hashlib.sha256(repr((signal.id, signal.rows)).encode()).digest() for signal in signals.values()
        }
        self._always: set[str] = set()
        self._whole: dict[str, set[str]] = {}
        self._within: dict[str, set[str]] = {}
        for signal in signals.values():
            for row in signal.rows:
                self._add(signal.id, row)
        self.all = _joined(self._digests, self._digests)

    def _add(self, signal: str, row: Row) -> None:
        for name in row.names if row.kind in LITERAL_KINDS else ():
            pieces = PIECE.findall(name.casefold())
            if not pieces:
                self._always.add(signal)
                continue
            apart = row.kind not in BY_PATTERN and "*" not in name
            (self._whole if apart else self._within).setdefault(max(pieces, key=len), set()).add(signal)
        if row.kind not in LITERAL_KINDS or not row.names:
            self._always.add(signal)

    def of(self, text: str) -> frozenset[str]:
        """The signals whose words the text holds, and those that have none."""
        words = words_of(text)
        pieces = words if text.isascii() else {piece for word in words for piece in PIECE.findall(word)}
        joined = "\n".join(pieces)
        whole = (self._whole[piece] for piece in pieces if piece in self._whole)
        within = (several for piece, several in self._within.items() if piece in joined)
        return frozenset(self._always.union(*whole, *within))

    def digest(self, text: str) -> bytes:
        """A digest of the rows of every signal that may match in the text."""
        return _joined(self._digests, self.of(text))


def _joined(digests: Mapping[str, bytes], signals: Iterable[str]) -> bytes:
    return hashlib.sha256(b"".join(digests[signal] for signal in sorted(signals))).digest()

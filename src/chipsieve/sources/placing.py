"""Where do the readings of a text belong? A text is read once, may stand at many paths, and may write other files."""

from __future__ import annotations

from pathlib import PurePosixPath

from msgspec.structs import replace

from chipsieve.facts.reading import Reading

Parts = tuple[tuple[str, Reading], ...]
"""What one text says: its own reading, called "", then those of files that it writes, each by the name that it uses."""


def is_file_name(name: str) -> bool:
    """Whether a script that writes to this name makes a file of the tree."""
    return not name.startswith(("/", "-")) and PurePosixPath(name).name not in ("", "..")


def placed(parts: Parts, path: str) -> Parts:
    """The parts as they are read from a file at `path`."""
    if parts[0][1].path == path:
        return parts
    return tuple((name, _placed(reading, name, path)) for name, reading in parts)


def _placed(reading: Reading, name: str, path: str) -> Reading:
    gaps = tuple(replace(gap, path=path) for gap in reading.gaps)
    return replace(reading, path=target(path, name), gaps=gaps, origin=path if name else "")


def target(path: str, name: str) -> str:
    """The path below the root of the file that a script at `path` writes to `name`; its own for ""."""
    if not name:
        return path
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / name).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def readings_of(parts: Parts) -> tuple[Reading, ...]:
    """The readings alone, the text's own first."""
    return tuple(reading for _, reading in parts)

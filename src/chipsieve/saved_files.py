"""How do runs leave files behind, and read what earlier ones left? Whole or not at all, and within bounds."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from chipsieve.tables import TableError

MOST_OBJECTS = 4_000_000  # in a file of JSON: an empty list takes thirty times the memory of its two characters


def save_text(file: Path, text: str) -> None:
    """Write a text to a file as `save_bytes` does, in UTF-8.

    Raises:
        TableError: it cannot be written.
    """
    save_bytes(file, text.encode())


def save_bytes(file: Path, data: bytes) -> None:
    """Write a file whole or not at all: what stood there before stays until the new data is complete.

    A link stays one, and a file keeps its mode. What is no regular file (a pipe, a terminal) is written to as it comes,
    and so is a file in a folder that takes no other.

    Raises:
        TableError: it cannot be written.
    """
    place = file.resolve()
    there = place.exists()
    new = place.with_name(f".{place.name[:100]}-{os.getpid()}")  # a file's name may be as long as the system allows
    try:
        if (there and not place.is_file()) or not os.access(place.parent, os.W_OK):
            place.write_bytes(data)
            return
        new.write_bytes(data)
        if there:
            shutil.copymode(place, new)
        new.replace(place)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise TableError(f"{file}: cannot be written: {error.strerror or error}") from error


def load_json(file: Path, largest: int) -> object:
    """What a file of JSON holds that an earlier run has written.

    Raises:
        TableError: it cannot be read, is larger than `largest` MB, or is no JSON.
    """
    return parse_json(load_bytes(file, largest), str(file))


def load_bytes(file: Path, largest: int) -> bytes:
    """What a file holds, or a pipe; no more is read of what has no end.

    Raises:
        TableError: it cannot be read, or is larger than `largest` MB.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read((largest << 20) + 1)
    except OSError as error:
        raise TableError(f"{file}: {error.strerror or error}") from error
    if len(data) > largest << 20:
        raise TableError(f"{file}: larger than {largest} MB, so it is not read")
    return data


def parse_json(data: str | bytes, where: str) -> object:
    """What JSON says, by whomever it was written.

    Raises:
        TableError: it is none, or holds more lists and objects than a report has; `where` names it.
    """
    brackets = ("[", "{") if isinstance(data, str) else (b"[", b"{")
    if sum(map(data.count, brackets)) > MOST_OBJECTS:  # type: ignore[arg-type]  # both are text, or both bytes
        raise TableError(f"{where}: more than {MOST_OBJECTS:,} lists and objects, so it is not read")
    try:
        saved: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TableError(f"{where}: not valid JSON: {error}") from error
    return saved

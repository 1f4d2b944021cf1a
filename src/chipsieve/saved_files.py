"""How do runs leave files behind, and read what earlier ones left? Whole or not at all, and within bounds."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from chipsieve.tables import TableError


def save_text(file: Path, text: str) -> None:
    """Write a file whole or not at all: what stood there before stays until the new text is complete.

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
            place.write_text(text, encoding="utf-8")
            return
        new.write_text(text, encoding="utf-8")
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
    try:
        size = file.stat().st_size
        text = file.read_bytes() if size <= largest << 20 else None
    except OSError as error:
        raise TableError(f"{file}: {error.strerror or error}") from error
    if text is None:
        raise TableError(f"{file}: larger than {largest} MB, so it is not read")
    try:
        saved: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TableError(f"{file}: not valid JSON: {error}") from error
    return saved

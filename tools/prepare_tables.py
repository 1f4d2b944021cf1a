"""Write what our tables say, and the tables of bashlex's grammar, to files that a start reads in their place."""

from __future__ import annotations

from pathlib import Path

import msgspec

from chipsieve.catalogue import read_catalogue, to_prepare
from chipsieve.prepared import FILE, HOME, write
from chipsieve.signals import read_signals
from chipsieve.tables import load_toml
from chipsieve_shell.syntax import bashlex_loading

BUILT = ("signals", "catalogue")  # folders whose tables are one part, checked and built


def prepare(file: Path, *, edited: bool) -> None:
    """Write the file of all our tables; `edited` where the tables beside it may change.

    Raises:
        chipsieve.tables.TableError: a table does not say what its format asks for.
    """
    tables = (table.relative_to(HOME) for table in sorted(HOME.rglob("*.toml")))
    parts: dict[str, object] = {
        table.as_posix(): load_toml(HOME / table) for table in tables if table.parts[0] not in BUILT
    }
    write(file, {**parts, "signals": read_signals(), "catalogue": to_prepare(read_catalogue())}, edited=edited)


def prepare_grammar(file: Path) -> None:
    """Write the tables of bashlex's grammar; bashlex must not be loaded yet."""
    file.write_bytes(msgspec.msgpack.encode(bashlex_loading.build()))


if __name__ == "__main__":
    prepare(FILE, edited=True)
    prepare_grammar(bashlex_loading.FILE)

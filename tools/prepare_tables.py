"""Write what our tables say to src/chipsieve/prepared.msgpack, so that starting reads none of them."""

from __future__ import annotations

from pathlib import Path

from chipsieve.catalogue import read_catalogue, to_prepare
from chipsieve.prepared import FILE, HOME, write
from chipsieve.signals import read_signals
from chipsieve.tables import load_toml

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


if __name__ == "__main__":
    prepare(FILE, edited=True)

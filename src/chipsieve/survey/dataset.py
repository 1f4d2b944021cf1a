"""How is a survey's data set asked? Its tables by their names, in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import duckdb
from pyarrow import dataset as arrow

from chipsieve.survey.columns import TABLES
from chipsieve.survey.parquet_files import schema_of

ALONE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
"""Nothing is fetched from the network."""


class DataSet:
    """The data set in a folder; a context. A table without files is empty."""

    def __init__(self, folder: Path) -> None:
        """Ask the data set in this folder."""
        self._asked = duckdb.connect(config=ALONE)
        for table in TABLES:
            files = sorted((folder / table).glob("*.parquet"))
            there = (
                arrow.dataset([*map(str, files)], schema=schema_of(table)) if files else schema_of(table).empty_table()
            )
            self._asked.register(table, there)

    def __enter__(self) -> Self:
        """The data set itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._asked.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a query gives; each `?` in it stands for a value."""
        return self._asked.execute(query, list(values)).fetchall()

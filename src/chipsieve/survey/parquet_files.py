"""How are answers written as Parquet? A fixed group of repositories a file, the same bytes whoever answered when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import ceil
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from chipsieve.survey.answer_store import write_whole
from chipsieve.survey.answered import Answer
from chipsieve.survey.columns import OF_ANSWERS, SCHEMA, TABLES, Cell, Kind

GROUPS = 256  # files of a table, at most
FEWEST = 8  # repositories of a group
TYPES: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "day": pa.date32(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "truth": pa.bool_(),
}
Row = Sequence[Cell]


class Groups(NamedTuple):
    """How a list's repositories are divided: sorted names, so many of them in each file. The list alone decides."""

    names: tuple[str, ...]
    size: int

    @classmethod
    def of(cls, names: Iterable[str]) -> Groups:
        """The groups of some repositories."""
        ordered = tuple(sorted(names))
        return cls(ordered, max(FEWEST, ceil(len(ordered) / GROUPS)))

    def __len__(self) -> int:
        """How many groups there are."""
        return ceil(len(self.names) / self.size)

    def group(self, number: int) -> tuple[str, ...]:
        """The names of a group."""
        return self.names[number * self.size : (number + 1) * self.size]


def write_group(folder: Path, number: int, answers: Sequence[Answer]) -> None:
    """Write the rows of a group of answers, a file of that number in each table.

    Raises:
        chipsieve.tables.TableError: a file cannot be written.
    """
    for table in OF_ANSWERS:
        rows = [(answer.name, *row) for answer in answers for row in answer.rows[table]]
        write_table(folder, table, number, rows)


def write_table(folder: Path, table: str, number: int, rows: Sequence[Row]) -> None:
    """Write rows of a table as the file of that number.

    Raises:
        chipsieve.tables.TableError: it cannot be written.
    """
    schema = schema_of(table)
    columns = [
        pa.array([_value(row[place], column.kind) for row in rows], TYPES[column.kind])
        for place, column in enumerate(TABLES[table].columns)
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(columns, schema=schema), sink, compression="zstd", compression_level=9, version="2.6",
        data_page_version="1.0", row_group_size=1 << 17, use_dictionary=True, write_statistics=True,
    )  # fmt: skip
    write_whole(folder / table / f"{number:05}.parquet", sink.getvalue().to_pybytes())


def schema_of(table: str) -> pa.Schema:
    """The schema of a table; each column says what it means, and the whole which version it is."""
    fields = [pa.field(one.name, TYPES[one.kind], metadata={"meaning": one.meaning}) for one in TABLES[table].columns]
    return pa.schema(fields, metadata={"schema": SCHEMA, "row": TABLES[table].row})


def _value(cell: Cell, kind: Kind) -> object:
    return date.fromisoformat(cell) if kind == "day" and isinstance(cell, str) and cell else cell


def remove_others(folder: Path, groups: int, tables: Iterable[str]) -> None:
    """Delete the files of earlier runs that a data set of so many groups and these tables does not have."""
    wanted = set(tables)
    for table in TABLES:
        for file in sorted((folder / table).glob("*.parquet")):
            if table not in wanted or int(file.stem) >= groups:
                file.unlink()

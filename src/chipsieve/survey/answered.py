"""What is one repository's answer, on its way from a worker to the data set? Rows of each table, kept as data."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import msgspec

from chipsieve.report.escape import visible
from chipsieve.sieve.comparing import Compared
from chipsieve.survey.columns import OF_ANSWERS, SCHEMA, TABLES, Cell, Record

LEVEL = 6  # of compression: a third of the size, for a hundredth of a scan's time
LARGEST = 1 << 30  # bytes of one answer when it is unpacked


class Answer(msgspec.Struct, frozen=True):
    """All that a survey keeps of one repository.

    `digest` stands for what was read and how; "" where it failed. `rows` have, by table, the cells of each row in the
    order of the table's columns, without the repository, which is `name` in all of them. `compared` is what the next
    run compares with, None where nobody watches.
    """

    name: str
    digest: str
    rows: Mapping[str, tuple[tuple[Cell, ...], ...]]
    compared: Compared | None = None
    schema: str = SCHEMA

    @property
    def error(self) -> str:
        """Why there is no answer, in one word; "" where there is one."""
        errors = self.rows.get("errors", ())
        return str(errors[0][0]) if errors else ""

    def packed(self) -> bytes:
        """The answer as bytes, the same for the same answer; without what it would take to run code."""
        return zlib.compress(msgspec.msgpack.encode(self), LEVEL)


def unpacked(data: bytes) -> Answer | None:
    """The answer that some bytes are; None where they are none: cut short, or of another schema."""
    try:
        expander = zlib.decompressobj()
        plain = expander.decompress(data, LARGEST)
        answer = msgspec.msgpack.decode(plain, type=Answer)
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return answer if expander.eof and answer.schema == SCHEMA else None


def answer_of(
    name: str, digest: str, records: Mapping[str, Sequence[Record]], compared: Compared | None = None
) -> Answer:
    """The answer that some records make; acting characters of a stranger's text are written out in them."""
    rows = {table: tuple(_cells(table, record) for record in records.get(table, ())) for table in OF_ANSWERS}
    return Answer(name, digest, rows, compared and _safe(compared))


def failed(name: str, source: str, kind: str, message: str) -> Answer:
    """The answer on a repository that could not be scanned."""
    repository: Record = {"source": source, "state": "failed"}
    return answer_of(name, "", {"repositories": [repository], "errors": [{"kind": kind, "message": message}]})


def _cells(table: str, record: Record) -> tuple[Cell, ...]:
    """The cells of a row in the order of the columns; what a record leaves out is null."""
    known = [column.name for column in TABLES[table].columns[1:]]
    if not record.keys() <= set(known):
        raise AssertionError(f"{table} has no column {sorted(record.keys() - set(known))}")
    return tuple(_cell(record.get(name)) for name in known)


def _cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return visible(value)
    return [visible(one) for one in value] if isinstance(value, list) else value


def _safe(compared: Compared) -> Compared:
    """What is compared, with texts that can be written as UTF-8."""
    return msgspec.convert(_written_out(msgspec.to_builtins(compared)), Compared)


def _written_out(value: object) -> object:
    match value:
        case str():
            return visible(value)
        case dict():
            return {_written_out(key): _written_out(one) for key, one in value.items()}
        case list() | tuple():
            return [_written_out(one) for one in value]
    return value

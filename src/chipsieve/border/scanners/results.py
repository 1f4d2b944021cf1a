"""What is a scanner's result before we know what it means? A rule, a message, and a place as the scanner wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

import msgspec

from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap
from chipsieve.tables import TableError

Table = Mapping[str, object]
Units = Literal["bytes", "utf-16", "code points"]
"""What a scanner counts columns in. Semgrep counts bytes (semgrep/semgrep#10932), SARIF's default is UTF-16."""
Value = TypeVar("Value", str, int)


class ReportError(TableError):
    """A report cannot be read; the message names the file, the place in it and the mend."""


class Result(msgspec.Struct, frozen=True):
    """One result. `path` is a path or a `file:` URI as the scanner wrote it; columns count from 1, 0 is unknown.

    `line_text` is the source line if the report holds it; `own` the finding, where chipsieve wrote the report.
    """

    tool: str
    rule: str
    message: str
    path: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    units: Units = "code points"
    line_text: str = ""
    suppressed: bool = False
    own: Finding | None = None


class Report(msgspec.Struct, frozen=True):
    """All that one report says: its results, and what the scanner itself could not read."""

    results: tuple[Result, ...] = ()
    gaps: tuple[Gap, ...] = ()


def table(value: object, place: str) -> Table:
    """The value as an object.

    Raises:
        ReportError: it is none.
    """
    if not isinstance(value, Mapping):
        raise ReportError(f"{place}: must be an object")
    return value


def rows(parent: Table, key: str, place: str, *, needed: bool = False) -> list[object]:
    """The list under a key; an absent one is empty unless it is needed.

    Raises:
        ReportError: it is no list, or absent although needed.
    """
    value = parent.get(key)
    if value is None and not needed:
        return []
    if not isinstance(value, list):
        raise ReportError(f"{place}: '{key}' must be a list")
    return value


def sub(parent: Table, key: str, place: str) -> Table:
    """The object under a key, an absent one empty.

    Raises:
        ReportError: it is no object.
    """
    value = parent.get(key)
    return {} if value is None else table(value, f"{place}.{key}")


def value_of(parent: Table, key: str, place: str, default: Value) -> Value:
    """The text or number under a key, `default` when absent.

    Raises:
        ReportError: it is of another type than the default.
    """
    value = parent.get(key)
    if value is None:
        return default
    if type(value) is not type(default):
        wanted = {str: "text", int: "a whole number"}[type(default)]
        raise ReportError(f"{place}: '{key}' must be {wanted}")
    return value

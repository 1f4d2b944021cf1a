"""What does a parsed report hold under a key? Values of the expected type, or an error that names their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from chipsieve.tables import TableError

Table = Mapping[str, object]
Value = TypeVar("Value", str, int)

LARGEST = (1 << 31) - 1
"""A number of a line or a column; no scanner writes more, and Python refuses to print one of 5,000 digits."""


class ReportError(TableError):
    """A report cannot be read; the message names the file, the place in it and what is expected there."""


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
    return default if parent.get(key) is None else needed_value(parent, key, place, type(default))


def beyond(value: object) -> bool:
    """Whether a value is a number larger than a report has one."""
    return isinstance(value, int) and abs(value) > LARGEST


def needed_value(parent: Table, key: str, place: str, kind: type[Value]) -> Value:
    """The text or number under a key.

    Raises:
        ReportError: it is absent or of another type.
    """
    value = parent.get(key)
    if type(value) is not kind or beyond(value):
        wanted = {str: "text", int: f"a whole number up to {LARGEST:,}"}[kind]
        raise ReportError(f"{place}: '{key}' must be {wanted}")
    return value

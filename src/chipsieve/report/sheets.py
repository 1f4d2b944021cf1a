"""How is a table written for spreadsheets? As CSV whose cells a spreadsheet shows and never computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from chipsieve.report.escape import visible

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that a spreadsheet would compute (OWASP, CSV injection), in Japan also in full width."""


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows below their head; acting characters are written out, and an apostrophe keeps a text from computing."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return sheet.getvalue()


def _cell(value: object) -> str:
    text = visible(str(value))
    return f"'{text}" if isinstance(value, str) and text.lstrip().startswith(FORMULA) else text

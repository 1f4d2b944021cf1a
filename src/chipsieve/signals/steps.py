"""In which order does the sieve ask, and what? The steps of steps.toml, which every signal that claims names one of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from chipsieve.tables import own_table, refuse_unknown, table_list, text_field

WHERE = "steps.toml"


class Step(msgspec.Struct, frozen=True):
    """One row of the sieve: a question, asked in its turn.

    Signals of a step that asks for a `stack` say whose own software a launch calls. A `quiet` step is left out of
    reports for people where it excludes nothing.
    """

    id: str
    question: str
    stack: bool = False
    quiet: bool = False


@cache
def steps() -> tuple[Step, ...]:
    """The steps of the sieve in the order in which they are asked."""
    return tuple(_step(row) for row in table_list(WHERE, own_table(WHERE), "step"))


def _step(row: Mapping[str, object]) -> Step:
    refuse_unknown(WHERE, row, ("id", "question", "stack", "quiet"))
    return Step(
        text_field(WHERE, row, "id"),
        text_field(WHERE, row, "question"),
        stack=row.get("stack") is True,
        quiet=row.get("quiet") is True,
    )

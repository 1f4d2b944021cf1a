"""What is an accelerator? One row of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

Cell = str | int | float | bool | None


class Origin(msgspec.Struct, frozen=True):
    """Where a fact is from: its source, how far to trust it, and the day on which it was checked."""

    source: str
    confidence: str
    date: str


class Accelerator(msgspec.Struct, frozen=True):
    """A chip model as sold; one row of the catalogue.

    `family` is the model line that people name (`V100`): the rows of one family differ in memory or form alone.
    `facts` are the columns of docs/catalogue.md: booleans, numbers (units in the column's name) or text;
    None means unknown (`?` in the table). `source`, `confidence` and `date` hold for the row's facts,
    except those that `sources` names; `origin` answers for each.
    """

    id: str
    name: str
    vendor: str
    segment: str
    architecture: str
    facts: Mapping[str, Cell]
    family: str = ""
    source: str = ""
    confidence: str = ""
    date: str = ""
    notes: str = ""
    sources: Mapping[str, Origin] = msgspec.field(default_factory=dict)

    def origin(self, fact: str) -> Origin:
        """Where one of its facts is from: an origin of its own, or that of the whole row.

        A computed fact has the row's: it is no surer than what it is computed from.
        """
        return self.sources.get(fact) or Origin(self.source, self.confidence, self.date)

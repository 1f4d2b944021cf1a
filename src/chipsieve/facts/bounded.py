"""How long may a list of what one file says grow? One that takes so many items and then knows that there were more."""

from __future__ import annotations

from typing import TypeVar

from chipsieve.facts.reading import Document
from chipsieve.limits import CLAIMS, DOCUMENTS, STATED

T = TypeVar("T")
MANY_CLAIMS = f"more than {CLAIMS:,} lines that may name chips: the rest is left out"


class Bounded(list[T]):
    """A list that `append` makes no longer than STATED; `cut` says that it was given more."""

    cut = False

    @property
    def limit(self) -> int:
        """How many items it takes."""
        return STATED

    def append(self, item: T) -> None:
        """Take one more item, unless there are enough."""
        if len(self) < self.limit:
            super().append(item)
        else:
            self.cut = True


class Documents(Bounded[Document]):
    """Texts inside a file: one more than are read, so that whoever reads them sees that there are more."""

    @property
    def limit(self) -> int:
        """How many texts it takes."""
        return DOCUMENTS + 1


def left_out(kind: str) -> str:
    """What the gap says of a list that was cut."""
    return f"states more than {STATED:,} {kind}: the rest is left out"

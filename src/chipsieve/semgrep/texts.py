"""Which Semgrep rules say a signal's rows for texts?"""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.model import Signal
from chipsieve.semgrep.records import Record


def rules(signal: Signal) -> Iterator[tuple[str, Record]]:
    """The rules of one signal, each with the folder that it belongs to."""
    del signal
    yield from ()

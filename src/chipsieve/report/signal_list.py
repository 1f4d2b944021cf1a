"""Which signals are there, and what does one say? The signal files as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from chipsieve.signals.signal import Row, Signal

WIDTH = 100  # columns


def listing(signals: Mapping[str, Signal]) -> str:
    """One line a signal: id, effect, strength, title."""
    width = max(map(len, signals), default=0)
    rows = (f"{item.id:{width}}  {item.effect:9}  {item.strength:10}  {item.title}" for item in signals.values())
    return "\n".join(rows) + "\n"


def page(signal: Signal) -> str:
    """All that one signal's file says."""
    parts = [
        f"{signal.id}: {signal.title}",
        f"{signal.effect}, {signal.strength}, step {signal.step}",
        f"Question: {signal.question}",
        _wrapped("Why", signal.why),
        *(_wrapped("But", caveat) for caveat in signal.caveats),
        *([_wrapped("Escape", signal.escape)] if signal.escape else []),
        "Matches:\n" + "\n".join(f"  {_row(row)}" for row in signal.rows),
        *(_wrapped("Source", reference) for reference in signal.references),
    ]
    return "\n".join(parts) + "\n"


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(f"{label}: {' '.join(text.split())}", WIDTH, subsequent_indent="  ")


def _row(row: Row) -> str:
    values = f" = {' | '.join(row.values)}" if row.values else f" ~ /{row.pattern}/" if row.pattern else ""
    keyword = f"({row.keyword})" if row.keyword else ""
    return f"{row.kind} {', '.join(row.names)}{keyword}{values}"

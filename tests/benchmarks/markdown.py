"""How are figures written down? Markdown tables, ratios, and whether a goal is met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]], texts: int = 1) -> Iterator[str]:
    """A Markdown table whose first `texts` columns are text and whose others are figures."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' if place < texts else '---:' for place in range(len(head)))}|"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)
    yield ""


def figure(value: float) -> str:
    """A number with three figures that count."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def held(value: float, limit: float) -> str:
    """A figure of a table, bold when it is above its goal."""
    return figure(value) if value <= limit else f"**{figure(value)}**"


def against(value: float, limit: float) -> str:
    """A figure, its goal, and whether that is met."""
    return f"{figure(value)} (goal: at most {limit:g}; {'met' if value <= limit else '**missed**'})"

"""What do all rows come to? Kept and excluded per mode, for the repository and for its main launch alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import mean, median
from typing import Any

Record = dict[str, Any]
MODES = ("balanced", "strict", "paper", "search")
NEGATIVE = ("negative", "cpu-only")


def scored(records: Iterable[Record]) -> list[Record]:
    """The positive rows that count."""
    return [one for one in records if one["kind"] not in NEGATIVE and one["confidence"] != "low" and one["truth"]]


def negatives(records: Iterable[Record]) -> list[Record]:
    """The rows of which nothing may be excluded."""
    return [one for one in records if one["kind"] in NEGATIVE]


def totals(records: Sequence[Record]) -> Iterator[str]:
    """The table of totals as Markdown: a line a mode, for the repository and for the main launch."""
    yield "| mode | speaks | rows | kept | excluded, median | excluded, mean | negatives with an exclusion |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for mode in (mode for mode in MODES if all(mode in one["modes"] for one in records)):
        rows = [one["modes"][mode] for one in scored(records)]
        touched = sum(one["modes"][mode]["excluded"] > 0 for one in negatives(records))
        yield _line(mode, "repository", rows, f"{touched} of {len(negatives(records))}")
        mains = [one["modes"][mode]["main"] for one in main_rows(records, mode)]
        if mains:
            yield _line(mode, "main launch, one hardware", mains, "")


def main_rows(records: Iterable[Record], mode: str) -> list[Record]:
    """The scored rows of one hardware that have a training launch: where the main launch can be judged."""
    return [
        one for one in scored(records)
        if one["groups"] == 1 and one["training"] and one["modes"][mode].get("main")
    ]  # fmt: skip


def _line(mode: str, speaks: str, rows: Sequence[Record], touched: str) -> str:
    kept = sum(not row["lost"] for row in rows)
    share = _percent(kept / max(len(rows), 1))
    shares = [row["excluded"] for row in rows] or [0]
    middle, average = _percent(median(shares)), _percent(mean(shares))
    return f"| {mode} | {speaks} | {len(rows)} | {kept} ({share}) | {middle} | {average} | {touched} |"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def failures(records: Iterable[Record], mode: str) -> Iterator[str]:
    """The rows that a mode loses, and what cost them, as Markdown."""
    for one in scored(records):
        result = one["modes"][mode]
        main = result.get("main") or {"lost": []}
        if result["lost"] or (one["groups"] == 1 and main["lost"]):
            where = "repository" if result["lost"] else f"main launch {main['id']}"
            blamed = ", ".join(dict.fromkeys(f"`{cut['signal']}` at {cut['at']}" for cut in result.get("blame", [])))
            lost = "; ".join(" or ".join(group) for group in result["lost"] or main["lost"])
            yield f"- {one['key']}, {where}: {lost}. {blamed}"


def blame(records: Iterable[Record], mode: str) -> Iterator[str]:
    """Which signal cost how many rows their truth, most first, as Markdown."""
    counts: Counter[str] = Counter()
    for one in scored(records):
        result = one["modes"][mode]
        if result["lost"] or (result.get("main") or {"lost": []})["lost"]:
            counts.update({cut["signal"] for cut in result.get("blame", [])})
    yield "| signal | rows |"
    yield "|---|---:|"
    yield from (f"| `{signal}` | {number} |" for signal, number in counts.most_common())


def rows(records: Iterable[Record]) -> Iterator[str]:
    """Every row as Markdown."""
    yield "| tree | kind | launches | kept | excluded | main excluded | gaps | s | MB |"
    yield "|---|---|---:|---|---:|---:|---:|---:|---:|"
    key: Callable[[Record], str] = lambda one: one["key"]  # noqa: E731
    for one in sorted(records, key=key):
        result = next(one["modes"][mode] for mode in MODES if mode in one["modes"])
        main = result.get("main")
        kept = "yes" if not result["lost"] else "**no**"
        shown = _percent(main["excluded"]) if main else ""
        launches = f"{one['training']} of {one['launches']}"
        cells = [one["key"], one["kind"], launches, kept, _percent(result["excluded"]), shown]
        cost = [one["gaps"], "" if one.get("remembered") else one["seconds"]["all"], one["megabytes"]]
        yield f"| {' | '.join(map(str, [*cells, *cost]))} |"

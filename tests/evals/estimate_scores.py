"""How right is the estimate, and how sure is it rightly? Figures over cross-validated rows, beside simple baselines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import mean, median
from typing import Any

import numpy as np

from chipsieve.estimate.phrases import LIKELY
from chipsieve.estimate.speaking import POOLS
from evals.fitting import Numbers, Space, is_submission

Record = dict[str, Any]
SET = 0.9  # the probability that a set of families holds the truth
BINS = 10
NAMING = frozenset({
    *POOLS, "menu", "inference", "compares", "words of a log", "notebook", "comment elsewhere", "constant elsewhere",
    "spoken of elsewhere",
})  # fmt: skip
"""The kinds of premise that name a family."""


class Scored:
    """One row's answer: its likeliest family with its probability, and what the truth says to it."""

    def __init__(self, record: Record, chances: Numbers) -> None:
        """Take the probabilities of the families, and last that of no accelerator."""
        self.record, self.chances = record, chances

    def right(self, space: Space, number: int) -> bool:
        """Whether the family of that number is one of the truth's; the last one stands for no accelerator."""
        if number == len(space.families):
            return bool(self.record["premises"]["negative"])
        return space.families[number].id in self.record["premises"]["truth"]

    @property
    def order(self) -> list[int]:
        """The numbers of the families, and of no accelerator, the likeliest first."""
        return [int(number) for number in np.argsort(-self.chances, kind="stable")]

    @property
    def first(self) -> int:
        """The likeliest family's number."""
        return int(np.argmax(self.chances[:-1]))

    @property
    def chance(self) -> float:
        """Its probability."""
        return float(self.chances[self.first])

    @property
    def likeliest_set(self) -> list[int]:
        """The fewest families that hold the truth with a probability of `SET`."""
        order = self.order
        return order[: int(np.searchsorted(np.cumsum(self.chances[order]), SET)) + 1]


def named(record: Record) -> bool:
    """Whether the tree names any family."""
    return any(kind in NAMING for kind in record["premises"]["counts"])


def figures(rows: Sequence[Scored], space: Space) -> dict[str, float]:
    """The figures of some positive rows, shares between 0 and 1; `set` is the median number of families in it."""
    speaking = [one for one in rows if one.chance >= LIKELY]
    return {
        "rows": len(rows),
        "top-1": mean(one.right(space, one.first) for one in rows),
        "top-3": mean(
            any(one.right(space, number) for number in [n for n in one.order if n < len(space.families)][:3])
            for one in rows
        ),
        "speaks": len(speaking) / len(rows),
        "right when it speaks": mean(one.right(space, one.first) for one in speaking) if speaking else 0.0,
        "truth in the set": mean(any(one.right(space, number) for number in one.likeliest_set) for one in rows),
        "set": median(len(one.likeliest_set) for one in rows),
        "Brier": mean((one.chance - one.right(space, one.first)) ** 2 for one in rows),
    }


def reliability(rows: Sequence[Scored], space: Space) -> tuple[list[tuple[str, int, float, float]], float]:
    """How often the likeliest family is right, by its probability; and the expected calibration error."""
    bins: defaultdict[int, list[Scored]] = defaultdict(list)
    for one in rows:
        bins[min(int(one.chance * BINS), BINS - 1)].append(one)
    table = []
    for number, several in sorted(bins.items()):
        said, right = mean(one.chance for one in several), mean(one.right(space, one.first) for one in several)
        table.append((f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}", len(several), said, right))
    return table, sum(count / len(rows) * abs(said - right) for _, count, said, right in table)


def counting_names(record: Record, _: Sequence[Record]) -> str:
    """The baseline that counts names: the family that the tree names most often; "" where it names none."""
    counts: Counter[str] = Counter()
    for kind, by_family in record["premises"]["counts"].items():
        if kind in NAMING:
            counts.update(by_family)
    return min(counts, key=lambda family: (-counts[family], family), default="")


def most_common(record: Record, others: Sequence[Record]) -> str:
    """The baseline that takes the family which most rows of other repositories of that year used."""
    year = record["premises"]["day"][:4]
    counts = Counter(
        family for one in others for family in one["premises"]["truth"] if one["premises"]["day"][:4] == year
    )
    return min(counts, key=lambda family: (-counts[family], family), default="a100")


def three_rules(record: Record, others: Sequence[Record]) -> str:
    """The baseline of three rules looked for as words: the most common family of that year that they leave."""
    left = set(record["modes"]["search"].get("families", ()))
    counts = Counter(family for one in others for family in one["premises"]["truth"] if family in left)
    return min(counts, key=lambda family: (-counts[family], family), default="")


BASELINES: dict[str, Callable[[Record, Sequence[Record]], str]] = {
    "counting the names": counting_names,
    "three rules, as a search": three_rules,
    "most common family of that year": most_common,
}


def summary(records: Sequence[Record], chances: Sequence[Numbers], space: Space) -> Iterator[str]:
    """The figures as Markdown: repositories with names, without, all; submissions; reliability; baselines."""
    scored = [Scored(record, chance) for record, chance in zip(records, chances, strict=True)]
    ours = [one for one in scored if not is_submission(one.record)]
    positive = [one for one in ours if one.record["premises"]["truth"] and not one.record["premises"]["negative"]]
    groups = {
        "repositories that name a chip": [one for one in positive if named(one.record)],
        "repositories that name none": [one for one in positive if not named(one.record)],
        "all repositories": positive,
        "MLPerf submissions": [one for one in scored if is_submission(one.record)],
    }
    yield (
        "| rows | number | likeliest family right | speaks (likely or more) | right when it speaks | in the first 3 "
        "| truth in the 90 % set | median size of that set | Brier score |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, rows in groups.items():
        if rows:
            yield _line(name, figures(rows, space))
    yield ""
    yield from _baselines(groups, records)
    yield ""
    table, error = reliability(ours, space)
    yield "| probability of the likeliest family | repositories | said, mean | right |"
    yield "|---|---:|---:|---:|"
    yield from (f"| {name} | {count} | {said:.2f} | {right:.2f} |" for name, count, said, right in table)
    yield ""
    yield f"Expected calibration error: {error:.3f}."
    negative = [one.chance for one in ours if one.record["premises"]["negative"]]
    if negative:
        yield f"The likeliest family of {len(negative)} negatives has a probability of at most {max(negative):.2f}."


def _line(name: str, found: dict[str, float]) -> str:
    shares = ("top-1", "speaks", "right when it speaks", "top-3", "truth in the set")
    cells = " | ".join(f"{100 * found[key]:.0f} %" for key in shares)
    return f"| {name} | {found['rows']:.0f} | {cells} | {found['set']:g} | {found['Brier']:.3f} |"


def _baselines(groups: dict[str, list[Scored]], records: Sequence[Record]) -> Iterator[str]:
    yield "| baseline | rows | speaks | right when it speaks | right |"
    yield "|---|---|---:|---:|---:|"
    for baseline, answer in BASELINES.items():
        for name, rows in groups.items():
            given = [(one, answer(one.record, _others(one.record, records))) for one in rows]
            said = [family in one.record["premises"]["truth"] for one, family in given if family]
            if rows:
                share = f"{100 * mean(said):.0f} %" if said else "none"
                cells = (f"{100 * len(said) / len(rows):.0f} %", share, f"{100 * sum(said) / len(rows):.0f} %")
                yield f"| {baseline} | {name} | {' | '.join(cells)} |"


def _others(record: Record, records: Sequence[Record]) -> list[Record]:
    repository = record["key"].partition("@")[0]
    return [one for one in records if one["key"].partition("@")[0] != repository and not is_submission(one)]

"""What do the kinds of premise weigh? A conditional logit fitted to labelled rows, cross-validated over repositories.

What is fitted is what chipsieve.estimate.estimating computes: the logarithm of a family's odds is a sum over kinds. The
likelihood of a row is the probability of its truth, all of its families together; whether an accelerator was used at
all is fitted apart. Weights are drawn to what they were expected to be, by the squares of their distances, and those
of kinds are at least 0, so that none means its opposite.
Submissions to MLPerf are many and alike, so each counts as a twentieth of a repository.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.optimize import minimize

from chipsieve.catalogue import load_catalogue
from chipsieve.estimate.estimating import before, disagreement, strength
from chipsieve.estimate.families import Family, families_of
from chipsieve.estimate.weights import ALL_YEARS, Weights

Record = dict[str, Any]
Numbers = NDArray[np.float64]
FOLDS = 10
SEED = 0
SQUARES = 4.0  # what the square of a weight's distance from its expected value costs, in rows
SMOOTHING = 0.05  # labelled rows that each family is taken to have before any is counted
NEXT_YEAR = 0.7  # what a row of the year before or after counts
MANY_TIMES = 1.5  # a share beside that of a family without rows, from which it is listed
SUBMISSION = 0.05  # what a submission weighs beside a repository
BEFORE = ("share", "share where named", "is named", "is named elsewhere", "not released", "first year", "years of age")


@dataclass(frozen=True)
class Space:
    """What is fitted: the families, and the names of the weights in their order."""

    families: tuple[Family, ...]
    kinds: tuple[str, ...]
    none: tuple[str, ...]
    expected: Numbers
    expected_none: Numbers


def space_of(records: Sequence[Record], table: Weights) -> Space:
    """The space of some records; `table` has the kinds, and what their weights were taken for before.

    Raises:
        ValueError: the records hold a kind that the table does not know.
    """
    unknown = {kind for one in records for kind in one["premises"]["counts"]} - set(table.kinds)
    if unknown:
        raise ValueError(f"estimate/weights.toml has no kind {', '.join(sorted(unknown))}; add a row for each")
    expected = [kind.expected for kind in table.kinds.values()] + [table.expected_before[name] for name in BEFORE]
    none = tuple(table.expected_none)
    return Space(
        families_of(load_catalogue().accelerators), tuple(table.kinds), none, np.array(expected),
        np.array([table.expected_none[name] for name in none]),
    )  # fmt: skip


def usable(records: Iterable[Record]) -> list[Record]:
    """The records that can teach something, sorted: those with premises whose label is not of low confidence."""
    found = (one for one in records if one.get("premises") and one["confidence"] != "low")
    return sorted(found, key=lambda one: str(one["key"]))


def is_submission(record: Record) -> bool:
    """Whether a row is one of MLPerf's many."""
    return bool(record["kind"] == "mlperf-cell")


def shares_of(records: Sequence[Record], space: Space) -> dict[str, dict[str, float]]:
    """Each family's share of the rows' truths around each year: a row counts less, the more years lie between."""
    years = sorted({int(one["premises"]["day"][:4]) for one in records if one["premises"]["day"]})
    around = {ALL_YEARS: _shares(records, space, None)}
    return around | {str(year): _shares(records, space, year) for year in range(years[0], years[-1] + 1)}


def _shares(records: Sequence[Record], space: Space, year: int | None) -> dict[str, float]:
    counts: defaultdict[str, float] = defaultdict(float)
    for one in records:
        truth, day = one["premises"]["truth"], one["premises"]["day"]
        apart = abs(int(day[:4]) - year) if day and year else 0
        for family in truth:
            counts[family] += (SUBMISSION if is_submission(one) else 1) * NEXT_YEAR**apart / len(truth)
    total = sum(counts.values()) + SMOOTHING * len(space.families)
    return {one.id: (counts[one.id] + SMOOTHING) / total for one in space.families}


@dataclass(frozen=True)
class Row:
    """One record as numbers: `values` has a line a family, `none` what speaks for no accelerator.

    `truth` are the families of the truth; it has none where no accelerator was used.
    """

    values: Numbers
    possible: NDArray[np.bool_]
    truth: NDArray[np.bool_]
    none: Numbers
    weight: float


def row_of(record: Record, space: Space, shares: Mapping[str, Mapping[str, float]]) -> Row:
    """A record as numbers; `shares` are what is known of the families before."""
    known, count = record["premises"], len(space.families)
    at = {one.id: number for number, one in enumerate(space.families)}
    values = np.zeros((count, len(space.kinds) + len(BEFORE)))
    for column, kind in enumerate(space.kinds):
        for family, number in known["counts"].get(kind, {}).items():
            values[at[family], column] = strength(number)
    prior = Weights({}, {}, {}, shares, 1.0, "")
    for number, family in enumerate(space.families):
        given = before(family, known["day"], prior, known["counts"])
        values[number, len(space.kinds) :] = [given[name] for name in BEFORE]
    possible = np.ones(count, dtype=np.bool_)
    possible[[at[family] for family in known["impossible"]]] = False
    left = {one.id for one in space.families}.difference(known["impossible"])
    values /= disagreement(known["counts"], left)
    truth = np.zeros(count, dtype=np.bool_)
    truth[[at[family] for family in known["truth"] if not known["negative"]]] = True
    none = np.array([known["none"][name] for name in space.none])
    return Row(values, possible, truth, none, SUBMISSION if is_submission(record) else 1.0)


def shared(row: Row, weights: Numbers) -> Numbers:
    """The probability of each family, given that an accelerator was used."""
    scores = np.where(row.possible, row.values @ weights, -np.inf)
    parts = np.exp(scores - scores.max())
    return np.asarray(parts / parts.sum())


def chances(row: Row, weights: Numbers, none: Numbers) -> Numbers:
    """The probability of each family, and last of no accelerator."""
    nothing = 1.0 if not row.possible.any() else 1 / (1 + float(np.exp(-row.none @ none)))
    given = shared(row, weights) * (1 - nothing) if row.possible.any() else np.zeros(len(row.possible))
    return np.append(given, nothing)


def fitted(rows: Sequence[Row], space: Space) -> tuple[Numbers, Numbers]:
    """The weights that make the rows' truths likeliest: of the families, and of there being no accelerator."""
    return _families_fitted(rows, space), _none_fitted(rows, space)


def _families_fitted(rows: Sequence[Row], space: Space) -> Numbers:
    """A row whose truth is impossible teaches nothing."""
    usable = [row for row in rows if (row.possible & row.truth).any()]

    def cost(weights: Numbers) -> tuple[float, Numbers]:
        far = weights - space.expected
        total, slope = SQUARES * float(far @ far), 2 * SQUARES * far
        for row in usable:
            chance = shared(row, weights)
            right = max(float(chance[row.truth].sum()), 1e-12)
            total -= row.weight * float(np.log(right))
            slope = slope - row.weight * (row.values.T @ (np.where(row.truth, chance, 0) / right - chance))
        return total, slope

    return _least(cost, space.expected, 0.0)


def _none_fitted(rows: Sequence[Row], space: Space) -> Numbers:
    values, used = np.array([row.none for row in rows]), np.array([row.truth.any() for row in rows])
    counted = np.array([row.weight for row in rows])

    def cost(weights: Numbers) -> tuple[float, Numbers]:
        score = values @ weights
        total = float(counted @ (np.logaddexp(0, score) - np.where(used, 0, score)))
        slope = values.T @ (counted * (1 / (1 + np.exp(-score)) - np.where(used, 0, 1)))
        far = weights - space.expected_none
        return total + SQUARES * float(far @ far), slope + 2 * SQUARES * far

    return _least(cost, space.expected_none, None)


def _least(cost: Callable[[Numbers], tuple[float, Numbers]], start: Numbers, lowest: float | None) -> Numbers:
    """Where a cost, given with its slope, is least."""
    bounds = [(lowest, None)] * len(start)
    return np.asarray(minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}).x)


def cross_validated(records: Sequence[Record], space: Space) -> list[Numbers]:
    """Each record's probabilities by weights fitted to the rows of other repositories alone."""
    repositories = sorted({one["key"].partition("@")[0] for one in records})
    random.Random(SEED).shuffle(repositories)  # noqa: S311 - folds, no secret
    folds = {name: number % FOLDS for number, name in enumerate(repositories)}
    found: dict[int, Numbers] = {}
    for fold in range(FOLDS):
        apart = [folds[one["key"].partition("@")[0]] == fold for one in records]
        others = [one for one, out in zip(records, apart, strict=True) if not out]
        shares = shares_of(others, space)
        weights, none = fitted([row_of(one, space, shares) for one in others], space)
        for number, (one, out) in enumerate(zip(records, apart, strict=True)):
            if out:
                found[number] = chances(row_of(one, space, shares), weights, none)
    return [found[number] for number in range(len(records))]


def weights_of(records: Sequence[Record], space: Space, table: Weights, basis: str) -> Weights:
    """The weights fitted to all records, as the tables hold them."""
    shares = shares_of(records, space)
    fit = fitted([row_of(one, space, shares) for one in records], space)
    values = dict(zip((*space.kinds, *BEFORE, *space.none), np.concatenate(fit), strict=True))
    rows = Counter(kind for one in records for kind in one["premises"]["counts"])
    kinds = {
        name: replace(kind, weight=round(float(values[name]), 2), rows=rows[name]) for name, kind in table.kinds.items()
    }
    return Weights(
        kinds,
        {name: round(float(values[name]), 2) for name in BEFORE},
        {name: round(float(values[name]), 2) for name in space.none},
        {year: _listed(row) for year, row in shares.items()},
        round(min(shares[ALL_YEARS].values()), 5),
        basis,
        table.expected_before,
        table.expected_none,
    )


def _listed(shares: Mapping[str, float]) -> dict[str, float]:
    """The shares of the families that have rows, and of those whose rows are few."""
    least = min(shares.values())
    ordered = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
    return {name: round(share, 5) for name, share in ordered if share > MANY_TIMES * least}

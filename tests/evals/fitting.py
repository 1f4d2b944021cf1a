"""What do the kinds of premise weigh? A conditional logit fitted to labelled rows, cross-validated over repositories.

What is fitted is what chipsieve.estimate.estimating computes: the logarithm of a family's odds is a sum over kinds. The
likelihood of a row is the probability of its truth, all of its families together; whether an accelerator was used at all
is fitted apart. Weights are regularised by their squares, those of kinds are at least 0, so that none means its opposite.
Submissions to MLPerf are many and alike, so each counts as a tenth of a repository.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from chipsieve.catalogue import load_catalogue
from chipsieve.estimate.estimating import before, strength
from chipsieve.estimate.families import Family, families_of
from chipsieve.estimate.speaking import NAMED
from chipsieve.estimate.weights import Kind, Weights

Record = dict[str, Any]
Numbers = NDArray[np.float64]
FOLDS = 10
SEED = 0
SQUARES = 0.05  # how much the squares of the weights cost
SMOOTHING = 0.05  # labelled rows that each family is taken to have before any is counted
SUBMISSION = 0.1  # what a submission weighs beside a repository
BEFORE = ("share", "share where named", "is named", "not released", "first year", "years of age")


@dataclass(frozen=True)
class Space:
    """What is fitted: the families, and the names of the weights in their order."""

    families: tuple[Family, ...]
    kinds: tuple[str, ...]
    none: tuple[str, ...]


def space_of(records: Sequence[Record], kinds: Sequence[str]) -> Space:
    """The space of some records; `kinds` are those that the table of weights knows.

    Raises:
        ValueError: the records hold a kind that the table does not know.
    """
    unknown = {kind for one in records for kind in one["premises"]["counts"]} - set(kinds)
    if unknown:
        raise ValueError(f"estimate/weights.toml has no kind {', '.join(sorted(unknown))}; add a row for each")
    none = sorted({name for one in records for name in one["premises"]["none"]})
    return Space(families_of(load_catalogue().accelerators), tuple(kinds), tuple(none))


def is_submission(record: Record) -> bool:
    """Whether a row is one of MLPerf's many."""
    return bool(record["kind"] == "mlperf-cell")


def shares_of(records: Sequence[Record], space: Space) -> dict[str, float]:
    """Each family's share of the rows' truths."""
    counts: defaultdict[str, float] = defaultdict(float)
    for one in records:
        truth = one["premises"]["truth"]
        for family in truth:
            counts[family] += (SUBMISSION if is_submission(one) else 1) / len(truth)
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


def row_of(record: Record, space: Space, shares: Mapping[str, float]) -> Row:
    """A record as numbers; `shares` are what is known of the families before."""
    known, count = record["premises"], len(space.families)
    at = {one.id: number for number, one in enumerate(space.families)}
    values = np.zeros((count, len(space.kinds) + len(BEFORE)))
    for column, kind in enumerate(space.kinds):
        for family, number in known["counts"].get(kind, {}).items():
            values[at[family], column] = strength(number)
    prior = Weights({}, {}, {}, shares, min(shares.values()), "")
    for number, family in enumerate(space.families):
        given = before(family, known["day"], prior, named=family.id in known["counts"].get(NAMED, {}))
        values[number, len(space.kinds) :] = [given[name] for name in BEFORE]
    possible = np.ones(count, dtype=np.bool_)
    possible[[at[family] for family in known["impossible"]]] = False
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
        total, slope = SQUARES * float(weights @ weights), 2 * SQUARES * weights
        for row in usable:
            chance = shared(row, weights)
            right = max(float(chance[row.truth].sum()), 1e-12)
            total -= row.weight * float(np.log(right))
            slope = slope - row.weight * (row.values.T @ (np.where(row.truth, chance, 0) / right - chance))
        return total, slope

    return _least(cost, np.full(len(space.kinds) + len(BEFORE), 0.3), 0.0)


def _none_fitted(rows: Sequence[Row], space: Space) -> Numbers:
    values, used = np.array([row.none for row in rows]), np.array([row.truth.any() for row in rows])
    counted = np.array([row.weight for row in rows])

    def cost(weights: Numbers) -> tuple[float, Numbers]:
        score = values @ weights
        total = float(counted @ (np.logaddexp(0, score) - np.where(used, 0, score)))
        slope = values.T @ (counted * (1 / (1 + np.exp(-score)) - np.where(used, 0, 1)))
        return total + SQUARES * float(weights @ weights), slope + 2 * SQUARES * weights

    return _least(cost, np.zeros(len(space.none)), None)


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


def weights_of(records: Sequence[Record], space: Space, says: Mapping[str, str], basis: str) -> Weights:
    """The weights fitted to all records, as the tables hold them."""
    shares = shares_of(records, space)
    fit = fitted([row_of(one, space, shares) for one in records], space)
    values = dict(zip((*space.kinds, *BEFORE, *space.none), np.concatenate(fit), strict=True))
    rows = Counter(kind for one in records for kind in one["premises"]["counts"])
    kinds = {name: Kind(name, says[name], round(float(values[name]), 2), rows[name]) for name in space.kinds}
    return Weights(
        kinds,
        {name: round(float(values[name]), 2) for name in BEFORE},
        {name: round(float(values[name]), 2) for name in space.none},
        {name: round(share, 5) for name, share in shares.items() if share > min(shares.values())},
        round(min(shares.values()), 5),
        basis,
    )

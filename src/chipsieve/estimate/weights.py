"""How much does each kind of premise weigh? weights.toml and priors.toml, which `make fit` writes from labels."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from chipsieve.tables import TableError, own_table, table_list, text_field

ALL_YEARS = "any"


class Kind(msgspec.Struct, frozen=True):
    """A kind of premise: what it says in words, its weight, and the number of labelled rows in which one speaks.

    `expected` is what the weight was taken for before any row was counted.
    """

    id: str
    says: str
    weight: float
    rows: int
    expected: float = 0.0


class Weights(msgspec.Struct, frozen=True):
    """All that the estimate is fitted to: kinds, what speaks before any premise does, and when nothing was trained.

    `shares` are the families' shares of the labelled rows around each year (under "any", of all rows), `unlisted` is
    that of a family without any. `before` weighs shares and ages, `none` what speaks for there being no accelerator;
    `expected_before` and `expected_none` are what they were taken for before any row was counted. `basis` says what was
    fitted, and when.
    """

    kinds: Mapping[str, Kind]
    before: Mapping[str, float]
    none: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    unlisted: float
    basis: str
    expected_before: Mapping[str, float] = {}
    expected_none: Mapping[str, float] = {}

    def share(self, family: str, day: str) -> float:
        """A family's share of the labelled rows around the year of a day; of all rows where the day is not known."""
        years = sorted(year for year in self.shares if year != ALL_YEARS)
        year = min(max(day[:4], years[0]), years[-1]) if day and years else ALL_YEARS
        return self.shares.get(year, {}).get(family, self.unlisted)


@cache
def load_weights() -> Weights:
    """The shipped weights.

    Raises:
        TableError: a table lacks what it should hold.
    """
    return build_weights(own_table("estimate/weights.toml"), own_table("estimate/priors.toml"))


def build_weights(weights: Mapping[str, object], priors: Mapping[str, object]) -> Weights:
    """The weights of two parsed tables.

    Raises:
        TableError: a table lacks what it should hold.
    """
    where = "estimate/weights.toml"
    kinds = [_kind(where, row) for row in table_list(where, weights, "kind")]
    expected = weights.get("expected")
    if not isinstance(expected, dict):
        raise TableError(f"{where}: 'expected' must be a table")
    shares = priors.get("shares")
    if not isinstance(shares, dict):
        raise TableError("estimate/priors.toml: 'shares' must be a table of years")
    return Weights(
        kinds={one.id: one for one in kinds},
        before=_numbers(where, weights, "before"),
        none=_numbers(where, weights, "none"),
        shares={year: _numbers("estimate/priors.toml: shares", shares, year) for year in shares},
        unlisted=_number("estimate/priors.toml", priors, "unlisted"),
        basis=text_field(where, weights, "basis"),
        expected_before=_numbers(f"{where}: expected", expected, "before"),
        expected_none=_numbers(f"{where}: expected", expected, "none"),
    )


def _kind(where: str, row: Mapping[str, object]) -> Kind:
    rows = int(_number(where, row, "rows"))
    name, says = text_field(where, row, "id"), text_field(where, row, "says")
    return Kind(name, says, _number(where, row, "weight"), rows, _number(where, row, "expected"))


def _numbers(where: str, table: Mapping[str, object], key: str) -> dict[str, float]:
    found = table.get(key)
    if not isinstance(found, dict):
        raise TableError(f"{where}: {key!r} must be a table of numbers")
    return {name: _number(f"{where}: {key}", found, name) for name in found}


def _number(where: str, table: Mapping[str, object], key: str) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TableError(f"{where}: {key!r} must be a number")
    return float(value)

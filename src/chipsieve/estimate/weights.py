"""How much does each kind of premise weigh? weights.toml and priors.toml, which `make fit` writes from labelled rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from chipsieve.tables import TableError, load_toml, table_list, text_field


class Kind(msgspec.Struct, frozen=True):
    """A kind of premise: what it says in words, its weight, and the number of labelled rows in which one speaks."""

    id: str
    says: str
    weight: float
    rows: int


class Weights(msgspec.Struct, frozen=True):
    """All that the estimate is fitted to: kinds, what speaks before any premise does, and when nothing was trained.

    `shares` are the families' shares of the labelled rows, `unlisted` that of one without any; `before` weighs them and
    a family's age, `none` what speaks for there being no accelerator. `basis` says what was fitted, and when.
    """

    kinds: Mapping[str, Kind]
    before: Mapping[str, float]
    none: Mapping[str, float]
    shares: Mapping[str, float]
    unlisted: float
    basis: str


@cache
def load_weights() -> Weights:
    """The shipped weights.

    Raises:
        TableError: a table lacks what it should hold.
    """
    home = files("chipsieve.estimate")
    return build_weights(load_toml(home / "weights.toml"), load_toml(home / "priors.toml"))


def build_weights(weights: Mapping[str, object], priors: Mapping[str, object]) -> Weights:
    """The weights of two parsed tables.

    Raises:
        TableError: a table lacks what it should hold.
    """
    where = "estimate/weights.toml"
    kinds = [_kind(where, row) for row in table_list(where, weights, "kind")]
    shares = _numbers("estimate/priors.toml", priors, "shares")
    return Weights(
        kinds={one.id: one for one in kinds},
        before=_numbers(where, weights, "before"),
        none=_numbers(where, weights, "none"),
        shares=shares,
        unlisted=_number("estimate/priors.toml", priors, "unlisted"),
        basis=text_field(where, weights, "basis"),
    )


def _kind(where: str, row: Mapping[str, object]) -> Kind:
    rows = int(_number(where, row, "rows"))
    return Kind(text_field(where, row, "id"), text_field(where, row, "says"), _number(where, row, "weight"), rows)


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

"""How does each framework spell the sizes of a model and how a run divides it? The rows of layouts.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import msgspec

from chipsieve.link.option_values import option_name
from chipsieve.tables import TableError, own_table, refuse_unknown, table_list, text_field, text_list

SIZES = (
    "layers", "hidden", "heads", "head_width", "kv_heads", "ffn", "vocabulary", "experts", "expert_ffn",
    "tensor", "expert_tensor", "pipeline", "expert", "stage", "optimizer", "steps", "model", "flavor",
)  # fmt: skip
SWITCHES = ("gated", "untied", "grouped_query", "half", "deepspeed", "whole")
FORMS = (
    "other_layers", "other_attention", "some_layers", "shares_experts", "spreads_experts", "frozen", "offload",
    "optimizer_offload", "sharded", "optimizer_sharded", "eight_bit", "other_optimizer",
)  # fmt: skip
KEYS = (
    "name", "marks", "sizes", "switches", "forms", "defaults", "bare", "adam", "ffn_matrices", "ffn_default",
    "open_code", "registry", "adam_bytes", "factors", "unless", "adapters", "entries", "source",
)  # fmt: skip


class Layout(msgspec.Struct, frozen=True):
    """One framework: what says that a run is one of it, and the names of what it divides.

    `marks` are lists of alternatives: a run that states one of each is the framework's. `sizes` are numbers (`model`
    the name of one), `switches` flags, `forms` patterns of names: what is spelled so may be on. `defaults` are the
    numbers in force where a run states none, `bare` flags that take no operand. `ffn_matrices` is how many matrices of
    the stated width a layer's MLP has at least, `ffn_default` says that the width is four times the hidden size where
    nothing states it. `adam` are the names of optimizers that keep Adam's moments, in `adam_bytes` at least. Devices
    are as many as the launcher starts, or as the numbers of `factors` multiply to. Names of models are those of the
    framework's own `registry`, or those of a hub.

    Of a framework that is not `open_code` a run's settings say all: it trains the whole model unless they say
    otherwise. Nothing follows where a finding of the signals `unless` may take effect, weights alone where one of
    `adapters` may. Nothing is certain of a program that `entries` do not fit: it may take the options and build another
    model.
    """

    name: str
    marks: tuple[tuple[frozenset[str], ...], ...]
    sizes: Mapping[str, tuple[str, ...]]
    switches: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, re.Pattern[str]]
    defaults: Mapping[str, int]
    bare: tuple[str, ...]
    adam: tuple[str, ...]
    ffn_matrices: int
    ffn_default: bool
    open_code: bool
    registry: bool
    adam_bytes: int
    factors: tuple[str, ...]
    unless: frozenset[str]
    adapters: frozenset[str]
    entries: re.Pattern[str]
    source: str


@cache
def load_layouts() -> tuple[Layout, ...]:
    """The shipped rows, in the order in which they are asked.

    Raises:
        TableError: a row lacks what it should hold.
    """
    table = own_table("derive/layouts.toml")
    shared = {name: text_field("layouts.toml", _table(table, "forms"), name) for name in FORMS}
    return tuple(_layout(row, shared) for row in table_list("layouts.toml", table, "layout"))


def _layout(row: Mapping[str, object], shared: Mapping[str, str]) -> Layout:
    where = f"layouts.toml: {row.get('name', 'layout')}"
    refuse_unknown(where, row, KEYS)
    sizes, switches, forms = (_table(row, key) for key in ("sizes", "switches", "forms"))
    for given, known in ((sizes, SIZES), (switches, SWITCHES), (forms, FORMS)):
        refuse_unknown(where, given, known)
    return Layout(
        name=text_field(where, row, "name"),
        marks=tuple(_mark(text) for text in text_list(where, row, "marks")),
        sizes={key: text_list(where, sizes, key) for key in SIZES},
        switches={key: text_list(where, switches, key) for key in SWITCHES},
        forms={key: re.compile(text_field(where, forms, key, shared[key])) for key in FORMS},
        defaults={key: _number(where, value) for key, value in _table(row, "defaults").items()},
        bare=text_list(where, row, "bare"),
        adam=text_list(where, row, "adam"),
        ffn_matrices=_number(where, row.get("ffn_matrices", 2)),
        ffn_default=row.get("ffn_default") is True,
        open_code=row.get("open_code") is True,
        registry=row.get("registry") is True,
        adam_bytes=_number(where, row.get("adam_bytes", 8)),
        factors=text_list(where, row, "factors"),
        adapters=frozenset(text_list(where, row, "adapters")),
        entries=re.compile(text_field(where, row, "entries", ".*")),
        unless=frozenset(text_list(where, row, "unless")),
        source=text_field(where, row, "source"),
    )


def _mark(text: str) -> tuple[frozenset[str], ...]:
    """The alternatives of `a|b c`, by the names that are compared: one of the first and the second."""
    return tuple(frozenset(map(option_name, some.split("|"))) for some in text.split())


def _table(row: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = row.get(key, {})
    if not isinstance(found, Mapping):
        raise TableError(f"layouts.toml: {key!r} must be a table")
    return found


def _number(where: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TableError(f"{where}: must be a whole number")
    return value

"""How does each framework spell the sizes of a model and how a run divides it? The rows of layouts.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from chipsieve.tables import TableError, load_toml, refuse_unknown, table_list, text_field, text_list

SIZES = (
    "layers", "hidden", "heads", "head_width", "kv_heads", "ffn", "vocabulary", "experts", "expert_ffn",
    "tensor", "expert_tensor", "pipeline", "expert", "data", "stage", "optimizer", "steps",
)  # fmt: skip
SWITCHES = ("gated", "untied", "grouped_query", "half", "deepspeed", "whole")
FORMS = (
    "other_layers", "other_attention", "some_layers", "shares_experts", "frozen", "offload", "optimizer_offload",
    "sharded", "optimizer_sharded", "eight_bit", "other_optimizer",
)  # fmt: skip


class Layout(msgspec.Struct, frozen=True):
    """One framework: what says that a run is one of it, and the names of what it divides.

    `marks` are lists of names: a run that states all of one list is the framework's. `sizes` are numbers, `switches`
    flags, `forms` patterns of names: what is spelled so may be on. `defaults` are the numbers in force where a run
    states none. `ffn_matrices` is how many matrices of the stated width a layer's MLP has at least, `ffn_default` says
    that the width is four times the hidden size where nothing states it.
    """

    name: str
    marks: tuple[tuple[str, ...], ...]
    sizes: Mapping[str, tuple[str, ...]]
    switches: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, re.Pattern[str]]
    defaults: Mapping[str, int]
    bare: tuple[str, ...]
    adam: tuple[str, ...]
    ffn_matrices: int
    ffn_default: bool
    source: str


@cache
def load_layouts() -> tuple[Layout, ...]:
    """The shipped rows, in the order in which they are asked.

    Raises:
        TableError: a row lacks what it should hold.
    """
    table = files(__package__) / "layouts.toml"
    content = load_toml(table)
    shared = {name: text_field(table.name, _table(content, "forms"), name) for name in FORMS}
    return tuple(_layout(row, shared) for row in table_list(table.name, content, "layout"))


def _layout(row: Mapping[str, object], shared: Mapping[str, str]) -> Layout:
    where = f"layouts.toml: {row.get('name', 'layout')}"
    refuse_unknown(where, row, ("name", "marks", "sizes", "switches", "forms", "defaults", "bare", "adam",
                                "ffn_matrices", "ffn_default", "source"))  # fmt: skip
    sizes, switches, forms = (_table(row, key) for key in ("sizes", "switches", "forms"))
    for given, known in ((sizes, SIZES), (switches, SWITCHES), (forms, FORMS)):
        refuse_unknown(where, given, known)
    marks = row.get("marks")
    return Layout(
        name=text_field(where, row, "name"),
        marks=tuple(tuple(names.split()) for names in text_list(where, {"marks": marks}, "marks")),
        sizes={key: text_list(where, sizes, key) for key in SIZES},
        switches={key: text_list(where, switches, key) for key in SWITCHES},
        forms={key: re.compile(text_field(where, forms, key, shared[key])) for key in FORMS},
        defaults={key: _number(where, value) for key, value in _table(row, "defaults").items()},
        bare=text_list(where, row, "bare"),
        adam=text_list(where, row, "adam"),
        ffn_matrices=_number(where, row.get("ffn_matrices", 2)),
        ffn_default=row.get("ffn_default") is True,
        source=text_field(where, row, "source"),
    )


def _table(row: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = row.get(key, {})
    if not isinstance(found, Mapping):
        raise TableError(f"layouts.toml: {key!r} must be a table")
    return found


def _number(where: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TableError(f"{where}: must be a whole number")
    return value

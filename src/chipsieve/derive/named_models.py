"""How many parameters does the model have whose name a launch gives? The rows of models.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import msgspec

from chipsieve.derive.layouts import Layout
from chipsieve.derive.model_size import WEIGHT_BYTES, Size
from chipsieve.derive.stated import Stated, Value
from chipsieve.tables import TableError, own_table, refuse_unknown, table_list, text_field, text_list

ACCOUNT_AND_NAME = 2  # the parts of a name on a hub of models


class NamedModel(msgspec.Struct, frozen=True):
    """Models of one size: a pattern for their names in lower case, who publishes them, and where the size is from.

    `bytes` is what each parameter takes at least as it is published.
    """

    names: re.Pattern[str]
    of: frozenset[str]
    parameters: int
    bytes: int
    source: str


@cache
def load_models() -> tuple[NamedModel, ...]:
    """The shipped rows.

    Raises:
        TableError: a row lacks what it should hold.
    """
    where = "models.toml"
    return tuple(_model(where, row) for row in table_list(where, own_table("derive/models.toml"), "model"))


def _model(where: str, row: Mapping[str, object]) -> NamedModel:
    refuse_unknown(where, row, ("names", "of", "parameters", "bytes", "source"))
    parameters, each = row.get("parameters"), row.get("bytes", WEIGHT_BYTES)
    if not isinstance(parameters, int) or not isinstance(each, int):
        raise TableError(f"{where}: 'parameters' and 'bytes' must be whole numbers")
    accounts = frozenset(account.casefold() for account in text_list(where, row, "of"))
    pattern = re.compile(text_field(where, row, "names"))
    return NamedModel(pattern, accounts, parameters, each, text_field(where, row, "source"))


def named_size(stated: Stated, layout: Layout) -> Size | None:
    """The smallest model that may be meant; None where one of the names is unknown.

    A name as its publisher has it, `meta-llama/Llama-2-7b-hf`, is certain, and so is one of the framework's registry. A
    folder that is called so may hold another model: it is a convention, so the count is not certain.
    """
    names = [value for value in stated.values(layout.sizes["model"]) if not value.off]
    flavors = stated.values(layout.sizes["flavor"]) if layout.sizes["flavor"] else [None]
    sizes = [_size(value, flavor, registry=layout.registry) for value in names for flavor in flavors]
    known = [size for size in sizes if size]
    return min(known, key=lambda size: size.dense) if known and len(known) == len(sizes) else None


def _size(value: Value, flavor: Value | None, *, registry: bool) -> Size | None:
    parts = value.setting.value.rstrip("/").split("/")
    names = [parts[-1] if flavor is None else f"{parts[-1]}-{flavor.setting.value}", *reversed(parts[:-1])]
    found = ((name, row) for name in names for row in load_models() if row.names.fullmatch(name.casefold()))
    name, row = next(found, (names[0], None))
    if row is None:
        return None
    by_account = len(parts) == ACCOUNT_AND_NAME and parts[0].casefold() in row.of
    published = name == names[0] and (registry or by_account)
    doubt = "" if published else ", if what is called so holds it"
    settings = tuple(one.setting for one in (value, flavor) if one)
    certain = published and value.certain and (flavor is None or flavor.certain)
    return Size(row.parameters, 0, settings, f"{name}{doubt} ({row.source})", certain, row.bytes)

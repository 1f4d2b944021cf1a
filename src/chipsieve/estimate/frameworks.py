"""Which frameworks does code import, and on whose accelerators do people mostly use them? frameworks.toml says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from chipsieve.tables import load_toml, table_list, text_field, text_list


@cache
def _vendors() -> Mapping[str, str]:
    """Each framework's module and the vendor on whose accelerators it is mostly used, "" for anybody's."""
    where = "estimate/frameworks.toml"
    rows = table_list(where, load_toml(files("chipsieve.estimate") / "frameworks.toml"), "framework")
    pairs = (
        (module, text_field(where, row, "vendor", "")) for row in rows for module in text_list(where, row, "modules")
    )
    return dict(pairs)


def computes(modules: Iterable[str]) -> bool:
    """Whether one of some modules, given by their first names, is a framework that computes on accelerators."""
    return not _vendors().keys().isdisjoint(modules)


def usual_vendors(modules: Iterable[str]) -> Mapping[str, str]:
    """The frameworks among some modules that are mostly used on one vendor's accelerators, with the vendor."""
    return {name: vendor for name in sorted(set(modules)) if (vendor := _vendors().get(name))}

"""Which frameworks does code import, and on whose accelerators do people mostly use them? frameworks.toml says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from chipsieve.tables import own_table, refuse_unknown, table_list, text_field, text_list

FIELDS = ("modules", "vendor", "own", "source")


class Framework(msgspec.Struct, frozen=True):
    """On whose accelerators people mostly use a framework, "" for anybody's; `own` if the vendor made it for those."""

    vendor: str
    own: bool


@cache
def _frameworks() -> Mapping[str, Framework]:
    """The frameworks by the names of their modules."""
    where = "estimate/frameworks.toml"
    found = {}
    for row in table_list(where, own_table("estimate/frameworks.toml"), "framework"):
        refuse_unknown(where, row, FIELDS)
        framework = Framework(text_field(where, row, "vendor", ""), row.get("own") is True)
        found.update(dict.fromkeys(text_list(where, row, "modules"), framework))
    return found


def computes(modules: Iterable[str]) -> bool:
    """Whether one of some modules, given by their first names, is a framework that computes on accelerators."""
    return not _frameworks().keys().isdisjoint(modules)


def usual_vendors(modules: Iterable[str]) -> Mapping[str, Framework]:
    """The frameworks among some modules that are mostly used on one vendor's accelerators, by name."""
    known = ((name, _frameworks().get(name)) for name in sorted(set(modules)))
    return {name: framework for name, framework in known if framework and framework.vendor}

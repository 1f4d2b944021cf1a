"""Which export-control parameters does an accelerator meet? The rule sets of export_controls.toml, computed.

This is not legal advice. The parameters are applied regardless of date and of who made the chip; chips made abroad are
covered only where the Export Administration Regulations reach them, and a classification takes more than parameters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.catalogue.cells import ALL_BOOLEANS, ALL_NUMBERS
from chipsieve.catalogue.derived import number
from chipsieve.facts.ternary import every, negate, some
from chipsieve.tables import TableError, load_toml, refuse_unknown, table_list, text_field

TABLE = "export_controls.toml"
FIELDS = ("id", "title", "citation", "effective", "checked", "notes", "otherwise", "case")
LIMITS = ("_at_least", "_above", "_below")
SUMS = ("dram_bw_gbps", "io_gbps", "dram_and_io_gbps")
BOUNDED = ("tpp", "performance_density")
PCIE_LANE_GBPS = {3: 2, 4: 4, 5: 8, 6: 16}
"""Both directions of one lane by PCI Express generation, nominal GB/s."""

Case = Mapping[str, object]


class Rule(msgspec.Struct, frozen=True):
    """One rule set: its cases in order, and the status when none holds."""

    id: str
    title: str
    citation: str
    effective: str
    checked: str
    notes: str
    otherwise: str
    cases: tuple[Case, ...]


@cache
def load_rules() -> tuple[Rule, ...]:
    """The rule sets by date of effect, earlier ones first.

    Raises:
        TableError: the table does not say what its format asks for.
    """
    return read_rules(load_toml(files("chipsieve") / TABLE))


def export_status(accelerator: Accelerator) -> dict[str, str | None]:
    """The accelerator's status under each rule set, by rule id; None where the catalogue cannot tell.

    Statuses are the words of export_controls.toml. A TPP that is a lower bound proves "at least", never "below".
    """
    facts = {**accelerator.facts, **_sums(accelerator.facts)}
    possible: dict[str, frozenset[str]] = {}
    for rule in load_rules():
        possible[rule.id] = _possible(rule, facts, possible)
    return {rule: next(iter(statuses)) if len(statuses) == 1 else None for rule, statuses in possible.items()}


def _possible(rule: Rule, facts: Mapping[str, Cell], earlier: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The statuses that the known facts leave open."""
    found: set[str] = set()
    for case in rule.cases:
        holds = _holds(case, facts, earlier)
        if holds is not False:
            found.add(str(case["status"]))
        if holds:
            return frozenset(found)
    return frozenset({*found, rule.otherwise})


def _holds(case: Case, facts: Mapping[str, Cell], earlier: Mapping[str, frozenset[str]]) -> bool | None:
    return every(_key_holds(key, wanted, facts, earlier) for key, wanted in case.items() if key != "status")


def _key_holds(
    key: str, wanted: object, facts: Mapping[str, Cell], earlier: Mapping[str, frozenset[str]]
) -> bool | None:
    if isinstance(wanted, list):
        if key == "any":
            return some(_holds(part, facts, earlier) for part in wanted)
        inside = {status in wanted for status in earlier[key]}
        return inside.pop() if len(inside) == 1 else None
    for suffix in LIMITS:
        if key.endswith(suffix):
            return _limit(suffix, key.removesuffix(suffix), float(str(wanted)), facts)
    have = facts.get(key)
    return have is wanted if isinstance(have, bool) else None


def _limit(suffix: str, name: str, limit: float, facts: Mapping[str, Cell]) -> bool | None:
    value = number(facts, name)
    if value is None:
        return None
    if suffix == "_below":
        return negate(_limit("_at_least", name, limit, facts))
    reached = value >= limit if suffix == "_at_least" else value > limit
    open_above = name in BOUNDED and facts.get("tpp_lower_bound") is True
    return True if reached else None if open_above else False


def _sums(facts: Mapping[str, Cell]) -> dict[str, Cell]:
    """DRAM bandwidth, interconnect plus host link, and all three, in GB/s; a link that does not exist counts nothing.

    On-chip SRAM is no DRAM: the parameters say nothing of it, so such a chip's figure is unknown here.
    """
    dram = None if facts.get("memory_type") == "SRAM" else number(facts, "memory_bw_gbps")
    interconnect = number(facts, "interconnect_gbps") if "interconnect_gbps" in facts else 0
    io = _sum(interconnect, _host_link(facts))
    return {"dram_bw_gbps": dram, "io_gbps": io, "dram_and_io_gbps": _sum(dram, io)}


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _host_link(facts: Mapping[str, Cell]) -> float | None:
    """GB/s in both directions of `pcie4x16` or `c2c900`; 0 without a host link."""
    if "host_link" not in facts:
        return 0
    link = str(facts["host_link"])
    if pcie := re.fullmatch(r"pcie(\d)x(\d+)", link):
        return PCIE_LANE_GBPS[int(pcie[1])] * int(pcie[2])
    chip_to_chip = re.fullmatch(r"c2c(\d+)", link)
    return float(chip_to_chip[1]) if chip_to_chip else None


def read_rules(table: Mapping[str, object]) -> tuple[Rule, ...]:
    """The rule sets of one parsed table, in its order.

    Raises:
        TableError: a rule has an unknown key, lacks one, or a case asks for a fact or rule that is not there.
    """
    refuse_unknown(TABLE, table, ("rule",))
    rules: list[Rule] = []
    for row in table_list(TABLE, table, "rule"):
        rules.append(_rule(row, [rule.id for rule in rules]))
    return tuple(rules)


def _rule(row: Mapping[str, object], earlier: Collection[str]) -> Rule:
    where = f"{TABLE}: {text_field(TABLE, row, 'id')}"
    refuse_unknown(where, row, FIELDS)
    cases = table_list(where, row, "case")
    if not cases:
        raise TableError(f"{where}: 'case' is missing")
    for case in cases:
        text_field(f"{where}: case", case, "status")
        _check(f"{where}: case", {key: value for key, value in case.items() if key != "status"}, earlier)
    texts = {key: text_field(where, row, key) for key in FIELDS if key != "case"}
    return Rule(**texts, cases=tuple(cases))


def _check(where: str, conditions: Mapping[str, object], earlier: Collection[str]) -> None:
    limits = {name + suffix for name in (*ALL_NUMBERS, *SUMS) for suffix in LIMITS}
    refuse_unknown(where, conditions, {*limits, *ALL_BOOLEANS, *earlier, "any"})
    for key, wanted in conditions.items():
        kind = bool if key in ALL_BOOLEANS else list if key in ("any", *earlier) else int | float
        if not isinstance(wanted, kind):
            raise TableError(f"{where}: {key!r} cannot be {wanted!r}")
    for part in table_list(where, conditions, "any"):
        _check(where, part, earlier)

"""Which export-control parameters does an accelerator meet, and which rule held when? export_controls.toml, computed.

This is not legal advice. A status compares parameters, regardless of date and of who made the chip; chips made abroad
are covered only where the Export Administration Regulations reach them, and a classification takes more than that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache

import msgspec

from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.catalogue.cells import ALL_BOOLEANS, ALL_NUMBERS
from chipsieve.catalogue.derived import number
from chipsieve.facts.ternary import Ternary, every, negate, some
from chipsieve.tables import TableError, own_table, refuse_unknown, table_list, text_field, text_list

TABLE = "export_controls.toml"
TEXTS = ("id", "kind", "title", "citation", "effective", "destinations", "checked", "notes", "otherwise")
OPTIONAL = ("due", "until")
LISTS = ("controlled", "addressees")
KINDS = ("control", "review", "duty")
NO_ADVICE = "This is not legal advice."
LIMITS = ("_at_least", "_above", "_below")
SUMS = ("dram_bw_gbps", "io_gbps", "dram_and_io_gbps")
BOUNDED = ("tpp", "performance_density")
PCIE_LANE_GBPS = {3: 2, 4: 4, 5: 8, 6: 16}
"""Both directions of one lane by PCI Express generation, nominal GB/s."""

Case = Mapping[str, object]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule set: its cases in order, and the status when none holds.

    A `control` asks for a licence where a chip has one of the `controlled` statuses; a `review` says how applications
    for licences are judged, a `duty` is a tariff. `addressees` are the vendors whom a letter binds, none for everybody.
    """

    id: str
    kind: str
    title: str
    citation: str
    effective: str
    destinations: str
    checked: str
    notes: str
    otherwise: str
    cases: tuple[Case, ...]
    controlled: frozenset[str]
    addressees: tuple[str, ...] = ()
    due: str = ""
    until: str = ""

    @property
    def since(self) -> str:
        """The day from which it must be complied with."""
        return self.due or self.effective

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status that it can give."""
        return tuple(dict.fromkeys([*(str(case["status"]) for case in self.cases), self.otherwise]))

    def in_force(self, day: str) -> bool:
        """Whether it held on a day such as `2024-05-01`."""
        return self.since <= day and not (self.until and self.until <= day)

    def began(self, day: str) -> bool:
        """Whether it had come into force by a day, whatever became of it since."""
        return self.since <= day and not (self.until and self.until <= self.since)


class Standing(msgspec.Struct, frozen=True):
    """How an accelerator stands under one rule: the statuses that the known facts leave open, and what follows.

    `controlled` says whether the rule applies to it: under a control, whether it may not be exported without a licence
    or a licence exception; None where the catalogue cannot tell.
    """

    rule: Rule
    possible: frozenset[str]
    controlled: Ternary

    @property
    def status(self) -> str | None:
        """The rule's word for it; None where the catalogue cannot tell."""
        return next(iter(self.possible)) if len(self.possible) == 1 else None


@cache
def load_rules() -> tuple[Rule, ...]:
    """The rule sets by date of effect, earlier ones first.

    Raises:
        TableError: the table does not say what its format asks for.
    """
    return read_rules(own_table(TABLE))


@cache
def known_to() -> str:
    """The last day for which the rules can be relied on: later ones were not found, which proves little."""
    return text_field(TABLE, own_table(TABLE), "known_to")


def rules_on(day: str, kind: str = "control") -> tuple[Rule, ...]:
    """The rules of a kind that held on a day such as `2024-05-01`."""
    return tuple(rule for rule in load_rules() if rule.kind == kind and rule.in_force(day))


def standings(accelerator: Accelerator) -> tuple[Standing, ...]:
    """How an accelerator stands under each rule, earlier rules first.

    A TPP that is a lower bound proves "at least", never "below". A letter binds its addressees alone.
    """
    facts = {**accelerator.facts, **_sums(accelerator.facts)}
    possible: dict[str, frozenset[str]] = {}
    found = []
    for rule in load_rules():
        possible[rule.id] = statuses = _possible(rule, facts, possible)
        bound = not rule.addressees or accelerator.vendor in rule.addressees
        applies = _same(status in rule.controlled for status in statuses)
        found.append(Standing(rule, statuses, every([bound, applies])))
    return tuple(found)


def export_status(accelerator: Accelerator) -> dict[str, str | None]:
    """The accelerator's status under each rule set by its parameters, by rule id; None where the catalogue cannot tell.

    Statuses are the words of export_controls.toml.
    """
    return {one.rule.id: one.status for one in standings(accelerator)}


def controlled_on(accelerator: Accelerator, day: str) -> Ternary:
    """Whether a control that held on a day applied to the accelerator; None where the catalogue cannot tell."""
    return some(one.controlled for one in _controls(accelerator) if one.rule.in_force(day))


def controlled_since(accelerator: Accelerator, day: str = "") -> tuple[Standing | None, bool]:
    """The first control that certainly applied to it, of those that began by a day (any, where none is given).

    Beside it, whether an earlier one may have applied too, or any, where none certainly did. A rule that had ended
    before the accelerator was out is no answer.
    """
    earlier = False
    for one in _controls(accelerator):
        if one.rule.began(day or one.rule.since) and not (one.rule.until and one.rule.until <= out(accelerator)):
            if one.controlled:
                return one, earlier
            earlier = earlier or one.controlled is None
    return None, earlier


def out(accelerator: Accelerator) -> str:
    """When it was announced, or else released: a day, a month or a year; "" where nobody knows."""
    return str(accelerator.facts.get("announced") or accelerator.facts.get("released") or "")


def out_by(accelerator: Accelerator, day: str) -> bool:
    """Whether it may have been out on a day; the dates are as precise as they are known."""
    known = out(accelerator)
    return known <= day[: len(known)]


def control_named(where: str, text: str) -> Callable[[Accelerator], Ternary]:
    """Whether an accelerator is controlled, by a rule (`2023-10`), with a status (`2023-10:a`), or on a day.

    Raises:
        TableError: there is no such rule or status, or the rule is no export control.
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return lambda chip: controlled_on(chip, text)
    name, colon, status = text.partition(":")
    known = {rule.id: rule for rule in load_rules() if rule.kind != "duty"}
    refuse_unknown(where, [name], known, "rule")
    if not colon:
        return lambda chip: _standing(chip, name).controlled
    refuse_unknown(where, [status], known[name].statuses, "status word")
    return lambda chip: _standing(chip, name).status == status


def _standing(accelerator: Accelerator, rule: str) -> Standing:
    return next(one for one in standings(accelerator) if one.rule.id == rule)


def _controls(accelerator: Accelerator) -> Iterator[Standing]:
    return (one for one in standings(accelerator) if one.rule.kind == "control")


def _same(answers: Iterable[bool]) -> Ternary:
    """What all answers say; None where they differ."""
    found = set(answers)
    return found.pop() if len(found) == 1 else None


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
        return _same(status in wanted for status in earlier[key])
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
    refuse_unknown(TABLE, table, ("rule", "known_to"))
    rules: list[Rule] = []
    for row in table_list(TABLE, table, "rule"):
        rules.append(_rule(row, [rule.id for rule in rules]))
    return tuple(rules)


def _rule(row: Mapping[str, object], earlier: Collection[str]) -> Rule:
    where = f"{TABLE}: {text_field(TABLE, row, 'id')}"
    refuse_unknown(where, row, (*TEXTS, *OPTIONAL, *LISTS, "case"))
    cases = table_list(where, row, "case")
    if not cases:
        raise TableError(f"{where}: 'case' is missing")
    for case in cases:
        text_field(f"{where}: case", case, "status")
        _check(f"{where}: case", {key: value for key, value in case.items() if key != "status"}, earlier)
    texts = {key: text_field(where, row, key) for key in TEXTS}
    refuse_unknown(where, [texts["kind"]], KINDS, "kind")
    days = {key: text_field(where, row, key, "") for key in OPTIONAL}
    lists = {key: text_list(where, row, key) for key in LISTS}
    controlled = frozenset(lists["controlled"])
    rule = Rule(**texts, **days, cases=tuple(cases), controlled=controlled, addressees=lists["addressees"])
    refuse_unknown(where, controlled, rule.statuses, "status")
    return rule


def _check(where: str, conditions: Mapping[str, object], earlier: Collection[str]) -> None:
    limits = {name + suffix for name in (*ALL_NUMBERS, *SUMS) for suffix in LIMITS}
    refuse_unknown(where, conditions, {*limits, *ALL_BOOLEANS, *earlier, "any"})
    for key, wanted in conditions.items():
        kind = bool if key in ALL_BOOLEANS else list if key in ("any", *earlier) else int | float
        if not isinstance(wanted, kind):
            raise TableError(f"{where}: {key!r} cannot be {wanted!r}")
    for part in table_list(where, conditions, "any"):
        _check(where, part, earlier)

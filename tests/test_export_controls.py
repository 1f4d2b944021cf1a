"""Do the rule sets give the status that a reader of the rules gives?"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.catalogue.export_controls import TABLE, export_status, load_rules, read_rules
from chipsieve.tables import TableError

STATUSES = Path(__file__).parent.parent / "fixtures" / "catalogue" / "export-status.csv"
RTX_PRO_6000 = "rtx-pro-6000-blackwell-maxq rtx-pro-6000-blackwell-server rtx-pro-6000-blackwell-ws"

# Where we differ from the table that a reader of the rules drew up by hand: why, which rules, what we say, which chips.
DIFFERENCES = [
    (
        "the memory bandwidth alone lies outside both bands, whatever the unknown TPP",
        "2026-01-tariff",
        "n",
        "gaudi1 gaudi3-china hygon-k100-ai hygon-z100 metax-c550 mi308x mtt-s3000 rtx-6000d",
    ),
    (
        "the TPP is a lower bound, which cannot prove that it is below 21,000",
        "2026-01-review",
        "?",
        f"ascend-950dt biren-br100 biren-br104 gaudi2 maia-100 mtt-s5000 {RTX_PRO_6000}",
    ),
    (
        "the FP4 rate alone is published: a lower bound, which cannot prove that the TPP is below 4800",
        "2023-10 2025-01 2026-01-review",
        "?",
        "gb10-dgx-spark rtx-5090-d rtx-5090-d-v2",
    ),
]


def chip(**facts: Cell) -> Accelerator:
    base: dict[str, Cell] = {"tpp_lower_bound": False, "marketed_dc": True, "memory_type": "HBM3"}
    return Accelerator("x", "X", "x", "datacenter", "X", {**base, **facts})


def test_every_accelerator_against_the_reader() -> None:
    differing = {
        (name, rule): ours for _, rules, ours, chips in DIFFERENCES for name in chips.split() for rule in rules.split()
    }
    found = {}
    with STATUSES.open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        for rule, status in export_status(load_catalogue().by_id[row["accelerator"]]).items():
            if (status or "?") != row.get(rule, status or "?"):  # who drew up the table left the first letters out
                found[row["accelerator"], rule] = status or "?"
    assert found == differing
    assert {row["accelerator"] for row in rows} == set(load_catalogue().by_id)


@pytest.mark.parametrize(
    ("name", "rule", "status"),
    [
        ("a100-sxm4-80gb", "2022-08", "y"),
        ("a30", "2022-08", "n"),
        ("mi250", "2022-08", "y"),  # AMD said so of its letter, and that the MI100 is free
        ("mi100", "2022-08", "n"),
        ("a100-sxm4-80gb", "2022-10", "y"),
        ("a800-sxm4-80gb", "2022-10", "n"),  # its NVLink was cut to 400 GB/s for that
        ("h800-sxm5-80gb", "2022-10", "n"),
        ("h800-sxm5-80gb", "2023-10", "a"),
        ("h20-96gb", "2023-10", "none"),
        ("h20-96gb", "2025-04", "y"),
        ("l4", "2023-10", "a"),  # by density alone
        ("l20", "2023-10", "none"),
        ("rtx-4090", "2023-10", "a-NAC"),
        ("rtx-4090-d", "2023-10", "none-note2"),
        ("rtx-5090-d", "2025-04", "y"),
        ("rtx-5090-d-v2", "2025-04", "n"),
        ("h200-sxm5-141gb", "2026-01-tariff", "y"),
        ("h200-nvl-141gb", "2026-01-tariff", "n"),
        ("mi325x", "2026-01-tariff", "y"),
        ("b200", "2026-01-review", "denial"),
        ("mlu590", "2023-10", None),
        ("groq-lpu-v1", "2025-04", None),  # SRAM is no DRAM
    ],
)
def test_named_chips(name: str, rule: str, status: str | None) -> None:
    assert export_status(load_catalogue().by_id[name])[rule] == status


def test_thresholds_are_at_least_or_strict_as_the_rules_say() -> None:
    at = chip(tpp=4800.0, interconnect_gbps=536, host_link="pcie4x16", memory_bw_gbps=1000)
    below = chip(tpp=4799.9, interconnect_gbps=536, host_link="pcie4x16", memory_bw_gbps=1000, performance_density=1.0)
    assert (export_status(at)["2022-10"], export_status(at)["2023-10"]) == ("y", "a")
    assert (export_status(below)["2022-10"], export_status(below)["2023-10"]) == ("n", "none")
    edge = chip(tpp=21000.0, memory_bw_gbps=6000, interconnect_gbps=900, host_link="pcie5x16")
    assert export_status(edge)["2026-01-review"] == "denial"
    assert export_status(chip(tpp=14000.0, memory_bw_gbps=4800))["2026-01-tariff"] == "n"


def test_a_lower_bound_proves_at_least_and_nothing_else() -> None:
    bound = chip(tpp=4000.0, tpp_lower_bound=True, performance_density=2.0, memory_bw_gbps=1000)
    assert export_status(bound)["2023-10"] is None
    assert export_status(replace(bound, facts={**bound.facts, "tpp": 5000.0}))["2023-10"] == "a"


def test_a_link_that_is_unknown_is_not_a_link_that_is_missing() -> None:
    without = chip(tpp=5000.0, memory_bw_gbps=800)
    unknown = replace(without, facts={**without.facts, "interconnect_gbps": None})
    assert (export_status(without)["2022-10"], export_status(unknown)["2022-10"]) == ("n", None)


NUMBERS = st.one_of(st.none(), st.floats(1, 50_000))
FACTS = st.fixed_dictionaries(
    {
        "tpp": NUMBERS,
        "performance_density": st.one_of(st.none(), st.floats(0.1, 20)),
        "memory_bw_gbps": NUMBERS,
        "interconnect_gbps": NUMBERS,
        "marketed_dc": st.one_of(st.none(), st.booleans()),
        "host_link": st.sampled_from([None, "pcie4x16", "c2c900"]),
    }
)


@given(FACTS, st.sampled_from(["tpp", "performance_density", "memory_bw_gbps", "interconnect_gbps", "marketed_dc"]))
def test_forgetting_a_fact_never_changes_a_status_only_loses_it(facts: dict[str, Cell], forgotten: str) -> None:
    full, less = export_status(chip(**facts)), export_status(chip(**{**facts, forgotten: None}))
    assert all(less[rule] in (None, full[rule]) for rule in full)


@given(FACTS)
def test_every_status_is_one_of_the_rule(facts: dict[str, Cell]) -> None:
    for rule in load_rules():
        known = {rule.otherwise, *(str(case["status"]) for case in rule.cases)}
        assert export_status(chip(**facts))[rule.id] in {None, *known}


def rule(**changes: object) -> dict[str, object]:
    texts = dict.fromkeys(("title", "citation", "effective", "destinations", "checked", "notes", "otherwise"), "x")
    return {
        "rule": [{"id": "one", "kind": "control", **texts, "case": [{"status": "y", "tpp_at_least": 1}], **changes}]
    }


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"rules": []}, "unknown key 'rules'; did you mean 'rule'?"),
        ({"rule": {}}, "'rule' must be a list of tables"),
        (rule(case=[]), "one: 'case' is missing"),
        (rule(case=["y"]), "one: 'case' must be a list of tables"),
        (rule(case=[{"tpp_at_least": 1}]), "one: case: 'status' must be text and is missing"),
        (rule(case=[{"status": "y", "tppp_at_least": 1}]), "did you mean 'tpp_at_least'?"),
        (rule(case=[{"status": "y", "tpp_at_least": "1"}]), "'tpp_at_least' cannot be '1'"),
        (rule(case=[{"status": "y", "any": [{"tpp": 1}]}]), "unknown key 'tpp'"),
        (rule(case=[{"status": "y", "any": ["tpp"]}]), "'any' must be a list of tables"),
        (rule(case=[{"status": "y", "2023-10": ["a"]}]), "unknown key '2023-10'"),  # no earlier rule
        (rule(kind="tax"), "unknown kind 'tax'"),
        (rule(controlled=["yes"]), "unknown status 'yes'"),
    ],
)
def test_a_wrong_table_is_refused_with_its_mend(table: dict[str, object], message: str) -> None:
    with pytest.raises(TableError) as refusal:
        read_rules(table)
    assert message in str(refusal.value)
    assert TABLE in str(refusal.value)

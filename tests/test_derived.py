"""Do TPP and performance density follow from the primary numbers, and agree with what others state?"""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.accelerator import Cell
from chipsieve.catalogue.derived import BITS, NARROW, derive, performance_density, total_processing_performance

# Computed here and stated by nobody.
NOT_STATED = {
    ("hygon-z100", "tpp"): "FP64 and FP16 rates alone are known: a lower bound, which the notes did not compute",
}
TF32_AT_FULL_RATE = {"enflame-t20", "inferentia2", "trainium1", "trainium2", "trainium3"}
ROUNDING = 1.002  # datasheets round the rates of different formats differently
STATED_UNTIL = "2026-11-22"
"""The day until which a reader of the rules computed these figures too; nobody did for the rows that came later."""
PLANAR = {
    "tesla-k40m", "tesla-k80", "tesla-m40-12gb", "tesla-m40-24gb", "tesla-m60", "quadro-m6000",
    "gtx-970", "gtx-980", "gtx-980-ti", "gtx-titan-x-maxwell",
}  # fmt: skip


def stated() -> dict[tuple[str, str], float]:
    tables = [item for item in files("chipsieve.catalogue").iterdir() if item.name.endswith(".toml")]
    parsed = [tomllib.loads(table.read_text(encoding="utf-8")) for table in tables if table.name != "names.toml"]
    rows = {id_: row for vendor in parsed for id_, row in vendor["accelerators"].items()}
    return {(id_, key): value for id_, row in rows.items() for key, value in row.get("stated", {}).items()}


def computed() -> dict[tuple[str, str], Cell]:
    derived = ("tpp", "performance_density")
    return {
        (chip.id, key): chip.facts[key]
        for chip in load_catalogue().accelerators
        for key in derived
        if chip.facts.get(key) is not None and chip.date <= STATED_UNTIL
    }


def test_computed_figures_equal_the_stated_ones() -> None:
    assert {key: value for key, value in computed().items() if key not in NOT_STATED} == pytest.approx(
        stated(), rel=0, abs=0.0011
    )


def test_what_nobody_states_is_listed() -> None:
    assert computed().keys() - stated().keys() == NOT_STATED.keys()


def test_tf32_decides_nowhere_but_where_it_runs_at_full_rate() -> None:
    """It is left out of the formats, which is harmless only while its rate times 32 bits stays below the TPP."""
    above = set()
    for chip in load_catalogue().accelerators:
        tf32, tpp = chip.facts.get("tf32"), chip.facts["tpp"]
        if isinstance(tf32, int | float) and isinstance(tpp, int | float):
            circuits = chip.facts.get("ics", 1)
            assert isinstance(circuits, int)
            above |= {chip.id} if tf32 * 32 / circuits > tpp * ROUNDING else set()
    assert above == TF32_AT_FULL_RATE


def test_planar_dies_have_no_density() -> None:
    without = {chip.id for chip in load_catalogue().accelerators if "performance_density" not in chip.facts}
    assert without == PLANAR


@pytest.mark.parametrize(
    ("facts", "tpp", "density"),
    [
        ({"fp16": 300}, 4800, None),  # the example that the Bureau of Industry and Security gives
        ({"int8": 600}, 4800, None),
        ({"fp16": 312, "int8": 624, "die_area_mm2": 826, "process": "TSMC N7"}, 4992, 6.044),
        ({"fp32": 8.73, "ics": 2, "die_area_mm2": 1122}, 139.7, 0.249),
        ({"fp32": 8.73, "ics": 2, "die_area_mm2": 1122, "process": "TSMC 28nm"}, 139.7, None),
        ({"fp32": None}, None, None),
        ({}, None, None),
    ],
)
def test_definition(facts: dict[str, Cell], tpp: float | None, density: float | None) -> None:
    assert total_processing_performance(facts) == tpp
    assert performance_density(facts) == density


@pytest.mark.parametrize("unknown", NARROW)
def test_an_unknown_matrix_rate_makes_a_lower_bound(unknown: str) -> None:
    rates: dict[str, Cell] = {"fp32": 60.0, "fp16": 100.0, "bf16": 100.0}
    assert derive(rates)["tpp_lower_bound"] is False
    assert derive({**rates, unknown: None})["tpp_lower_bound"] is True


def test_an_unknown_vector_rate_makes_none() -> None:
    assert derive({"fp32": None, "fp64": None, "fp16": 100.0})["tpp_lower_bound"] is False


RATES = st.dictionaries(st.sampled_from(sorted(BITS)), st.floats(0.1, 50_000), min_size=1)


@given(RATES, st.sampled_from(sorted(BITS)))
def test_forgetting_a_rate_never_raises_the_figure(rates: dict[str, Cell], forgotten: str) -> None:
    full, less = total_processing_performance(rates), total_processing_performance({**rates, forgotten: None})
    assert full is not None
    assert less is None or less <= full

"""Does an accelerator's page say every fact with its origin, and what follows from the facts?"""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from chipsieve.catalogue import chips_called, load_catalogue
from chipsieve.catalogue.export_controls import load_rules
from chipsieve.catalogue.predicates import admits
from chipsieve.cli import main
from chipsieve.reference.chip_pages import as_json, as_pages
from chipsieve.signals import load_signals
from chipsieve.tables import TableError
from offenders import listed

CHIPS = load_catalogue().by_id


def record(name: str) -> dict[str, dict[str, list[str]]]:
    """What the JSON says of one accelerator."""
    document: list[dict[str, dict[str, list[str]]]] = json.loads(as_json([CHIPS[name]]))
    return document[0]


def test_every_fact_has_a_source_a_confidence_and_a_day() -> None:
    records = {chip["id"]: chip for chip in json.loads(as_json(CHIPS.values()))}
    assert records.keys() == CHIPS.keys()
    offenders = [
        f"{name}: {fact}"
        for name, one in records.items()
        for fact, said in one["facts"].items()
        if said["value"] != CHIPS[name].facts[fact] or not all((said["source"], said["confidence"], said["date"]))
    ]
    assert not offenders, listed("give these facts a source:", offenders)
    lacking = [name for name, one in records.items() if one["facts"].keys() != CHIPS[name].facts.keys()]
    assert not lacking, listed("facts are not shown:", lacking)


def test_every_page_can_be_written() -> None:
    page = as_pages(CHIPS.values())
    missing = [chip.id for chip in CHIPS.values() if f"{chip.id}: {chip.name}\n===" not in page]
    assert not missing


def test_a_page_in_words() -> None:
    page = as_pages([CHIPS["h20-96gb"]])
    for said in (
        "h20-96gb: H20 96GB\n==================\n",
        "- made for, or sold in, China alone\n",
        "fp8                  296 TFLOPS  [1]\n",
        "bf16_native          yes         [1]\n",
        "device_memory_gb     96 GB       [1] *\n",
        "- [1] ",
        "- mean it and others: h20",
        "- 2022-10 (control, in effect 2022-10-21",
        "This is not legal advice.",
        "mxfp8-training",
    ):
        assert said in page


def test_what_nobody_knows_and_bounds_are_said_so() -> None:
    assert "tpp                  not known" in as_pages([CHIPS["mi308x"]])
    bounded = next(chip for chip in CHIPS.values() if chip.facts.get("tpp_lower_bound") and chip.facts.get("tpp"))
    assert f">= {bounded.facts['tpp']:.10g}" in as_pages([bounded])


def test_signals_are_those_that_refuse_the_chip() -> None:
    signals = load_signals()
    for name in ("v100-sxm2-32gb", "mi250x", "tpu-v4"):
        found = record(name)["signals"]
        for side, answer in (("exclude", False), ("speak_against", False), ("not_known", None)):
            assert all(admits(signals[one].requires, CHIPS[name]) is answer for one in found[side])
        assert all(signals[one].strength in ("definitive", "strong") for one in found["exclude"])
        assert all(signals[one].strength == "weak" for one in found["speak_against"])
    assert "flash-attention-2" in record("v100-sxm2-32gb")["signals"]["exclude"]
    assert "flash-attention-2" not in record("mi250x")["signals"]["exclude"], "it binds NVIDIA alone"


def test_names_say_what_else_they_mean() -> None:
    names = record("h20-96gb")["names"]
    assert names["h20-96g"] == []
    assert "h20-3e-141gb" in names["h20"]


def test_status_is_said_for_every_rule() -> None:
    controls = json.loads(as_json([CHIPS["a100-sxm4-80gb"]]))[0]["export_controls"]
    assert controls["rules"].keys() == {rule.id for rule in load_rules()}
    assert controls["rules"]["2022-10"]["status"] == "y"
    assert "not legal advice" in controls["notice"]


@pytest.mark.parametrize(
    ("word", "one"),
    [("h20-96gb", "h20-96gb"), ("H20", "h20-3e-141gb"), ("Tesla V100", "v100-sxm2-16gb"), ("TPU v4", "tpu-v4")],
)
def test_a_chip_is_called_by_id_name_or_family(word: str, one: str) -> None:
    assert one in chips_called(word)


def test_every_family_can_be_asked_for() -> None:
    """Where a family is called like one of its chips, that one is meant."""
    families = {chip.family: {one.id for one in CHIPS.values() if one.family == chip.family} for chip in CHIPS.values()}
    offenders = [family for family, ids in families.items() if not chips_called(family) & ids]
    assert not offenders, listed("a family's name means other chips:", offenders)


def test_a_wrong_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(TableError, match=r"no accelerator is called 'h2o'; did you mean 'H20'\? `chipsieve"):
        chips_called("h2o")


def test_the_command_shows_several_and_obeys_conditions() -> None:
    shown = CliRunner().invoke(main, ["accelerators", "h20", "mi300x", "--format", "json"])
    assert {chip["family"] for chip in json.loads(shown.stdout)} == {"MI300X", "H20"}
    fewer = CliRunner().invoke(main, ["accelerators", "h20", "--where", "memory_gb=96", "--format", "json"])
    assert [chip["id"] for chip in json.loads(fewer.stdout)] == ["h20-96gb"]
    page = CliRunner().invoke(main, ["accelerators", "h20-96gb"])
    assert page.stdout.startswith("h20-96gb: H20 96GB\n")
    refused = CliRunner().invoke(main, ["accelerators", "h2o"])
    assert refused.exit_code == 2
    assert "did you mean 'H20'?" in refused.stderr

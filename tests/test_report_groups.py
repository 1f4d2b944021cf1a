"""Are accelerators grouped so that the phrase is true of exactly those chips?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verdicts
from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.report.groups import Groups, family

SMALL = Groups(verdicts.accelerators())
SHIPPED = load_catalogue()
WHOLE = Groups(SHIPPED.accelerators)


def nvidia(*architectures: str) -> list[str]:
    return [row.id for row in SHIPPED.accelerators if row.vendor == "nvidia" and row.architecture in architectures]


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ([], "nothing"),
        (["h20-96gb"], "H20"),
        (["mi250", "mi300x"], "Instinct MI250, Instinct MI300X"),
        (["v100-sxm2-16gb", "rtx-3090", "a100-sxm4-80gb", "h20-96gb"], "all 4 NVIDIA"),
    ],
)
def test_few_chips_are_named_and_a_whole_vendor_is_one_word(ids: list[str], said: str) -> None:
    assert SMALL.short(ids) == said


def test_neighbouring_architectures_are_a_span() -> None:
    ids = nvidia("Kepler", "Maxwell", "Pascal", "Volta", "Turing")
    assert WHOLE.short(ids) == f"{len(ids)} NVIDIA (Kepler … Turing)"


def test_architectures_with_a_hole_are_listed() -> None:
    ids = nvidia("Ampere", "Hopper")
    assert WHOLE.short(ids) == f"{len(ids)} NVIDIA (Ampere, Hopper)"


def test_a_part_of_an_architecture_is_never_called_the_whole() -> None:
    ids = [*nvidia("Hopper"), *nvidia("Ampere")[1:]]
    ampere, hopper = len(nvidia("Ampere")) - 1, len(nvidia("Hopper"))
    assert WHOLE.short(ids) == f"{ampere + hopper} NVIDIA ({ampere} Ampere, {hopper} Hopper)"


def test_segments_are_said_where_architectures_are_cut_through() -> None:
    ids = [row.id for row in SHIPPED.accelerators if row.vendor == "nvidia" and row.segment == "consumer"]
    assert WHOLE.short(ids) == f"{len(ids)} NVIDIA (consumer)"


def test_what_was_gone_before_does_not_make_a_part_of_the_rest() -> None:
    gone = nvidia("Ampere")[:1]
    alive = [row.id for row in SHIPPED.accelerators if row.id not in gone]
    ids = nvidia("Ampere")[1:]
    assert WHOLE.short(ids, alive) == f"{len(ids)} NVIDIA (Ampere)"


def test_a_family_with_some_of_its_variants_says_how_many() -> None:
    assert "A100 (2 of 5)" in WHOLE.short(["a100-pcie-40gb", "a100-pcie-80gb"])


def test_many_vendors_are_counted() -> None:
    ids = [row.id for row in SHIPPED.accelerators if row.vendor != "nvidia"]
    phrase = Groups(SHIPPED.accelerators).short(ids)
    amd = sum(row.vendor == "amd" for row in SHIPPED.accelerators)
    assert phrase.startswith(f"all {amd} AMD, ")
    assert phrase.count(",") == 5
    assert phrase.endswith("other vendors")
    assert "other vendors" not in Groups(SHIPPED.accelerators, vendors=99).short(ids)


@given(st.sets(st.sampled_from([row.id for row in SHIPPED.accelerators])))
def test_groups_hold_every_chip_once(ids: set[str]) -> None:
    groups = WHOLE.grouped(ids)
    assert sum(group.count for group in groups) == len(ids)
    assert len({(group.vendor, group.architecture) for group in groups}) == len(groups)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("A100 PCIE 40GB", "A100"), ("H100 SXM5 80GB", "H100"), ("H100 NVL 94GB", "H100"), ("H20-3e 141GB", "H20-3e"),
        ("B200 (HGX/DGX)", "B200"), ("MetaX C500 OAM", "MetaX C500"), ("GeForce RTX 3080 10GB", "GeForce RTX 3080"),
        ("RTX 6000 Ada", "RTX 6000 Ada"), ("(unnamed)", "(unnamed)"),
    ],
)  # fmt: skip
def test_a_family_is_a_name_without_form_and_memory(name: str, short: str) -> None:
    assert family(name) == short


@pytest.mark.parametrize(
    ("vendor", "architecture", "label"),
    [("NVIDIA", "Ada", "NVIDIA Ada"), ("Apple", "Apple GPU", "Apple GPU"), ("A CoreX", "CoreX", "A CoreX")],
)
def test_a_label_says_a_word_once(vendor: str, architecture: str, label: str) -> None:
    row = Accelerator("x", "X", "v", "datacenter", architecture, {"vendor_name": vendor})
    assert Groups([row]).grouped(["x"])[0].label == label


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ([], "nothing"),
        (["h20-96gb", "v100-sxm2-16gb"], "V100, H20"),
        (["mi250", "mi300x", "h20-96gb"], "Instinct MI250, Instinct MI300X; H20"),
    ],
)
def test_few_chips_are_named_among_architectures(ids: list[str], said: str) -> None:
    assert SMALL.architectures(ids) == said


def test_architectures_are_said_without_counts_but_for_those_that_are_there_in_part() -> None:
    amd = [row.id for row in SHIPPED.accelerators if row.vendor == "amd"]
    assert WHOLE.architectures([*nvidia("Ada", "Hopper"), *amd]) == "NVIDIA Ada, Hopper; all of AMD"
    ampere = nvidia("Ampere")
    expected = f"NVIDIA Ampere ({len(ampere) - 1} of {len(ampere)}), Hopper"
    assert WHOLE.architectures([*nvidia("Hopper"), *ampere[1:]]) == expected
    assert WHOLE.architectures(nvidia("Kepler", "Maxwell", "Pascal", "Volta")) == "NVIDIA Kepler … Volta"
    several = ("Kepler", "Pascal", "Turing", "Ada", "Blackwell", "Rubin")
    assert WHOLE.architectures(nvidia(*several)) == "NVIDIA Kepler, Pascal, Turing, Ada and 2 more"


def test_beyond_a_few_vendors_the_rest_is_counted() -> None:
    said = WHOLE.architectures([row.id for row in SHIPPED.accelerators])
    vendors = {row.vendor for row in SHIPPED.accelerators}
    assert said.startswith("all of NVIDIA; all of AMD; ")
    assert said.endswith(f"; chips of {len(vendors) - 5} other vendors")

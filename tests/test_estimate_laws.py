"""Does the estimate obey its laws, whatever the premises?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chipsieve.catalogue import load_catalogue
from chipsieve.estimate.estimating import NO_ACCELERATOR, counts_for, estimate, probabilities
from chipsieve.estimate.families import families_of
from chipsieve.estimate.frameworks import computes, usual_vendors
from chipsieve.estimate.phrases import in_words
from chipsieve.estimate.speaking import Known, Premise
from chipsieve.estimate.weights import build_weights, load_weights
from chipsieve.tables import TableError

FAMILIES = families_of(load_catalogue().accelerators)
IDS = tuple(one.id for one in FAMILIES)
EVERY_CHIP = frozenset(chip for one in FAMILIES for chip in one.accelerators)
KNOWN = Known(None, (), (), "", (), frozenset({"nvidia"}), "2024-06-01", EVERY_CHIP, frozenset({"torch"}))
FOR = ("log", "request", "trained", "mentions", "comment")
AGAINST = ("asked for", "preferred", "presumed")

spoken = st.builds(
    Premise,
    kind=st.sampled_from(FOR),
    families=st.frozensets(st.sampled_from(IDS), min_size=1, max_size=3),
    at=st.integers(1, 50).map(lambda line: f"README.md:{line}"),
)
objected = st.builds(
    Premise,
    kind=st.sampled_from(AGAINST),
    families=st.frozensets(st.sampled_from(IDS), max_size=80),
    at=st.integers(1, 50).map(lambda line: f"run.sh:{line}"),
    against=st.just(value=True),
)
several = st.lists(spoken | objected, max_size=12, unique=True)
days = st.sampled_from(("", "2016-01-01", "2020-06-30", "2024-06-01", "2026-11-29"))


def chances(premises: list[Premise], known: Known = KNOWN) -> dict[str, float]:
    return probabilities(FAMILIES, counts_for(known, premises, FAMILIES), known, load_weights())


@given(several, days)
def test_it_sums_to_one(premises: list[Premise], day: str) -> None:
    known = replace(KNOWN, day=day)
    answer = estimate(known, premises, FAMILIES, load_weights())
    assert sum(chances(premises, known).values()) == pytest.approx(1)
    rounding = 1e-4 * (len(answer.families) + 1)
    assert sum(one.probability for one in answer.families) + answer.none_of_these == pytest.approx(1, abs=rounding)
    assert answer.no_accelerator <= answer.none_of_these


@given(several, st.sets(st.sampled_from(sorted(EVERY_CHIP)), min_size=1))
def test_what_is_excluded_has_no_probability(premises: list[Premise], left: set[str]) -> None:
    known = replace(KNOWN, possible=frozenset(left))
    given_any = {one.id for one in FAMILIES if left.intersection(one.accelerators)} | {NO_ACCELERATOR}
    assert set(chances(premises, known)) <= given_any
    for one in estimate(known, premises, FAMILIES, load_weights()).families:
        assert left.issuperset(one.accelerators)


@given(several)
def test_what_was_not_announced_by_the_day_is_impossible(premises: list[Premise]) -> None:
    found = chances(premises, replace(KNOWN, day="2019-05-01"))
    assert "v100" in found
    assert not {"h100", "b200", "mi300x", "rtx-4090"} & set(found)


@given(several, spoken)
def test_a_further_premise_never_makes_its_family_less_likely(premises: list[Premise], further: Premise) -> None:
    one = replace(further, families=frozenset({min(further.families)}), at="further.md:1")
    family = min(one.families)
    before, after = chances(premises), chances([*premises, one])
    assert after.get(family, 0) >= before.get(family, 0) - 1e-12


@given(st.sampled_from(FOR), st.sampled_from(IDS), st.integers(1, 20))
def test_each_further_premise_of_a_kind_adds_less_to_the_odds(kind: str, family: str, count: int) -> None:
    def odds(number: int) -> float:
        score = chances([Premise(kind, frozenset({family}), f"README.md:{line}") for line in range(number)])
        other = next(one for one in score if one != family)
        return score[family] / score[other] if family in score else 1.0

    first, second, third = odds(count), odds(count + 1), odds(count + 2)
    assert third / second <= second / first + 1e-9


@given(several.flatmap(lambda premises: st.tuples(st.just(premises), st.permutations(premises))))
def test_order_does_not_matter(orders: tuple[list[Premise], list[Premise]]) -> None:
    mine, theirs = map(chances, orders)
    assert all(mine[one] == pytest.approx(theirs[one]) for one in mine)


def test_the_words_are_those_of_icd_203() -> None:
    said = [in_words(share) for share in (0, 0.04, 0.05, 0.2, 0.44, 0.45, 0.55, 0.79, 0.8, 0.95, 1)]
    assert said == [
        "almost no chance", "almost no chance", "very unlikely", "unlikely", "unlikely", "roughly even chance",
        "likely", "likely", "very likely", "almost certain", "almost certain",
    ]  # fmt: skip


def test_every_kind_and_share_of_the_tables_is_one_that_there_is() -> None:
    weights = load_weights()
    assert {family for shares in weights.shares.values() for family in shares} <= set(IDS)
    assert weights.share("a100", "2023-05-01") > weights.share("v100", "2023-05-01") > weights.unlisted
    assert weights.share("a100", "1999-01-01") == weights.shares[min(weights.shares)]["a100"]
    assert len(weights.kinds) < 50  # few: tens
    assert all(kind.weight >= 0 for kind in weights.kinds.values())
    assert {
        "share",
        "share where named",
        "is named",
        "is named elsewhere",
        "not released",
        "first year",
        "years of age",
    } == set(weights.before)


def test_no_weight_is_about_a_repository() -> None:
    said = " ".join(f"{kind.id} {kind.says}" for kind in load_weights().kinds.values())
    assert "/" not in said


def test_a_table_that_lacks_a_number_is_refused() -> None:
    empty = {"basis": "x", "before": {}, "none": {}, "kind": [], "expected": {"before": {}, "none": {}}}
    with pytest.raises(TableError, match="'unlisted' must be a number"):
        build_weights(empty, {"shares": {"any": {}}})
    with pytest.raises(TableError, match="'shares' must be a table of years"):
        build_weights(empty, {"unlisted": 1})
    with pytest.raises(TableError, match="'expected' must be a table"):
        build_weights({"basis": "x", "before": {}, "none": {}, "kind": []}, {"unlisted": 1, "shares": {}})


def test_families_gather_the_rows_that_differ_in_memory_or_form() -> None:
    by_id = {one.id: one for one in FAMILIES}
    form_factors = ("h100-nvl-94gb", "h100-pcie-80gb", "h100-sxm5-64gb", "h100-sxm5-80gb", "h100-sxm5-96gb")
    assert by_id["h100"].accelerators == form_factors
    assert by_id["h100"].released == "2022-10"
    assert by_id["tpu-v4"].accelerators == ("tpu-v4",)
    assert by_id["rtx-4090"].professional is False
    assert len(by_id) == len(FAMILIES)


def test_a_framework_says_on_whose_accelerators_it_is_mostly_used() -> None:
    found = usual_vendors(["torch", "flax", "mlx"])
    assert {name: (one.vendor, one.own) for name, one in found.items()} == {
        "flax": ("google", False), "mlx": ("apple", True)
    }  # fmt: skip
    assert computes(["numpy", "torch"])
    assert not computes(["numpy", "flask"])

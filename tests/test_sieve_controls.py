"""How are chips split by the export controls of a day? Real chips and rules, each standing with an example.

What each chip's own standing is, tests/test_controls.py holds; here it is how several come together.
"""

from __future__ import annotations

import pytest

from chipsieve.catalogue import load_catalogue
from chipsieve.estimate.answer import Estimate, FamilyEstimate
from chipsieve.sieve.controls import ControlledFamily, Controls, Split, controls_of

CHIPS = load_catalogue().accelerators
A100, A800, H100, H20, B200 = "a100-sxm4-80gb", "a800-sxm4-80gb", "h100-sxm5-80gb", "h20-96gb", "b200"
LIKE_5090, L20, TPU, HUAWEI = "rtx-5090-d", "l20", "tpu-v5p", "ascend-910b1"


def on(day: str, *left: str, family: tuple[str, ...] = ()) -> Controls:
    """The controls of a day for some chips that remain, and one family of the estimate."""
    several = (FamilyEstimate("f", "F", family, 0.5, "likely", ()),) if family else ()
    found = controls_of(day, CHIPS, left, Estimate("", several, 0.5, 0.0, "by hand"))
    assert found is not None
    return found


def test_each_chip_that_remains_is_controlled_or_not_or_unknown() -> None:
    got = on("2023-12-01", H20, A100, LIKE_5090, L20)
    assert got.day == "2023-12-01"
    assert got.status == Split(y=(A100,), n=(H20, L20), unknown=(LIKE_5090,))


def test_a_chip_that_was_not_out_is_neither_free_nor_undecided() -> None:
    early, late = on("2022-11-01", L20, H100, "rtx-4090-d"), on("2023-12-01", LIKE_5090, H20, L20)
    assert (early.status.n, early.uncontrolled, early.out) == ((L20, "rtx-4090-d"), (), frozenset({H100}))
    assert (late.status.unknown, late.undecided, late.uncontrolled) == ((LIKE_5090,), (), (H20, L20))
    assert on("2025-02-01", LIKE_5090).undecided == (LIKE_5090,)


def test_each_rule_of_the_day_has_its_own_split_and_words() -> None:
    got = on("2026-02-01", H100, H20)
    general, letters = got.rules
    assert (general.rule.id, general.status) == ("2023-10", Split((H100,), (H20,), ()))
    assert general.statuses == {"a": (H100,), "none": (H20,)}
    assert (letters.rule.id, letters.status) == ("2025-04", Split((H100, H20), (), ()))
    (review,) = got.reviews
    assert review.rule.id == "2026-01-review"
    assert review.statuses == {"case-by-case": (H100,), "not-controlled": (H20,)}
    assert on("2024-01-01", H100).reviews == ()
    assert on("2021-01-01", H100).rules == ()


def test_a_chip_whose_word_is_unknown_has_none() -> None:
    (rule,) = on("2024-01-01", "mlu590", H100).rules
    assert rule.status == Split((H100,), (), ("mlu590",))
    assert rule.statuses == {"a": (H100,)}


@pytest.mark.parametrize(
    ("day", "chips", "standing"),
    [
        ("2023-12-01", (A100, A800), "controlled"),
        ("2023-12-01", (A100, H20), "partly"),
        ("2024-01-01", (A100, "mlu590"), "partly"),
        ("2023-12-01", (H20, L20), "not controlled"),
        ("2024-01-01", ("mlu590",), "unknown"),
        ("2024-01-01", ("mlu590", H20), "unknown"),
        ("2022-11-01", (B200, H20), "not out"),
        ("2022-11-01", (A100, H20), "controlled"),  # of those that were out
    ],
)
def test_a_family_is_as_controlled_as_its_chips_that_were_out(day: str, chips: tuple[str, ...], standing: str) -> None:
    (family,) = on(day, family=chips).families
    assert (family.standing, family.family.accelerators) == (standing, chips)
    if standing not in ("controlled", "partly"):
        assert family == ControlledFamily(family.family, family.standing)


@pytest.mark.parametrize(
    ("day", "chips", "rules", "since", "at_latest"),
    [
        ("2023-12-01", (A100,), ("2023-10",), "2022-08", False),  # an earlier rule began it, and has ended
        ("2023-12-01", (A800,), ("2023-10",), "2023-10", False),
        ("2023-12-01", (A800, A100), ("2023-10",), "2022-08", False),  # the first of all
        ("2025-05-01", (H100,), ("2023-10", "2025-04"), "2022-08", False),
        ("2025-05-01", (H20,), ("2025-04",), "2025-04", False),
        ("2025-05-01", (LIKE_5090,), ("2025-04",), "2025-04", True),  # perhaps the general rule had been first
        ("2025-05-01", (H20, L20), ("2025-04",), "2025-04", False),
    ],
)
def test_a_family_is_controlled_since_the_first_rule_that_certainly_applied(
    day: str, chips: tuple[str, ...], rules: tuple[str, ...], since: str, at_latest: bool
) -> None:
    (family,) = on(day, family=chips).families
    assert family.since is not None
    assert (family.rules, family.since.id, family.at_latest) == (rules, since, at_latest)


def test_makers_whom_no_letter_addresses_are_named_once() -> None:
    assert on("2024-01-01", HUAWEI, "ascend-910b2", H100, TPU).others == ("google", "huawei")
    assert on("2024-01-01", H100, "mi300x").others == ()
    assert on("2024-01-01", "mlu590").others == ()  # not certainly controlled


def test_without_a_day_or_an_estimate_nothing_is_guessed() -> None:
    assert controls_of("", CHIPS, [H100], None) is None
    found = controls_of("2024-01-01", CHIPS, [H100], None)
    assert found is not None
    assert found.families == ()
    assert found.known_to >= "2026-08-31"

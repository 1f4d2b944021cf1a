"""Do predicates and targets keep their laws: unknown never turns into False, capabilities are ordered up to 9.0?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.catalogue.predicates import OWN, admits
from chipsieve.catalogue.selection import CHOICES, KEYS
from chipsieve.catalogue.targets import LAST_ORDERED, NAMED, at_least, capability, runs
from chipsieve.facts.ternary import every, negate, some
from chipsieve.signals import load_signals
from chipsieve.tables import TableError

ANSWERS = [True, False, None]
NAMES = {"h20": frozenset({"x"}), "a100": frozenset({"y"})}


def chip(vendor: str = "nvidia", **facts: Cell) -> Accelerator:
    return Accelerator("x", "X", vendor, "datacenter", "Hopper", facts)


# Kleene's logic


@pytest.mark.parametrize("one", ANSWERS)
@pytest.mark.parametrize("other", ANSWERS)
def test_conjunction_and_disjunction_are_dual(one: bool | None, other: bool | None) -> None:
    assert negate(every([one, other])) == some([negate(one), negate(other)])


def test_of_nothing() -> None:
    assert (every([]), some([])) == (True, False)


# Facts


@pytest.mark.parametrize(
    ("predicate", "answer"),
    [
        ({}, True),
        ({"vendor": "nvidia"}, True),
        ({"vendor": ["amd", "nvidia"]}, True),
        ({"vendor": ["amd"]}, False),
        ({"bf16_native": True}, True),
        ({"bf16_native": False}, False),
        ({"fp8_native": True}, None),  # unknown
        ({"mig": True}, None),  # missing
        ({"gpudirect_rdma": True}, None),  # "equiv" is neither yes nor no
        ({"gpudirect_rdma": "equiv"}, True),
        ({"memory_gb": 96}, True),
        ({"memory_gb": "96"}, True),  # a finding's value is text
        ({"memory_gb": "80"}, False),
        ({"memory_gb": "lots"}, None),
        ({"memory_gb_at_least": 80}, True),
        ({"memory_gb_at_least": 97}, False),
        ({"memory_gb_at_most": 96}, True),
        ({"memory_gb_at_most": 80}, False),
        ({"memory_gb_at_least": "80GB"}, None),  # what cannot be read says nothing
        ({"memory_gb_at_least": "nan"}, None),
        ({"memory_bw_gbps_at_least": 1}, None),
        ({"bf16_native_at_least": 1}, None),  # no number
        ({"named": "H20"}, True),
        ({"named": " h20 "}, True),
        ({"named": "A100"}, False),
        ({"named": "Z1"}, None),
        ({"any": [{"vendor": "amd"}, {"bf16_native": True}]}, True),
        ({"any": [{"vendor": "amd"}, {"fp8_native": True}]}, None),
        ({"all": [{"vendor": "nvidia"}, {"bf16_native": False}]}, False),
        ({"vendor": "amd", "fp8_native": True}, False),
        ({"vendor": "nvidia", "fp8_native": True}, None),
    ],
)
def test_admits(predicate: dict[str, object], answer: bool | None) -> None:
    facts = chip(bf16_native=True, fp8_native=None, memory_gb=96, memory_bw_gbps=None, gpudirect_rdma="equiv")
    assert admits(predicate, facts, names=NAMES) is answer


@pytest.mark.parametrize("value", ["96", "96.0"])
def test_the_value_stands_for_what_the_finding_saw(value: str) -> None:
    assert admits({"memory_gb_at_least": "$value"}, chip(memory_gb=96), value) is True
    assert admits({"memory_gb_at_least": "$value"}, chip(memory_gb=80), value) is False


@pytest.mark.parametrize("parts", ["nvidia", ["nvidia"], {"vendor": "nvidia"}])
def test_any_takes_a_list_of_tables(parts: object) -> None:
    with pytest.raises(TableError, match="'any' must be a list of tables"):
        admits({"any": parts}, chip())


# Targets bind their own kind of chip


@pytest.mark.parametrize(
    ("vendor", "target", "predicate", "answer"),
    [
        ("nvidia", "sm_90", {"target_at_least": "sm_80"}, True),
        ("nvidia", "sm_75", {"target_at_least": "sm_80"}, False),
        ("nvidia", None, {"target_at_least": "sm_80"}, True),  # a Hopper, whatever its target
        ("amd", "gfx90a", {"target_at_least": "sm_80"}, True),
        ("google", "tpu-v4", {"target_at_least": "sm_80"}, True),
        ("nvidia", "sm_90", {"targets": "gfx90a"}, True),
        ("nvidia", "sm_90", {"targets": "7.0;8.0"}, False),
        ("nvidia", None, {"targets": "7.0;8.0"}, False),
        ("amd", "gfx942", {"targets": "gfx90a"}, False),
        ("amd", "gfx942", {"targets": "8.0"}, True),
        ("hygon", None, {"targets": "gfx90a"}, True),
        ("huawei", "Ascend910B1", {"targets": "gfx90a;9.0"}, True),
    ],
)
def test_targets_bind_their_own_kind(
    vendor: str, target: Cell, predicate: dict[str, object], answer: bool | None
) -> None:
    assert admits(predicate, chip(vendor, target=target)) is answer


@pytest.mark.parametrize(
    ("predicate", "answer"),
    [
        ({"target_at_least": "sm_90"}, True),
        ({"target_at_least": "sm_100"}, None),  # 12.0 is a sibling
        ({"targets": "8.0;9.0"}, False),
        ({"targets": "9.0+PTX"}, True),
        ({"targets": "10.0;12.0"}, True),
        ({"targets": "10.0"}, None),
        ({"targets": "9.0a"}, False),
    ],
)
def test_an_unknown_target_is_bound_by_its_generation(predicate: dict[str, object], answer: bool | None) -> None:
    unpublished = replace(chip(target=None), architecture="Blackwell")
    assert admits(predicate, unpublished) is answer
    assert admits(predicate, replace(unpublished, architecture="Feynman")) is None


@pytest.mark.parametrize(
    ("target", "floor", "answer"),
    [
        ("sm_80", "sm_80", True),
        ("sm_75", "sm_80", False),
        ("sm_90", "sm_89", True),
        ("sm_100", "sm_90", True),  # ordered up to 9.0
        ("sm_120", "sm_90", True),
        ("sm_90", "sm_100", False),
        ("sm_100", "sm_100", True),
        ("sm_103", "sm_100", True),
        ("sm_100", "sm_103", False),
        ("sm_121", "sm_120", True),
        ("sm_120", "sm_100", None),  # siblings
        ("sm_100", "sm_120", None),
        ("gfx90a", "sm_80", None),
        ("sm_80", "hopper", None),
    ],
)
def test_at_least(target: str, floor: str, answer: bool | None) -> None:
    assert at_least(target, floor) is answer


@pytest.mark.parametrize(
    ("target", "listed", "answer"),
    [
        ("sm_86", "8.0", True),  # a binary runs on later minors
        ("sm_80", "8.6", False),
        ("sm_90", "8.0", False),  # and on no other major
        ("sm_90", "8.0+PTX", True),  # unless its intermediate code is there
        ("sm_75", "8.0+PTX", False),
        ("sm_120", "8.0;9.0+PTX", True),
        ("sm_120", "8.0;9.0", False),
        ("sm_90", "sm_90a", True),
        ("sm_100", "sm_90a", False),
        ("sm_100", "9.0a+PTX", False),  # architecture-specific code goes nowhere
        ("sm_103", "sm_100f", True),  # family-specific code stays in its family
        ("sm_103", "sm_100a", False),
        ("sm_120", "sm_100f", False),
        ("sm_100", "sm_103f", False),
        ("sm_90", "compute_80", True),
        ("sm_90", "80-virtual", True),
        ("sm_90", "80-real", False),
        ("sm_90", "90a-real", True),
        ("sm_86", "80;86", True),
        ("sm_70", "Volta", True),
        ("sm_75", "Volta", True),  # the name carries +PTX
        ("sm_90", "Hopper", True),
        ("sm_90", "Ada", True),
        ("sm_80", "Ada", False),
        ("sm_60", "Kepler", False),
        ("sm_60", "Kepler+PTX", True),
        ("sm_90", "native", None),
        ("sm_90", "8.0 native", None),
        ("sm_90", "9.0 native", True),
        ("sm_90", "", None),
        ("gfx90a", "gfx90a", True),
        ("gfx90a", "GFX90A", True),
        ("gfx90a", "gfx908;gfx942", False),
        ("gfx90a", "gfx908,gfx90a", True),
        ("gfx90a", "gfx90a:xnack-", None),
        ("gfx90a", "8.0", True),
        ("tpu-v4", "gfx90a;8.0", True),
    ],
)
def test_runs(target: str, listed: str, answer: bool | None) -> None:
    assert runs(target, listed) is answer


# Laws

MAJORS = {3: (5, 7), 5: (0, 2), 6: (0, 1), 7: (0, 5), 8: (0, 6, 9), 9: (0,), 10: (0, 3), 12: (0, 1)}
CAPABILITIES = st.sampled_from([f"sm_{major}{minor}" for major, minors in MAJORS.items() for minor in minors])
ENTRIES = st.one_of(
    CAPABILITIES,
    CAPABILITIES.map(lambda code: code + "a"),
    CAPABILITIES.map(lambda code: code + "f"),
    CAPABILITIES.map(lambda code: code.removeprefix("sm_") + "+PTX"),
    st.sampled_from(sorted(NAMED)),
    st.sampled_from(["gfx90a", "gfx942", "native", "all", "$ARCH", "arch=compute_80"]),
)


@given(CAPABILITIES, CAPABILITIES)
def test_at_least_is_an_order_up_to_the_last_and_antisymmetric_beyond(one: str, other: str) -> None:
    forward, back = at_least(one, other), at_least(other, one)
    assert (forward is None) == (back is None)
    assert (forward is True and back is True) == (one == other)
    if forward is None:
        assert all((capability(code) or LAST_ORDERED) > LAST_ORDERED for code in (one, other))


@given(CAPABILITIES, CAPABILITIES, CAPABILITIES)
def test_at_least_is_transitive_up_to_the_last(high: str, middle: str, low: str) -> None:
    if at_least(high, middle) and at_least(middle, low):
        assert at_least(high, low) is True


@given(CAPABILITIES, st.lists(ENTRIES, min_size=1), ENTRIES)
def test_one_more_target_in_the_list_never_takes_a_chip_away(target: str, entries: list[str], more: str) -> None:
    before, after = runs(target, ";".join(entries)), runs(target, ";".join([*entries, more]))
    assert not (before is True and after is not True)
    assert not (before is None and after is False)


@given(CAPABILITIES, st.lists(ENTRIES, min_size=1))
def test_the_order_of_the_list_does_not_matter(target: str, entries: list[str]) -> None:
    assert runs(target, ";".join(entries)) is runs(target, " ".join(reversed(entries)))


@given(CAPABILITIES, CAPABILITIES)
def test_intermediate_code_only_widens(target: str, code: str) -> None:
    if runs(target, code):
        assert runs(target, code + "+PTX") is True


CELLS: dict[str, st.SearchStrategy[Cell]] = {
    "bf16_native": st.booleans(),
    "gpudirect_rdma": st.one_of(st.booleans(), st.sampled_from(["equiv", "n/a"])),
    "memory_gb": st.integers(8, 288),
    "ccl": st.sampled_from(["nccl", "rccl", "hccl"]),
    "target": st.one_of(CAPABILITIES, st.sampled_from(["gfx90a", "gfx942", "tpu-v4"])),
}
LEAVES = st.one_of(
    st.fixed_dictionaries({"vendor": st.lists(st.sampled_from(["nvidia", "amd", "google"]))}),
    st.fixed_dictionaries({"bf16_native": st.booleans()}),
    st.fixed_dictionaries({"gpudirect_rdma": st.one_of(st.booleans(), st.just("equiv"))}),
    st.fixed_dictionaries({"memory_gb_at_least": st.one_of(st.integers(8, 288), st.text("08GB."))}),
    st.fixed_dictionaries({"memory_gb_at_most": st.integers(8, 288)}),
    st.fixed_dictionaries({"ccl": st.lists(st.sampled_from(["nccl", "rccl", "hccl"]))}),
    st.fixed_dictionaries({"target_at_least": CAPABILITIES}),
    st.fixed_dictionaries({"targets": st.lists(ENTRIES).map(";".join)}),
)
PREDICATES = st.recursive(
    LEAVES, lambda inner: st.dictionaries(st.sampled_from(["any", "all"]), st.lists(inner)), max_leaves=8
)
CHIPS = st.builds(
    lambda vendor, facts: chip(vendor, **facts),
    st.sampled_from(["nvidia", "amd", "google"]),
    st.fixed_dictionaries(CELLS),
)


@given(CHIPS, PREDICATES, st.sampled_from(sorted(CELLS)), st.booleans())
def test_unknown_never_turns_into_false(
    full: Accelerator, predicate: dict[str, object], forgotten: str, missing: bool
) -> None:
    """What is excluded without knowing a fact is excluded whatever the fact is."""
    facts = {name: cell for name, cell in full.facts.items() if name != forgotten}
    less = replace(full, facts=facts if missing else {**facts, forgotten: None})
    if admits(predicate, less) is False:
        assert admits(predicate, full) is False


@given(CHIPS, PREDICATES)
def test_order_of_parts_does_not_matter(subject: Accelerator, predicate: dict[str, object]) -> None:
    assert admits(_reversed(predicate), subject) is admits(predicate, subject)


def _reversed(predicate: Mapping[str, object]) -> dict[str, object]:
    return {
        key: _reversed_parts(value) if key in ("any", "all") else value for key, value in [*predicate.items()][::-1]
    }


def _reversed_parts(parts: object) -> list[dict[str, object]]:
    assert isinstance(parts, list)
    return [_reversed(part) for part in reversed(parts)]


# What the signals ask


def _leaves(predicate: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, wanted in predicate.items():
        if key in ("any", "all"):
            assert isinstance(wanted, list)
            for part in wanted:
                yield from _leaves(part)
        else:
            yield key, wanted


@pytest.mark.parametrize("signal", sorted(load_signals()))
def test_a_signal_asks_for_facts_and_words_of_the_catalogue(signal: str) -> None:
    """A misspelt fact is unknown for every chip, and a misspelt word fits none."""
    written = {
        key: {getattr(row, key) if key in OWN else row.facts.get(key) for row in load_catalogue().accelerators}
        for key in CHOICES
    }
    for key, wanted in _leaves(load_signals()[signal].requires):
        assert key in KEYS
        if key in CHOICES and wanted != "$value":
            assert set(wanted if isinstance(wanted, list) else [wanted]) <= written[key]

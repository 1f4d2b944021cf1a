"""Which accelerators does evidence exclude, and what when it contradicts itself? Four chips, and claims about them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import pytest
from msgspec.structs import replace

from chipsieve.catalogue.catalogue_answers import Answers
from chipsieve.sieve.criteria import Criteria
from chipsieve.sieve.narrowing import EXPLANATIONS, NOTHING_SPARED, SMALLEST_ONLY, conflict, sieve
from chipsieve.sieve.proof import Proof, Spared
from chipsieve.signals.signal import Signal
from chipsieve.signals.steps import Step
from four_chips import ALL, POLICY, chip, criteria, evidence, only
from verdicts import signal

STEPS = (
    Step("software-stack", "Whose?"),
    Step("second", "Then?", quiet=True),
    Step("third", "Last?"),
)


def sieved(*signals: Signal, spared: Spared = NOTHING_SPARED) -> Proof:
    """What evidence of each of these signals does."""
    return sieve([evidence(one) for one in signals], criteria(*signals), STEPS, spared)


def excluded(proof: Proof) -> Mapping[str, tuple[str, ...]]:
    """By signal what it excludes."""
    return {ruling.signal: ruling.excluded for ruling in proof.rulings}


def test_no_evidence_excludes_nothing() -> None:
    proof = sieved()
    assert proof.remaining == ALL
    assert [(one.step, one.question, one.before, one.after, one.rulings) for one in proof.steps] == [
        ("software-stack", "Whose?", 4, 4, ()), ("second", "Then?", 4, 4, ()), ("third", "Last?", 4, 4, ())
    ]  # fmt: skip
    assert [one.quiet for one in proof.steps] == [False, True, False]
    assert proof.spared == Spared()


def test_each_step_takes_from_what_the_last_one_left() -> None:
    wide, narrow = only("red", "blue", step="software-stack"), only("red", "green", step="third")
    proof = sieved(narrow, wide)
    assert proof.remaining == ("red",)
    assert excluded(proof) == {"only-red-blue": ("green", "grey"), "only-red-green": ("blue",)}
    assert [(one.before, one.after) for one in proof.steps] == [(4, 2), (2, 2), (2, 1)]


def test_within_a_step_each_piece_is_shown_with_all_that_it_excludes() -> None:
    proof = sieved(only("red", "blue"), only("red", "green"))
    assert excluded(proof) == {"only-red-blue": ("green", "grey"), "only-red-green": ("blue", "grey")}
    assert proof.remaining == ("red",)
    assert [(one.before, one.after) for one in proof.steps] == [(4, 1), (1, 1), (1, 1)]


def test_evidence_of_a_step_that_is_not_asked_does_nothing() -> None:
    proof = sieved(only("red", step="none"))
    assert proof.remaining == ALL
    assert list(proof.rulings) == []


@pytest.mark.parametrize(
    ("spared", "remaining", "gone"),
    [
        (Spared(), ("red",), ("blue", "green", "grey")),
        (Spared(named=frozenset({"grey"})), ("red", "grey"), ("blue", "green")),
        (Spared(explaining=frozenset({"blue"})), ("red", "blue"), ("green", "grey")),
        (Spared(frozenset({"grey"}), frozenset({"blue"})), ("red", "blue", "grey"), ("green",)),
        (Spared(processors=True), ALL, ()),
    ],
)
def test_what_is_spared_is_not_excluded(spared: Spared, remaining: tuple[str, ...], gone: tuple[str, ...]) -> None:
    proof = sieved(only("red"), spared=spared)
    assert (proof.remaining, excluded(proof), proof.spared) == (remaining, {"only-red": gone}, spared)


def test_evidence_that_may_not_exclude_is_in_the_proof_all_the_same() -> None:
    several = [only("red", strength="weak"), only("blue", effect="prefers"), only("green")]
    pieces = [evidence(several[0]), evidence(several[1]), evidence(several[2], standing="optional")]
    proof = sieve(pieces, criteria(*several), STEPS)
    assert proof.remaining == ALL
    assert [(one.signal, one.weight, one.excluded) for one in proof.rulings] == [
        ("only-blue", "preference", ()), ("only-green", "optional", ()), ("only-red", "policy", ())
    ]  # fmt: skip
    assert criteria(*several).counted(pieces) == []


# What is asked of the catalogue


def test_a_ruling_has_what_the_catalogue_answers_and_knows_its_signal() -> None:
    wide = signal("wide", step="second", strength="definitive", requires={"bits_at_least": "$value"})
    (ruling,) = criteria(wide).rulings([evidence(wide, "16")])
    assert (ruling.step, ruling.signal, ruling.strength, ruling.weight) == ("second", "wide", "definitive", "counts")
    assert ruling.answers == Answers(frozenset({"blue", "green"}), frozenset({"red"}), frozenset({"grey"}))
    assert (ruling.evidence, ruling.excluded) == (evidence(wide, "16"), ())


def test_what_the_catalogue_does_not_know_is_never_excluded() -> None:
    wide = signal("wide", step="software-stack", requires={"bits_at_least": "$value"})
    proof = sieve([evidence(wide, "64")], criteria(wide), STEPS)
    assert proof.remaining == ("grey",)


def test_rulings_are_sorted_and_what_claims_nothing_has_none() -> None:
    mute, blue, red = signal("a-mute", requires={}), only("blue"), only("red")
    pieces = [evidence(red, "2"), evidence(red, "1"), evidence(mute), evidence(blue, "3")]
    found = criteria(mute, blue, red).rulings(pieces)
    assert [(one.signal, one.evidence.value) for one in found] == [
        ("only-blue", "3"), ("only-red", "1"), ("only-red", "2")
    ]  # fmt: skip
    assert criteria(mute, blue, red).rulings(reversed(pieces)) == found


def test_a_policy_reads_a_signal_its_own_way_only_where_it_counts() -> None:
    red = only("red")
    own = replace(POLICY, claims={"only-red": {"vendor": "cold"}})
    judged = criteria(red, policy=own)
    certain, unsure = judged.rulings([evidence(red), evidence(red, "x", "optional")])
    assert (certain.weight, sorted(certain.answers.agrees)) == ("counts", ["blue", "green", "grey"])
    assert (unsure.weight, sorted(unsure.answers.agrees)) == ("optional", ["red"])
    assert judged.meant(red, "") == ("red",)  # what a signal means is its own affair
    assert [sorted(one.answers.agrees) for one in criteria(red).rulings([evidence(red)])] == [["red"]]


def test_what_a_name_means_is_in_the_catalogues_order() -> None:
    named = signal("named", effect="names", requires={"named": "$value"})
    assert criteria(named).meant(named, "Reddish") == ("red", "green")
    assert criteria(named).meant(named, "unheard") == ()
    assert criteria(named).meant(replace(named, requires={}), "unheard") == ALL  # no claim: everything satisfies it
    assert criteria(named).ordered(frozenset({"grey", "blue", "red"})) == ("red", "blue", "grey")
    assert criteria(named).ordered(frozenset()) == ()
    assert criteria(named).everything == frozenset(ALL)


# Contradictions


def test_evidence_that_agrees_on_a_chip_is_no_conflict() -> None:
    both = only("red", "blue"), only("red", "green")
    assert conflict([evidence(one) for one in both], criteria(*both)) is None
    assert conflict([], criteria()) is None
    unsure = only("red"), only("blue")
    assert conflict([evidence(one, standing="optional") for one in unsure], criteria(*unsure)) is None


def test_two_that_disagree_are_explained_by_one_chip_for_each() -> None:
    red, blue = only("red"), only("blue", "green")
    found = conflict([evidence(blue), evidence(red)], criteria(red, blue))
    assert found is not None
    ((one, other),) = found.disagreeing
    assert (one.signal, one.excluded) == ("only-blue-green", ("red", "grey"))
    assert (other.signal, other.excluded) == ("only-red", ("blue", "green", "grey"))
    # Blue and green are one class: the same evidence allows both.
    assert found.explanations == ((("blue", "green"), ("red",)),)
    assert found.kept == ("blue", "green", "red")


def test_only_what_disagrees_is_shown_and_the_smallest_disagreement_first() -> None:
    red, blue, wide, both = only("red"), only("blue"), only("red", "blue", "green"), only("green", "grey")
    found = conflict([evidence(one) for one in (red, blue, wide, both)], criteria(red, blue, wide, both))
    assert found is not None
    # The wide claim disagrees with nobody who does not disagree with another anyway.
    assert [[one.signal for one in group] for group in found.disagreeing] == [
        ["only-blue", "only-green-grey"], ["only-blue", "only-red"], ["only-green-grey", "only-red"]
    ]  # fmt: skip
    # Red, blue and green satisfy all between them, and grey does in place of green.
    assert found.explanations == ((("blue",), ("green",), ("red",)), (("blue",), ("grey",), ("red",)))
    assert found.kept == ("blue", "green", "grey", "red")


def test_three_may_disagree_though_each_two_agree() -> None:
    chips = (chip("red"), chip("blue"), chip("green"))
    pairs = [only(*pair) for pair in combinations(("red", "blue", "green"), 2)]
    found = conflict([evidence(one) for one in pairs], criteria(*pairs, chips=chips))
    assert found is not None
    assert [[one.signal for one in group] for group in found.disagreeing] == [
        ["only-blue-green", "only-red-blue", "only-red-green"]
    ]
    assert found.explanations == ((("blue",), ("green",)), (("blue",), ("red",)), (("green",), ("red",)))


def test_behind_what_is_no_smallest_disagreement_others_are_found() -> None:
    grey, *pairs = [only("grey"), *(only(*pair) for pair in combinations(("red", "blue", "green"), 2))]
    found = conflict([evidence(one) for one in (grey, *pairs)], criteria(grey, *pairs))
    assert found is not None
    # Grey disagrees with each pair, so a group of three with grey is not the smallest; the three pairs are one.
    assert [[one.signal for one in group] for group in found.disagreeing] == [
        ["only-blue-green", "only-grey"], ["only-grey", "only-red-blue"], ["only-grey", "only-red-green"],
        ["only-blue-green", "only-red-blue", "only-red-green"],
    ]  # fmt: skip


def test_one_piece_may_disagree_with_every_chip() -> None:
    nobody, red = only("nobody"), only("red")
    found = conflict([evidence(nobody), evidence(red)], criteria(nobody, red))
    assert found is not None
    assert [[one.signal for one in group] for group in found.disagreeing] == [["only-nobody"]]
    # No chip satisfies it, so none explains it, and none may be excluded.
    assert (found.explanations, found.kept) == ((), tuple(sorted(ALL)))


def each_alone(count: int) -> tuple[list[Signal], Criteria]:
    """So many chips, and for each a claim that admits it alone."""
    names = [f"c{number}" for number in range(count)]
    signals = [only(name) for name in names]
    return signals, criteria(*signals, chips=tuple(chip(name) for name in names))


@pytest.mark.parametrize("count", [SMALLEST_ONLY, SMALLEST_ONLY + 1])
def test_an_explanation_by_too_many_chips_explains_nothing(count: int) -> None:
    signals, judged = each_alone(count)
    found = conflict([evidence(one) for one in signals], judged)
    assert found is not None
    names = tuple(f"c{number}" for number in range(count))
    assert len(found.disagreeing) == count * (count - 1) // 2
    assert found.explanations == ((tuple((name,) for name in names),) if count == SMALLEST_ONLY else ())
    assert found.kept == names


def all_but_one(count: int) -> tuple[list[Signal], Criteria]:
    """So many chips, and for each a claim that refuses it alone."""
    names = [f"c{number}" for number in range(count)]
    signals = [only(*(name for name in names if name != refused)) for refused in names]
    return signals, criteria(*signals, chips=tuple(chip(name) for name in names))


@pytest.mark.parametrize("count", [SMALLEST_ONLY, SMALLEST_ONLY + 1])
def test_a_disagreement_of_too_many_is_not_shown(count: int) -> None:
    signals, judged = all_but_one(count)
    found = conflict([evidence(one) for one in signals], judged)
    assert found is not None
    assert [len(group) for group in found.disagreeing] == ([count] if count == SMALLEST_ONLY else [])
    # Any two chips satisfy all between them.
    assert len(found.explanations) == min(count * (count - 1) // 2, EXPLANATIONS)


def test_so_many_explanations_are_shown_and_the_chips_of_all_are_kept() -> None:
    signals, judged = all_but_one(6)
    found = conflict([evidence(one) for one in signals], judged)
    assert found is not None
    assert len(found.explanations) == EXPLANATIONS == 12
    assert found.explanations[0] == (("c0",), ("c1",))
    assert found.kept == ("c0", "c1", "c2", "c3", "c4", "c5")

"""Does the sieve obey its laws, whatever the evidence?"""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chipsieve.catalogue.accelerator import Accelerator, Cell
from chipsieve.catalogue.predicates import admits
from chipsieve.derive.premises import Evidence
from chipsieve.derive.weighing import weigh
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.link.launch import Launch, Standing
from chipsieve.sieve.criteria import Criteria
from chipsieve.sieve.narrowing import conflict, sieve
from chipsieve.sieve.policies import Policy, load_policy
from chipsieve.sieve.proof import Proof, Spared
from chipsieve.signals import read_signal
from chipsieve.signals.signal import Signal
from chipsieve.signals.steps import steps

VENDORS = ("nvidia", "amd", "huawei")
FACTS: list[Mapping[str, Cell]] = [
    {"bf16_native": True, "memory_gb": 80.0},
    {"bf16_native": False, "memory_gb": 16.0},
    {"bf16_native": None, "memory_gb": None},
]
CHIPS = tuple(
    Accelerator(f"{vendor}-{number}", f"{vendor} {number}", vendor, "datacenter", "any", facts)
    for vendor in VENDORS
    for number, facts in enumerate(FACTS)
)
PREDICATES: list[Mapping[str, object]] = [
    {"bf16_native": True},
    {"vendor": "nvidia"},
    {"vendor": ["amd", "huawei"]},
    {"memory_gb_at_least": 40},
    {"any": [{"vendor": "amd"}, {"bf16_native": False}]},
]
STRENGTHS = ("definitive", "strong", "weak")
STEPS = ("software-stack", "number-format", "memory")


def signal(number: int) -> Signal:
    return read_signal(
        f"signal-{number}",
        {
            "title": "a construct", "question": "What then?", "why": "because", "references": ["a test"],
            "step": STEPS[number % 3], "effect": "prefers" if number % 7 == 6 else "requires",
            "strength": STRENGTHS[number % 3], "requires": PREDICATES[number % len(PREDICATES)],
        },
    )  # fmt: skip


SIGNALS = {f"signal-{number}": signal(number) for number in range(15)}
findings = st.builds(
    Finding,
    signal=st.sampled_from(sorted(SIGNALS)),
    row=st.just("flag"),
    path=st.sampled_from(["a.sh", "b.py"]),
    span=st.builds(lambda line: Span(line, 1, line, 5), st.integers(1, 9)),
    value=st.just("true"),
    snippet=st.just("--flag"),
    engine=st.sampled_from(["bashlex", "semgrep"]),
)
standings: st.SearchStrategy[Standing] = st.sampled_from(["asserted", "optional"])
placed = st.lists(st.tuples(findings, standings), max_size=12)
policies = st.sampled_from(["balanced", "strict"]).map(load_policy)


def launch(items: list[tuple[Finding, Standing]]) -> Launch:
    return Launch("a.sh:1", "training", "a.sh", 1, "b.py", (), {}, ("a.sh", "b.py"), tuple(items))


def remaining(items: list[tuple[Finding, Standing]], policy: Policy) -> tuple[str, ...]:
    return sieve(weigh(launch(items), SIGNALS), Criteria(CHIPS, SIGNALS, policy, {}), steps()).remaining


@given(placed, policies, st.randoms())
def test_order_and_duplicates_do_not_matter(
    items: list[tuple[Finding, Standing]], policy: Policy, random: object
) -> None:
    shuffled = items + items[::2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert weigh(launch(shuffled), SIGNALS) == weigh(launch(items), SIGNALS)
    assert remaining(shuffled, policy) == remaining(items, policy)


@given(placed, placed, policies)
def test_more_evidence_never_readmits_a_chip(
    items: list[tuple[Finding, Standing]], more: list[tuple[Finding, Standing]], policy: Policy
) -> None:
    assert set(remaining(items + more, policy)) <= set(remaining(items, policy))


@given(policies)
def test_no_evidence_excludes_nothing(policy: Policy) -> None:
    assert remaining([], policy) == tuple(chip.id for chip in CHIPS)


@given(placed, policies)
def test_remaining_and_excluded_make_up_the_catalogue(items: list[tuple[Finding, Standing]], policy: Policy) -> None:
    proof = sieve(weigh(launch(items), SIGNALS), Criteria(CHIPS, SIGNALS, policy, {}), steps())
    results, left = proof.steps, proof.remaining
    gone = {chip for result in results for cut in result.cuts for chip in cut.excluded}
    assert gone.isdisjoint(left)
    assert gone | set(left) == {chip.id for chip in CHIPS}
    counts = [len(CHIPS)] + [result.after for result in results]
    assert [result.before for result in results] == counts[:-1]
    assert counts[-1] == len(left)


@given(placed, policies)
def test_only_asserted_requirements_of_admitted_strength_exclude(
    items: list[tuple[Finding, Standing]], policy: Policy
) -> None:
    proof = sieve(weigh(launch(items), SIGNALS), Criteria(CHIPS, SIGNALS, policy, {}), steps())
    for cut in (cut for result in proof.steps for cut in result.cuts):
        assert SIGNALS[cut.signal].effect == "requires"
        assert cut.strength in policy.strengths
        assert cut.evidence.standing == "asserted"
        assert cut.evidence.lines
        assert not any(chip.endswith("-2") and "bf16_native" in SIGNALS[cut.signal].requires for chip in cut.excluded)


@given(placed, policies)
def test_a_conflict_is_found_exactly_when_nothing_remains_and_is_minimal(
    items: list[tuple[Finding, Standing]], policy: Policy
) -> None:
    evidence = weigh(launch(items), SIGNALS)
    found = conflict(evidence, Criteria(CHIPS, SIGNALS, policy, {}))
    assert (found is not None) == (not remaining(items, policy))
    if found is None:
        return
    everything = {chip.id for chip in CHIPS}
    for group in found.disagreeing:
        allowed = [everything - set(cut.excluded) for cut in group]
        assert not set.intersection(*allowed)
        assert all(set.intersection(everything, *(allowed[:i] + allowed[i + 1 :])) for i in range(len(allowed)))
    for classes in found.explanations:
        chips = {chip for ids in classes for chip in ids}
        for group in found.disagreeing:
            assert all(chips - set(cut.excluded) for cut in group)


def test_evidence_keeps_the_best_standing_and_its_lines() -> None:
    spot = Finding("signal-0", "flag", "a.sh", Span(1, 1, 1, 5), "true", "--flag")
    other = Finding("signal-0", "flag", "a.sh", Span(2, 1, 2, 5), "true", "--flag")
    assert weigh(launch([(spot, "optional"), (other, "asserted")]), SIGNALS) == (
        Evidence("signal-0", "", "asserted", (other,)),
    )


PRESUMING = {
    name: replace(one, presumption={"vendor": VENDORS[place % 2]}) if one.effect == "requires" and place % 2 else one
    for place, (name, one) in enumerate(SIGNALS.items())
}
"""The same signals, every second one of which presumes a vendor too: that must change nothing."""
chips = st.frozensets(st.sampled_from([chip.id for chip in CHIPS]), max_size=4)
spares = st.builds(Spared, named=chips, explaining=chips)


def sieved(items: list[tuple[Finding, Standing]], policy: Policy, spared: Spared) -> Proof:
    return sieve(weigh(launch(items), PRESUMING), Criteria(CHIPS, PRESUMING, policy, {}), steps(), spared)


@given(placed, policies, spares)
def test_a_spared_chip_is_never_excluded_and_none_is_lost(
    items: list[tuple[Finding, Standing]], policy: Policy, spared: Spared
) -> None:
    proof = sieved(items, policy, spared)
    results, left = proof.steps, proof.remaining
    gone = {chip for result in results for cut in result.cuts for chip in cut.excluded}
    assert spared.named | spared.explaining <= set(left)
    assert gone.isdisjoint(left)
    assert gone | set(left) == {chip.id for chip in CHIPS}
    assert all(cut.excluded for result in results for cut in result.cuts)


@given(placed, policies, spares, spares)
def test_sparing_more_only_widens(
    items: list[tuple[Finding, Standing]], policy: Policy, spared: Spared, more: Spared
) -> None:
    both = Spared(spared.named | more.named, spared.explaining | more.explaining)
    assert set(sieved(items, policy, spared).remaining) <= set(sieved(items, policy, both).remaining)


@given(placed, policies, spares)
def test_a_presumption_changes_nothing(items: list[tuple[Finding, Standing]], policy: Policy, spared: Spared) -> None:
    plain = sieve(weigh(launch(items), SIGNALS), Criteria(CHIPS, SIGNALS, policy, {}), steps(), spared)
    assert sieved(items, policy, spared) == plain


@given(placed, policies, spares, st.randoms())
def test_order_and_duplicates_do_not_matter_with_what_is_spared(
    items: list[tuple[Finding, Standing]], policy: Policy, spared: Spared, random: object
) -> None:
    shuffled = items + items[::2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sieved(shuffled, policy, spared) == sieved(items, policy, spared)


@given(placed, placed, policies, spares)
def test_more_evidence_never_readmits_a_chip_with_what_is_spared(
    items: list[tuple[Finding, Standing]], more: list[tuple[Finding, Standing]], policy: Policy, spared: Spared
) -> None:
    assert set(sieved(items + more, policy, spared).remaining) <= set(sieved(items, policy, spared).remaining)


@given(placed, policies)
def test_where_evidence_disagrees_what_explains_it_remains(
    items: list[tuple[Finding, Standing]], policy: Policy
) -> None:
    criteria = Criteria(CHIPS, PRESUMING, policy, {})
    evidence = weigh(launch(items), PRESUMING)
    found = conflict(evidence, criteria)
    assert (found is None) == bool(sieve(evidence, criteria, steps()).remaining)
    if found is None:
        return
    shown = {chip for group in found.explanations for chips in group for chip in chips}
    assert found.kept
    assert shown <= set(found.kept)
    proof = sieve(evidence, criteria, steps(), Spared(explaining=frozenset(found.kept)))
    left = proof.remaining
    gone = {chip for result in proof.steps for cut in result.cuts for chip in cut.excluded}
    assert set(found.kept) == set(left), "nothing else remains: no chip satisfies all of it"
    assert gone.isdisjoint(left)
    assert gone | set(left) == {chip.id for chip in CHIPS}


@given(placed, policies, spares)
def test_the_proof_gives_one_true_reason_for_every_chip_and_piece_of_evidence(
    items: list[tuple[Finding, Standing]], policy: Policy, spared: Spared
) -> None:
    proof = sieved(items, policy, spared)
    assert [ruling.evidence for ruling in proof.rulings] == sorted(
        (item for item in weigh(launch(items), PRESUMING)),
        key=lambda item: ([step.id for step in steps()].index(PRESUMING[item.signal].step), item.signal),
    )
    for chip in CHIPS:
        reasons = [(ruling, reason) for ruling, reason in proof.because(chip.id)]
        assert (chip.id in proof.remaining) == all(reason not in ("cut", "gone") for _, reason in reasons)
        for ruling, reason in reasons:
            asked = PRESUMING[ruling.signal].requires
            assert {"agrees": True, "unknown": None}.get(reason, False) is admits(asked, chip)
            assert (reason == "cut") == (chip.id in ruling.excluded)
            assert reason not in ("optional", "inert") or reason == ruling.evidence.standing
            assert reason not in ("named", "explains") or chip.id in spared.named | spared.explaining


@given(placed, policies, spares)
def test_objections_are_what_would_exclude_the_named_chips_were_they_not_named(
    items: list[tuple[Finding, Standing]], policy: Policy, spared: Spared
) -> None:
    proof, unnamed = (sieved(items, policy, one) for one in (spared, Spared()))
    would = [
        (cut.signal, chips)
        for step in unnamed.steps
        for cut in step.cuts
        if (chips := spared.named.intersection(cut.excluded))
    ]
    assert [(ruling.signal, chips) for ruling, chips in proof.objections()] == would

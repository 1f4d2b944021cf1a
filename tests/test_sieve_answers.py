"""What does a verdict answer when asked for one chip, one launch or one project? Small verdicts, and every reason."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

import verdicts
from chipsieve.catalogue.catalogue_answers import Answers
from chipsieve.derive.premises import Date, Evidence
from chipsieve.facts.conditions import Question
from chipsieve.facts.reading import Fact
from chipsieve.match.table import SignalTable
from chipsieve.sieve import policies as sieve_policies
from chipsieve.sieve.concluding import first_of
from chipsieve.sieve.estimated import known_of
from chipsieve.sieve.outcome import Naming, called, of_role, speaking_launches
from chipsieve.sieve.policies import DEFAULT, Policy, load_policy, policies
from chipsieve.sieve.proof import Proof, Reason, Ruling, Spared, StepResult, Weight
from chipsieve.signals.signal import Signal
from chipsieve.tables import TableError
from link_builders import span
from small_signals import row, signal

ANSWERS = Answers(frozenset({"agrees"}), frozenset({"cut", "named", "explains", "gone"}), frozenset({"unknown"}))
SPARED = Spared(named=frozenset({"named"}), explaining=frozenset({"explains", "named"}))
EVIDENCE = Evidence("nccl-backend", "", "asserted", (verdicts.NCCL,))
SMALL = Ruling("software-stack", "nccl-backend", "strong", EVIDENCE, ("cut",), answers=ANSWERS)


@pytest.mark.parametrize("reason", ["cut", "agrees", "unknown", "named", "explains", "gone"])
def test_a_ruling_has_a_reason_for_each_chip(reason: str) -> None:
    assert SMALL.because(reason, SPARED) == reason


@pytest.mark.parametrize("weight", ["optional", "inert", "preference", "policy"])
def test_what_does_not_count_is_the_reason_where_it_would_speak_against(weight: Weight) -> None:
    light = replace(SMALL, weight=weight, excluded=())
    assert [light.because(chip, SPARED) for chip in ("gone", "named", "agrees")] == [weight, weight, "agrees"]
    assert light.against == frozenset()
    assert SMALL.against == ANSWERS.against


@pytest.mark.parametrize(
    ("spared", "reasons"),
    [
        (SPARED, ["named", "explains", None]),
        (Spared(), [None, None, None]),
        (replace(SPARED, processors=True), ["processors"] * 3),
    ],
)
def test_a_chip_is_spared_for_one_reason(spared: Spared, reasons: list[Reason | None]) -> None:
    assert [spared.reason(chip) for chip in ("named", "explains", "other")] == reasons


def test_the_chips_that_go_into_each_step_are_those_that_came_out_of_the_last() -> None:
    second = replace(SMALL, excluded=("gone",))
    first, last = StepResult("a", "?", 3, 2, (SMALL,)), StepResult("c", "?", 1, 1, ())
    steps = (first, StepResult("b", "?", 2, 1, (second,)), last)
    proof = Proof(steps, ("agrees",), SPARED)
    assert [(step.step, sorted(chips)) for step, chips in proof.narrowing()] == [
        ("a", ["agrees", "cut", "gone"]), ("b", ["agrees", "gone"]), ("c", ["agrees"])
    ]  # fmt: skip
    assert [step.cuts for step in steps] == [(SMALL,), (second,), ()]
    assert [reason for _, reason in proof.because("gone")] == ["gone", "cut"]
    # The first step that speaks against a chip that is named is the one that objects.
    assert list(proof.objections()) == [(SMALL, frozenset({"named"}))]
    assert list(replace(proof, spared=replace(SPARED, processors=True)).objections()) == []


def test_a_family_is_found_by_its_accelerator() -> None:
    found = verdicts.estimate().of("a100-sxm4-80gb")
    assert found is not None
    assert found.family == "a100"
    assert verdicts.estimate().of("mi250") is None
    assert verdicts.empty().trained_on is not None


def test_whether_a_chip_is_satisfied_is_known_of_it() -> None:
    whole = verdicts.outcome()
    assert [chip for chip in verdicts.IDS if whole.satisfied_by(chip)] == ["a100-sxm4-80gb", "h20-96gb", "rtx-3090"]
    doubtful = verdicts.outcome(remaining=verdicts.IDS)
    assert [chip for chip in verdicts.IDS if any(doubtful.doubts(chip))] == list(verdicts.AMD)
    assert not doubtful.satisfied_by("mi250")
    unsure = replace(SMALL, excluded=(), answers=Answers(frozenset(), frozenset(), frozenset({"h20-96gb"})))
    step = StepResult("kernels", "?", 3, 3, (unsure,))
    for weight, satisfied in (("counts", False), ("optional", True)):
        weighed = replace(step, rulings=(replace(unsure, weight=weight),))
        assert verdicts.outcome(steps=(weighed,), unproven=()).satisfied_by("h20-96gb") is satisfied


def test_a_launch_is_called_by_its_id() -> None:
    several = (verdicts.outcome(), *(verdicts.silent(f"{name}.sh:{line}") for name in "ab" for line in range(1, 5)))
    assert called(several, "b.sh:2").launch.id == "b.sh:2"
    with pytest.raises(TableError) as refused:
        called(several, "b.sh:9")
    assert str(refused.value) == (
        "there is no launch 'b.sh:9'; among those that there are: b.sh:1, b.sh:2, b.sh:3, b.sh:4, run.sh:30"
    )
    with pytest.raises(TableError, match=r"'b\.sh'; among those that there are: b\.sh:1, b\.sh:2, "):
        called(several, "b.sh")
    with pytest.raises(TableError, match=r"those that there are: none$"):
        called((), "b.sh:9")


def test_whose_launches_speak() -> None:
    train, tune, infer = (verdicts.silent(f"{role}.sh:1", role) for role in ("training", "fine-tuning", "inference"))
    sub = verdicts.silent("sub/run.sh:1")
    sub = replace(sub, launch=replace(sub.launch, project="sub"))
    judged = (train, tune, infer, sub)
    assert of_role(judged, "training") == (train, tune, sub)
    assert of_role(judged, "fine-tuning") == (tune,)
    assert of_role(judged, "any") == judged
    assert of_role(judged, "evaluation") == judged
    assert of_role(judged, "training", "sub") == (sub,)
    assert of_role(judged, "inference", "sub") == (sub,)
    assert of_role(judged, "training", "") == (train, tune)
    assert of_role(judged, "training", None, "inference.sh:1") == (infer,)
    assert speaking_launches(judged, "any", "", launch="inference.sh:1") == (infer,)
    assert speaking_launches(judged, "training", "", "sub") == (sub,)
    assert first_of((infer, train)).launch == "training.sh:1"


def test_what_is_known_of_a_project_is_its_own() -> None:
    sub = verdicts.silent("sub/run.sh:1")
    sub = replace(sub, launch=replace(sub.launch, project="sub"))
    beside = verdicts.outcome(launch=verdicts.launch("more.sh:2"), remaining=("mi250",))
    whole = verdicts.verdict(launches=(verdicts.outcome(), beside, sub), mentions=("amd",))
    known = known_of(whole, frozenset({"torch"}))
    assert known.headline == verdicts.launch()
    assert known.evidence == whole.launches[0].evidence
    assert (known.others, known.project, known.day) == ((beside.launch,), "", "2024-11-05")
    assert (known.mentions, known.modules, known.not_before) == (frozenset({"amd"}), frozenset({"torch"}), "")
    assert known.possible == frozenset({*verdicts.AMPERE_UP, "mi250"})
    assert known.processors is False
    pinned = known_of(replace(whole, not_before=Date("2023-10-04", "a pin")), frozenset())
    assert pinned.not_before == "2023-10-04"
    spared = replace(whole.launches[0].proof, spared=Spared(processors=True))
    on_processors = replace(whole, launches=(replace(whole.launches[0], proof=spared), beside))
    assert known_of(on_processors, frozenset()).processors is True
    logged = replace(whole, named=(Naming(verdicts.VOLTA, "log", "a.log", 1, "V100"), *whole.named))
    assert known_of(logged, frozenset()).possible == frozenset({*verdicts.AMPERE_UP, "mi250", *verdicts.VOLTA})
    nothing = known_of(verdicts.empty(), frozenset())
    assert (nothing.headline, nothing.evidence, nothing.others, nothing.project) == (None, (), (), "")
    assert nothing.possible == frozenset(verdicts.IDS)
    assert nothing.processors is False


def test_silent_launches_leave_nothing_and_everything() -> None:
    quiet = verdicts.verdict(launches=(verdicts.silent("run.sh:30"),))
    assert known_of(quiet, frozenset()).possible == frozenset(verdicts.IDS)
    assert verdicts.silent("run.sh:30").silent
    assert not verdicts.outcome().silent
    inert = verdicts.outcome(evidence=(replace(EVIDENCE, standing="inert"),))
    assert inert.silent
    assert not verdicts.outcome(evidence=(replace(EVIDENCE, standing="inert"), EVIDENCE)).silent


REQUIRES, PREFERS = verdicts.signal("s"), verdicts.signal("s", effect="prefers")
NAMES, HINT = verdicts.signal("s", effect="names"), verdicts.signal("s", effect="names", strength="weak")
OWN = {"vendor": "amd"}
STRICT = Policy("p", "one", frozenset({"definitive"}), {})
BOTH = Policy("p", "one", frozenset({"definitive", "strong"}), {})
TRUSTING = replace(BOTH, trust_names=True)


@pytest.mark.parametrize(
    ("policy", "asked", "standing", "weight"),
    [
        (BOTH, REQUIRES, "asserted", "counts"),
        (BOTH, REQUIRES, "optional", "optional"),
        (BOTH, REQUIRES, "inert", "inert"),
        (STRICT, REQUIRES, "asserted", "policy"),
        (BOTH, PREFERS, "asserted", "preference"),
        (BOTH, PREFERS, "optional", "optional"),
        (BOTH, NAMES, "asserted", "policy"),
        (BOTH, NAMES, "optional", "optional"),
        (TRUSTING, NAMES, "asserted", "counts"),
        (TRUSTING, NAMES, "optional", "counts"),
        (TRUSTING, NAMES, "inert", "inert"),
        (TRUSTING, HINT, "asserted", "policy"),
        (TRUSTING, REQUIRES, "optional", "optional"),
        (replace(BOTH, claims={"s": OWN}), REQUIRES, "asserted", "counts"),
        (replace(BOTH, claims={"other": OWN}), REQUIRES, "asserted", "policy"),
    ],
)
def test_what_a_policy_lets_count(policy: Policy, asked: Signal, standing: str, weight: Weight) -> None:
    assert policy.weight(replace(EVIDENCE, standing=standing), asked) == weight


def test_a_policy_may_read_a_signal_its_own_way() -> None:
    assert BOTH.predicate(REQUIRES) == {"vendor": "nvidia"}
    assert replace(BOTH, claims={"s": OWN}).predicate(REQUIRES) == OWN
    assert TRUSTING.predicate(NAMES) == {"vendor": "nvidia"}
    assert TRUSTING.predicate(HINT) is None
    assert BOTH.predicate(NAMES) is None


def test_the_shipped_policies() -> None:
    assert policies() == ("balanced", "paper", "strict")
    assert load_policy("strict").strengths == frozenset({"definitive"})
    assert load_policy("balanced").strengths == frozenset({"definitive", "strong"})
    trusting = load_policy("balanced", trust_names=True)
    assert trusting.trust_names
    assert load_policy("balanced") == replace(trusting, trust_names=False) != trusting
    assert load_policy("paper").claims
    assert load_policy("strict").summary
    with pytest.raises(TableError) as refused:
        load_policy("bold")
    assert str(refused.value) == "policy 'bold' is none of balanced, paper, strict"
    assert [load_policy(name).id for name in policies()] == [*policies()]


WHOLE = {"summary": "All.", "strengths": ["strong"]}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (WHOLE | {"claims": ["nccl-backend"]}, "policies.toml: bold: 'claims' must be a table"),
        (WHOLE | {"summary": 1}, "policies.toml: 'summary' must be text"),
        (WHOLE | {"strengths": 1}, "policies.toml: 'strengths' must be a text or a list of texts"),
    ],
)
def test_what_a_policys_table_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, table: dict[str, object], said: str
) -> None:
    monkeypatch.setattr(sieve_policies, "_tables", lambda: {"bold": table})
    with pytest.raises(TableError) as refused:
        load_policy("bold")
    assert str(refused.value) == said


def test_the_default_policy_is_listed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve_policies, "_tables", lambda: {"zany": WHOLE, DEFAULT: WHOLE, "all": WHOLE})
    assert policies() == (DEFAULT, "all", "zany")
    assert load_policy("zany") == Policy("zany", "All.", frozenset({"strong"}), {})


def test_what_an_option_may_be_asked_for_is_what_rows_list() -> None:
    rows = row("key", "a.dtype", values=["bf16"]), row("flag", "dtype", values=["fp8"])
    table = SignalTable({"s": signal("s", *rows)})
    chosen = Question("option", "dtype")
    key = Fact("key", "dtype", None, span(), parts=("x", "a"), chosen=chosen)
    assert table.wanted(key) == frozenset({"bf16"})
    assert table.wanted(replace(key, parts=())) == frozenset()
    assert table.wanted(replace(key, kind="flag")) == frozenset({"fp8"})

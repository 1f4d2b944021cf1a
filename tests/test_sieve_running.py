"""Does a launch run on what somebody has: yes, no, or nothing known? The small verdict leaves three of six chips.

NCCL excludes AMD's chips, bfloat16 the V100; A100, H20 and RTX 3090 remain.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

import verdicts
from chipsieve.catalogue import chips_called
from chipsieve.catalogue.catalogue_answers import Answers
from chipsieve.sieve.controls import Controls
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.proof import Ruling, StepResult, Weight
from chipsieve.sieve.running_on import Answer, Asked, meant_by, running
from chipsieve.tables import TableError

A100, H20, V100, MI250 = "a100-sxm4-80gb", "h20-96gb", "v100-sxm2-16gb", "mi250"
WHOLE = verdicts.verdict()
NCCL, BF16 = (step.rulings[0] for step in verdicts.steps()[:2])


def answer(verdict: Verdict, *chips: str, launch: str = "") -> Answer:
    """What the first launch answers to one name that means some chips."""
    return running(verdict, [Asked("ours", chips)], launch)[0].answers[0]


def test_yes_where_one_chip_is_satisfied() -> None:
    got = answer(WHOLE, V100, A100, H20)
    assert (got.asked, got.runs, got.fitting) == (Asked("ours", (V100, A100, H20)), True, (A100, H20))
    assert got.obstacles == (BF16,)  # that is in the way of the others
    assert (got.undecided, got.doubts) == ((), ())


def test_no_where_all_are_excluded_with_what_excludes_them_in_order() -> None:
    got = answer(WHOLE, V100, MI250)
    assert (got.runs, got.fitting, got.obstacles) == (False, (), (NCCL, BF16))
    assert answer(WHOLE, MI250).obstacles == (NCCL,)


def test_what_an_earlier_step_excludes_already_is_in_the_way_too() -> None:
    again = replace(BF16, answers=replace(BF16.answers, against=frozenset({V100, MI250})))
    steps = (verdicts.steps()[0], replace(verdicts.steps()[1], rulings=(again,)), verdicts.steps()[2])
    assert answer(verdicts.verdict(launches=(verdicts.outcome(steps),)), MI250).obstacles == (NCCL, again)


def weighed(weight: Weight, answers: Answers) -> Verdict:
    """A verdict in which everything remains, and one more piece of evidence has answers of the catalogue."""
    ruling = Ruling("memory", "bf16-training", "strong", BF16.evidence, weight=weight, answers=answers)
    step = StepResult("memory", "How much?", 6, 6, (ruling,))
    outcome = verdicts.outcome(steps=(step,), remaining=verdicts.IDS, unproven=())
    return verdicts.verdict(launches=(outcome,), possible=verdicts.IDS)


UNKNOWN = Answers(frozenset(verdicts.IDS) - {H20}, frozenset(), frozenset({H20}))
AGAINST = Answers(frozenset(verdicts.IDS) - {H20}, frozenset({H20}))


def test_nothing_is_known_where_the_catalogue_cannot_tell() -> None:
    got = answer(weighed("counts", UNKNOWN), H20)
    assert (got.runs, got.fitting, got.obstacles, got.doubts) == (None, (), (), ())
    assert [one.answers for one in got.undecided] == [UNKNOWN]
    # Where another chip fits, nobody asks what is not known of this one.
    both = answer(weighed("counts", UNKNOWN), H20, A100)
    assert (both.runs, both.fitting, both.undecided) == (True, (A100,), ())


def test_nothing_is_known_where_weak_evidence_speaks_against_it() -> None:
    got = answer(weighed("policy", AGAINST), H20)
    assert (got.runs, got.obstacles, got.undecided) == (None, (), ())
    assert [one.answers for one in got.doubts] == [AGAINST]
    both = answer(weighed("policy", AGAINST), H20, A100)
    assert (both.runs, both.fitting, both.doubts) == (True, (A100,), ())


@pytest.mark.parametrize("weight", ["optional", "inert", "preference"])
def test_what_does_not_count_is_in_nobodys_way(weight: Weight) -> None:
    got = answer(weighed(weight, AGAINST), H20)
    assert (got.runs, got.fitting, got.obstacles) == (True, (H20,), ())


def test_a_doubt_is_told_once_and_only_of_what_remains() -> None:
    doubtful = verdicts.outcome(remaining=(*verdicts.AMPERE_UP, MI250))  # its weak evidence speaks against AMD
    got = answer(verdicts.verdict(launches=(doubtful,)), "mi300x", MI250)
    assert (got.runs, [one.signal for one in got.doubts]) == (None, ["gpudirect-settings"])
    both = answer(verdicts.verdict(launches=(verdicts.outcome(remaining=verdicts.IDS),)), *verdicts.AMD)
    assert [one.signal for one in both.doubts] == ["gpudirect-settings"]
    assert answer(WHOLE, MI250).doubts == ()


def test_a_silent_launch_answers_nothing() -> None:
    silent = verdicts.verdict(launches=(verdicts.silent("run.sh:30"),))
    assert answer(silent, A100) == Answer(Asked("ours", (A100,)), None, (), (), ())


def several() -> Verdict:
    """Two launches that speak and one that does not; the second is the main one."""
    other = verdicts.outcome(launch=verdicts.launch("a.sh:1"))
    last = verdicts.outcome(launch=verdicts.launch("eval.sh:1", "evaluation"))
    return verdicts.verdict(launches=(other, verdicts.outcome(), last))


def test_the_launches_that_speak_answer_the_main_one_first() -> None:
    found = running(several(), [Asked("a", (A100,)), Asked("v", (V100,))])
    assert [one.outcome.launch.id for one in found] == ["run.sh:30", "a.sh:1"]
    assert [[(it.asked.name, it.runs) for it in one.answers] for one in found] == [[("a", True), ("v", False)]] * 2


def test_one_launch_alone_may_be_asked() -> None:
    (found,) = running(several(), [Asked("a", (A100,))], "eval.sh:1")
    assert found.outcome.launch.id == "eval.sh:1"
    with pytest.raises(TableError, match=r"no launch 'gone\.sh:1'"):
        running(several(), [], "gone.sh:1")


def test_a_fleet_is_its_names_each_once() -> None:
    fleets = {"ours": ["v100-sxm2-16gb", "MI250"], "theirs": []}
    found = meant_by(["ours", "h20", "mi250", "theirs", "h20"], fleets)
    assert [one.name for one in found] == [V100, "MI250", "h20", "mi250"]
    assert found[0].chips == (V100,)
    assert {"h20-96gb", "h20-141gb"} & set(found[2].chips)
    assert list(found[1].chips) == sorted(found[1].chips)  # the catalogue's order, which is by vendor and id
    with pytest.raises(TableError) as refused:
        meant_by(["nochip-at-all"], fleets)
    said = str(refused.value)
    assert said.startswith("no accelerator is called 'nochip-at-all'; ")
    assert said.endswith("; fleets are in the configuration's table 'fleet'")


# The same question, asked of the whole verdict


@pytest.mark.parametrize(
    ("chip", "runs"), [("A100 SXM4 80GB", True), ("a100", True), (H20, True), ("V100", False), ("amd", False)]
)
def test_the_verdict_answers_for_all_its_launches(chip: str, runs: bool) -> None:
    assert WHOLE.runs_on(chip) is runs


def test_the_verdict_answers_nothing_where_nothing_is_known() -> None:
    assert verdicts.empty().runs_on("a100") is None
    assert verdicts.verdict(launches=(verdicts.silent("run.sh:30"),)).runs_on("v100") is None
    # Another launch leaves AMD's chips, the main one does not.
    differing = verdicts.verdict(possible=(*verdicts.AMPERE_UP, MI250))
    assert differing.runs_on("mi250") is None
    assert differing.runs_on("v100-sxm2-16gb") is False
    assert weighed("counts", UNKNOWN).runs_on(H20) is None
    with pytest.raises(TableError, match="no accelerator is called"):
        WHOLE.runs_on("nochip-at-all")
    assert len(chips_called("a100")) > 1


def test_the_main_launch_is_the_one_of_that_id_or_else_the_first() -> None:
    main = several().main_launch
    assert main is not None
    assert main.launch.id == "run.sh:30"
    first = replace(several(), main="").main_launch
    assert first is not None
    assert first.launch.id == "a.sh:1"
    assert verdicts.empty().main_launch is None


def controls(verdict: Verdict) -> Controls:
    found = verdict.controls
    assert found is not None
    return found


def test_what_was_controlled_is_asked_of_what_the_main_launch_leaves() -> None:
    left = verdicts.outcome(remaining=(A100,))
    got = controls(verdicts.verdict(launches=(left,)))
    assert (got.day, got.status.unknown) == ("2024-11-05", (A100,))  # the small catalogue has no figures
    assert [one.family.family for one in got.families] == ["h20", "a100"]
    nothing = controls(replace(verdicts.empty(), as_of="2024-11-05", remaining=(H20,)))
    assert (nothing.status.unknown, nothing.families) == ((H20,), ())
    assert verdicts.empty().controls is None

"""Are the estimate's numbers those of its formula? Small tables, worked out by hand: logits, and the sums of them."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from chipsieve.estimate.estimating import (
    EARLY,
    LATER,
    LINES,
    NO_ACCELERATOR,
    OLD,
    RUNS,
    before,
    counts_for,
    counts_of,
    disagreement,
    estimate,
    impossible,
    probabilities,
    relative,
    strength,
    without_accelerator,
)  # fmt: skip
from chipsieve.estimate.families import Family
from chipsieve.estimate.speaking import Known, Premise
from chipsieve.estimate.weights import Kind, Weights, build_weights
from chipsieve.tables import TableError
from verdicts import launch

RED = Family("red", "Red", "nvidia", ("red-40gb", "red-80gb"), "2020-06", professional=True, announced="2020-05")
BLUE = Family("blue", "Blue", "amd", ("blue",), "2022-01", professional=True)
GREY = Family("grey", "Grey", "intel", ("grey",), "", professional=False)
FAMILIES = (RED, BLUE, GREY)
CHIPS = frozenset({"red-40gb", "red-80gb", "blue", "grey"})
KNOWN = Known(None, (), (), "", (), frozenset(), "2023-01-15", CHIPS, frozenset({"torch"}))
WEIGHTS = Weights(
    kinds={
        "trained": Kind("trained", "was trained on", 2.0, 9),
        "named": Kind("named", "is named", 1.0, 9),
        "asked for": Kind("asked for", "asks for", 3.0, 9),
        "framework": Kind("framework", "its framework", 0.01, 9),
    },
    before={"share": 1.0, "share where named": 0.5, "first year": 4.0, "not released": 8.0, "years of age": 0.25},
    none={"always": -2.0, "nothing is named": 1.0},
    shares={"any": {"red": 0.5, "blue": 0.25}, "2021": {"red": 0.25}, "2024": {"blue": 0.5}},
    unlisted=0.125,
    basis="by hand",
)


def premise(kind: str, *families: str, at: str = "README.md:1", against: bool = False) -> Premise:
    return Premise(kind, frozenset(families), at, against=against)


def test_premises_are_counted_by_kind_in_parts_and_against() -> None:
    said = [
        premise("trained", "red"),
        premise("trained", "red", "blue", at="a:2"),
        premise("asked for", "blue", "grey", against=True),
        premise("comment", "grey"),
        premise("notebook", "grey"),
    ]
    assert counts_of(said) == {
        "trained": {"red": 1.5, "blue": 0.5},
        "named": {"red": 1.5, "blue": 0.5},
        "asked for": {"blue": -1, "grey": -1},
        "comment": {"grey": 1},
        "named elsewhere": {"grey": 1},
        "notebook": {"grey": 1},
    }


@pytest.mark.parametrize(("count", "comes_to"), [(0, 0), (1, 1), (2, 1.5), (3, 1.75), (60, 2), (-1, -1), (-2, -1.5)])
def test_each_further_premise_adds_half_of_the_one_before(count: float, comes_to: float) -> None:
    assert strength(count) == comes_to


def test_what_speaks_against_is_compared_with_the_family_that_suits_best() -> None:
    counts = {"asked for": {"red": -2.0, "blue": -1.0}, "log": {"red": 1.0}}
    assert relative(counts, ["red", "blue"]) == {"asked for": {"red": -1.0, "blue": 0.0}, "log": {"red": 1.0}}
    assert relative(counts, ["red", "grey"])["asked for"] == {"red": -2.0, "blue": -1.0}
    assert relative(counts, []) == counts


def test_what_cannot_have_been_used_suits_nobody() -> None:
    against = [premise("asked for", "red", "grey", against=True)]
    only_red = replace(KNOWN, possible=frozenset({"red-40gb"}))
    assert counts_for(only_red, against, FAMILIES) == {"asked for": {"red": 0.0, "grey": 0.0}}
    assert counts_for(KNOWN, against, FAMILIES) == {"asked for": {"red": -1.0, "grey": -1.0}}


def test_a_share_and_an_age_speak_before_any_premise() -> None:
    silent = {"is named": 0.0, "is named elsewhere": 0.0, "share where named": 0.0}
    assert before(RED, "2021-06-30", WEIGHTS, {}) == silent | {
        "share": -2.0, "not released": 0.0, "first year": 0.0, "years of age": 0.0,
    }  # fmt: skip
    assert before(BLUE, "2021-06-30", WEIGHTS, {}) == silent | {
        "share": -3.0, "not released": -1.0, "first year": 0.0, "years of age": 0.0,
    }  # fmt: skip
    assert before(GREY, "", WEIGHTS, {})["share"] == -3.0
    assert before(RED, "", WEIGHTS, {})["share"] == -1.0
    assert before(RED, "", WEIGHTS, {}, "2021-01-01")["share"] == -2.0


@pytest.mark.parametrize(
    ("day", "released", "first", "age"),
    [
        ("2020-05", -1.0, 0.0, 0.0),
        ("2020-06-30", 0.0, -1.0, 0.0),
        ("2021-05", 0.0, -1.0, 0.0),
        ("2021-06", 0.0, 0.0, 0.0),
        ("2024-06", 0.0, 0.0, 0.0),
        ("2026-12", 0.0, 0.0, -2.5),
    ],
)
def test_an_age_is_counted_in_months(day: str, released: float, first: float, age: float) -> None:
    assert OLD == 4.0
    found = before(RED, day, WEIGHTS, {})
    assert (found["not released"], found["first year"], found["years of age"]) == (released, first, age)


def test_a_name_takes_the_place_of_the_share() -> None:
    here, elsewhere = {"named": {"red": 1.0}}, {"named elsewhere": {"red": 1.0}}
    for counts, names in ((here, (1.0, 0.0)), (elsewhere, (0.0, 1.0)), (here | elsewhere, (1.0, 0.0))):
        found = before(RED, "", WEIGHTS, counts)
        assert (found["is named"], found["is named elsewhere"]) == names
        assert (found["share"], found["share where named"]) == (0.0, -1.0)
        assert before(BLUE, "", WEIGHTS, counts)["share"] == -2.0


def test_what_speaks_for_no_accelerator() -> None:
    nothing = without_accelerator(replace(KNOWN, modules=frozenset()), {})
    assert nothing == {
        "always": 1.0, "no training launch": 1.0, "processors": 0.0, "launch without framework": 0.0,
        "nothing is named": 1.0, "training is shown": 0.0, "no framework": 1.0,
    }  # fmt: skip
    trains = replace(KNOWN, headline=launch(modules=frozenset[str]()), processors=True)
    assert without_accelerator(trains, {"log": {"red": 1.0}}) == {
        "always": 1.0, "no training launch": 0.0, "processors": 1.0, "launch without framework": 1.0,
        "nothing is named": 0.0, "training is shown": 1.0, "no framework": 0.0,
    }  # fmt: skip
    computes = replace(trains, headline=launch(modules=frozenset({"torch"})))
    against = without_accelerator(computes, {"asked for": {"red": -1.0}})
    assert (against["launch without framework"], against["nothing is named"]) == (0.0, 1.0)
    assert without_accelerator(KNOWN, {"log": {"red": 0.0}})["nothing is named"] == 1.0
    assert without_accelerator(KNOWN, {})["no framework"] == 0.0


@pytest.mark.parametrize(
    ("family", "day", "cannot"),
    [
        (RED, "2019-11", False),  # announced in May 2020, LATER months after
        (RED, "2019-10", True),
        (BLUE, "2021-01", False),  # released in January 2022, EARLY months after
        (BLUE, "2020-12", True),
        (GREY, "1999-01", False),
        (RED, "", False),
    ],
)
def test_a_family_is_impossible_before_it_was_announced(family: Family, day: str, cannot: bool) -> None:
    assert (LATER, EARLY) == (6, 12)
    assert impossible(family, day, CHIPS) is cannot
    assert impossible(family, day, frozenset({"other"})) is True
    assert impossible(RED, "2023", frozenset({"red-80gb"})) is False
    that_year = replace(RED, announced="2020")  # in its first month, as far as anybody knows
    assert [impossible(that_year, day, CHIPS) for day in ("2019-06", "2019-07")] == [True, False]


def test_the_probabilities_are_those_of_the_two_regressions() -> None:
    said = counts_of(
        [premise("trained", "red"), premise("trained", "red", at="a:2"), premise("trained", "red", at="a:3")]
    )
    found = probabilities(FAMILIES, said, KNOWN, WEIGHTS)
    # Three premises come to 1.75: red has 2 * 1.75 (trained) + 1 * 1.75 (named) - 0.5 * 3 (its share of 2023, unlisted,
    # where named); blue -3 (unlisted) and no first year; grey -3.
    scores = {"red": 3.75, "blue": -3.0, "grey": -3.0}
    none = 1 / (1 + math.exp(2.0))
    total = sum(math.exp(score) for score in scores.values())
    expected = {name: (1 - none) * math.exp(score) / total for name, score in scores.items()}
    assert found == pytest.approx(expected | {NO_ACCELERATOR: none})


def test_where_no_family_is_possible_there_was_no_accelerator() -> None:
    nowhere = replace(KNOWN, possible=frozenset[str]())
    assert probabilities(FAMILIES, {}, nowhere, WEIGHTS) == {NO_ACCELERATOR: 1.0}


def test_what_was_not_out_by_the_day_has_no_probability() -> None:
    early = probabilities(FAMILIES, {}, replace(KNOWN, day="2019-01-01"), WEIGHTS)
    assert set(early) == {"grey", NO_ACCELERATOR}
    assert sum(early.values()) == pytest.approx(1)


def test_where_no_day_is_known_the_earliest_gives_the_share() -> None:
    undated = replace(KNOWN, day="")
    apart, since = (
        probabilities(FAMILIES, {}, replace(undated, not_before=day), WEIGHTS) for day in ("", "2021-01-01")
    )
    # Of all years red has a half and blue a quarter, of 2021 a quarter and an eighth: grey has an eighth in each.
    assert apart["red"] / apart["grey"] == pytest.approx(math.exp(2))
    assert since["red"] / since["grey"] == pytest.approx(math.exp(1))


def test_a_kind_without_a_weight_says_nothing() -> None:
    said = counts_of([premise("spoken of elsewhere", "blue")])
    assert "blue" in said["spoken of elsewhere"]
    with_it, without = (probabilities(FAMILIES, one, KNOWN, WEIGHTS) for one in (said, {}))
    assert {name: chance for name, chance in with_it.items() if name != NO_ACCELERATOR} != without
    assert with_it["blue"] / with_it["red"] == pytest.approx(without["blue"] / without["red"])


def test_the_answer_shows_each_family_with_what_its_lines_add() -> None:
    said = [
        Premise("trained", frozenset({"red"}), "README.md:1", "8 Red"),
        Premise("asked for", frozenset({"red", "blue"}), "run.sh:2", "bfloat16", against=True),
        Premise("framework", frozenset({"red"}), "", "imports torch", against=True),
    ]
    answer = estimate(replace(KNOWN, project="sub"), said, FAMILIES, WEIGHTS)
    red, grey, blue = answer.families
    assert (answer.project, answer.basis) == ("sub", "by hand")
    assert [(one.family, one.name, one.accelerators) for one in answer.families] == [
        ("red", "Red", ("red-40gb", "red-80gb")), ("grey", "Grey", ("grey",)), ("blue", "Blue", ("blue",))
    ]  # fmt: skip
    # trained adds 2 * 1, and named 1 * 1; asked for takes 3 * 1; the framework's 0.01 is too little to be shown.
    assert [(one.at, one.says, one.kind, one.weight) for one in red.because] == [
        ("run.sh:2", "asks for bfloat16", "asked for", -3.0),
        ("README.md:1", "was trained on 8 Red", "trained", 3.0),
    ]
    assert [(one.at, one.weight) for one in blue.because] == [("run.sh:2", -3.0)]
    assert grey.because == ()
    # red: 2 + 1 - 3 - 0.01 - 1.5; grey -3; blue: -3 - 3; a share named needs no first year.
    total = math.exp(-1.51) + math.exp(-3) + math.exp(-6)
    none = 1 / (1 + math.exp(2))
    assert red.probability == pytest.approx((1 - none) * math.exp(-1.51) / total, abs=1e-4)
    assert blue.probability == pytest.approx((1 - none) * math.exp(-6) / total, abs=1e-4)
    assert answer.no_accelerator == answer.none_of_these == round(none, 4)
    assert red.words == "likely"
    assert red.probability == round(red.probability, 4)
    uneven = estimate(KNOWN, [], FAMILIES, replace(WEIGHTS, none={"always": -1.0}))
    assert (uneven.no_accelerator, uneven.none_of_these) == (0.2689, 0.2689)  # of 0.26894


def test_the_lines_of_one_kind_share_what_it_adds_and_six_are_shown() -> None:
    said = [premise("trained", "red", at=f"README.md:{line}") for line in range(1, 8)]
    (red, *_) = estimate(KNOWN, said[::-1], FAMILIES, WEIGHTS).families
    assert len(red.because) == LINES == 6
    assert [one.at for one in red.because] == [f"README.md:{line}" for line in range(1, 7)]
    # Seven come to nearly 2: of 2 * 2 (trained) and 2 * 1 (named) each line has a seventh.
    assert {one.weight for one in red.because} == {round(6 * (1 - 2**-7) / 7, 2)}


def test_of_many_lines_for_and_against_a_family_both_are_shown() -> None:
    against = [premise("asked for", "red", at=f"run.sh:{line}", against=True) for line in range(1, 8)]
    said = [premise("trained", "red", at=f"README.md:{line}") for line in range(1, 8)]
    weights = replace(WEIGHTS, kinds={**WEIGHTS.kinds, "asked for": Kind("asked for", "asks for", 2.0, 9)})
    for first, count in ((said, 3), (said[:2], 2), (said[:1], 1), ([], 0)):
        (red,) = [one for one in estimate(KNOWN, [*first, *against], FAMILIES, weights).families if one.family == "red"]
        assert len([one for one in red.because if one.weight > 0]) == count
        assert len([one for one in red.because if one.weight < 0]) == LINES - count
        assert [one.weight for one in red.because] == sorted((one.weight for one in red.because), key=lambda w: -abs(w))


def test_lines_that_show_training_on_several_families_draw_all_scores_together() -> None:
    both = {"log": {"red": 1.0, "blue": 1.0}}
    assert disagreement(both, {"red", "blue"}) == pytest.approx(2.0)
    assert disagreement(both, {"red"}) == disagreement({}, {"red"}) == 1
    assert disagreement({"named": {"red": 9.0, "blue": 9.0}, "log": {"red": 1.0}}, {"red", "blue"}) == 1
    several = {"log": {"red": 1.0, "blue": 1.0}, "trained": {"red": 2.0}}  # 1 + 1.5 of 3.5 for red, in whatever order
    assert disagreement(several, {"red", "blue"}) == pytest.approx(1.863, abs=1e-3)
    assert disagreement(dict(reversed(several.items())), {"red", "blue"}) == disagreement(several, {"red", "blue"})
    assert disagreement({kind: {"red": 1.0, "blue": 1.0, "grey": 1.0, "pink": 1.0} for kind in RUNS},
                        {"red", "blue", "grey", "pink"}) == pytest.approx(3.0)  # fmt: skip
    one = [premise("trained", "red", at=f"a:{line}") for line in range(3)]
    two = [*one, premise("trained", "blue", at="b:1")]
    alone, beside = (probabilities(FAMILIES, counts_of(said), KNOWN, WEIGHTS) for said in (one, two))
    assert beside["red"] > beside["blue"]
    assert math.log(beside["red"] / beside["grey"]) < 0.6 * math.log(alone["red"] / alone["grey"])


def test_a_premise_that_several_share_adds_its_part_to_each() -> None:
    said = [premise("trained", "red", "blue"), premise("trained", "red", at="a:2")]
    (red, blue, *_) = estimate(KNOWN, said, FAMILIES, WEIGHTS).families
    apart = disagreement({"trained": {"red": 1.5, "blue": 0.5}}, {"red", "blue"})
    whole = 3 * strength(1.5) / apart  # weights 2 and 1, one and a half premises
    assert 1.8 < apart < 2
    assert [(one.at, one.weight) for one in red.because] == [
        ("a:2", round(whole / 1.5, 2)), ("README.md:1", round(whole * 0.5 / 1.5, 2))
    ]  # fmt: skip
    assert [one.weight for one in blue.because] == [round(3 * strength(0.5) / apart, 2)]


def test_what_is_less_likely_than_can_be_shown_is_summed_up() -> None:
    said = [premise("trained", "red", at=f"README.md:{line}") for line in range(1, 32)]
    answer = estimate(KNOWN, said, FAMILIES, WEIGHTS)
    assert [one.family for one in answer.families] == ["red"]
    assert answer.none_of_these == pytest.approx(1 - answer.families[0].probability, abs=1e-4)
    assert answer.none_of_these >= answer.no_accelerator


def test_only_what_remains_possible_is_listed() -> None:
    (red,) = estimate(replace(KNOWN, possible=frozenset({"red-80gb"})), [], FAMILIES, WEIGHTS).families
    assert red.accelerators == ("red-80gb",)
    assert red.because == ()


ROW = {"id": "trained", "says": "was trained on", "weight": 2, "rows": 9.0, "expected": 1.5}
TABLE = {
    "basis": "by hand", "before": {"share": 1}, "none": {"always": -2.0}, "kind": [ROW],
    "expected": {"before": {"share": 0.5}, "none": {"always": -1}},
}  # fmt: skip
PRIORS = {"unlisted": 0.125, "shares": {"any": {"red": 0.5}, "2021": {"red": 0.25}}}


def test_weights_are_those_of_their_tables() -> None:
    assert build_weights(TABLE, PRIORS) == Weights(
        kinds={"trained": Kind("trained", "was trained on", 2.0, 9, 1.5)},
        before={"share": 1.0}, none={"always": -2.0},
        shares={"any": {"red": 0.5}, "2021": {"red": 0.25}}, unlisted=0.125, basis="by hand",
        expected_before={"share": 0.5}, expected_none={"always": -1.0},
    )  # fmt: skip


HERE, THERE = "estimate/weights.toml", "estimate/priors.toml"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"expected": None}, f"{HERE}: 'expected' must be a table"),
        ({"before": None}, f"{HERE}: 'before' must be a table of numbers"),
        ({"none": 1}, f"{HERE}: 'none' must be a table of numbers"),
        ({"before": {"share": "1"}}, f"{HERE}: before: 'share' must be a number"),
        ({"none": {"always": True}}, f"{HERE}: none: 'always' must be a number"),
        ({"expected": {"before": {}}}, f"{HERE}: expected: 'none' must be a table of numbers"),
        ({"expected": {"none": {}}}, f"{HERE}: expected: 'before' must be a table of numbers"),
        ({"basis": 1}, f"{HERE}: 'basis' must be text"),
        ({"kind": None}, f"{HERE}: 'kind' must be a list of tables"),
        ({"kind": [{**ROW, "id": 1}]}, f"{HERE}: 'id' must be text"),
        ({"kind": [{**ROW, "says": None}]}, f"{HERE}: 'says' must be text and is missing"),
        ({"kind": [{**ROW, "weight": "2"}]}, f"{HERE}: 'weight' must be a number"),
        ({"kind": [{**ROW, "rows": False}]}, f"{HERE}: 'rows' must be a number"),
        ({"kind": [{**ROW, "expected": None}]}, f"{HERE}: 'expected' must be a number"),
    ],
)
def test_what_a_table_of_weights_lacks_is_named(changed: dict[str, object], said: str) -> None:
    with pytest.raises(TableError) as refused:
        build_weights(TABLE | changed, PRIORS)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"shares": None}, f"{THERE}: 'shares' must be a table of years"),
        ({"shares": {"any": 1}}, f"{THERE}: shares: 'any' must be a table of numbers"),
        ({"shares": {"any": {"red": "1"}}}, f"{THERE}: shares: any: 'red' must be a number"),
        ({"unlisted": "1"}, f"{THERE}: 'unlisted' must be a number"),
    ],
)
def test_what_the_table_of_shares_lacks_is_named(changed: dict[str, object], said: str) -> None:
    with pytest.raises(TableError) as refused:
        build_weights(TABLE, PRIORS | changed)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("family", "day", "share"),
    [
        ("red", "", 0.5), ("red", "2021-05-01", 0.25), ("red", "1999", 0.25), ("red", "2030-01", 0.125),
        ("blue", "2030-01", 0.5), ("blue", "2021", 0.125), ("blue", "", 0.25), ("grey", "", 0.125),
    ],
)  # fmt: skip
def test_a_share_is_that_of_the_nearest_year(family: str, day: str, share: float) -> None:
    assert WEIGHTS.share(family, day) == share
    assert replace(WEIGHTS, shares={"any": {"red": 0.5}}).share("red", "2021") == 0.5
    longer = replace(WEIGHTS, shares={**WEIGHTS.shares, "2026": {"red": 1.0}})
    assert [longer.share("red", year) for year in ("2024", "2026", "2030")] == [0.125, 1.0, 1.0]

"""Is what was under export control on a day said as the rules of that day have it, and never more firmly?"""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import verdicts
from chipsieve.catalogue import load_catalogue, select
from chipsieve.catalogue.accelerator import Cell
from chipsieve.catalogue.export_controls import NO_ADVICE, controlled_on, controlled_since, load_rules, rules_on
from chipsieve.cli import main
from chipsieve.estimate.answer import Estimate, FamilyEstimate
from chipsieve.report import render
from chipsieve.report.accelerators import as_csv, as_json
from chipsieve.report.control_words import control_lines
from chipsieve.report.explain import explain
from chipsieve.report.groups import LEGEND, MARK, made_for_china
from chipsieve.sieve.controls import controls_of
from chipsieve.sieve.outcome import Verdict
from chipsieve.tables import TableError

CHIPS = load_catalogue().accelerators
BY_ID = load_catalogue().by_id
IDS = tuple(BY_ID)
DAYS = st.dates(date(2015, 1, 1), date(2030, 1, 1)).map(date.isoformat)
EACH_DAY = ("2022-11-01", "2023-12-01", "2025-05-01", "2026-02-01")


def judged(day: str, *left: str, **likely: float) -> Verdict:
    """A verdict of a day whose main launch leaves some chips; `likely` are families of the estimate."""
    families = tuple(
        FamilyEstimate(name, name.upper(), tuple(row.id for row in CHIPS if row.family == name.upper()), share, "", ())
        for name, share in likely.items()
    )
    return verdicts.verdict(
        accelerators=CHIPS, as_of=day, launches=(verdicts.outcome(remaining=left),), possible=left, remaining=left,
        trained_on=Estimate("", families, 0.0, 0.0, "x"),
    )  # fmt: skip


# Rules and days


@pytest.mark.parametrize(
    ("name", "answers"),  # on each of the four days: y, n, or ? for unknown
    [
        ("a100-sxm4-80gb", "yyyy"),
        ("h100-sxm5-80gb", "yyyy"),
        ("a800-sxm4-80gb", "nyyy"),
        ("h800-sxm5-80gb", "nyyy"),
        ("h20-96gb", "nnyy"),  # by the letters of April 2025 alone
        ("l20", "nnnn"),
        ("l2", "nnnn"),
        ("l4", "nyyy"),  # by density alone
        ("rtx-4090", "nyyy"),
        ("rtx-4090-d", "nnnn"),
        ("rtx-5090-d", "n?yy"),
        ("rtx-5090-d-v2", "n???"),
        ("h200-sxm5-141gb", "yyyy"),
        ("v100-sxm2-32gb", "nnnn"),
        ("mi308x", "??yy"),
        ("mi325x", "yyyy"),
        ("mlu590", "????"),
        ("enflame-t20", "n???"),  # meets the figures of the letters, which do not bind its maker
        ("tpu-v5p", "yyyy"),  # by parameters
    ],
)
def test_named_chips_on_four_days(name: str, answers: str) -> None:
    said = {True: "y", False: "n", None: "?"}
    assert "".join(said[controlled_on(BY_ID[name], day)] for day in EACH_DAY) == answers


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        ("2022-08-25", []),
        ("2022-08-26", ["2022-08"]),
        ("2022-11-01", ["2022-10"]),
        ("2023-11-16", ["2022-10"]),
        ("2023-11-17", ["2023-10"]),
        ("2025-01-20", ["2023-10"]),  # the framework of January 2025 was never enforced
        ("2025-05-14", ["2023-10", "2025-04"]),
        ("2026-02-01", ["2023-10", "2025-04"]),
    ],
)
def test_a_rule_holds_from_its_day_until_another_takes_its_place(day: str, rules: list[str]) -> None:
    assert [rule.id for rule in rules_on(day)] == rules


def test_a_duty_is_no_control_and_a_review_is_none_either() -> None:
    assert {rule.id: rule.kind for rule in load_rules() if rule.kind != "control"} == {
        "2026-01-review": "review", "2026-01-tariff": "duty",
    }  # fmt: skip


@given(DAYS)
def test_a_day_never_uses_a_later_rule(day: str) -> None:
    assert all(rule.since <= day for kind in ("control", "review", "duty") for rule in rules_on(day, kind))
    for chip in CHIPS:
        first, _ = controlled_since(chip, day)
        assert first is None or first.rule.since <= day


@given(DAYS, st.sets(st.sampled_from(IDS)))
def test_a_split_partitions_the_chips(day: str, left: set[str]) -> None:
    controls = controls_of(day, CHIPS, left, None)
    assert controls is not None
    for split in (controls.status, *(one.status for one in controls.rules), *(one.status for one in controls.reviews)):
        assert sorted((*split.y, *split.n, *split.unknown)) == sorted(left)
    assert {*controls.uncontrolled} <= {*controls.status.n}
    for one in controls.rules:
        assert {*one.status.y} <= {*controls.status.y}


NUMBERS = st.one_of(st.none(), st.floats(1, 50_000))


@given(
    DAYS,
    st.sampled_from(["nvidia", "huawei"]),
    st.fixed_dictionaries(
        {
            "tpp": NUMBERS,
            "performance_density": st.one_of(st.none(), st.floats(0.1, 20)),
            "memory_bw_gbps": NUMBERS,
            "interconnect_gbps": NUMBERS,
            "marketed_dc": st.one_of(st.none(), st.booleans()),
        }
    ),
    st.sampled_from(["tpp", "performance_density", "memory_bw_gbps", "interconnect_gbps", "marketed_dc"]),
)
def test_what_is_forgotten_never_turns_an_answer_round(
    day: str, vendor: str, facts: dict[str, Cell], forgotten: str
) -> None:
    whole = replace(BY_ID["t4"], vendor=vendor, facts={"tpp_lower_bound": False, "memory_type": "HBM3", **facts})
    less = replace(whole, facts={**whole.facts, forgotten: None})
    assert controlled_on(less, day) in (None, controlled_on(whole, day))


def test_unknown_figures_decide_where_the_answer_does_not_depend_on_them() -> None:
    unknown = replace(BY_ID["a100-sxm4-80gb"], facts={**BY_ID["a100-sxm4-80gb"].facts, "marketed_dc": None})
    assert controlled_on(unknown, "2024-01-01") is True  # a or a-NAC, and both are controlled
    assert controlled_on(replace(unknown, facts={**unknown.facts, "tpp": None}), "2024-01-01") is None


def test_the_first_rule_is_none_that_had_ended_before_the_chip_was_out() -> None:
    firsts = {
        name: controlled_since(BY_ID[name]) for name in ("h100-sxm5-80gb", "b200", "h20-96gb", "rtx-5090-d", "t4")
    }
    assert {name: (one and one.rule.id, earlier) for name, (one, earlier) in firsts.items()} == {
        "h100-sxm5-80gb": ("2022-08", False), "b200": ("2023-10", False), "h20-96gb": ("2025-04", False),
        "rtx-5090-d": ("2025-04", True), "t4": (None, False),
    }  # fmt: skip


# The catalogue's list


def test_chips_are_chosen_by_rule_by_status_and_by_day() -> None:
    def chosen(*where: str) -> set[str]:
        return {chip.id for chip in select(load_catalogue(), [f"controlled={one}" for one in where])}

    assert {"a100-sxm4-80gb", "h800-sxm5-80gb", "rtx-4090"} <= chosen("2023-10")
    assert chosen("2023-10").isdisjoint({"h20-96gb", "l20", "mlu590", "t4"})
    assert {"a30", "l40"} <= chosen("2023-10:b-NAC") <= chosen("2023-10")
    assert "l20" in chosen("2023-10:none")
    assert "h20-96gb" in chosen("2025-05-01") - chosen("2025-01-01")
    assert "enflame-t20" not in chosen("2025-04")
    assert not chosen("2020-01-01")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2023-11", "did you mean '2023-10'?"),
        ("2023-10:q", "unknown status word 'q'"),
        ("2026-01-tariff", "unknown rule '2026-01-tariff'"),  # a duty is no control
    ],
)
def test_a_wrong_control_is_refused(text: str, message: str) -> None:
    with pytest.raises(TableError, match=message.replace("?", r"\?")):
        select(load_catalogue(), [f"controlled={text}"])


def test_each_format_of_the_list_has_the_status_and_is_no_legal_advice() -> None:
    ran = CliRunner().invoke(main, ["accelerators", "--where", "named=h20"])
    assert NO_ADVICE in " ".join(ran.stdout.split())
    assert LEGEND in ran.stdout
    assert f"H20 96GB{MARK}" in ran.stdout
    chips = [BY_ID["h20-96gb"], BY_ID["mlu590"]]
    h20 = json.loads(as_json(chips))[0]["export_controls"]
    assert h20["notice"] == NO_ADVICE
    letters = h20["rules"]["2025-04"]
    assert (letters["status"], letters["controlled"], letters["kind"]) == ("y", True, "control")
    assert letters["citation"].startswith("NVIDIA Form 8-K")
    first, second = csv.DictReader(io.StringIO(as_csv(chips)))
    assert (first["id"], first["name"], first["export_status_2023-10"]) == ("h20-96gb", "H20 96GB", "none")
    assert (second["export_status_2023-10"], second["memory_gb"], second["notice"]) == ("?", "?", NO_ADVICE)
    assert first["fp4"] == ""


def test_variants_made_for_china_are_marked_and_not_the_chips_of_makers_there() -> None:
    marked = made_for_china(CHIPS)
    named = "a800-sxm4-80gb h800-sxm5-80gb h20-96gb l20 l2 rtx-4090-d rtx-5090-d mi308x"
    assert set(named.split()) <= marked
    assert marked.isdisjoint({"ascend-910b1", "mlu590", "a100-sxm4-80gb"})


# The verdict


@pytest.mark.parametrize(
    ("day", "left", "begins"),
    [
        ("2021-01-01", ["h100-sxm5-80gb"], "No export control on accelerators was in force on that date."),
        ("2023-12-01", ["h100-sxm5-80gb", "h20-96gb"], f"An uncontrolled chip remains: H20{MARK} (1 controlled, 1 not"),
        ("2025-05-01", ["h100-sxm5-80gb", "h20-96gb"], "Every chip that remains was controlled on that date (2 contr"),
        ("2022-11-01", ["h100-sxm5-80gb", "h20-96gb"], "Every chip that remains and was out by then was controlled"),
        ("2024-02-01", ["h100-sxm5-80gb", "mlu590"], "Whether an uncontrolled chip remains is unknown, for lack of "),
        ("2022-11-01", ["b200"], "No chip that remains was out by then."),
        ("2024-01-01", [], "No accelerator remains."),
        ("2024-01-01", IDS, "Nothing is excluded, so controlled and uncontrolled chips remain: "),
    ],
)
def test_what_remains_is_said_plainly(day: str, left: list[str], begins: str) -> None:
    assert control_lines(judged(day, *left)).left.startswith(begins)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (
            "2023-12-01",
            f"Probably trained on: H20{MARK} (60%), not controlled; A100 (30%), controlled since 2022-08-26 ",
        ),
        (
            "2026-02-01",
            f"H20{MARK} (60%), controlled since 2025-04-09 (rule 2025-04); A100 (30%), controlled since 2022",
        ),
        ("2022-11-01", f"H20{MARK} (60%), not out by then; A100"),
        ("2021-01-01", ""),
    ],
)
def test_the_likely_families_are_said_with_their_rule(day: str, said: str) -> None:
    assert said in control_lines(judged(day, *IDS, h20=0.6, a100=0.3, t4=0.05)).trained
    assert "T4" not in control_lines(judged(day, *IDS, h20=0.6, a100=0.3, t4=0.05)).trained


def test_no_day_is_no_status() -> None:
    verdict = judged("", "h100-sxm5-80gb", h100=0.9)
    assert verdict.controls is None
    repository = json.loads(render(verdict, "json"))["repository"]
    assert (repository["controlled"], repository["export_controls"]) == (None, None)
    for form in ("text", "markdown", "html"):
        assert "no date is known" in " ".join(render(verdict, form).split())


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "jsonl"])
def test_every_format_has_rule_citation_destinations_and_no_legal_advice(form: str) -> None:
    verdict = judged("2026-02-01", "h100-sxm5-80gb", "h20-96gb", "ascend-910b1", h100=0.9)
    text = " ".join(render(verdict, form).replace("\\", "").split())
    for said in ("88 FR 73458", "Country Groups D:1, D:4, D:5", "91 FR 1684", NO_ADVICE):
        assert said in text
    assert "Huawei are controlled only where the Export Administration Regulations reach them" in text
    assert "Proclamation 11002" not in text  # a duty


def test_json_has_each_rule_with_its_split() -> None:
    repository = json.loads(render(judged("2026-02-01", "h100-sxm5-80gb", "h20-96gb", h100=0.9), "json"))["repository"]
    rules = {one["rule"]: one for one in repository["controlled"]}
    assert list(rules) == ["2023-10", "2025-04", "2026-01-review"]
    assert rules["2023-10"]["status"] == {"y": ["h100-sxm5-80gb"], "n": ["h20-96gb"], "unknown": []}
    assert rules["2026-01-review"]["words"] == {"not-controlled": ["h20-96gb"], "case-by-case": ["h100-sxm5-80gb"]}
    assert repository["made_for_china"] == ["h20-96gb"]
    family = repository["export_controls"]["families"][0]
    assert (family["standing"], family["rules"]) == ("controlled", ["2023-10", "2025-04"])
    assert family["since"] == {"rule": "2022-08", "day": "2022-08-26", "at_latest": False}
    assert json.loads(render(judged("2020-01-01", "t4"), "json"))["repository"]["controlled"] == []


def test_explain_says_of_one_chip_which_rule_applied() -> None:
    said = explain(judged("2025-05-01", "h20-96gb"), "h20-96gb")
    assert "export control on 2025-05-01, 2023-10: does not apply: 88 FR 73458" in said
    assert "export control on 2025-05-01, 2025-04: applies (y): NVIDIA Form 8-K of 2025-04-15" in said
    assert NO_ADVICE in said
    assert "export control" not in explain(judged("", "h20-96gb"), "h20-96gb")


def test_a_day_after_what_is_known_of_the_rules_is_said() -> None:
    assert "Rules after 2026-08-31 are not known here." in control_lines(judged("2026-10-01", "t4")).remarks
    assert len(control_lines(judged("2026-08-01", "t4")).remarks) == 1


def test_chips_that_are_likely_or_made_for_data_centres_are_named_first() -> None:
    left = control_lines(judged("2024-06-01", "rtx-3090", "rtx-4080", "a10", "h20-96gb", a10=0.9)).left
    begins = f"An uncontrolled chip remains: A10, H20{MARK}, GeForce RTX 4080, GeForce RTX 3090 ("
    assert left.startswith(begins)

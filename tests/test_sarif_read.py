"""Do findings survive the border, and is what is not ours refused with a reason?"""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verdicts
from chipsieve.border.json_fields import ReportError
from chipsieve.border.sarif import write
from chipsieve.border.sarif.condition_trees import ConditionError, decode, encode
from chipsieve.border.scanners.sarif_log import sarif_report
from chipsieve.facts.conditions import ALWAYS, NEVER, Condition, Every, Not, Question, Some, Subject
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.report.escape import json_text
from chipsieve.report.lookups import finding_order

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(1, 10**6)
TESTS = st.builds(
    Question, st.sampled_from(get_args(Subject)), WORDS, st.sampled_from(["true", "set", "in"]),
    st.lists(WORDS, max_size=3).map(tuple), WORDS,
)  # fmt: skip


def compound(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(Every, several), st.builds(Some, several))


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(TESTS, compound, max_leaves=6)
NAMES = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\udc80\udcff"), min_size=1, max_size=12)
FINDINGS = st.builds(
    Finding,
    signal=st.sampled_from([*verdicts.signals(), "not-in-the-table"]),
    row=WORDS,
    path=st.lists(NAMES, min_size=1, max_size=3).map("/".join),
    span=st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    value=WORDS,
    snippet=WORDS,
    conditions=st.lists(CONDITIONS, max_size=3).map(tuple),
    engine=WORDS,
    by=WORDS,
)


def read(document: dict[str, Any]) -> tuple[Finding, ...]:
    """Our findings in a SARIF document."""
    return tuple(result.own for result in sarif_report(document, "log").results if result.own is not None)


@given(st.lists(FINDINGS, max_size=6))
def test_what_is_read_is_what_was_written(findings: list[Finding]) -> None:
    written = write(verdicts.verdict(findings=tuple(findings), launches=(), named=()))
    expected = tuple(sorted(set(findings), key=finding_order))
    assert read(written) == expected
    assert read(json.loads(json_text(written).encode("utf-8"))) == expected


@given(CONDITIONS)
def test_conditions_come_back(condition: Condition) -> None:
    assert decode(json.loads(json.dumps(encode(condition)))) == condition


def test_the_whole_verdict_gives_its_findings_back() -> None:
    verdict = verdicts.verdict()
    assert set(read(write(verdict))) == set(verdict.findings)


def test_results_of_others_are_passed_over() -> None:
    theirs = {"ruleId": "x", "message": {"text": "y"}, "properties": {"tags": []}}
    assert read({"version": "2.1.0", "runs": [{"results": [theirs, {"ruleId": "z"}]}, {}]}) == ()


def spoilt(**changes: object) -> dict[str, Any]:
    """Our document with one finding whose result is changed."""
    document: dict[str, Any] = json.loads(json.dumps(write(verdicts.verdict(findings=(verdicts.BF16,), launches=()))))
    document["runs"][0]["results"][1].update(changes)
    return document


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (spoilt(locations=[]), r"results\[1\]: 'locations' is empty"),
        (spoilt(locations=[{"physicalLocation": 1}]), r"results\[1\]\.physicalLocation: must be an object"),
        (spoilt(ruleId=7), "'ruleId' must be text"),
        (spoilt(properties={"chipsieve/finding": {}}), "'row' must be text"),
        (spoilt(properties={"chipsieve/finding": {"conditions": [{"test": "magic"}]}}), "no condition that chipsieve"),
        (spoilt(properties={"chipsieve/finding": {"conditions": {}}}), "'conditions' must be a list"),
    ],
)
def test_what_is_broken_is_refused_with_its_place(document: dict[str, Any], message: str) -> None:
    with pytest.raises(ReportError, match=message):
        read(document)


def test_logs_of_earlier_versions_are_understood() -> None:
    document = spoilt()
    kept = document["runs"][0]["results"][1]["properties"]["chipsieve/finding"]
    kept |= {"row": "word", "conditions": [{"test": "option", "name": "x"}, {"not": {"test": "mention"}}]}
    kept["conditions"] += [{"test": "constant", "values": [value]} for value in ("true", "false")]
    (found,) = read(document)
    assert found.row == "claim"
    assert found.conditions == (Question("option", "x"), Not(Question("mention")), ALWAYS, NEVER)


def test_a_line_that_is_true_is_no_number() -> None:
    document = spoilt()
    document["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["region"]["startLine"] = True
    with pytest.raises(ReportError, match="'startLine' must be a whole number"):
        read(document)


@pytest.mark.parametrize(
    "tree",
    [None, [], {}, {"test": ["option"]}, {"every": {}}, {"not": 1}, {"some": [3]},
     {"test": "option", "operator": "like"}, {"test": "option", "name": 3}, {"test": "option", "values": [3]}],
)  # fmt: skip
def test_no_other_tree_is_a_condition(tree: object) -> None:
    with pytest.raises(ConditionError):
        decode(tree)


def test_conditions_nested_without_end_are_refused() -> None:
    deep: dict[str, Any] = {"test": "option"}
    for _ in range(100_000):
        deep = {"not": deep}
    with pytest.raises(ReportError):
        read(spoilt(properties={"chipsieve/finding": {"conditions": [deep]}}))

"""Can a scanned tree's names and lines act on a terminal, a browser, a table or a workflow?"""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verdicts
from chipsieve.facts.reading import Gap
from chipsieve.report import FORMATS, render
from chipsieve.report.escape import one_line, visible
from chipsieve.report.explain import explain
from chipsieve.report.launch_page import explain_launch
from chipsieve.report.running_report import as_text
from chipsieve.sieve.outcome import Naming
from chipsieve.sieve.proof import StepResult
from chipsieve.sieve.running_on import meant_by, running
from page_parser import Page


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_no_acting_character_reaches_the_output(form: str) -> None:
    text = render(verdicts.hostile(), form, command=("scan", "a\x1b[1m\n::error::\u202e|`<b>caf\udce9"))
    acting = {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert acting <= {"\n"}
    assert text.encode("utf-8")


def test_markup_is_shown_and_never_parsed() -> None:
    page = Page(render(verdicts.hostile(), "html"))
    assert page.open == []
    assert not page.elements & {"script", "img", "b"}
    assert "onerror" not in page.attributes
    shown = "".join(page.text)
    assert "<script>alert(1)</script>" in shown
    assert "<b>\\x1b[1mroot" in shown


def test_the_page_needs_no_network_and_runs_nothing() -> None:
    text = render(verdicts.two_launches(), "html")
    page = Page(text)
    assert page.elements.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert page.attributes.isdisjoint({"src", "onclick"})
    assert all(address.startswith("#") for address in re.findall(r'href="([^"]*)"', text))
    assert not re.search(r"url\(|@import|https?:", text)
    assert "default-src 'none'" in text


def test_a_name_cannot_give_a_workflow_command() -> None:
    lines = render(verdicts.hostile(), "github").splitlines()
    assert len(lines) == 3
    assert all(line.startswith("::notice ") for line in lines)
    assert "file=a\\x1b[31m<script>alert(1)</script>%0A%3A%3Aerror%3A%3Ax\\u202egnp|`.sh,line=1" in lines[1]
    assert "line=" in lines[2]


def test_no_line_of_an_explanation_is_a_workflow_command() -> None:
    tricky = verdicts.finding("bf16-training", "::error::a.sh", 1)
    step = StepResult("number-format", "?", 6, 5, (verdicts.cut("number-format", tricky, verdicts.VOLTA),))
    whole = verdicts.verdict(root=f"{'x' * 95} ::error::here", launches=(verdicts.outcome(steps=(step,)),))
    asked = running(whole, meant_by(["v100-sxm2-16gb"], {}))
    for text in (explain(whole, "v100-sxm2-16gb"), explain_launch(whole, "run.sh:30"), as_text(whole, asked)):
        assert "::error::" in text
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"github"}))
def test_no_line_of_a_log_is_a_workflow_command(form: str) -> None:
    tricky = verdicts.finding("bf16-training", "a.sh", 1, snippet="::error::from a snippet")
    step = StepResult("number-format", "?", 6, 5, (verdicts.cut("number-format", tricky, verdicts.VOLTA),))
    long = Naming(("h20-96gb",), "prose", "x" * 70 + " ::error::from-a-wrapped-name", 1, "##[error] H20")
    whole = verdicts.verdict(launches=(verdicts.outcome(steps=(step,)),), named=(long,), gaps=(Gap("a", "::error::x"),))
    for line in render(whole, form).splitlines():
        assert not line.lstrip().startswith(("::", "##["))


def test_a_table_row_stays_one_row() -> None:
    text = render(verdicts.hostile(), "markdown")
    rows = [line for line in text.splitlines() if line.startswith("| number format")]
    assert len(rows) == 1
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == 6
    assert "<script>" not in re.sub(r"\\<", "", text)


@given(st.text())
def test_visible_text_has_nothing_that_acts_and_loses_nothing(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in shown)
    if all(char.isprintable() or char == " " for char in text):
        assert shown == text


@given(st.text(), st.integers(2, 50))
def test_one_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    shown = one_line(text, limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1

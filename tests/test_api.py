"""Does a program get what the command line gives, whatever thread it asks from?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

import verdicts
from chipsieve import scan
from chipsieve.report.sentence import sentence
from chipsieve.sieve.outcome import Verdict
from chipsieve.tables import TableError

EXAMPLE = Path(__file__).parents[1] / "fixtures/repos/hunyuan-large-2024-11-05"


def test_a_scan_may_run_in_any_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        elsewhere = pool.submit(scan, EXAMPLE, workers=1).result()
    assert elsewhere == scan(EXAMPLE, workers=1)
    assert elsewhere.findings


def test_a_verdict_has_both_answers_and_the_paragraph() -> None:
    verdict = scan(EXAMPLE, workers=1)
    assert verdict.sentence == sentence(verdict)
    assert verdict.sentence.startswith(EXAMPLE.name)
    assert verdict.trained_on is not None
    assert all(0 <= family.probability <= 1 for family in verdict.trained_on.families)


@pytest.mark.parametrize(
    ("verdict", "chip", "expected"),
    [
        (verdicts.verdict(), "h20-96gb", True),
        (verdicts.verdict(), "H20", True),
        (verdicts.verdict(), "A100", True),  # one of several that the name means
        (verdicts.verdict(), "V100", False),
        (verdicts.verdict(), "mi300x", False),
        (verdicts.two_launches(), "V100", None),  # another launch leaves it
        (verdicts.two_launches(), "h20", True),
        (verdicts.empty(), "h20", None),
        (verdicts.verdict(launches=(verdicts.silent("run.sh:30"),), possible=verdicts.IDS), "h20", None),
        (verdicts.contradiction(), "h20", False),
    ],
)
def test_whether_it_runs_on_a_chip(verdict: Verdict, chip: str, expected: bool | None) -> None:
    assert verdict.runs_on(chip) is expected


def test_what_the_catalogue_does_not_know_is_not_known() -> None:
    nccl = verdicts.cut("software-stack", verdicts.NCCL, verdicts.AMD)
    vague = replace(nccl, answers=replace(nccl.answers, agrees=frozenset({"h20-96gb"})))
    step = replace(verdicts.steps()[0], rulings=(vague,))
    verdict = verdicts.verdict(launches=(verdicts.outcome((step,), unproven=()),))
    assert (verdict.runs_on("h20"), verdict.runs_on("a100-sxm4-80gb")) == (True, None)


def test_a_chip_that_nobody_knows_is_refused() -> None:
    with pytest.raises(TableError, match="no accelerator is called 'H9000'"):
        verdicts.verdict().runs_on("H9000")

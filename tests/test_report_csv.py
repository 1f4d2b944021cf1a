"""Do the tables for spreadsheets hold every accelerator and every piece of evidence, and compute nothing?"""

from __future__ import annotations

import csv
import io

import pytest

import verdicts
from chipsieve.report import render
from chipsieve.report.sheets import as_csv
from chipsieve.sieve.outcome import Verdict


def rows(verdict: Verdict, form: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(verdict, form))))


def test_every_accelerator_has_its_status_and_its_reason() -> None:
    table = {row["id"]: row for row in rows(verdicts.verdict(), "csv")}
    assert sorted(table) == sorted(verdicts.IDS)
    gone, left = table["v100-sxm2-16gb"], table["h20-96gb"]
    assert [gone[key] for key in ("status", "main_launch", "excluded_by", "path", "line", "family_probability")] == [
        "excluded", "excluded", "bf16-training", "run.sh", "30", "",
    ]  # fmt: skip
    assert [left[key] for key in ("status", "main_launch", "excluded_by", "path", "line", "family_probability")] == [
        "possible", "possible", "", "", "", "0.820",
    ]  # fmt: skip


def test_what_another_launch_leaves_is_possible_though_the_main_one_excludes_it() -> None:
    table = {row["id"]: row for row in rows(verdicts.two_launches(), "csv")}
    assert (table["v100-sxm2-16gb"]["status"], table["v100-sxm2-16gb"]["main_launch"]) == ("possible", "excluded")


def test_without_a_launch_nothing_is_excluded_and_nothing_is_evidence() -> None:
    assert {(row["status"], row["main_launch"]) for row in rows(verdicts.empty(), "csv")} == {("possible", "")}
    assert rows(verdicts.empty(), "evidence-csv") == []


def test_every_ruling_of_every_launch_is_a_row() -> None:
    verdict = verdicts.verdict()
    table = rows(verdict, "evidence-csv")
    assert len(table) == sum(len(list(one.proof.rulings)) for one in verdict.launches)
    found = next(row for row in table if row["signal"] == "bf16-training")
    assert [found[key] for key in ("launch", "standing", "weight", "strength", "path", "line", "excluded")] == [
        "run.sh:30", "asserted", "counts", "definitive", "run.sh", "30", "1",
    ]  # fmt: skip


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_spreadsheet_computes_no_cell(formula: str) -> None:
    assert as_csv(("a",), [(formula,)]) == f"a\n'{formula}\n"


def test_numbers_and_other_texts_stay_as_they_are() -> None:
    assert as_csv(("a", "b"), [(-1, "a=b, c")]) == 'a,b\n-1,"a=b, c"\n'

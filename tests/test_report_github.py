"""Do annotations point at the deciding lines, and are there never more than GitHub shows?"""

from __future__ import annotations

from msgspec.structs import replace

import verdicts
from chipsieve.report import render
from chipsieve.report.provenance import provenance_words
from chipsieve.report.sentence import sentence
from chipsieve.sieve.proof import StepResult

TITLE = "title=chipsieve"
EXCLUDED = "excluded by Training in bfloat16 at run.sh:30"
AMD = "Instinct MI250, Instinct MI300X"


def test_the_sentence_comes_first_and_each_deciding_line_after_it() -> None:
    lines = render(verdicts.verdict(), "github").splitlines()
    quoted = sentence(verdicts.verdict()).replace("%", "%25")
    made = f"Provenance: {provenance_words(verdicts.verdict(), ())}."
    assert lines[0] == f"::notice title=chipsieve::{quoted} {made}"
    assert lines[1:] == [
        f"::notice file=train.py,line=12,endLine=12,{TITLE}::NCCL as the back end excludes {AMD}.",
        f"::notice file=run.sh,line=30,endLine=30,{TITLE}::Training in bfloat16 excludes V100.",
        f"::notice file=README.md,line=20,endLine=20,{TITLE}::V100 is named here (prose): {EXCLUDED}.",
        f"::notice file=README.md,line=12,endLine=12,{TITLE}::H20 is named here (prose): remains possible.",
    ]


def test_what_is_weaker_than_asked_for_is_left_out() -> None:
    lines = render(verdicts.verdict(), "github", min_strength="definitive").splitlines()
    assert [line.partition("::notice ")[2].partition(",")[0] for line in lines[1:]] == ["file=run.sh"]
    weak = {name: replace(one, strength="weak") for name, one in verdicts.signals().items() if one.effect == "names"}
    verdict = verdicts.verdict(signals=verdicts.signals() | weak)
    assert "README.md" in render(verdict, "github")
    assert "file=README.md" not in render(verdict, "github", min_strength="strong")


def test_a_percent_sign_is_written_out_before_the_rest() -> None:
    odd = verdicts.finding("bf16-training", "50%,a:b.sh", 1)
    step = StepResult("number-format", "?", 6, 5, (verdicts.cut("number-format", odd, verdicts.VOLTA),))
    text = render(verdicts.verdict(launches=(verdicts.outcome(steps=(step,)),)), "github")
    assert "file=50%25%2Ca%3Ab.sh,line=1," in text


def test_there_are_at_most_ten() -> None:
    cuts = tuple(
        verdicts.cut("number-format", verdicts.finding("bf16-training", "a.sh", line), verdicts.VOLTA)
        for line in range(1, 40)
    )
    step = StepResult("number-format", "?", 6, 5, cuts)
    text = render(verdicts.verdict(launches=(verdicts.outcome(steps=(step,)),)), "github")
    assert text.count("::notice ") == 10


def test_without_a_launch_there_is_the_sentence_alone() -> None:
    quoted = sentence(verdicts.empty()).replace("%", "%25")
    made = f"Provenance: {provenance_words(verdicts.empty(), ())}."
    assert render(verdicts.empty(), "github") == f"::notice {TITLE}::{quoted} {made}\n"

"""Does a program get what the command line gives, whatever thread it asks from?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

import chipsieve
import verdicts
from chipsieve import render, scan
from chipsieve.api import sieve
from chipsieve.cli import main
from chipsieve.report import FORMATS
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


LOADED = """
import sys
import chipsieve
print(*sorted(name for name in sys.modules if name.partition(".")[0] in ("chipsieve", "click", "libcst", "msgspec")))
print(*dir(chipsieve))
from chipsieve import render, scan, Verdict
print(scan.__module__, render.__module__, Verdict.__module__)
"""


def test_what_is_public_is_listed_and_loaded_on_first_use() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "chipsieve",
        "Verdict __version__ render scan",
        "chipsieve.api chipsieve.api chipsieve.sieve.outcome",
    ]
    assert all(hasattr(chipsieve, name) for name in chipsieve.__all__)
    with pytest.raises(AttributeError, match="no attribute 'scna'; public are Verdict, __version__, render, scan"):
        chipsieve.scna  # noqa: B018 - the access is what is tested


@cache
def example() -> Verdict:
    return scan(EXAMPLE, workers=1)


@pytest.mark.parametrize("form", FORMATS)
def test_a_program_renders_what_the_command_line_writes(form: str, tmp_path: Path) -> None:
    arguments = ["scan", str(EXAMPLE), "--workers", "1", "--format", form, "--output", str(tmp_path / "report")]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert render(example(), form, code=EXAMPLE, command=arguments) == (tmp_path / "report").read_text(encoding="utf-8")


def test_sarif_has_fingerprints_where_the_code_is_at_hand() -> None:
    assert "primaryLocationLineHash" in render(example(), "sarif", code=EXAMPLE)
    assert "primaryLocationLineHash" not in render(example(), "sarif")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        render(example(), "sarif", code=EXAMPLE / "nowhere")


def test_how_much_is_told() -> None:
    brief, digest, whole = (render(example(), "text", detail=detail) for detail in ("sentence", "digest", "everything"))
    assert len(brief) < len(digest) < len(whole)
    assert " ".join(brief.split()) == example().sentence
    assert max(map(len, render(example(), "text", detail="sentence", width=60).splitlines())) <= 60


WRONG: dict[str, tuple[Callable[[Any], object], str]] = {
    "policy": (lambda word: scan(EXAMPLE, policy=word), "balanced, paper, strict"),
    "scope": (lambda word: scan(EXAMPLE, scope=word), "launch, tree"),
    "role": (lambda word: scan(EXAMPLE, role=word), "any, training, fine-tuning"),
    "engine": (lambda word: scan(EXAMPLE, engines=[word]), "semgrep, visitors"),
    "format": (lambda word: render(example(), word), "text, json, jsonl, sarif, html"),
    "detail": (lambda word: render(example(), "text", detail=word), "sentence, digest, report, everything"),
    "sarif_level": (lambda word: render(example(), "sarif", sarif_level=word), "verdict, all"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_word_that_there_is_not_is_named_with_those_that_there_are(what: str) -> None:
    call, known = WRONG[what]
    with pytest.raises(TableError, match=f"^{what} 'bold' is none of {known}"):
        call("bold")


@pytest.mark.parametrize("what", ["policy", "scope", "role"])
def test_reports_of_scanners_are_judged_as_strictly(what: str) -> None:
    words: dict[str, Any] = {what: "bold"}
    with pytest.raises(TableError, match=f"^{what} 'bold' is none of "):
        sieve([], **words)

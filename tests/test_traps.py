"""Where does a plain rule exclude the true chip? One look-alike tree for each kind of trap, which must stay silent.

Beside each tree a TOML says which rows of the trap list it stands for (`traps`), which chips must stay possible
(`truth`; empty: nothing may be excluded), why the plain rule is wrong, and what word it looks for (`plain`). Where runs
differ, `remaining` gives the truth by launch id (a pattern). `silent` names signals that must not exclude anything,
`reaches` the files that a run must be seen to reach, so that the trap is judged at all; `training = false` says that
nothing trains. `fails_today` holds what still goes wrong, by question: a policy, `seen` (the run is not seen to reach
the files) or `main` (another run is taken for the headline).
"""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chipsieve import scan
from chipsieve.sieve.outcome import LaunchVerdict, Verdict

TRAPS = Path(__file__).parent.parent / "fixtures" / "traps"
CASES = {table.stem: tomllib.loads(table.read_text(encoding="utf-8")) for table in sorted(TRAPS.glob("*.toml"))}
KEYS = {"traps", "truth", "why", "plain", "remaining", "silent", "reaches", "training", "fails_today"}
LISTED = """
B01 B02 B04 B06 B07 B10 B11 B12 B17 B18 B19 B20 B23 B24
N05 N07 N12 N15 N16 N18 N19 N22 N24 N25
F01 F03 F05 F07 F10 F17 F19 F20
X01 X02 X04 X05 X06 X08 X09 X10 X11
"""
Case = dict[str, Any]


def cases(*questions: str) -> list[Any]:
    """Each tree under each question; what fails today is marked, so that mending it shows."""
    return [
        pytest.param(slug, question, id=f"{slug}-{question}", marks=_marks(case, question))
        for slug, case in CASES.items()
        for question in questions
    ]


def _marks(case: Case, question: str) -> list[pytest.MarkDecorator]:
    reason = case.get("fails_today", {}).get(question)
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


@cache
def verdict_of(slug: str, policy: str) -> Verdict:
    return scan(TRAPS / slug, policy=policy, workers=1)


def training(verdict: Verdict) -> list[LaunchVerdict]:
    return [item for item in verdict.launches if item.launch.role in {"training", "fine-tuning"}]


def cuts(verdict: Verdict, chips: set[str]) -> list[str]:
    """Which signals, and which of their lines, exclude one of these chips from which training launch."""
    return [
        f"{item.launch.id}: {cut.signal} at {place.path}:{place.span.line}"
        for item in training(verdict)
        for step in item.steps
        for cut in step.cuts
        for place in cut.evidence.lines[:1]
        if chips & set(cut.excluded)
    ]


def expected(case: Case, launch: str) -> set[str]:
    """The chips that must remain in a launch."""
    if "remaining" not in case:
        return set(case["truth"])
    return {chip for glob, chips in case["remaining"].items() if fnmatchcase(launch, glob) for chip in chips}


def test_every_tree_says_why_and_the_other_way_round() -> None:
    assert {path.name for path in TRAPS.iterdir() if path.is_dir()} == set(CASES)
    for slug, case in CASES.items():
        assert case.keys() <= KEYS, slug
        assert case["why"].strip(), slug


def test_every_trap_of_the_list_has_a_tree() -> None:
    covered = [trap for case in CASES.values() for trap in case["traps"]]
    assert sorted(covered) == sorted(LISTED.split())


@pytest.mark.parametrize("slug", CASES)
def test_a_plain_search_finds_its_word(slug: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (TRAPS / slug).rglob("*") if path.is_file()]
    assert any(re.search(CASES[slug]["plain"], text) for text in texts)


@pytest.mark.parametrize(("slug", "question"), cases("seen"))
def test_the_run_is_seen(slug: str, question: str) -> None:
    del question  # it only names the mark
    verdict, case = verdict_of(slug, "balanced"), CASES[slug]
    assert verdict.gaps == ()
    assert bool(training(verdict)) == case.get("training", True)
    for glob in case.get("remaining", {}):
        assert [item for item in training(verdict) if fnmatchcase(item.launch.id, glob)], glob
    assert set(case.get("silent", ())) <= verdict.signals.keys()
    assert set(case.get("reaches", ())) <= {file for item in training(verdict) for file in item.launch.files}


@pytest.mark.parametrize(("slug", "policy"), cases("balanced", "strict"))
def test_the_trap_catches_nothing(slug: str, policy: str) -> None:
    verdict, case = verdict_of(slug, policy), CASES[slug]
    everything = {chip.id for chip in verdict.accelerators}
    truth = set(case["truth"]) or everything
    assert truth <= everything
    assert truth <= set(verdict.possible), cuts(verdict, truth)
    for item in training(verdict):
        kept = expected(case, item.launch.id) if case["truth"] else everything
        assert kept <= set(item.remaining), cuts(verdict, kept)
    excluding = {cut.signal for item in training(verdict) for step in item.steps for cut in step.cuts}
    assert not excluding & set(case.get("silent", ()))


@pytest.mark.parametrize(("slug", "question"), cases("main"))
def test_the_main_run_keeps_a_true_chip(slug: str, question: str) -> None:
    del question  # it only names the mark
    verdict, case = verdict_of(slug, "balanced"), CASES[slug]
    remaining = {chip for item in verdict.launches if item.launch.id == verdict.main for chip in item.remaining}
    assert remaining.intersection(case["truth"]) or not case["truth"] or not verdict.main, verdict.main

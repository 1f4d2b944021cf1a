"""Do whole look-alike trees get the verdict that reasoning gives? One TOML beside each tree says it, and why.

The TOMLs hold what follows from the lines under several policies; test_golden_reports.py compares the whole answers.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chipsieve.api import scan
from chipsieve.link.launch import Launch
from chipsieve.sieve.outcome import LaunchVerdict, Verdict

REPOS = Path(__file__).parent.parent / "fixtures" / "repos"
CASES = [
    pytest.param(table.stem, case, id=f"{table.stem}-{number}")
    for table in sorted(REPOS.glob("*.toml"))
    for number, case in enumerate(tomllib.loads(table.read_text(encoding="utf-8"))["case"], 1)
]
Case = dict[str, Any]


@cache
def verdict_of(repo: str, policy: str, scope: str) -> Verdict:
    return scan(REPOS / repo, policy=policy, scope=scope, workers=1)


def places(launch: Launch, standing: str) -> set[str]:
    return {f"{item.signal} {item.path}:{item.span.line}" for item, stands in launch.findings if stands == standing}


def main_launch(verdict: Verdict) -> LaunchVerdict:
    return next(item for item in verdict.launches if item.launch.id == verdict.main)


def test_every_tree_has_a_verdict_and_the_other_way_round() -> None:
    assert {path.name for path in REPOS.iterdir() if path.is_dir()} == {path.stem for path in REPOS.glob("*.toml")}


@pytest.mark.parametrize(("repo", "case"), CASES)
def test_chips(repo: str, case: Case) -> None:
    verdict = verdict_of(repo, case.get("policy", "balanced"), case.get("scope", "launch"))
    remaining = set(verdict.possible)
    if "launch" in case:
        remaining = set(next(item for item in verdict.launches if item.launch.id == case["launch"]).remaining)
    everything = {chip.id for chip in verdict.accelerators}
    assert set(case.get("possible", [])) <= remaining
    assert set(case["excluded"]) <= everything - remaining
    if not case["excluded"]:
        assert remaining == everything
    if case.get("quiet"):
        assert [item for item in verdict.findings if verdict.signals[item.signal].effect != "technique"] == []


@pytest.mark.parametrize(("repo", "case"), CASES)
def test_launches_and_steps(repo: str, case: Case) -> None:
    verdict = verdict_of(repo, case.get("policy", "balanced"), case.get("scope", "launch"))
    seen = [f"{item.launch.id} {item.launch.role} {item.launch.entry}" for item in verdict.launches]
    training = [item for item in verdict.launches if item.launch.role in ("training", "fine-tuning")]
    if "launches" in case:
        assert [line for line in seen if line.split(" ")[1] in ("training", "fine-tuning")] == case["launches"]
    if "launches_of_training" in case:
        assert len(training) == case["launches_of_training"], seen
    if "steps" in case:
        assert [step.step for step in main_launch(verdict).steps if step.cuts] == case["steps"]


@pytest.mark.parametrize(("repo", "case"), CASES)
def test_evidence(repo: str, case: Case) -> None:
    verdict = verdict_of(repo, case.get("policy", "balanced"), case.get("scope", "launch"))
    if not verdict.launches:
        return
    launch = main_launch(verdict).launch
    found = {f"{item.signal} {item.path}:{item.span.line}" for item in verdict.findings}
    assert set(case.get("asserted", [])) <= places(launch, "asserted")
    assert set(case.get("optional", [])) <= places(launch, "optional")
    for line in case.get("inert", []):
        assert line not in places(launch, "asserted") | places(launch, "optional")
        assert line in found or line.startswith("bf16-training hydit/ds_config")
    assert not {item.signal for item, _ in launch.findings} & set(case.get("absent", []))


@pytest.mark.parametrize(("repo", "case"), CASES)
def test_contradictions(repo: str, case: Case) -> None:
    verdict = verdict_of(repo, case.get("policy", "balanced"), case.get("scope", "launch"))
    conflict = verdict.conflict
    assert (conflict is not None) == ("disagreeing" in case)
    if conflict is not None:
        assert [[cut.signal for cut in group] for group in conflict.disagreeing] == case["disagreeing"]
        assert {len(group) for group in conflict.explanations} == {case["explained_by"]}

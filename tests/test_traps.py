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
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chipsieve import scan
from chipsieve.sieve.outcome import LaunchVerdict, Verdict
from offenders import listed

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


def test_a_plain_search_finds_each_trees_word() -> None:
    missed = [slug for slug, case in CASES.items() if not re.search(case["plain"], texts(slug))]
    assert not missed, listed("no file holds what `plain` looks for:", missed)


def texts(slug: str) -> str:
    """All texts of a tree."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (TRAPS / slug).rglob("*") if path.is_file())


@pytest.mark.parametrize("slug", CASES)
def test_the_trap_is_seen_and_catches_nothing(slug: str) -> None:
    case = CASES[slug]
    faults = {
        "seen": [*unseen(verdict_of(slug, "balanced"), case)],
        "balanced": [*caught(verdict_of(slug, "balanced"), case)],
        "strict": [*caught(verdict_of(slug, "strict"), case)],
        "main": [*wrong_headline(verdict_of(slug, "balanced"), case)],
    }
    today = case.get("fails_today", {})
    new = [f"{question}: {fault}" for question, found in faults.items() if question not in today for fault in found]
    assert not new, listed(f"fixtures/traps/{slug}.toml:1: {case['why']}", new)
    corrected = [question for question in today if not faults[question]]
    assert not corrected, f"fixtures/traps/{slug}.toml: take {corrected} out of `fails_today`"


def unseen(verdict: Verdict, case: Case) -> Iterator[str]:
    """Why the trap is not judged at all."""
    yield from (f"{gap.path} is not read: {gap.reason}" for gap in verdict.gaps)
    if bool(training(verdict)) != case.get("training", True):
        yield f"training launches: {[item.launch.id for item in training(verdict)]}"
    for glob in case.get("remaining", {}):
        if not any(fnmatchcase(item.launch.id, glob) for item in training(verdict)):
            yield f"no training launch is called {glob}"
    yield from (f"{signal} is no signal" for signal in set(case.get("silent", ())) - verdict.signals.keys())
    reached = {file for item in training(verdict) for file in item.launch.files}
    yield from (f"no training launch reaches {file}" for file in set(case.get("reaches", ())) - reached)


def caught(verdict: Verdict, case: Case) -> Iterator[str]:
    """What is excluded though it may be the truth."""
    everything = {chip.id for chip in verdict.accelerators}
    truth = set(case["truth"]) or everything
    yield from (f"{chip} is no accelerator" for chip in truth - everything)
    if gone := truth - set(verdict.possible):
        yield f"{sorted(gone)} are not possible: {cuts(verdict, gone)}"
    for item in training(verdict):
        kept = expected(case, item.launch.id) if case["truth"] else everything
        if gone := kept - set(item.remaining):
            yield f"{sorted(gone)} do not remain in {item.launch.id}: {cuts(verdict, gone)}"
    excluding = {cut.signal for item in training(verdict) for step in item.steps for cut in step.cuts}
    yield from (f"{signal} excludes something" for signal in excluding & set(case.get("silent", ())))


def wrong_headline(verdict: Verdict, case: Case) -> Iterator[str]:
    """Whether the launch taken for the headline lost every chip of the truth."""
    remaining = {chip for item in verdict.launches if item.launch.id == verdict.main for chip in item.remaining}
    if verdict.main and case["truth"] and not remaining.intersection(case["truth"]):
        yield f"{verdict.main} speaks for the tree, and no true chip remains in it"

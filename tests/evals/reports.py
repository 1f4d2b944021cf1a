"""What do people report of a repository on their chips, and does the launch that they ran get the same answer?

`reports.csv` holds public reports that can be checked: at this commit this launch works on this chip, or fails there
for a reason that its code shows. *works* agrees when the chip is kept in the launch that the report means and in every
training launch, *fails* when it is excluded from the launch.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chipsieve.api import scan
from chipsieve.commands.launchers import TRAINING
from chipsieve.sieve.outcome import LaunchVerdict, Verdict
from chipsieve.sources.discovery import open_tree

REPORTS = Path(__file__).with_name("reports.csv")
POLICIES = ("strict", "balanced")
Answer = Literal["kept", "excluded", "no launch"]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FieldReport:
    """One public report. `launch` is the place of the command that was run (`run.sh:3`), `program` what it starts."""

    id: str
    repo: str
    commit: str
    launch: str
    program: str
    chips: frozenset[str]
    works: bool
    source: str


def load_reports(path: Path = REPORTS) -> tuple[FieldReport, ...]:
    """The rows of a table of reports, in its order."""
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(
            FieldReport(
                row["id"], row["repo"], row["commit"], row["launch"], row["program"],
                frozenset(row["chips"].split("|")), row["outcome"] == "works", row["report"],
            )
            for row in csv.DictReader(stream)
        )  # fmt: skip


def meant(judged: Verdict, report: FieldReport) -> LaunchVerdict | None:
    """The launch that a report speaks of: at its place, else in its file with its program, else of its program."""
    file = report.launch.rpartition(":")[0]
    for fits in (
        lambda one: one.launch.id == report.launch,
        lambda one: one.launch.path == file and one.launch.entry == report.program,
        lambda one: bool(report.program) and one.launch.entry == report.program,
    ):
        found = next(filter(fits, judged.launches), None)
        if found is not None:
            return found
    return None


def answer(outcome: LaunchVerdict | None, chips: frozenset[str]) -> Answer:
    """What a launch's verdict says of some chips that are one to its reporter: kept if one of them is."""
    if outcome is None:
        return "no launch"
    return "kept" if chips.intersection(outcome.remaining) else "excluded"


def check(clone: Path, report: FieldReport) -> Record:
    """What each policy says of one report: in the launch meant, and in how many training launches the chips go."""
    record: Record = {"id": report.id, "repo": report.repo, "works": report.works, "policies": {}}
    with open_tree(f"{clone}@{report.commit}") as tree:
        for policy in POLICIES:
            judged = scan(tree, policy=policy, workers=1)
            ours = meant(judged, report)
            training = [one for one in judged.launches if one.launch.role in TRAINING]
            without = [one for one in training if answer(one, report.chips) == "excluded"]
            record["launch"] = ours.launch.id if ours else ""
            record["policies"][policy] = {
                "answer": answer(ours, report.chips), "training": len(training), "without": len(without),
            }  # fmt: skip
    return record


def agrees(record: Record, policy: str) -> bool:
    """Whether a policy's answer is the report's; a launch that was not found agrees with nothing."""
    said = record["policies"][policy]
    if record["works"]:
        return said["answer"] == "kept" and not said["without"]
    return bool(said["answer"] == "excluded")


def table(records: Iterable[Record]) -> Iterator[str]:
    """The counts as Markdown, a line a policy and outcome, then each report."""
    rows = list(records)
    yield "| policy | reported | reports | agrees | kept | excluded | no launch |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for policy in POLICIES:
        for works in (True, False):
            several = [one for one in rows if one["works"] is works]
            counts = Counter(one["policies"][policy]["answer"] for one in several)
            right = sum(agrees(one, policy) for one in several)
            numbers = [counts[kind] for kind in ("kept", "excluded", "no launch")]
            said = "works" if works else "fails"
            yield f"| {policy} | {said} | {len(several)} | {right} | {' | '.join(map(str, numbers))} |"
    yield ""
    yield "| report | repository | reported | launch | strict | balanced | training launches without it (balanced) |"
    yield "|---|---|---|---|---|---|---:|"
    for one in rows:
        strict, balanced = (one["policies"][policy] for policy in POLICIES)
        said = "works" if one["works"] else "fails"
        without = f"{balanced['without']} of {balanced['training']}"
        cells = [one["id"], one["repo"], said, one["launch"], strict["answer"], balanced["answer"], without]
        yield f"| {' | '.join(cells)} |"

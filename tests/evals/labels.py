"""What is known to be true? Repositories and submissions with the hardware that they say they ran on.

`truth` is groups separated by spaces, each group the ids of the catalogue that the citation allows, separated by `|`:
a group is kept when one of its ids is. Rows of low confidence are listed and not scored.

`headline` names the run that the repository is about, as its README and code say: the program, and the script that
holds the command, either of which identifies it; `role` is what that run is for, `also` names other runs that would do.
It is empty where the tree holds no training program, and for submissions.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

LABELS = Path(__file__).with_name("labels.csv")


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled tree: a repository at a commit, or a folder of it."""

    repo: str
    commit: str
    subdir: str
    kind: str
    truth: tuple[frozenset[str], ...]
    confidence: str
    scope: str
    citation: str
    headline: tuple[str, ...] = ()
    role: str = ""
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """How the row is called in tables and found again when a run is resumed."""
        return f"{self.repo}@{self.commit[:12]}{f':{self.subdir}' if self.subdir else ''}"

    @property
    def negative(self) -> bool:
        """Whether nothing may be excluded: no deep learning, or none on an accelerator."""
        return self.kind in ("negative", "cpu-only")

    @property
    def source(self) -> str:
        """Where the tree comes from."""
        return "MLPerf submissions" if self.kind == "mlperf-cell" else "repositories"

    @property
    def scored(self) -> bool:
        """Whether it counts in the totals."""
        return self.confidence != "low"


def load_labels(path: Path = LABELS) -> tuple[Label, ...]:
    """The rows of a table of labels, in its order."""
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(_label(row) for row in csv.DictReader(stream))


def _label(row: dict[str, str]) -> Label:
    groups = tuple(frozenset(group.split("|")) for group in row["truth"].split())
    return Label(
        row["repo"], row["commit"], row["subdir"].strip("/"), row["kind"], groups, row["confidence"],
        row.get("scope", ""), row.get("citation", ""), tuple(row.get("headline", "").split()), row.get("role", ""),
        tuple(row.get("also", "").split()),
    )  # fmt: skip

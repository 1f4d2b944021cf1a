"""Does the fit compute what the estimate computes, and do its weights learn from rows?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from chipsieve.estimate.estimating import counts_for, probabilities
from chipsieve.estimate.speaking import premises_of
from chipsieve.estimate.weights import load_weights
from chipsieve.sieve.estimated import known_of
from evals.estimate_scores import Scored, counting_names, figures, most_common
from evals.estimates import premises, readers_of
from evals.fit import main
from evals.fitting import BEFORE, chances, cross_validated, row_of, space_of, weights_of
from evals.labels import Label
from small_trees import RUN, TRAIN, scanned

TORCH = frozenset({"torch"})
Record = dict[str, Any]


def record(number: int, family: str, kind: str = "trained", *, negative: bool = False) -> Record:
    """A row of a repository of its own, whose one line names a family."""
    known = {
        "counts": {kind: {family: 1.0}, "named": {family: 1.0}} if not negative else {},
        "day": "2024-01-01", "impossible": [], "truth": [] if negative else [family], "negative": negative,
        "none": {name: float(negative and name == "no framework") for name in load_weights().none} | {"always": 1.0},
    }  # fmt: skip
    return {
        "key": f"owner/name{number}@{number:040x}", "kind": "negative" if negative else "positive",
        "confidence": "high", "premises": known, "modes": {"search": {"families": [family]}},
    }  # fmt: skip


ROWS = [
    *(record(number, family) for number, family in enumerate(["a100", "h100", "v100", "mi250x", "rtx-3090"] * 4)),
    *(record(100 + number, "", negative=True) for number in range(4)),
]


@pytest.mark.parametrize("says", ["Trained on 8 A100 GPUs, tested on NVIDIA V100.", "Nothing is said."])
def test_the_fit_and_the_estimate_compute_the_same(tmp_path: Path, says: str) -> None:
    verdict = scanned(tmp_path, {"README.md": says, "train.py": TRAIN, "run.sh": RUN})
    weights, readers, known = load_weights(), readers_of(verdict), known_of(verdict, TORCH)
    counts = counts_for(known, premises_of(known, readers), readers.families)
    ours = probabilities(readers.families, counts, known, weights)
    label = Label("o/n", "1" * 40, "", "positive", (frozenset({"a100-sxm4-80gb"}),), "high", "", "")
    row = {"key": label.key, "kind": label.kind, "premises": premises(verdict, TORCH, label)}
    space = space_of([row], weights)
    shares = {"any": {one.id: weights.share(one.id, known.day) for one in readers.families}}
    given = [kind.weight for kind in weights.kinds.values()] + [weights.before[name] for name in BEFORE]
    theirs = chances(row_of(row, space, shares), np.array(given), np.array([weights.none[one] for one in space.none]))
    assert theirs.sum() == pytest.approx(1)
    assert theirs[-1] == pytest.approx(ours["none"])
    for number, family in enumerate(space.families):
        assert theirs[number] == pytest.approx(ours.get(family.id, 0.0))


def test_what_is_always_right_weighs_more_than_what_is_always_wrong() -> None:
    wrong = [record(200 + number, "a100", "inference") for number in range(20)]
    for one in wrong:
        one["premises"]["truth"] = ["t4"]
    table = load_weights()
    space = space_of([*ROWS, *wrong], table)
    found = weights_of([*ROWS, *wrong], space, table, "a test")
    assert found.kinds["trained"].weight > table.kinds["trained"].expected
    assert found.kinds["inference"].weight < table.kinds["inference"].expected
    assert found.kinds["trained"].rows == 20
    assert found.kinds["log"].weight == pytest.approx(table.kinds["log"].expected)  # no row speaks of it
    assert found.none["no framework"] > 0


def test_a_repository_is_never_judged_by_weights_that_saw_it() -> None:
    rare = record(300, "mi100")
    rare["premises"]["counts"] = {}
    space = space_of([*ROWS, rare], load_weights())
    by_id = {one.id: number for number, one in enumerate(space.families)}
    found = cross_validated([*ROWS, rare], space)
    assert found[-1][by_id["a100"]] > found[-1][by_id["mi100"]]  # its own row would have made it common
    scored = [Scored(one, chance) for one, chance in zip(ROWS[:20], found, strict=False)]
    assert figures(scored, space)["top-1"] == 1
    assert all(one.chances[-1] < 0.5 for one in scored)


def test_the_baselines_answer_from_names_and_years() -> None:
    assert counting_names(record(1, "v100"), []) == "v100"
    assert counting_names(record(1, "", negative=True), []) == ""
    assert most_common(record(1, "v100"), [record(2, "h100"), record(3, "h100"), record(4, "v100")]) == "h100"


def test_a_kind_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="has no kind hearsay; add a row"):
        space_of([record(1, "a100", "hearsay")], load_weights())


def test_the_command_prints_figures_and_writes_nothing_unasked(tmp_path: Path) -> None:
    records = tmp_path / "eval.jsonl"
    records.write_text("\n".join(json.dumps(one) for one in ROWS), encoding="utf-8")
    result = CliRunner().invoke(main, [str(records)])
    assert result.exit_code == 0, result.output
    assert "| repositories that name a chip | 20 | 100 % |" in result.output
    assert "Expected calibration error" in result.output

"""Fits the estimate's weights to labelled rows: `make fit RECORDS=eval.jsonl`, where `make eval` has written them.

Prints cross-validated figures; with --write the tables beside chipsieve.estimate are written again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from chipsieve.estimate.weights import Weights, load_weights
from evals.estimate_scores import summary
from evals.fitting import cross_validated, is_submission, space_of, usable, weights_of

HOME = Path(__file__).resolve().parents[2] / "src" / "chipsieve" / "estimate"
HEADS = {
    "weights.toml": """\
# How much does each kind of premise weigh in the estimate? A weight is what one premise of the kind adds to the
# logarithm of a family's odds, or takes from it where the kind speaks against families.
#
# `make fit` writes the weights, and `rows`, in how many labelled rows such a premise speaks. By hand are `says`, and
# `expected`, what we take a weight for before any row is counted: few rows move it little, many rows decide it.
""",
    "priors.toml": """\
# Each family's share of the labelled rows, and that of a family without any: what speaks for it before any line does.
# `make fit` writes this from tests/evals/labels.csv, whose citations are the source. When a family was released and
# what it was made for, the catalogue says.
""",
}


@click.command()
@click.argument("records", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Write estimate/weights.toml and estimate/priors.toml.")
def main(records: Path, *, write: bool) -> None:
    """Cross-validate the estimate on the RECORDS of `make eval`, and fit its weights to all of them."""
    rows = usable(json.loads(line) for line in records.read_text(encoding="utf-8").splitlines())
    table = load_weights()
    space = space_of(rows, table)
    click.echo("\n".join(summary(rows, cross_validated(rows, space), space)))
    found = weights_of(rows, space, table, _basis(rows))
    click.echo("\n" + "\n".join(f"{kind.weight:6.2f}  {kind.rows:4}  {kind.id}" for kind in found.kinds.values()))
    click.echo("\n".join(f"{value:6.2f}  {name}" for name, value in {**found.before, **found.none}.items()))
    if write:
        (HOME / "weights.toml").write_text(_weights_table(found), encoding="utf-8")
        (HOME / "priors.toml").write_text(_priors_table(found), encoding="utf-8")


def _basis(rows: Sequence[dict[str, Any]]) -> str:
    submissions = sum(map(is_submission, rows))
    today = datetime.now(tz=UTC).date().isoformat()
    return f"fitted on {today} to {len(rows) - submissions} labelled repositories and {submissions} MLPerf submissions"


def _weights_table(found: Weights) -> str:
    kinds = (
        f'[[kind]]\nid = "{one.id}"\nsays = "{one.says}"\nexpected = {one.expected}\nweight = {one.weight}\n'
        f"rows = {one.rows}\n"
        for one in found.kinds.values()
    )
    head = f'{HEADS["weights.toml"]}\nbasis = "{found.basis}"\n'
    tables = {
        "before": found.before, "none": found.none,
        "expected.before": found.expected_before, "expected.none": found.expected_none,
    }  # fmt: skip
    return "\n".join([head, *(_numbers(name, values) for name, values in tables.items()), *kinds])


def _priors_table(found: Weights) -> str:
    tables = (_numbers(f"shares.{year}", shares) for year, shares in sorted(found.shares.items()))
    return "\n".join([f"{HEADS['priors.toml']}\nunlisted = {found.unlisted}\n", *tables])


def _numbers(name: str, values: Mapping[str, float]) -> str:
    return "\n".join([f"[{name}]", *(f'"{key}" = {value}' for key, value in values.items()), ""])


if __name__ == "__main__":
    main()

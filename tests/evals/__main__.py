"""How right and how sharp is chipsieve on labelled repositories? `make eval CLONES=DIR [LABELS=FILE]`.

Each labelled row with a clone at hand is scanned in a process of its own. Outcomes are kept in a JSON-lines file as
they come, so an interrupted run goes on where it was; a Markdown page sums them up.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Any

import click

from evals import headlines, totals
from evals.clones import find_clone
from evals.labels import LABELS, Label, load_labels
from evals.measure import MODES, measure
from evals.page import page as published
from evals.reports import check, load_reports, table


@click.command()
@click.argument("clones", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--labels", type=click.Path(exists=True, path_type=Path), default=LABELS, help="Another table of labels.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("eval.jsonl"), show_default=True)
@click.option("--fresh", is_flag=True, help="Forget earlier outcomes.")
@click.option("--only", multiple=True, metavar="TEXT", help="Rows whose name holds this; repeatable.")
@click.option("--policy", "modes", type=click.Choice(list(MODES)), multiple=True, help="This mode; repeatable.")
@click.option("--reports", is_flag=True, help="Check the public reports too.")
@click.option("--page", type=click.Path(path_type=Path), help="Write the published page too.")
@click.option("--workers", type=click.IntRange(1, 64), default=os.cpu_count() or 1)
def main(  # noqa: PLR0913  one argument an option of the command line
    clones: Path, labels: Path, output: Path, *, fresh: bool, only: tuple[str, ...], modes: tuple[str, ...],
    reports: bool, page: Path | None, workers: int,
) -> None:  # fmt: skip
    """Measure chipsieve on the labelled rows whose clones lie below CLONES."""
    rows = [one for one in load_labels(labels) if not only or any(text in one.key for text in only)]
    there = {one.key: (clone, one) for one in rows if (clone := find_clone(clones, one.repo))}
    if fresh:
        output.unlink(missing_ok=True)
    done = {record["key"]: record for record in _records(output) if record["key"] in there}
    output.parent.mkdir(parents=True, exist_ok=True)
    waiting = [pair for key, pair in there.items() if key not in done]
    task = partial(measure, kept=output.with_suffix(".sqlite"), modes=modes or tuple(MODES))
    with click.progressbar(length=len(waiting), label="measuring") as bar, output.open("a", encoding="utf-8") as stream:
        for record in _measured(waiting, workers, task):
            done[record["key"]] = record
            stream.write(json.dumps(record, sort_keys=True) + "\n")
            stream.flush()
            bar.update(1)
    measured, absent = [done[one.key] for one in rows if one.key in done], len(rows) - len(there)
    checked = _checked(clones) if reports else []
    summary = _summary(measured, absent, checked)
    output.with_suffix(".md").write_text(summary, encoding="utf-8")
    if page:
        page.write_text(published(measured, absent, {one.key: one.source for one in rows}, checked), encoding="utf-8")
    click.echo(summary[: summary.index("## Rows")])


def _records(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        yield from (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)


def _measured(
    waiting: list[tuple[Path, Label]], workers: int, task: Callable[[Path, Label], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The outcome of every row as it is ready; each has a process of its own, so that its memory is its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, max_tasks_per_child=1) as pool:
        for future in as_completed([pool.submit(task, *pair) for pair in waiting]):
            yield future.result()


def _checked(clones: Path) -> list[dict[str, Any]]:
    """The outcomes of the public reports whose clones are at hand."""
    there = [(find_clone(clones, one.repo), one) for one in load_reports()]
    with click.progressbar([(clone, one) for clone, one in there if clone], label="checking reports") as bar:
        return [check(clone, one) for clone, one in bar]


def _summary(records: list[dict[str, Any]], absent: int, checked: list[dict[str, Any]]) -> str:
    shown = [mode for mode in ("balanced", "strict") if records and mode in records[0]["modes"]]
    failed = [line for mode in shown for line in (f"### {mode}", "", *totals.failures(records, mode), "")]
    blamed = totals.blame(records, "balanced") if "balanced" in shown else ()
    sought = [*headlines.recall(records)]
    lines = [
        f"{len(records)} rows measured, {absent} skipped for want of a clone.", "", *totals.totals(records), "",
        *(["## Headlines", "", *sought, "", *headlines.missed(records), ""] if sought else []),
        *(["## Public reports", "", *table(checked), ""] if checked else []),
        "## Lost", "", *failed, "## Blame (balanced)", "", *blamed, "",
        "## Rows", "", *totals.rows(records), "",
    ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    main()

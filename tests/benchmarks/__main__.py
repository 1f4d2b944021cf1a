"""How fast is chipsieve? `make bench [CLONES=DIR] [RUNS=5] [PEERS="NAME NAME"] [PAGE=docs/performance.md]`.

Everything is measured from outside, on programs run as a user runs them. Without clones there are the bundled example
and synthetic trees. Each section is written to the page as soon as it is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from agreement import filled
from benchmarks import growth, histories, hook, memory, peers, rule_costs, shares, startup, surveys
from benchmarks.machine import description, edition
from benchmarks.trees import Plan, compared, repositories

SECTIONS: dict[str, Callable[[Plan], Iterator[str]]] = {
    "phases": shares.section,
    "startup": startup.section,
    "hook": hook.section,
    "memory": memory.section,
    "doubling": growth.doubling,
    "throughput": growth.throughput,
    "history": histories.section,
    "survey": surveys.repositories,
    "tasks": surveys.scale,
    "peers": peers.section,
    "semgrep": rule_costs.section,
}
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("clones", nargs=-1, type=FOLDER)
@click.option("--peer", "names", multiple=True, metavar="NAME", help="Run peers on this clone too; repeatable.")
@click.option(
    "--runs", "rounds", type=click.IntRange(1), default=5, show_default=True, help="Of which the median counts."
)
@click.option(
    "--budget", type=click.FloatRange(0), default=120, show_default=True, metavar="SECONDS",
    help="What the runs of one program on one tree may take; the first always runs.",
)  # fmt: skip
@click.option("--units", type=click.IntRange(1), default=5, show_default=True, help="Of the smallest synthetic tree.")
@click.option("--beside", default="", metavar="COMMIT", help="Measure the start of this commit too.")
@click.option("--only", type=click.Choice(list(SECTIONS)), multiple=True, help="This section; repeatable.")
@click.option("--page", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Write the results there.")
def main(  # noqa: PLR0913 - an option is an argument of its command
    clones: tuple[Path, ...], names: tuple[str, ...], rounds: int, budget: float, units: int, *,
    beside: str, only: tuple[str, ...], page: Path | None,
) -> None:  # fmt: skip
    """Measure chipsieve beside its peers and as trees grow; CLONES are folders that hold one repository a folder."""
    machine = list(description())  # first, for its load is that before the run
    publish("machine", machine, page)
    trees = repositories(clones)
    with TemporaryDirectory(prefix="chipsieve-bench-") as folder:
        plan = Plan(trees, compared(trees, names, Path(folder), units), rounds, budget, units, beside)
        for name in only or SECTIONS:
            publish(name, [edition(), "", *SECTIONS[name](plan)], page)


def publish(name: str, lines: list[str], page: Path | None) -> None:
    """Print a section, and put it in its place on the page."""
    text = "\n".join(lines).strip()
    click.echo(f"## {name}\n\n{text}\n")
    if page:
        page.write_text(filled(page.read_text(encoding="utf-8"), name, [text]), encoding="utf-8")


if __name__ == "__main__":
    main()

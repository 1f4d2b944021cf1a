"""Does anything that strangers write break a reader? `make fuzz [TARGETS="NAME"] [SECONDS=60] [PAGE=docs/quality.md]`.

Each target is fuzzed in a process of its own, from its seeds, with the same beginning of chance. What it found is tried
again in two processes that order their hashes otherwise: the same bytes must give the same facts.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import run
from tempfile import mkdtemp
from typing import NamedTuple

import click

from fuzz.answering import answers
from fuzz.seeds import seeds
from fuzz.targets import targets

RUNS = 5_000
FEWER = {"tree": 10, "report": 2}  # what takes so many times as long is given so many times less
CRASHES = Path("build/fuzz")
BEGIN, END = "<!-- fuzz: begin -->", "<!-- fuzz: end -->"
STATISTIC = re.compile(rb"stat::(\w+): +(\d+)")
SEVERAL = "fuzz: several answers"


class Outcome(NamedTuple):
    """How many inputs a target took, what its seeds and the inputs with new behaviour were, and which faults it has."""

    executions: int
    seeds: int
    new: int
    faults: tuple[str, ...]


def fuzzed(name: str, desk: Path, crashes: Path, options: Sequence[str]) -> Outcome:
    """Fuzz one target in a folder, where its corpus grows."""
    corpus = desk / name
    corpus.mkdir(parents=True, exist_ok=True)
    given = seeds(name)
    for number, seed in enumerate(given):
        (corpus / f"seed-{number:03}").write_bytes(seed)
    command = [sys.executable, "-m", "fuzz.driving", name, str(corpus), str(crashes / name), *options]
    done = run(command, capture_output=True, check=False)
    counted = {key.decode(): int(value) for key, value in STATISTIC.findall(done.stderr)}
    if done.returncode:
        (crashes / name / "process.txt").write_bytes(done.stderr[-10_000:])
    faults = [path.read_text(encoding="utf-8").partition("\n")[0] for path in sorted((crashes / name).glob("*.txt"))]
    faults += [SEVERAL] if len(answers(str(corpus), name)) > 1 else []
    return Outcome(
        counted.get("number_of_executed_units", 0), len(given), counted.get("new_units_added", 0), tuple(faults)
    )


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(sorted(targets())))
@click.option(
    "--runs",
    type=click.IntRange(1),
    default=RUNS,
    show_default=True,
    help="Inputs for each target, of slow ones fewer.",
)
@click.option("--seconds", type=click.IntRange(1), help="Go on so long with each target instead.")
@click.option("--seed", type=click.IntRange(1), default=1, show_default=True, help="Of chance.")
@click.option("--corpus", type=click.Path(path_type=Path), help="Keep inputs there, to go on with.")
@click.option("--crashes", type=click.Path(path_type=Path), default=CRASHES, show_default=True, help="Where faults go.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Targets at once.")
@click.option("--page", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Write the table there.")
def main(  # noqa: PLR0913  an option is an argument of its command
    names: tuple[str, ...],
    *,
    runs: int,
    seconds: int | None,
    seed: int,
    corpus: Path | None,
    crashes: Path,
    jobs: int,
    page: Path | None,
) -> None:
    """Fuzz each target, or those of these names, and say how many inputs it took and which faults it has."""
    desk = corpus or Path(mkdtemp(prefix="chipsieve-fuzz-"))
    chosen = names or tuple(targets())
    found: dict[str, Outcome] = {}
    with ThreadPoolExecutor(jobs) as pool:
        outcomes = pool.map(lambda name: fuzzed(name, desk, crashes, _options(name, seed, runs, seconds)), chosen)
        for name, outcome in zip(chosen, outcomes, strict=True):
            found[name] = outcome
            click.echo(
                f"{'FAIL' if outcome.faults else 'ok  '} {name:14}{outcome.executions:10,} inputs, {outcome.new} new"
            )
            for fault in outcome.faults:
                click.echo(f"       {fault}")
    if corpus is None:
        shutil.rmtree(desk)
    if page:
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        table = "\n".join((before + BEGIN, "", *_table(found), "", END + rest.partition(END)[2]))
        page.write_text(table, encoding="utf-8")
    sys.exit(any(outcome.faults for outcome in found.values()))


def _options(name: str, seed: int, runs: int, seconds: int | None) -> tuple[str, str]:
    """What libFuzzer is asked for."""
    budget = f"-max_total_time={seconds}" if seconds else f"-runs={runs // FEWER.get(name, 1)}"
    return f"-seed={seed}", budget


def _table(found: Mapping[str, Outcome]) -> Iterator[str]:
    """A row for each target."""
    yield "| target | seeds | executions | inputs with new behaviour | faults |"
    yield "|---|---:|---:|---:|---:|"
    for name, one in found.items():
        yield f"| `{name}` | {one.seeds:,} | {one.executions:,} | {one.new:,} | {len(one.faults)} |"
    executions, faults = sum(one.executions for one in found.values()), sum(len(one.faults) for one in found.values())
    yield f"| together | | {executions:,} | | {faults} |"


if __name__ == "__main__":
    main()

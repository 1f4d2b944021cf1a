"""How does cost grow? Twice the tree, and about twenty real repositories of different sizes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import correlation, linear_regression, median
from tempfile import TemporaryDirectory

from benchmarks.markdown import figure, held, table
from benchmarks.measuring import Run, Sample, in_turns, middle, read_all
from benchmarks.ours import ONE_WORKER, Scans, at_desk
from benchmarks.peers import ALONE, COLD, WARM, same
from benchmarks.synthetic import write_project
from benchmarks.trees import Plan, Profile, profile

GOAL = 2.1  # times the time, for twice the tree
TIMES = (1, 2, 4, 8)
SHAPES: Mapping[str, Callable[[Path, int, int], Path]] = {
    "projects side by side": lambda root, units, times: write_project(root, units * times),
    "one entry that imports all": lambda root, units, times: write_project(root, units * times, shared=True),
    "more launches over the same files": lambda root, units, times: write_project(root, units, launches=times),
}
TIMES_HALF = f"times the half (goal: {GOAL})"
DOUBLING = (
    "size", "files", "MB", "launches", "runs", "cold, s", TIMES_HALF, "warm, s", TIMES_HALF, "CPU without start, s",
)  # fmt: skip
ENOUGH = 3  # points for a slope
Samples = Mapping[str, Sequence[Sample]]


def doubling(plan: Plan) -> Iterator[str]:
    """A table for each shape of synthetic tree; trees of all sizes take turns."""
    for shape, written in SHAPES.items():
        with TemporaryDirectory(prefix="chipsieve-bench-") as folder, ExitStack() as desks:
            trees = [written(Path(folder) / f"{times}x", plan.units, times) for times in TIMES]
            profiles = [profile(tree) for tree in trees]
            several = [desks.enter_context(at_desk(tree)) for tree in trees]
            runs = {(kind, scans.tree.name): run for scans in several for kind, run in kinds(scans).items()}
            samples = in_turns({" ".join(key): run for key, run in runs.items()}, plan.rounds, plan.budget, shape)
        taken = [{kind: samples[f"{kind} {tree.name}"] for kind in (COLD, WARM)} for tree in trees]
        yield f"#### Synthetic: {shape}"
        yield ""
        yield from table(DOUBLING, doubled(profiles, taken))
        yield same(several)
        yield ""


def kinds(scans: Scans) -> dict[str, Run]:
    """A cold and a warm scan of a tree whose files and cache are at hand."""
    read_all(scans.tree)
    scans.home()
    return {COLD: scans.cold, WARM: scans.warm}


def doubled(profiles: Sequence[Profile], taken: Sequence[Samples]) -> Iterator[tuple[object, ...]]:
    """The rows of a table in which each tree is twice the one before."""
    before: dict[str, float] = {}
    for times, read, samples in zip(TIMES, profiles, taken, strict=True):
        walls = {kind: middle(several).wall for kind, several in samples.items()}
        cells: list[object] = [f"{times}x", read.files, figure(read.megabytes), read.launches, fewest(samples)]
        for kind in (COLD, WARM):
            cells += [figure(walls[kind]), held(walls[kind] / before[kind], GOAL) if before else ""]
        yield (*cells, figure(read.seconds()))
        before = walls


def fewest(samples: Samples) -> int:
    """How many runs stand behind each median at least."""
    return min(map(len, samples.values()))


def throughput(plan: Plan) -> Iterator[str]:
    """A row for each real repository, the rate per core, and how cost grows with each measure of size."""
    reads, several, found = [], [], []
    for tree in plan.clones or plan.compared:
        reads.append(profile(tree))
        with at_desk(tree) as scans:
            runs = kinds(scans) | {ALONE: partial(scans.cold, *ONE_WORKER)}
            found.append(in_turns(runs, plan.rounds, plan.budget, tree.name))
            several.append(scans)
    head = (
        "tree", "files", "MB", "launches", "runs", "one worker, s", "all workers, s", "warm, s", "MB/s a core",
        "files/s a core", "reading, s CPU", "linking and judging, s CPU",
    )  # fmt: skip
    by_size = sorted(zip(reads, several, found, strict=True), key=lambda one: one[0].bytes)
    yield from table(head, [_row(scans.tree.name, read, samples) for read, scans, samples in by_size])
    yield same(several)
    rates = [read.megabytes / middle(samples[ALONE]).wall for read, _, samples in by_size]
    least, middling, most = map(figure, (min(rates), median(rates), max(rates)))
    yield f"- per core, start included: {middling} MB/s in the median, {least} to {most}"
    yield ""
    yield from slopes(reads)


def _row(name: str, read: Profile, samples: Samples) -> tuple[object, ...]:
    alone, cold, warm = (middle(samples[kind]).wall for kind in (ALONE, COLD, WARM))
    rates = (read.megabytes / alone, read.files / alone)
    work = (read.seconds("reading"), read.seconds("linking", "judging"))
    sizes = (read.files, figure(read.megabytes), read.launches, fewest(samples))
    return name, *sizes, *map(figure, (alone, cold, warm, *rates, *work))


def slopes(profiles: Sequence[Profile]) -> Iterator[str]:
    """How CPU grows with files, bytes and launches: the slope of both on logarithmic scales; 1 is proportion."""
    sizes = {
        "files": [read.files for read in profiles], "bytes": [read.bytes for read in profiles],
        "launches": [read.launches for read in profiles],
    }  # fmt: skip
    costs = {
        "all without the start": [read.seconds() for read in profiles],
        "reading": [read.seconds("reading") for read in profiles],
        "linking and judging": [read.seconds("linking", "judging") for read in profiles],
    }
    found = (
        (cost, size, *map(figure, fit))
        for cost, ys in costs.items()
        for size, xs in sizes.items()
        if (fit := slope(xs, ys))
    )
    yield from table(("CPU of", "against", "slope", "share explained"), found, texts=2)
    if len(profiles) >= ENOUGH:
        yield line("reading", "MB", [read.megabytes for read in profiles], costs["reading"])
        yield line("linking and judging", "launch", sizes["launches"], costs["linking and judging"])


def line(cost: str, unit: str, sizes: Sequence[float], costs: Sequence[float]) -> str:
    """The straight line with the least squares, in words; the largest trees decide it."""
    if len(set(sizes)) == 1:
        return f"- {cost}: all trees are of one size"
    rate, fixed = linear_regression(sizes, costs)
    return f"- {cost}: {1000 * rate:.0f} ms a {unit} and {1000 * fixed:.0f} ms on every tree"


def slope(sizes: Sequence[float], costs: Sequence[float]) -> tuple[float, float] | None:
    """The power with which cost grows with size, and the share of its variance that this explains.

    None where there are too few trees that have any, or they are all of one size.
    """
    points = [
        (math.log(size), math.log(cost)) for size, cost in zip(sizes, costs, strict=True) if size > 0 and cost > 0
    ]
    if len(points) < ENOUGH or len({x for x, _ in points}) == 1 or len({y for _, y in points}) == 1:
        return None
    xs, ys = zip(*points, strict=True)
    return linear_regression(xs, ys).slope, correlation(xs, ys) ** 2

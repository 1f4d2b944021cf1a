"""Where does the time go? The share of each phase of a scan, tree by tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.markdown import figure, table
from benchmarks.trees import Plan, Profile, profile

PHASES = ("start", "discovery", "reading", "linking", "judging", "reporting")


def section(plan: Plan) -> Iterator[str]:
    """The phases' shares, and those of the languages that are read."""
    profiles = {tree.name: profile(tree) for tree in plan.compared}
    yield from table(("tree", "CPU, s", *PHASES), [_row(name, read, PHASES) for name, read in profiles.items()])
    spoken = sorted({phase for read in profiles.values() for phase in read.cpu if phase.startswith("reading ")})
    head = ("tree", "CPU, s", *(phase.removeprefix("reading ") for phase in spoken))
    yield "Reading, by language:"
    yield ""
    yield from table(head, [_row(name, read, spoken) for name, read in profiles.items()])


def _row(name: str, read: Profile, phases: tuple[str, ...] | list[str]) -> tuple[object, ...]:
    return name, figure(sum(read.cpu.values())), *(share(read.cpu, phase) for phase in phases)


def share(cpu: Mapping[str, float], phase: str) -> str:
    """The part that a phase has in the whole, its languages included."""
    part = sum(seconds for name, seconds in cpu.items() if name == phase or name.startswith(f"{phase} "))
    return f"{100 * part / sum(cpu.values()):.1f} %"

"""Which launch stands for whole files, where no run is looked for, and where does each line stand in it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chipsieve.facts.conditions import MENTION, Conditions
from chipsieve.facts.reading import Reading
from chipsieve.link.launch import FileStandings, Launch, Standing

Judge = Callable[[Conditions], Standing]


def whole(name: str, readings: Iterable[Reading], judge: Judge, *, met: bool = True) -> Launch:
    """A launch that stands for whole readings where no run is looked for; `judge` says where each fact stands.

    `met` says that every condition is taken to be met, so every value that an option may choose counts; else nobody
    knows which one it chooses.
    """
    several = tuple(readings)
    standings = tuple(
        FileStandings(reading, tuple(map(judge, reading.conditions)), None if met else (None,) * len(reading.chosen))
        for reading in several
    )
    paths = tuple(sorted({reading.path for reading in several} - {""}))
    return Launch(name, "any", "", 0, "", (), {}, paths, standings=standings)


def judge_by_eye(conditions: Conditions) -> Standing:
    """What a person takes for granted who reads a tree by eye: every line takes effect that is more than a mention."""
    return "inert" if MENTION in conditions else "asserted"


def judge_without_run(conditions: Conditions) -> Standing:
    """Where a line stands of which nobody knows the run: it may take effect or not."""
    return "inert" if MENTION in conditions else "optional"

"""Which launch is the run that a repository is about, and why that one?"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

import msgspec

from chipsieve.commands.launchers import TRAINING, launchers
from chipsieve.link.launch import Launch
from chipsieve.link.roles import (
    DOCUMENT_ENDINGS,
    VENDORED,
    distance_from_project,
    role_of_name,
    serves_another_role,
    shows_use,
)

PLAIN = re.compile(r"(?:run_?|do_?|main_?)?(?:train(?:ing|er)?|main|run)(?:_mem)?", re.IGNORECASE)
PLAINLY = 1  # the last rank of a name that is plainly one of training
SIZE = re.compile(r"(?<![a-z0-9.])(\d{1,4}(?:[._]\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)


class Headline(msgspec.Struct, frozen=True):
    """The launch that speaks first, by its id, and the reason in words."""

    launch: str
    reason: str


def headline(launches: Sequence[Launch], evidence: Callable[[Launch], int]) -> Headline:
    """The run that the repository is about; it has no id where there is no launch.

    The project's own comes before other people's code, what somebody starts before what nothing starts, all that before
    examples; then what a document at the top tells people to run, pre-training before fine-tuning before the rest,
    `main`, `train` and `pretrain` before programs with a name of their own, the larger run before the smaller one.
    `evidence` counts what takes effect in a launch, and settles what is left.
    """
    ranked = [*launches]
    if len(ranked) > 1:
        ranked.sort(key=lambda one: (*_rank(one), -evidence(one), one.id))
    return Headline(ranked[0].id, _reason(ranked[0], ranked)) if ranked else Headline("", "")


def is_side_run(launch: Launch) -> bool:
    """Whether a launch says little of its repository.

    Such a one is only shown deep in documents or in a notebook, or is an entry that nothing starts and whose name or
    place is not plainly that of a training program, unless the topmost README names it.
    """
    if not launch.command:
        return not launch.named and _is_aside(launch)
    return launch.path.casefold().endswith(DOCUMENT_ENDINGS) and not read_first(launch.path)


def _is_aside(launch: Launch) -> bool:
    """Whether neither an entry's name nor its place is plainly that of a training program."""
    return _name(launch) > PLAINLY or launch.entry.count("/") > 1 or distance_from_project(launch.entry) > 0


def read_first(document: str) -> bool:
    """Whether a document is one that people read first: the topmost README, or one on training beside it."""
    if not document or "/" in document:
        return False
    stem = posixpath.splitext(document)[0]
    return stem.casefold().startswith("readme") or role_of_name(stem) in TRAINING


def _rank(launch: Launch) -> tuple[float, ...]:
    """How far from the headline a launch stands; each number settles what those before it leave open."""
    document = launch.documented_at.rpartition(":")[0]
    shown = launch.path == document
    distance = distance_from_project(launch.path if launch.command else launch.entry)
    borrowed = distance == VENDORED
    by_nobody = not launch.command and not launch.documented_at
    elsewhere = launch.entry not in launch.files and (shown or not launch.entry.endswith(".py"))
    role = TRAINING.index(launch.role) if launch.role in TRAINING else len(TRAINING)
    at_once = read_first(document)
    example = shows_use(document) if launch.documented_itself or at_once else distance > 0
    beside = example + (serves_another_role(launch.entry) or serves_another_role(launch.path))
    called = launch.documented_itself and not shown
    depth = launch.entry.count("/") if launch.entry in launch.files else 0
    return (
        borrowed, by_nobody, elsewhere, beside, not at_once, role, _name(launch), not launch.documented_itself,
        not called, not launch.documented_at, depth, -launch.devices, -_size(launch), launch.path.count("/"),
    )  # fmt: skip


def _name(launch: Launch) -> int:
    """How plainly its names say that a run trains: 0 pre-training, 1 `train` or `main`, 2 otherwise, 3 nothing."""
    stem = posixpath.splitext(posixpath.basename(launch.entry))[0]
    if launchers().pretraining.search(stem) or launchers().pretraining.search(posixpath.basename(launch.path)):
        return 0
    if PLAIN.fullmatch(stem):
        return 1
    return 2 if role_of_name(stem) in TRAINING else 3


def _size(launch: Launch) -> float:
    """The parameters that the names of a run's files say its model has, in millions: `pretrain_70b.sh`."""
    found = SIZE.findall(" ".join((launch.path, *(word.text for word in launch.command))))
    return max((float(number.replace("_", ".")) * (1000 if unit in "bB" else 1) for number, unit in found), default=0)


def _reason(first: Launch, ranked: Sequence[Launch]) -> str:
    """Why a launch comes first, in words."""
    same = [one for one in ranked if one.role == first.role]
    if first.documented_at:
        return f"{first.documented_at} runs {'it' if first.documented_itself else 'its program'}"
    if len(same) == 1:
        return f"it is the only {first.role} launch"
    if first.devices > max(one.devices for one in same[1:]):
        return f"it asks for most accelerators, {first.devices}"
    return f"its program is {first.entry}"

"""Does a launch run on what somebody has? Yes, no or nothing known, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from chipsieve.catalogue import chips_called, load_catalogue
from chipsieve.sieve.outcome import LaunchVerdict, Verdict, called
from chipsieve.sieve.proof import Reason, Ruling
from chipsieve.tables import TableError

AGAINST: tuple[Reason, ...] = ("cut", "gone")


class Asked(msgspec.Struct, frozen=True):
    """What somebody has: a name, and the ids of all accelerators that it means."""

    name: str
    chips: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """Whether a launch runs on one of the accelerators that were asked for; None: nothing is known.

    `fitting` are those on which it does; `obstacles` is what speaks against others of them, `undecided` what the
    catalogue cannot tell of those that remain, and `doubts` what speaks against those too weakly to exclude them, each
    in the order of the steps.
    """

    asked: Asked
    runs: bool | None
    fitting: tuple[str, ...]
    obstacles: tuple[Ruling, ...]
    undecided: tuple[Ruling, ...]
    doubts: tuple[Ruling, ...] = ()


class Running(msgspec.Struct, frozen=True):
    """The answers for one launch."""

    outcome: LaunchVerdict
    answers: tuple[Answer, ...]


def meant_by(names: Iterable[str], fleets: Mapping[str, Sequence[str]]) -> tuple[Asked, ...]:
    """What each name means: a fleet of the configuration is the names that it lists, each by itself.

    A name is an accelerator's id or name, a family (`A100`), a vendor (`nvidia`), or an architecture (`hopper`).

    Raises:
        TableError: a name means nothing.
    """
    single = [one for name in names for one in fleets.get(name, (name,))]
    return tuple(Asked(name, _chips(name)) for name in dict.fromkeys(single))


def _chips(name: str) -> tuple[str, ...]:
    try:
        found = chips_called(name)
    except TableError as error:
        fleets = "fleets are in the configuration's table 'fleet'"
        raise TableError(f"{error}; {fleets}") from error
    return tuple(chip.id for chip in load_catalogue().accelerators if chip.id in found)


def running(verdict: Verdict, asked: Sequence[Asked], launch: str = "") -> tuple[Running, ...]:
    """The answers of each launch that speaks for the repository, the main one first; of one `launch` alone by its id.

    Raises:
        TableError: there is no such launch.
    """
    if launch:
        several = [called(verdict.launches, launch)]
    else:
        several = sorted(verdict.speaking, key=lambda one: one.launch.id != verdict.main)
    return tuple(Running(one, tuple(_answer(one, it) for it in asked)) for one in several)


def _answer(outcome: LaunchVerdict, asked: Asked) -> Answer:
    if outcome.silent:
        return Answer(asked, None, (), (), ())
    fitting = tuple(chip for chip in asked.chips if outcome.satisfied_by(chip))
    left = not frozenset(asked.chips).isdisjoint(outcome.remaining)
    return Answer(
        asked=asked,
        runs=True if fitting else None if left else False,
        fitting=fitting,
        obstacles=tuple(_rulings(outcome, asked, AGAINST)),
        undecided=tuple(_rulings(outcome, asked, ("unknown",))) if left and not fitting else (),
        doubts=_doubts(outcome, asked) if left and not fitting else (),
    )


def _rulings(outcome: LaunchVerdict, asked: Asked, reasons: Sequence[Reason]) -> Iterator[Ruling]:
    spared = outcome.proof.spared
    for ruling in outcome.proof.rulings:
        if ruling.weight == "counts" and any(ruling.because(chip, spared) in reasons for chip in asked.chips):
            yield ruling


def _doubts(outcome: LaunchVerdict, asked: Asked) -> tuple[Ruling, ...]:
    doubts = (ruling for chip in asked.chips if chip in outcome.remaining for ruling in outcome.doubts(chip))
    return tuple({ruling.signal: ruling for ruling in doubts}.values())

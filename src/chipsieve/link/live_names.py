"""Which names does code that certainly runs mention? What is mentioned may be called, and mentions further names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from chipsieve.facts.conditions import Conditions, questions
from chipsieve.facts.reading import Function
from chipsieve.facts.ternary import Ternary
from chipsieve.link.memo import AnsweredOnce, Knowledge, can_be

# Methods that a framework calls on its own: torch.nn.Module's, Lightning's, Transformers' Trainer's.
HOOKS = frozenset({
    "apply", "backward", "build", "call", "compute_loss", "configure_model", "configure_optimizers", "fit", "forward",
    "main", "on_fit_start", "on_train_start", "run", "setup", "step", "train", "train_dataloader", "training_step",
    "validation_step",
})  # fmt: skip
MAIN = "__main__"
AMBIGUOUS = frozenset({"compile"})
"""Names that programs mention for something else (`re.compile`): no mention shows that such a function is called."""

Waiting = tuple[frozenset[str], frozenset[str]]  # the names that a body needs, and those that it mentions


class Bodies(msgspec.Struct, frozen=True, eq=False):
    """What the bodies of one file mention in a run: when it is loaded, when it is run, and when names are mentioned.

    `waiting` holds by each of the `names` the bodies that need it: all the names that they need, and what they mention.
    """

    loaded: frozenset[str]
    run: frozenset[str]
    names: frozenset[str]
    waiting: Mapping[str, Sequence[Waiting]]


class Calls:
    """The functions of one file."""

    def __init__(self, functions: Iterable[Function]) -> None:
        """Take functions, but for what no run ever certainly mentions."""
        self._functions = tuple(functions)
        possible = [
            (function, conditions, names) for function in self._functions for conditions, names in function.guarded
            if all(can_be(condition, answer=True) for condition in conditions)
        ]  # fmt: skip
        self._guarded = [group for group in possible if not _handed_over(*group[:2])]
        self._handed = [
            (_needed(function, conditions), names) for function, conditions, names in possible
            if _handed_over(function, conditions)
        ]  # fmt: skip
        self.answered = AnsweredOnce((conditions for _, conditions, _ in self._guarded), self._bodies)

    def bodies(self, context: Knowledge) -> Bodies:
        """What its bodies certainly mention in a run."""
        return self.answered.under(context)

    def _bodies(self, answers: Sequence[Ternary]) -> Bodies:
        mentions = {function.name: function.mentions for function in self._functions}
        for (function, _, names), answer in zip(self._guarded, answers, strict=True):
            mentions[function.name] |= names if answer else frozenset()
        loaded, run = (mentions.pop(name, frozenset()) for name in ("", MAIN))
        waiting: defaultdict[str, list[Waiting]] = defaultdict(list)
        for name, mentioned in mentions.items():
            for needed in needs(name):
                waiting[needed].append((needs(name), mentioned))
        for several, mentioned in self._handed:
            for needed in several:
                waiting[needed].append((several, mentioned))
        return Bodies(loaded, run | loaded, frozenset(waiting), waiting)


@lru_cache(maxsize=64)  # equal names are one object, by which live names are memoised
def names_alone(names: frozenset[str]) -> Bodies:
    """A body that only mentions some names when it is loaded."""
    return Bodies(names, names, frozenset(), {})


def live_names(loaded: tuple[Bodies, ...], run: tuple[Bodies, ...]) -> frozenset[str]:
    """The simple names that certainly running code mentions: top levels first, then what these mention."""
    live: set[str] = set()
    fresh = set[str]().union(*(bodies.loaded for bodies in loaded), *(bodies.run for bodies in run))
    several = [(bodies.names, bodies.waiting) for bodies in loaded + run if bodies.names]
    while fresh:
        live |= fresh
        mentioned: set[str] = set()
        for names, waiting in several:
            for name in fresh & names:
                for needed, further in waiting[name]:
                    if needed <= live:
                        mentioned |= further
        fresh = mentioned - live
    return frozenset(live)


def _handed_over(function: Function, conditions: Conditions) -> bool:
    """Whether names are mentioned where others are, whatever else the run is like: they are handed over to these."""
    calls = [getattr(item, "subject", "") == "call" for item in conditions]
    return function.name != MAIN and bool(calls) and all(calls)


def _needed(function: Function, conditions: Conditions) -> frozenset[str]:
    """The names without which a function does not call what it hands over."""
    called = (question.name for condition in conditions for question in questions(condition))
    return frozenset[str]().union(*(needs(name) for name in (function.name, *called) if name))


@lru_cache(maxsize=65_536)  # asked for every condition of every launch
def needs(name: str) -> frozenset[str]:
    """The simple names that must be mentioned for a qualified one to be called: all parts but a class's hooks."""
    first, *rest = name.split(".")
    parts = (first, *(part for part in rest if not _hook(part)))
    return frozenset(f"{part}()" if part in AMBIGUOUS else part for part in parts)


def _hook(name: str) -> bool:
    return name in HOOKS or (name.startswith("__") and name.endswith("__"))

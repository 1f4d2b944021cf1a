"""Which names does code that certainly runs mention? What is mentioned may be called, and mentions further names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from chipsieve.facts.conditions import Conditions, questions
from chipsieve.facts.reading import Function
from chipsieve.facts.ternary import Ternary
from chipsieve.link.memo import AnsweredOnce

# Methods that a framework calls on its own: torch.nn.Module's, Lightning's, Transformers' Trainer's.
HOOKS = frozenset({
    "apply", "backward", "build", "call", "compute_loss", "configure_model", "configure_optimizers", "fit", "forward",
    "main", "on_fit_start", "on_train_start", "run", "setup", "step", "train", "train_dataloader", "training_step",
    "validation_step",
})  # fmt: skip
MAIN = "__main__"
AMBIGUOUS = frozenset({"compile"})
"""Names that programs mention for something else (`re.compile`): no mention shows that such a function is called."""

Names = tuple[str, ...]  # each once: a tree has tens of thousands of these, and sets take four times the memory
Waiting = tuple[Names, Names]  # the names that a body needs, and those that it mentions


class Bodies(msgspec.Struct, frozen=True, eq=False):
    """What the bodies of one file mention in a run: when it is loaded, when it is run, and when names are mentioned.

    `waiting` holds by name the bodies that need it: all the names that they need, and what they mention.
    """

    loaded: frozenset[str]
    run: frozenset[str]
    waiting: Mapping[str, Sequence[Waiting]]


class Calls:
    """The functions of one file."""

    def __init__(self, functions: Iterable[Function]) -> None:
        """Take functions."""
        self._functions = tuple(functions)
        groups = [(function, *group) for function in self._functions for group in function.guarded]
        self._guarded = [group for group in groups if not _handed_over(*group[:2])]
        self._handed: list[Waiting] = [
            (_needed(function, conditions), names) for function, conditions, names in groups
            if _handed_over(function, conditions)
        ]  # fmt: skip
        self.answered = AnsweredOnce((conditions for _, conditions, _ in self._guarded), self._bodies)

    def needed(self) -> frozenset[str]:
        """The names for which its bodies wait."""
        own = (needs(function.name) for function in self._functions if function.name not in ("", MAIN))
        return frozenset[str]().union(*own, *(names for names, _ in self._handed))

    def _bodies(self, answers: Sequence[Ternary]) -> Bodies:
        mentions = {function.name: function.mentions for function in self._functions}
        for (function, _, names), answer in zip(self._guarded, answers, strict=True):
            mentions[function.name] += names if answer else ()
        loaded, run = (frozenset(mentions.pop(name, ())) for name in ("", MAIN))
        waiting: defaultdict[str, list[Waiting]] = defaultdict(list)
        for name, mentioned in mentions.items():
            for needed in needs(name):
                waiting[needed].append((needs(name), mentioned))
        for handed in self._handed:
            for needed in handed[0]:
                waiting[needed].append(handed)
        return Bodies(loaded, run | loaded, waiting)


def by_needed_name(several: Mapping[str, Calls]) -> Mapping[str, frozenset[str]]:
    """By name, the files with bodies that need it, of the functions of several files by path."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, calls in several.items():
        for name in calls.needed():
            found[name].add(path)
    each_once: dict[frozenset[str], frozenset[str]] = {}  # most names are of one file, and few sets differ
    several_paths = map(frozenset, found.values())
    return {name: each_once.setdefault(paths, paths) for name, paths in zip(found, several_paths, strict=True)}


def live_names(
    mentioned: Iterable[frozenset[str]], bodies: Mapping[str, Bodies], waiting_for: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """The simple names that certainly running code mentions: first these names, then what they lead to.

    `bodies` are those of the files that run, by path; `waiting_for` is `by_needed_name` of these files, or of more.
    """
    running, live = frozenset(bodies), set[str]()
    fresh = set[str]().union(*mentioned)
    while fresh:
        live |= fresh
        further: set[str] = set()
        for name in fresh & waiting_for.keys():
            for path in running & waiting_for[name]:
                for needed, names in bodies[path].waiting.get(name, ()):
                    if live.issuperset(needed):
                        further.update(names)
        fresh = further - live
    return frozenset(live)


def _handed_over(function: Function, conditions: Conditions) -> bool:
    """Whether names are mentioned where others are, whatever else the run is like: they are handed over to these."""
    calls = [getattr(item, "subject", "") == "call" for item in conditions]
    return function.name != MAIN and bool(calls) and all(calls)


def _needed(function: Function, conditions: Conditions) -> Names:
    """The names without which a function does not call what it hands over."""
    called = (question.name for condition in conditions for question in questions(condition))
    return tuple(dict.fromkeys(part for name in (function.name, *called) if name for part in needs(name)))


@lru_cache(maxsize=16_384)  # asked for every condition of every launch
def needs(name: str) -> Names:
    """The simple names that must be mentioned for a qualified one to be called: all parts but a class's hooks."""
    first, *rest = name.split(".")
    parts = (first, *(part for part in rest if not _hook(part)))
    return tuple(dict.fromkeys(f"{part}()" if part in AMBIGUOUS else part for part in parts))


def _hook(name: str) -> bool:
    return name in HOOKS or (name.startswith("__") and name.endswith("__"))

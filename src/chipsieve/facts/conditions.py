"""When does a line take effect? The conditions, and the one algebra in which readers build them.

A condition is a question, its opposite, or a conjunction or disjunction of conditions; ALWAYS and NEVER are decided.
The functions here keep conditions small and never change their answer. `chipsieve.facts.deciding` answers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

import msgspec

Subject = Literal[
    "option",  # an argument of the program: `args.bf16`, `--precision`
    "variable",  # an environment or shell variable
    "hardware",  # asks the machine: `torch.cuda.is_bf16_supported()`
    "import",  # a module that may be absent: `try: import flash_attn`
    "call",  # inside a function or method, which somebody has to call
    "entry",  # inside `if __name__ == "__main__"`
    "mention",  # written but not used: comment, comparison, lookup table, choices, help text
    "unknown",  # anything else that decides whether the line takes effect
]
TEXT_LIMIT = 80  # characters of source text that a question shows
SIZE_LIMIT = 40  # questions in one condition; more are one unknown
DEPTH_LIMIT = 40  # conditions on one line; more are one unknown
SHARED = 20_000  # conditions that are shared at once


class Always(msgspec.Struct, frozen=True, order=True, array_like=True, tag="always", gc=False, cache_hash=True):
    """Holds in every run."""


class Never(msgspec.Struct, frozen=True, order=True, array_like=True, tag="never", gc=False, cache_hash=True):
    """Holds in no run: `if False`, what follows a `return`."""


class Question(msgspec.Struct, frozen=True, order=True, array_like=True, tag="?", gc=False, cache_hash=True):
    """One question that decides whether a line takes effect.

    `true` asks for a truthy value, `set` for any value at all, `in` for one of `values` (compared as
    text, case folded, dtype prefixes such as `torch.` dropped). `text` is how the source words it.
    """

    subject: Subject
    name: str = ""
    operator: Literal["true", "set", "in"] = "true"
    values: tuple[str, ...] = ()
    text: str = ""


class Not(msgspec.Struct, frozen=True, order=True, array_like=True, tag="not", gc=False, cache_hash=True):
    """Holds when `condition` does not."""

    condition: Condition


class Every(msgspec.Struct, frozen=True, order=True, array_like=True, tag="every", gc=False, cache_hash=True):
    """Holds when all `conditions` do."""

    conditions: tuple[Condition, ...]


class Some(msgspec.Struct, frozen=True, order=True, array_like=True, tag="some", gc=False, cache_hash=True):
    """Holds when at least one of `conditions` does."""

    conditions: tuple[Condition, ...]


Condition = Question | Not | Every | Some | Always | Never
Conditions = tuple[Condition, ...]

ALWAYS = Always()
NEVER = Never()
MENTION = Question("mention")


@lru_cache(SHARED)
def shared(conditions: Conditions) -> Conditions:
    """Conditions as one object: thousands of functions stand under the same ones, and what is decoded has copies."""
    return tuple(map(_shared, conditions))


@lru_cache(SHARED)
def _shared(condition: Condition) -> Condition:
    return condition


def unknown(text: str) -> Question:
    """Something that a reader cannot decide; `text` is its source."""
    return Question("unknown", text=shorten(text))


def hardware(text: str) -> Question:
    """A question to the machine; `text` is its source."""
    return Question("hardware", text=shorten(text))


def shorten(text: str) -> str:
    """Source text on one line, at most TEXT_LIMIT characters."""
    line = " ".join(text.split())
    return line if len(line) <= TEXT_LIMIT else line[: TEXT_LIMIT - 1] + "…"


def negate(condition: Condition) -> Condition:
    """The opposite; a disjunction becomes a conjunction, so that its parts stay visible."""
    match condition:
        case Always():
            return NEVER
        case Never():
            return ALWAYS
        case Not():
            return condition.condition
        case Some():
            return all_of(negate(part) for part in condition.conditions)
        case _:
            return Not(condition)


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Conjunction: flat, without duplicates, NEVER where two parts contradict; ALWAYS of nothing."""
    conditions = tuple(conditions)
    if len(conditions) <= 1:
        return conditions[0] if conditions else ALWAYS
    parts = _parts(conditions, Every)
    parts.pop(ALWAYS, None)
    if NEVER in parts or _opposed(parts, Every):
        return NEVER
    return Every(tuple(parts)) if len(parts) > 1 else next(iter(parts), ALWAYS)


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Disjunction: flat, without duplicates, ALWAYS where two parts are opposites; NEVER of nothing.

    `a` or both not `a` and `b` is `a` or `b`: what three-valued answers to the parts could not show.
    """
    conditions = tuple(conditions)
    if len(conditions) <= 1:
        return conditions[0] if conditions else NEVER
    parts = _parts(conditions, Some)
    parts.pop(NEVER, None)
    opposites = {negate(part) for part in parts}
    if any(isinstance(part, Every) and not opposites.isdisjoint(part.conditions) for part in parts):
        parts = _parts((_without(part, opposites) for part in parts), Some)
    if ALWAYS in parts or _opposed(parts, Some):
        return ALWAYS
    return Some(tuple(parts)) if len(parts) > 1 else next(iter(parts), NEVER)


def _without(condition: Condition, others: set[Condition]) -> Condition:
    """A conjunction without those of its parts that are among others."""
    if not isinstance(condition, Every):
        return condition
    return all_of(part for part in condition.conditions if part not in others)


def _parts(conditions: Iterable[Condition], kind: type[Every | Some]) -> dict[Condition, None]:
    parts: dict[Condition, None] = {}
    for condition in conditions:
        parts.update(dict.fromkeys(condition.conditions if isinstance(condition, kind) else (condition,)))
    return parts


def _opposed(parts: dict[Condition, None], kind: type[Every | Some]) -> bool:
    """Whether the opposite of one part is among the others, whole or in pieces."""
    for part in parts:
        if not isinstance(part, Question):
            opposite = negate(part)
            if all(piece in parts for piece in (opposite.conditions if isinstance(opposite, kind) else (opposite,))):
                return True
    return False


def as_conditions(condition: Condition) -> Conditions:
    """The condition as a list of which all must hold: none for ALWAYS."""
    if isinstance(condition, Every):
        return condition.conditions
    return () if condition == ALWAYS else (condition,)


def stack(conditions: Conditions, *added: Condition) -> Conditions:
    """The conditions with more below them, flat and without duplicates.

    Past DEPTH_LIMIT of them, or past SIZE_LIMIT questions in one, they become one unknown: optional, never certain.
    """
    for condition in added:
        for part in condition.conditions if isinstance(condition, Every) else (condition,):
            if part != ALWAYS and part not in conditions:
                full = part not in (NEVER, MENTION) and (len(conditions) >= DEPTH_LIMIT or size(part) > SIZE_LIMIT)
                new = unknown("too many conditions") if full else part
                conditions = conditions if new in conditions else (*conditions, new)
    return conditions


def conflict(one: Conditions, other: Conditions) -> bool:
    """Whether the two can be seen never to hold together."""
    return all_of((*one, *other)) == NEVER


def size(condition: Condition) -> int:
    """How many questions a condition asks; ALWAYS and NEVER count as one."""
    if isinstance(condition, (Every, Some)):
        return sum(map(size, condition.conditions))
    return size(condition.condition) if isinstance(condition, Not) else 1


def questions(condition: Condition) -> Iterator[Question]:
    """Every question that a condition asks."""
    match condition:
        case Question():
            yield condition
        case Not():
            yield from questions(condition.condition)
        case Every() | Some():
            for part in condition.conditions:
                yield from questions(part)
        case _:
            return

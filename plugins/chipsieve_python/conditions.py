"""How are conditions joined? Conjunction, disjunction and negation that stay small and never change the answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chipsieve.model import MENTION, NEVER, Condition, Every, Not, Some, Test

Conditions = tuple[Condition, ...]

TRUE = Test("constant", values=("true",))
TEXT_LIMIT = 80
SIZE_LIMIT = 40
DEPTH_LIMIT = 40


class Exit(NamedTuple):
    """When a block is left early: by return, by break or continue, or by ending the run."""

    returns: Condition = NEVER
    loops: Condition = NEVER
    stops: Condition = NEVER

    def under(self, condition: Condition) -> Exit:
        """The same exits, taken only where `condition` holds."""
        if self is STAYS:
            return self
        return Exit(*(all_of((condition, part)) for part in self))

    def joined(self, other: Exit) -> Exit:
        """The exits of either; past 40 of them it is unknown which."""
        if self is other is STAYS:
            return self
        either = (any_of(pair) for pair in zip(self, other, strict=True))
        return Exit(*(part if size(part) <= SIZE_LIMIT else unknown("one of many exits") for part in either))


STAYS = Exit()


def unknown(text: str) -> Test:
    """Something that the reader cannot decide; `text` is its source."""
    return Test("unknown", text=shorten(text))


def hardware(text: str) -> Test:
    """A question to the machine; `text` is its source."""
    return Test("hardware", text=shorten(text))


def shorten(text: str) -> str:
    """Source text on one line, at most 80 characters."""
    line = " ".join(text.split())
    return line if len(line) <= TEXT_LIMIT else line[: TEXT_LIMIT - 1] + "…"


def negate(condition: Condition) -> Condition:
    """The opposite; a disjunction becomes a conjunction, so that its parts stay visible."""
    if isinstance(condition, Test):
        constant = condition.subject == "constant" and condition in (TRUE, NEVER)
        return Not(condition) if not constant else NEVER if condition == TRUE else TRUE
    if isinstance(condition, Not):
        return condition.condition
    if isinstance(condition, Some):
        return all_of(negate(part) for part in condition.conditions)
    return Not(condition)


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Conjunction: flat, without duplicates, NEVER where two parts contradict; TRUE of nothing."""
    conditions = tuple(conditions)
    if len(conditions) <= 1:
        return conditions[0] if conditions else TRUE
    parts = _parts(conditions, Every)
    parts.pop(TRUE, None)
    if NEVER in parts or _opposed(parts, Every):
        return NEVER
    return Every(tuple(parts)) if len(parts) > 1 else next(iter(parts), TRUE)


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Disjunction: flat, without duplicates, TRUE where two parts are opposites; NEVER of nothing."""
    conditions = tuple(conditions)
    if len(conditions) <= 1:
        return conditions[0] if conditions else NEVER
    parts = _parts(conditions, Some)
    parts.pop(NEVER, None)
    if TRUE in parts or _opposed(parts, Some):
        return TRUE
    return Some(tuple(parts)) if len(parts) > 1 else next(iter(parts), NEVER)


def _parts(conditions: Iterable[Condition], kind: type[Every | Some]) -> dict[Condition, None]:
    parts: dict[Condition, None] = {}
    for condition in conditions:
        parts.update(dict.fromkeys(condition.conditions if isinstance(condition, kind) else (condition,)))
    return parts


def _opposed(parts: dict[Condition, None], kind: type[Every | Some]) -> bool:
    """Whether the opposite of one part is among the others, whole or in pieces."""
    for part in parts:
        if not isinstance(part, Test):
            opposite = negate(part)
            if all(piece in parts for piece in (opposite.conditions if isinstance(opposite, kind) else (opposite,))):
                return True
    return False


def stack(conditions: Conditions, *added: Condition) -> Conditions:
    """The conditions with more below them, flat and without duplicates.

    Past 40 of them, or past 40 questions in one, they become one unknown: optional, never certain.
    """
    for condition in added:
        for part in condition.conditions if isinstance(condition, Every) else (condition,):
            if part != TRUE and part not in conditions:
                full = part not in (NEVER, MENTION) and (len(conditions) >= DEPTH_LIMIT or size(part) > SIZE_LIMIT)
                new = unknown("too many conditions") if full else part
                conditions = conditions if new in conditions else (*conditions, new)
    return conditions


def conflict(one: Conditions, other: Conditions) -> bool:
    """Whether the two can be seen never to hold together."""
    return all_of((*one, *other)) == NEVER


def size(condition: Condition) -> int:
    """How many questions a condition asks."""
    if isinstance(condition, Test):
        return 1
    if isinstance(condition, Not):
        return size(condition.condition)
    return sum(size(part) for part in condition.conditions)


def questions(condition: Condition) -> Iterable[Test]:
    """Every question that a condition asks."""
    if isinstance(condition, Test):
        yield condition
    else:
        for part in (condition.condition,) if isinstance(condition, Not) else condition.conditions:
            yield from questions(part)

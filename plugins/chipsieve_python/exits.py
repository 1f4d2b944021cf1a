"""When is a block left early? By return, by break or continue, or by ending the run."""

from __future__ import annotations

from typing import NamedTuple

from chipsieve.facts.conditions import NEVER, SIZE_LIMIT, Condition, all_of, any_of, size, unknown


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

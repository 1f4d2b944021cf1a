"""How long will a survey still take? A range, from how long repositories took so far and how much that varied."""

from __future__ import annotations

from math import sqrt

ENOUGH = 5  # repositories before anything is said
SPREAD = 2  # standard deviations to either side
MINUTE, HOUR = 60, 3_600


class TimeLeft:
    """What is known of the time that repositories take."""

    def __init__(self, waiting: int) -> None:
        """Nothing was done of so many repositories."""
        self.waiting = waiting
        self._count, self._sum, self._squares = 0, 0.0, 0.0

    def done(self, seconds: float) -> None:
        """One repository took so long."""
        self.waiting -= 1
        self._count += 1
        self._sum += seconds
        self._squares += seconds * seconds

    def seconds(self, at_once: int) -> tuple[float, float] | None:
        """The least and the most that the rest will likely take, of which so many are done at once; None: not known.

        The mean of what was seen is uncertain itself, and the rest varies around it.
        """
        if self._count < ENOUGH:
            return None
        mean = self._sum / self._count
        variance = max(self._squares / self._count - mean * mean, 0.0)
        rest = self.waiting
        spread = SPREAD * sqrt(variance * (rest + rest * rest / self._count))
        return max(rest * mean - spread, 0.0) / at_once, (rest * mean + spread) / at_once

    def words(self, at_once: int) -> str:
        """The same in words; nothing where it is not known."""
        found = self.seconds(at_once)
        if found is None or not self.waiting:
            return ""
        least, most = (_round(one) for one in found)
        return f"about {most} left" if least == most else f"{least} to {most} left"


def _round(seconds: float) -> str:
    if seconds < MINUTE:
        return "less than 1 min"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.1f} h"

"""What does each piece of evidence do in each launch, as a table for spreadsheets?"""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.report.lookups import needed_lines
from chipsieve.report.provenance import provenance_words
from chipsieve.report.sheets import as_csv
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict

HEAD = ("launch", "step", "signal", "value", "standing", "weight", "strength", "path", "line", "excluded", "provenance")


def report(verdict: Verdict, style: Style) -> str:
    """A line for each piece of evidence in each launch: its deciding line, and how many accelerators it excludes.

    `weight` is "counts" where it may exclude, else why it may not (docs/json.md). `provenance` is the same on each
    line, so that tables can be put together.
    """
    made = provenance_words(verdict, style.command)
    return as_csv(HEAD, ((*row, made) for row in _rows(verdict)))


def _rows(verdict: Verdict) -> Iterator[tuple[object, ...]]:
    for outcome in verdict.launches:
        for one in outcome.proof.rulings:
            line = next(iter(needed_lines(one.evidence, outcome.launch)), None)
            place = (line.path, line.span.line) if line else ("", "")
            held = (one.evidence.value, one.evidence.standing, one.weight, one.strength)
            yield outcome.launch.id, one.step, one.signal, *held, *place, len(one.excluded)

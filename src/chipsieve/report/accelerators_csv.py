"""What becomes of each accelerator, as a table for spreadsheets: possible or excluded, by what, at which line?"""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve.report.lookups import evidence_lines, excluded_by
from chipsieve.report.provenance import provenance_words
from chipsieve.report.sheets import as_csv
from chipsieve.report.style import Style
from chipsieve.sieve.outcome import Verdict

HEAD = (
    "id", "name", "vendor", "family", "status", "main_launch", "excluded_by", "path", "line", "family_probability",
    "provenance",
)  # fmt: skip


def report(verdict: Verdict, style: Style) -> str:
    """A line an accelerator of the catalogue, in its order.

    `status` is the repository's: possible in at least one launch that speaks. `main_launch` is that of the launch that
    comes first, "" where there is none; what excludes there and its line follow. `family_probability` is the
    estimate's for the whole family, "" where it tells none. `provenance` is the same on each line, so that tables can
    be put together.
    """
    made = provenance_words(verdict, style.command)
    return as_csv(HEAD, ((*row, made) for row in _rows(verdict)))


def _rows(verdict: Verdict) -> Iterator[tuple[object, ...]]:
    possible, main = frozenset(verdict.possible), verdict.main_launch
    remaining = frozenset(main.remaining) if main else frozenset()
    families = verdict.trained_on.families if verdict.trained_on else ()
    likely = {chip: f"{one.probability:.3f}" for one in families for chip in one.accelerators}
    for chip in verdict.accelerators:
        status = _status(chip.id in possible)
        own = _status(chip.id in remaining) if main else ""
        cut = excluded_by(main, frozenset({chip.id})) if main else None
        line = next(iter(evidence_lines(cut.evidence, main.launch)), None) if main and cut else None
        reason = (cut.signal if cut else "", line.path if line else "", line.span.line if line else "")
        yield chip.id, chip.name, chip.vendor, chip.family, status, own, *reason, likely.get(chip.id, "")


def _status(possible: bool) -> str:
    return "possible" if possible else "excluded"

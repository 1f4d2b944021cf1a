"""Which chips does somebody name, and does the sieve agree? Names never exclude: they stand beside the sieve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from chipsieve.report import facts
from chipsieve.report.escape import one_line, visible
from chipsieve.report.outline import NameLine
from chipsieve.report.reasons import title
from chipsieve.sieve.outcome import LaunchVerdict, Naming
from chipsieve.signals.signal import Signal

WORD = 40


def name_lines(
    namings: Iterable[Naming], possible: Collection[str], outcome: LaunchVerdict | None, signals: Mapping[str, Signal]
) -> tuple[NameLine, ...]:
    """The namings grouped by what they can mean, each with what the sieve says of it.

    `possible` are the ids that remain; `outcome` is the launch whose cuts are cited against a name.
    """
    meant: defaultdict[frozenset[str], list[Naming]] = defaultdict(list)
    for naming in facts.sorted_namings(namings):
        meant[frozenset(naming.accelerators)].append(naming)
    lines = [_line(ids, same, frozenset(possible), outcome, signals) for ids, same in meant.items()]
    return tuple(sorted(lines, key=lambda line: (line.agrees is not False, -len(line.places), line.word)))


def _line(
    ids: frozenset[str],
    same: list[Naming],
    possible: frozenset[str],
    outcome: LaunchVerdict | None,
    signals: Mapping[str, Signal],
) -> NameLine:
    words = sorted({naming.text for naming in same}, key=lambda text: (len(text), text))
    standing, agrees = _standing(ids, possible, outcome, signals)
    return NameLine(
        word=one_line(words[0], WORD),
        by=tuple(sorted({visible(naming.by) for naming in same})),
        places=tuple(dict.fromkeys(visible(f"{naming.path}:{naming.line}") for naming in same)),
        standing=standing,
        agrees=agrees,
    )


def _standing(
    ids: frozenset[str], possible: frozenset[str], outcome: LaunchVerdict | None, signals: Mapping[str, Signal]
) -> tuple[str, bool | None]:
    """What the sieve says of the chips that a name can mean, and whether it agrees."""
    if not ids:
        return "not in the catalogue", None
    left = ids & possible
    if left:
        partly = "" if left == ids else f" as {len(left)} of {len(ids)} variants"
        return f"remains possible{partly}{_though(ids, outcome)}", True
    cut = facts.excluded_by(outcome, ids) if outcome else None
    if cut is None or outcome is None:
        return "excluded", False
    where = visible(facts.evidence_places(cut.evidence, outcome.launch)[0])
    return f"excluded by {title(signals, cut.signal)} at {where}", False


def _though(ids: frozenset[str], outcome: LaunchVerdict | None) -> str:
    """A remark where the launch excludes what another one leaves possible."""
    if outcome is None or ids.intersection(outcome.remaining):
        return ""
    return f", though not in {visible(outcome.launch.id)}"

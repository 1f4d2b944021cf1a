"""Is every definitive or strong construct of the research notes seen by a signal, or listed with the reason?

tests/data/signal_rows.toml has the notes' rows by id. Each text in it is read as a file of its own, so the table cannot
claim what the signals do not find, and a row that is listed as not seen fails once a signal sees it.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from annotations import FILES, annotated
from chipsieve.facts.reading import Source
from chipsieve.match.table import default_table
from offenders import ROOT, listed
from signal_findings import NO_READER, counted, findings

TABLE = ROOT / "tests/data/signal_rows.toml"
NOTES = ("communication", "frameworks")
PLAIN = ("signals", "reason", "weaker", "left")
"""The keys of a row that are no languages."""
Row = Mapping[str, Any]


@cache
def table() -> dict[str, Any]:
    """The table as it stands."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def rows() -> list[tuple[str, Row]]:
    """Every row with its id, in the order of the table."""
    return [item for name in NOTES for part in table()[name].values() for item in part.items()]


def texts(row: Row) -> list[tuple[str, str]]:
    """The texts of a row, or of its `left`, each with its language."""
    return [(language, text) for language in row if language not in PLAIN for text in row[language]]


def seen(language: str, text: str) -> set[str]:
    """The signals that see a text."""
    if language not in NO_READER:
        source = Source(f"row.{language}", language, f"{text}\n")
        return {finding.signal for finding in counted(findings(source))}
    return {signal for signal, lines in marked(language).items() if any(text in line for line in lines)}


@cache
def marked(language: str) -> dict[str, list[str]]:
    """The lines that must match in the fixtures of a language that no reader of ours reads, by signal."""
    fixtures = [annotated(path) for path in FILES if path.parent.name == language]
    lines = {fixture.signal: fixture.source.text.splitlines() for fixture in fixtures}
    return {one.signal: [lines[one.signal][number - 1] for number in one.semgrep()] for one in fixtures}


def misnamed(name: str, row: Row) -> Iterator[str]:
    """Signals and reasons of the row that are not there."""
    for signal in (*row.get("signals", ()), *row.get("weaker", ())):
        if signal not in default_table().signals:
            yield f"{name}: there is no signal {signal}"
    if row.get("reason", "") not in ("", *table()["reasons"]):
        yield f"{name}: [reasons] has no {row['reason']!r}"


def incomplete(name: str, row: Row) -> Iterator[str]:
    """What the row lacks to say that it is seen, or why not."""
    if ("left" in row or "signals" not in row) and "reason" not in row:
        yield f"{name}: name signals, or the reason why none sees it"
    if bool(row.get("signals")) != bool(texts(row)):
        yield f"{name}: signals and the texts that they see go together"
    if "reason" in row and "signals" in row and "left" not in row:
        yield f"{name}: say under `left` what is not seen, or drop the reason"


def unseen(name: str, row: Row) -> Iterator[str]:
    """Texts that no signal of the row sees, and signals that see none of its texts."""
    signals = set(row.get("signals", ()))
    found = [(text, seen(language, text)) for language, text in texts(row)]
    for text, by in found:
        if not by & signals:
            yield f"{name}: {text!r} is seen by {', '.join(sorted(by)) or 'no signal'}"
    for signal in sorted(signals - set().union(*(by for _, by in found))):
        yield f"{name}: {signal} sees none of its texts"


def seen_by_now(name: str, row: Row) -> Iterator[str]:
    """Texts under `left` that more signals see than the row says."""
    weaker = set(row.get("weaker", ()))
    for language, text in texts(row.get("left", {})):
        for signal in sorted(seen(language, text) - weaker):
            yield f"{name}: {text!r} is seen by {signal}"


@pytest.mark.parametrize(
    ("faults", "remedy"),
    [
        (misnamed, "correct these names:"),
        (incomplete, "complete these rows:"),
        (unseen, "correct the signals of these rows, or list the text under `left` with a reason:"),
        (seen_by_now, "move the text out of `left` and name the signal, or call it `weaker` where it says too little:"),
    ],
)
def test_rows(faults: Callable[[str, Row], Iterator[str]], remedy: str) -> None:
    offenders = [fault for name, row in rows() for fault in faults(name, row)]
    assert not offenders, listed(f"{TABLE.relative_to(ROOT)}: {remedy}", offenders)


def test_ids_are_unique_and_every_reason_is_used() -> None:
    counts = Counter(name for name, _ in rows())
    assert not [name for name, count in counts.items() if count > 1]
    assert {row["reason"] for _, row in rows() if "reason" in row} == set(table()["reasons"])


def test_the_table_is_whole() -> None:
    """As many rows as the notes have of each strength: no row is dropped unseen."""
    sizes = {name: {strength: len(part) for strength, part in table()[name].items()} for name in NOTES}
    assert sizes == {"communication": {"definitive": 35, "strong": 165}, "frameworks": {"definitive": 43, "strong": 86}}

"""What came and went in the repositories of a list from one run to the next?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chipsieve.sieve.comparing import Compared, Difference, Fact, Name, Shift, compare
from chipsieve.survey.answered import Answer
from chipsieve.survey.columns import TABLES, Cell, Record

COLUMNS = tuple(column.name for column in TABLES["changes"].columns)


class Changed(NamedTuple):
    """What differs in one repository.

    `difference` is None where there is nothing to compare: it came or went, it failed then or now, or the last run kept
    nothing. Then `words` say so.
    """

    name: str
    words: str
    difference: Difference | None = None
    rows: tuple[Record, ...] = ()

    def cells(self) -> Iterator[tuple[Cell, ...]]:
        """Its rows of the table of changes."""
        for row in self.rows:
            yield tuple(self.name if column == "repository" else row.get(column) for column in COLUMNS)


def changed(name: str, then: Answer | None, now: Answer | None) -> Changed | None:
    """What differs between two answers on a repository; None where nothing does."""
    if then is None or now is None:
        row: Record = {"change": "came" if then is None else "went", "what": "repository", "value": name}
        return Changed(name, "is new in the list" if then is None else "is no longer in the list", None, (row,))
    if then.error or now.error or then.compared is None or now.compared is None:
        was, is_now = (one.error or "answered" for one in (then, now))
        row = {"change": "changed", "what": "answer", "value": name, "was": was, "now": is_now}
        return Changed(name, f"was {was}, is {is_now}", None, (row,)) if was != is_now else None
    return _difference(name, then.compared, now.compared)


def _difference(name: str, then: Compared, now: Compared) -> Changed | None:
    difference = compare(then, now)
    if difference.nothing:
        return None
    return Changed(name, "", difference, tuple(_rows(difference)))


def _rows(one: Difference) -> Iterator[Record]:
    """A difference as rows, the names first."""
    for change, names, facts in (("came", one.names_came, one.facts_came), ("went", one.names_went, one.facts_went)):
        yield from ({"change": change, "what": "name", **_place(name), "value": name.text} for name in names)
        yield from ({"change": change, "what": "evidence", **_place(fact), "value": _says(fact)} for fact in facts)
    for was, now in one.restood:
        standing: Record = {"was": was.anywhere, "now": now.anywhere}
        yield {"change": "changed", "what": "evidence", **_place(now), "value": _says(now), **standing}
    yield from _shifts(one.possible)
    for family, was_likely, likely in one.families:
        percent: Record = {"was": f"{was_likely}%", "now": f"{likely}%"}
        yield {"change": "changed", "what": "family", "value": family, **percent}
    if one.main_changed:
        yield {"change": "changed", "what": "main", "was": one.then.main, "now": one.now.main}
    if one.sentence_changed:
        yield {"change": "changed", "what": "sentence", "was": one.then.sentence, "now": one.now.sentence}


def _shifts(shift: Shift) -> Iterator[Record]:
    """Accelerators that no launch can run on any more, and those that one can now."""
    for change, chips in (("came", shift.excluded), ("went", shift.allowed)):
        for chip in chips:
            yield {"change": change, "what": "excluded", "value": chip}


def _place(one: Fact | Name) -> Record:
    return {"path": one.path or None, "line": one.line or None}


def _says(fact: Fact) -> str:
    return f"{fact.signal} {fact.value}".strip()

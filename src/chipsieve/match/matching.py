"""Which signals does a fact match? Every fact is asked here, once, and becomes findings; readers know no signal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from chipsieve.facts.conditions import Question, stack
from chipsieve.facts.finding import Finding, Match
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Fact
from chipsieve.facts.statements import DEVICES, Statement, count_of
from chipsieve.match.machines import alone
from chipsieve.match.table import SignalTable

WRITTEN = ("prose", "comment")  # who writes sentences; what a run printed, or a program asks, is none
SAME_AS_TRUE = frozenset({"true", "1", "on", "yes", "enabled"})


def findings(facts: Iterable[Fact], path: str, table: SignalTable) -> list[Finding]:
    """The findings of the facts that the file at `path` states, in their order, without duplicates."""
    found = list(dict.fromkeys(found for fact in facts for found, _ in matched(fact, path, table)))
    lonely = alone(found, table.signals)
    return [item for index, item in enumerate(found) if index not in lonely]


def matched(fact: Fact, path: str, table: SignalTable) -> Iterator[tuple[Finding, Question | None]]:
    """The findings of one fact, one a signal and value.

    Where an option or a variable chooses the value, each comes with the question whether that is the value; it is
    among the finding's conditions too.
    """
    for question, value in _values(fact, table):
        conditions = fact.conditions if question is None else stack(fact.conditions, question)
        for match, span, said in _matches(fact, value, path, table):
            found = Finding(
                signal=match.signal,
                row=match.row,
                path=path,
                span=span,
                value=match.value,
                snippet=fact.snippet,
                conditions=conditions,
                engine=fact.engine,
                by=match.by,
                name=match.name,
                statement=said,
            )
            yield found, question


def _values(fact: Fact, table: SignalTable) -> Iterator[tuple[Question | None, str | None]]:
    """The values that a fact may have.

    Of a value that an option or a variable chooses, only what switches on and what signals ask for is worth asking.
    """
    if fact.chosen is None:
        yield None, fact.value
        return
    yield replace(fact.chosen, operator="true"), "true"
    wanted = table.wanted(fact)
    for text in sorted(wanted - SAME_AS_TRUE if "true" in wanted else wanted):
        yield _chooses(fact.chosen, text), text


def _chooses(chosen: Question, text: str) -> Question:
    """The question whether the option or variable has this value."""
    return replace(chosen, operator="in", values=(text,))


def _matches(
    fact: Fact, value: str | None, path: str, table: SignalTable
) -> Iterator[tuple[Match, Span, Statement | None]]:
    if fact.kind != "claim":
        yield from ((match, fact.span, _counted(fact, match)) for match in table.asked(fact, value, path))
        return
    from chipsieve.facts.deeds import statement  # its patterns take long to compile, and few files claim anything

    text = value or ""
    for match, start, end in table.claims(text, fact.by):
        line, column = fact.span.line, fact.span.column
        by = fact.by or match.by or "prose"
        where = path if by == "prose" else ""
        said = statement(text, start, end, fact.context, where) if by in WRITTEN else _counted(fact, match)
        yield replace(match, by=by), Span(line, column + start, line, column + end), said


def _counted(fact: Fact, match: Match) -> Statement | None:
    """How many devices what a run left behind counts, where it says so."""
    devices = count_of(dict(fact.beside).get(DEVICES)) or match.devices
    return Statement(devices=devices) if devices else None

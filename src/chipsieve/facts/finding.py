"""Where did a signal match? Findings, their order, and how they are made from a match."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from chipsieve.facts.conditions import MENTION, Conditions
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.statements import Statement

SNIPPET_LIMIT = 200
SAID = frozenset({"prose", "comment", "log", "metadata", "scheduler"})


class Finding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One place where a signal matched.

    `conditions` must all hold for the line to take effect. `row` is the kind of match row that fired
    (`env`, `flag`, `key` ...); `by` says who names the chip when the effect is `names`, and `statement` what a claim
    says of it; `name` is a config's key, which a command line may override.
    """

    signal: str
    row: str
    path: str
    span: Span
    value: str
    snippet: str
    conditions: Conditions = ()
    engine: str = ""
    by: str = ""
    name: str = ""
    statement: Statement | None = None

    @property
    def is_listed(self) -> bool:
        """Whether it is an entry of a table or a choice among several, which names nobody.

        What people write, runs print and schedulers read is only mentioned too, and does say something.
        """
        return self.by not in SAID and MENTION in self.conditions


class Match(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row that fired: which signal and kind of row, the value it saw, the key that held it, the devices it counts."""

    signal: str
    row: str
    value: str
    by: str = ""
    name: str = ""
    devices: int | None = None


def finding(
    match: Match, path: str, span: Span, lines: Lines, conditions: Conditions = (), engine: str = ""
) -> Finding:
    """The finding of a match at a span; its snippet is the first line of it, shortened."""
    return Finding(
        signal=match.signal,
        row=match.row,
        path=path,
        span=span,
        value=match.value,
        snippet=snippet(lines, span),
        conditions=conditions,
        engine=engine,
        by=match.by,
        name=match.name,
    )


def snippet(lines: Lines, span: Span) -> str:
    """The first line of a span, without white space around it, at most SNIPPET_LIMIT characters."""
    return lines.line(span.line, 2 * SNIPPET_LIMIT).strip()[:SNIPPET_LIMIT]


def unique(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without duplicates, sorted by place, then signal and value."""
    return sorted(set(findings), key=finding_order)


def finding_order(item: Finding) -> tuple[object, ...]:
    """The order in which findings are listed everywhere."""
    return (
        item.path,
        item.span,
        item.signal,
        item.value,
        item.row,
        item.engine,
        repr((item.conditions, item.by, item.statement)),
    )

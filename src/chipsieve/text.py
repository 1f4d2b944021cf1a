"""Where in a text does something stand? Offsets to lines and columns, and a finding's snippet."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from chipsieve.model import Condition, Finding, Gap, Match, Source, Span

SNIPPET_LIMIT = 200
LINE_END = re.compile(r"\r\n?|\n")


class Lines:
    """The line starts of one text; `\\n`, `\\r\\n` and a lone `\\r` end a line."""

    def __init__(self, text: str) -> None:
        """Keep the text; its lines are found on first use."""
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Offsets (code points) at which lines begin; the first is 0."""
        return [0, *map(re.Match.end, LINE_END.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span from one offset up to another."""
        return Span(*self.position(start), *self.position(end))

    def line(self, number: int, limit: int | None = None) -> str:
        """The text of one line, from 1, without its end, at most `limit` characters; "" past the end."""
        if not 0 < number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        start = self.starts[number - 1]
        return self.text[start : end if limit is None else min(end, start + limit)].rstrip("\r\n")


def finding(
    match: Match,
    source: Source,
    span: Span,
    lines: Lines,
    conditions: tuple[Condition, ...] = (),
    engine: str = "",
) -> Finding:
    """The finding of a match at a span; its snippet is the first line of it, shortened."""
    return Finding(
        signal=match.signal,
        row=match.row,
        path=source.path,
        span=span,
        value=match.value,
        snippet=lines.line(span.line, 2 * SNIPPET_LIMIT).strip()[:SNIPPET_LIMIT],
        conditions=conditions,
        engine=engine,
        by=match.by,
        name=match.name,
    )


def ordered_gaps(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps without duplicates, by place: the order in which they are listed everywhere."""
    return tuple(sorted(set(gaps), key=lambda gap: (gap.path, gap.line or 0, gap.reason)))


def unique(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without duplicates, sorted by place, then signal and value."""
    return sorted(set(findings), key=finding_order)


def finding_order(item: Finding) -> tuple[object, ...]:
    """The order in which findings are listed everywhere."""
    return (item.path, item.span, item.signal, item.value, item.row, item.engine, repr(item.conditions))

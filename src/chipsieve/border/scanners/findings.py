"""Which findings do scanners' results stand for? Those of our signals; what is not ours is counted, not dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

import msgspec
from msgspec.structs import replace

from chipsieve.border.marker import Mark, read_mark
from chipsieve.border.sarif import VERDICT
from chipsieve.border.scanners.places import Places, code_point_column
from chipsieve.border.scanners.results import Report, Result
from chipsieve.facts.conditions import Question
from chipsieve.facts.finding import SNIPPET_LIMIT, Finding, unique
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import Tree

UNTOLD = Question("unknown", text="a scanner reported the line; what it depends on was not read")
OURS = "chipsieve"  # as the tool that wrote a report
ReadLines = Callable[[str], Lines | None]


class Foreign(msgspec.Struct, frozen=True):
    """Findings that other scanners reported, sorted, and what of their reports could not be used."""

    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()


def foreign_findings(
    reports: Iterable[tuple[str, Report]], signals: Collection[str], tree: Tree | None, read: ReadLines
) -> Foreign:
    """The findings that named reports hold; `read` gives a file's lines by its path in the tree.

    Results of rules that belong to no signal, results outside the tree, and those that comments in the tree
    suppress (which count all the same) become gaps.
    """
    reader = _Reader(signals, Places(tree), read, rooted=tree is not None)
    found = [item for name, report in reports for item in reader.report(name, report)]
    return Foreign(tuple(unique(found)), tuple(reader.gaps))


class _Reader:
    """Turns reports into findings, and keeps count of what it could not turn."""

    def __init__(self, signals: Collection[str], places: Places, read: ReadLines, *, rooted: bool) -> None:
        self.signals, self.places, self.read, self.rooted = signals, places, read, rooted
        self.gaps: list[Gap] = []

    def report(self, name: str, report: Report) -> list[Finding]:
        unknown: Counter[str] = Counter()
        lost: Counter[str] = Counter()
        suppressed = 0
        found: list[Finding] = []
        for result in report.results:
            if result.rule.rpartition(".")[2] == VERDICT:
                continue  # what chipsieve concluded then is no evidence now
            mark = self._mark(result)
            if mark is None:
                unknown[f"{result.tool} {result.rule}"] += 1
                continue
            place = self._place(result)
            if place is None:
                lost[result.path or "results without a place"] += 1
                continue
            suppressed += result.suppressed
            found += _findings(result, mark, *place)
        self.gaps += self._counted(name, unknown, lost, suppressed)
        again = f"{OURS}:" if self.rooted else "\0"  # our readers read the tree once more, and tell what they miss
        self.gaps += [self._gap(gap) for gap in report.gaps if not gap.reason.startswith(again)]
        return found

    def _gap(self, gap: Gap) -> Gap:
        return replace(gap, path=self.places.find(gap.path) or gap.path.lstrip("/") or ".")

    @staticmethod
    def _counted(name: str, unknown: Counter[str], lost: Counter[str], suppressed: int) -> Iterator[Gap]:
        for rule, number in sorted(unknown.items()):
            yield Gap(name, f"{_results(number)} of rule {rule}: no signal of chipsieve's", notice=True)
        for path, number in sorted(lost.items()):
            yield Gap(name, f"{_results(number)} left out: {path} is no such line of a file below the root")
        if suppressed:
            yield Gap(name, f"{_results(suppressed)} counted although comments in the tree suppress them", notice=True)

    def _mark(self, result: Result) -> Mark | None:
        """What the result is about: its own finding, the marker in its message, or a rule named as a signal."""
        if result.own is not None:
            own = result.own
            return Mark((own.signal,), own.row, own.value) if own.signal in self.signals else None
        mark = read_mark(result.message)
        ours = tuple(signal for signal in mark.signals if signal in self.signals) if mark else ()
        if mark and ours:
            return mark._replace(signals=ours)
        name = result.rule.rpartition(".")[2].rpartition("/")[2]
        return Mark((name,), "", "") if name in self.signals else None

    def _place(self, result: Result) -> tuple[str, Span, str] | None:
        """Path, span and line of the result; None where there is no such line in the tree."""
        path = self.places.find(result.path)
        if path is None or result.line < 1:
            return None
        lines = self.read(path) if self.rooted else None
        if self.rooted and (lines is None or result.line > len(lines.starts)):
            return None
        first = lines.line(result.line) if lines else result.line_text
        end_line = max(result.end_line, result.line)
        last = first if end_line == result.line else lines.line(end_line) if lines else ""
        start = max(code_point_column(first, result.column, result.units), 1)
        end = code_point_column(last, result.end_column, result.units) or len(last) + 1
        if end_line == result.line:
            end = max(end, start)
        return path, Span(result.line, start, end_line, end), first.strip()[:SNIPPET_LIMIT]


def _findings(result: Result, mark: Mark, path: str, span: Span, snippet: str) -> Iterator[Finding]:
    if result.own is not None:
        yield replace(result.own, path=path)
        return
    for signal in mark.signals:
        yield Finding(signal, mark.row, path, span, mark.value, snippet, (UNTOLD,), result.tool, mark.by, mark.name)


def _results(number: int) -> str:
    return f"{number} result{'' if number == 1 else 's'}"

"""Which findings do scanners' results stand for? Those of our signals; what is not ours is counted, not dropped.

Reports are hostile: nothing outside the root is looked at.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache, partial
from os import fsencode
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec.structs import replace

from chipsieve.border.json_fields import ReportError
from chipsieve.border.marker import Mark, read_mark
from chipsieve.border.sarif import LEAVES_OUT, VERDICT
from chipsieve.border.scanners.scanner_results import OURS, Report, Result, Units
from chipsieve.facts.conditions import Question
from chipsieve.facts.finding import SNIPPET_LIMIT, Finding, unique
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import Tree

CONTEXT_UNREAD = Question("unknown", text="a scanner reported the line; what it depends on was not read")
ENCODINGS = {"bytes": "utf-8", "utf-16": "utf-16-le"}
KNOWN_BY = 40  # characters of a line
UNIT_SIZE = {"bytes": 1, "utf-16": 2}
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

    Raises:
        ReportError: not one result of a report lies in the tree.
    """
    reader = _Reader(signals, tree, read)
    found = [item for name, report in reports for item in reader.report(name, report)]
    return Foreign(tuple(unique(found)), tuple(reader.gaps))


class _Reader:
    """Turns reports into findings, and keeps count of what it could not turn."""

    def __init__(self, signals: Collection[str], tree: Tree | None, read: ReadLines) -> None:
        self.signals, self.read, self.rooted = signals, read, tree is not None
        self.path = lru_cache(maxsize=None)(partial(_path_in, tree))
        self.gaps: list[Gap] = []

    def report(self, name: str, report: Report) -> list[Finding]:
        unknown: Counter[str] = Counter()
        misplaced: Counter[str] = Counter()
        suppressed = inside = 0
        found: list[Finding] = []
        for result in report.results:
            if result.rule.rpartition(".")[2] == VERDICT:
                continue  # what chipsieve concluded then is no evidence now
            mark = self._mark(result)
            if mark is None:
                unknown[f"{result.tool} {result.rule}"] += 1
                continue
            inside += self._lies_here(result)
            place = self._place(result)
            if place is None:
                misplaced[result.path or "results without a place"] += 1
                continue
            suppressed += result.suppressed
            found += _findings(result, mark, *place)
        if misplaced and not inside:
            raise ReportError(f"{name}: 0 of {_results(misplaced.total())} lie in this tree; wrong --root?")
        self.gaps += _counts(name, unknown, misplaced, suppressed)
        again = f"{OURS}:" if self.rooted else "\0"  # our readers read the tree once more, and say what they miss
        new = (gap for gap in report.gaps if LEAVES_OUT in gap.reason or not gap.reason.startswith(again))
        self.gaps += map(self._gap, new)
        return found

    def _gap(self, gap: Gap) -> Gap:
        return replace(gap, path=self.path(gap.path) or _plain_path(gap.path).lstrip("/") or ".")

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

    def _lies_here(self, result: Result) -> bool:
        """Whether the tree has the file, and at the line what the report quotes, where it quotes it."""
        path = self.path(result.path)
        quoted = _squeezed(result.line_text)
        if path is None or not quoted or not self.rooted:
            return path is not None
        lines = self.read(path)
        return (
            lines is not None
            and 0 < result.line <= len(lines.starts)
            and (_squeezed(lines.line(result.line)).startswith(quoted))
        )

    def _place(self, result: Result) -> tuple[str, Span, str] | None:
        """Path, span and line of the result; None where there is no such line in the tree."""
        path = self.path(result.path)
        if path is None or result.line < 1:
            return None
        lines = self.read(path) if self.rooted else None
        if self.rooted and (lines is None or result.line > len(lines.starts)):
            return None
        first = lines.line(result.line) if lines else result.line_text
        end_line = max(result.end_line, result.line)
        last = first if end_line == result.line else lines.line(end_line) if lines else ""
        start = max(_code_point_column(first, result.column, result.units), 1)
        end = _code_point_column(last, result.end_column, result.units) or len(last) + 1
        if end_line == result.line:
            end = max(end, start)
        return path, Span(result.line, start, end_line, end), first.strip()[:SNIPPET_LIMIT]


def _squeezed(text: str) -> str:
    """The beginning of a line, by which it is known again however it is indented or cut."""
    return " ".join(text.split())[:KNOWN_BY]


def _findings(result: Result, mark: Mark, path: str, span: Span, snippet: str) -> Iterator[Finding]:
    if result.own is not None:
        yield replace(result.own, path=path)
        return
    unread = (CONTEXT_UNREAD,)
    for signal in mark.signals:
        yield Finding(signal, mark.row, path, span, mark.value, snippet, unread, result.tool, mark.by, mark.name)


def _counts(name: str, unknown: Counter[str], misplaced: Counter[str], suppressed: int) -> Iterator[Gap]:
    for rule, number in sorted(unknown.items()):
        yield Gap(name, f"{_results(number)} of rule {rule}: no signal of chipsieve's", notice=True)
    for path, number in sorted(misplaced.items()):
        yield Gap(name, f"{_results(number)} left out: {path} is no such line of a file below the root")
    if suppressed:
        yield Gap(name, f"{_results(suppressed)} counted although comments in the tree suppress them", notice=True)


def _results(number: int) -> str:
    return f"{number} result{'' if number == 1 else 's'}"


def _path_in(tree: Tree | None, text: str) -> str | None:
    """The path in the tree that a report's path names, None where it leads out of it or to no file.

    Without a tree a path is taken as it is written.
    """
    path = _plain_path(text)
    if tree is None:
        inside = path.lstrip("/") if path.startswith("/") else path
        return inside if inside and not inside.startswith("..") else None
    return next((name for name in _candidates(path, tree.folder) if tree.holds(name)), None)


def _plain_path(text: str) -> str:
    """The path that a path or a URI reference writes, with `/` and without `.` and `..` inside; "" where it is none."""
    try:
        if text.startswith("file:"):
            text = unquote(urlsplit(text).path, errors="surrogateescape")
        elif "%" in text:
            text = unquote(text, errors="surrogateescape")
        fsencode(text)
    except ValueError:  # brackets around no address, or half a surrogate pair
        return ""
    return posixpath.normpath(text.replace("\\", "/")) if text else ""


def _candidates(path: str, folder: Path) -> Iterator[str]:
    """What a path may mean: in the tree, from the working folder, or below a folder called as the tree's."""
    if not path.startswith("/"):
        yield path
    absolute = posixpath.normpath(posixpath.join(Path.cwd().as_posix(), path))
    if absolute.startswith(f"{folder.as_posix()}/"):
        yield absolute.removeprefix(f"{folder.as_posix()}/")
    parts = path.split("/")
    for place, part in enumerate(parts):
        if part == folder.name:
            yield "/".join(parts[place + 1 :])


def _code_point_column(line: str, column: int, units: Units) -> int:
    """A column counted in other units as one counted in code points; one past the line's end stays there."""
    if units == "code points" or column < 1 or line.isascii():
        return column
    data = line.encode(ENCODINGS[units], errors="surrogatepass")
    return len(data[: (column - 1) * UNIT_SIZE[units]].decode(ENCODINGS[units], errors="ignore")) + 1

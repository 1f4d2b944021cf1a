"""How is a history drawn? A row for each thing that was said, with a bar from the day it came to the day it went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chipsieve.report.escape import one_line, visible
from chipsieve.report.markup import Markup, element
from chipsieve.report.timeline_words import (
    NAME,
    TECHNIQUE,
    commit_words,
    in_words,
    kind_of,
    listed,
    phrases,
    short,
    telling,
)
from chipsieve.sources.commits import Moment
from chipsieve.timeline.life import History, Life

REMOVED, PRESENT = 30, 12  # rows of what is gone, and of what is there
TEXT, VALUES = 36, 2  # characters of a value in a label, and values that one names
LABELS = 6  # of the days along the top
MONTHS = 800  # days: of a history that is shorter, months are marked
ROW, MIDDLE, BAR = 20, 10, 8  # heights, as wide as they come out
APART = 9  # per cent of the width between two labels, at least


class Row(NamedTuple):
    """What is drawn in one row: a label, the paths it stood in, from when until when, and the lines in words."""

    label: str
    paths: tuple[str, ...]
    first: Moment | None
    removed: Moment | None
    gone: bool


def drawing(history: History) -> Markup:
    """What was removed first, then what is there, as bars over the days; a sentence where no day is known."""
    days = sorted(moment.day for moment in history.commits if _number(moment.day))
    rows = [*_rows(history, gone=True)[:REMOVED], *_rows(history, gone=False)[:PRESENT]]
    if not days or not rows:
        return element("p", "There is nothing to draw.", class_="soft")
    start, end = _number(days[0]), _number(days[-1])

    def across(day: str) -> float:
        """Where a day stands, in per cent of the width."""
        return min(max(100 * (_number(day) - start) / max(end - start, 1), 0), 100)

    marks = _marks(days[0], days[-1], across)
    return element("div", _axis(marks), *(_drawn(row, marks, across) for row in rows), class_="timeline")


def _rows(history: History, *, gone: bool) -> list[Row]:
    """Names each by itself; what else came and went with the same two commits, in one row."""
    found = []
    for removed, lives in _by_removal(history, gone=gone).items():
        together: defaultdict[tuple[object, ...], list[Life]] = defaultdict(list)
        for several in phrases(history, lives).values():
            kind, first = kind_of(several[0]), min(several, key=_came).first
            if kind != TECHNIQUE:
                together[kind, several[0].value.casefold() if kind == NAME else first].extend(several)
        found += [_row(history, several, removed, gone=gone) for several in together.values()]
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def _by_removal(history: History, *, gone: bool) -> dict[Moment | None, list[Life]]:
    """What is gone, by the commit that took it; or what is there, together."""
    lives: defaultdict[Moment | None, list[Life]] = defaultdict(list)
    for life in history.in_state("removed" if gone else "present"):
        lives[life.removed].append(life)
    return lives


def _came(life: Life) -> tuple[bool, str]:
    """What is older than the commits that were asked for came first."""
    return life.first is not None, life.first.day if life.first else ""


def _row(
    history: History, lives: Sequence[Life], removed: Moment | None, *, gone: bool
) -> tuple[tuple[object, ...], Row]:
    """A row, and by what rows are ordered: the most telling first, then the earliest."""
    first = min(lives, key=_came).first
    said = [one_line(in_words(head, [value]), TEXT) for head, value in phrases(history, lives)]
    if kind_of(lives[0]) == NAME:
        said = said[:1]  # the same name in small and capital letters
    paths = tuple(dict.fromkeys(life.last.path for life in lives))
    order = (kind_of(lives[0]), telling(lives[0]), first.day if first else "", removed.day if removed else "", *said)
    return order, Row(listed(said, VALUES), paths, first, removed, gone)


def _number(day: str) -> int:
    """A day as a number; 0 where it is none."""
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        return 0


def _marks(first: str, last: str, across: Callable[[str], float]) -> list[tuple[float, str]]:
    """The days that are marked along the top: New Years, or months of a short history, and both ends where alone."""
    (year, month), (last_year, last_month) = ((int(day[:4]), int(day[5:7])) for day in (first, last))
    if _number(last) - _number(first) > MONTHS:
        days = [(f"{one:04}-01-01", f"{one}") for one in range(year + 1, last_year + 1)]
    else:
        months = range(12 * year + month, 12 * last_year + last_month)
        days = [(f"{one // 12:04}-{one % 12 + 1:02}-01", f"{one // 12}-{one % 12 + 1:02}") for one in months]
    every = -(-len(days) // LABELS) or 1
    marks = [(across(day), label) for day, label in days[::every]]
    return marks or [(0.0, first)]


def _axis(marks: Sequence[tuple[float, str]]) -> Markup:
    """The row of days above all others."""
    texts = [
        element(
            "text",
            label,
            x=f"{x:.1f}%",
            y="14",
            text_anchor="start" if x < APART else "end" if x > 100 - APART else "middle",
        )
        for x, label in marks
    ]
    return element(
        "div", element("span", ""), element("svg", *texts, class_="track", aria_hidden="true"), class_="axis"
    )


def _drawn(row: Row, marks: Sequence[tuple[float, str]], across: Callable[[str], float]) -> Markup:
    """A row: its label, its bar with a cross at the end where it was removed, and the same in words."""
    begin = across(row.first.day) if row.first and row.first.day else 0.0
    end = across(row.removed.day) if row.removed and row.removed.day else 100.0
    lines = [element("line", x1=f"{x:.1f}%", x2=f"{x:.1f}%", y1="0", y2=f"{ROW}", class_="mark") for x, _ in marks]
    bar = element(
        "rect", x=f"{begin:.1f}%", y=f"{MIDDLE - BAR // 2}", width=f"{max(end - begin, 0.4):.1f}%", height=f"{BAR}"
    )
    cross = element("path", d="M-5 5 L5 15 M-5 15 L5 5", class_="gone")
    ends = [element("svg", cross, x=f"{end:.1f}%", class_="end")] if row.gone else []
    parts = (
        element("span", *_label(row), class_="what"),
        element("svg", *lines, bar, *ends, class_="track", aria_hidden="true"),
        element("span", _when(row), class_="when"),
    )
    tip = {"title": commit_words(row.removed)} if row.removed else {}
    return element("div", *parts, class_="life gone" if row.gone else "life", **tip)


def _label(row: Row) -> Iterator[str]:
    yield row.label
    yield element("span", f" {listed([visible(path) for path in row.paths], 1)}", class_="soft")


def _when(row: Row) -> str:
    """From when until when, with the commit that ended it."""
    since = row.first.day or "no day" if row.first else "an unknown day"
    if row.removed is None:
        return f"since {since}{', gone' if row.gone else ''}"
    until = f"{row.removed.day or 'no day'} {short(row.removed)}"
    return f"{since} to {until}" if row.first else f"until {until}"

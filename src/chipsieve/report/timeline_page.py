"""How does a repository's history look in a browser? One page: its lives drawn over the years, then the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from chipsieve import __version__
from chipsieve.report.escape import one_line, visible
from chipsieve.report.markup import Markup, bullets, code, element, table
from chipsieve.report.page_frame import framed
from chipsieve.report.style import Style
from chipsieve.report.timeline_words import (
    answer_words,
    commit_words,
    counted,
    paragraph,
    removals,
    removed_words,
    said,
    short,
)
from chipsieve.timeline.life import History, Life

WIDTH, LABEL, ROW, TOP = 900, 300, 18, 26  # of the drawing
DRAWN, LISTED = 60, 2_000  # lives: in the drawing, and in the table
YEARS = 30  # lines at most: a commit's day may be any
TEXT = 40  # characters of a label
ORDER = ("names", "requires", "prefers", "site", "technique")


def as_page(history: History, style: Style) -> str:  # noqa: ARG001  every format takes a style
    """The history as one HTML page that stands alone: no script, no network."""
    return framed(visible(history.root), _body(history), (f"chipsieve {__version__}",))


def _body(history: History) -> Iterator[Markup]:
    yield element("h1", f"What did {visible(history.root)} say of hardware, and until when?")
    yield element("p", paragraph(history), class_="conclusion")
    yield element("h2", "Timeline", id="timeline")
    yield drawing(history)
    rows = [(commit_words(one.moment), str(len(one.lives)), removed_words(history, one)) for one in removals(history)]
    if rows:
        yield element("h2", "Removed later", id="removed-later")
        yield table(
            "What is gone from the whole tree, by the commit that took it away", ("Commit", "Pieces", "What"), rows
        )
    yield element("h2", "Answers", id="answers")
    answers = [
        (f"{one.moment.day} {short(one.moment)}", one_line(one.moment.subject, 72), answer_words(history, one))
        for one in history.answers
    ]
    yield table("The first commit, each that changed an answer, and the last", ("Commit", "Subject", "Answer"), answers)
    if history.declared:
        yield element("h2", "Declared and found", id="declared-and-found")
        yield bullets(visible(one.sentence) for one in history.declared)
    yield element("h2", "Lives", id="lives")
    yield element("details", element("summary", f"All {len(history.lives):,} of them"), _lives(history))
    if history.gaps:
        yield element("h2", "Not read", id="not-read")
        yield bullets(f"{visible(gap.path)}: {visible(gap.reason)}" for gap in history.gaps)


def _lives(history: History) -> Markup:
    """Every life as a row, up to a limit."""
    rows = [
        (
            element("span", "removed later" if life.state == "removed" else life.state, class_=_class(life)),
            f"{history.signals[life.signal].title} {said(life)}".strip(),
            code(visible(life.last.at)),
            f"{life.first.day} {short(life.first)}" if life.first else "before these commits",
            f"{life.removed.day} {short(life.removed)}" if life.removed else "",
        )
        for life in history.lives[:LISTED]
    ]
    caption = f"{len(rows):,} of {len(history.lives):,}"
    return table(caption, ("State", "What", "Where it stood last", "Since", "Until"), rows)


def _class(life: Life) -> str:
    return "contradicts" if life.state == "removed" else "quiet"


def drawing(history: History) -> Markup:
    """The lives that say most as bars from the day they came to the day they went; nothing where no day is known."""
    days = sorted(moment.day for moment in history.commits if moment.day)
    lives = _drawn(history)
    if not days or not lives:
        return element("p", "There is nothing to draw.", class_="soft")
    start, end = _number(days[0]), _number(days[-1])
    scale = (WIDTH - LABEL - 10) / max(end - start, 1)

    def across(day: str) -> float:
        """Where a day stands, in the drawing's own units."""
        return LABEL + (_number(day) - start) * scale

    marks = [*_years(days[0], days[-1], across, len(lives))]
    bars = [_bar(history, life, number, across(days[0]), across) for number, life in enumerate(lives)]
    box = f"0 0 {WIDTH} {TOP + ROW * len(lives) + 6}"
    told = f"{counted(len(lives), 'bar')} of evidence from {days[0]} to {days[-1]}; those that end were removed"
    return element("svg", *marks, *bars, class_="bars timeline", viewBox=box, role="img", aria_label=told)


def _drawn(history: History) -> Sequence[Life]:
    """What was removed first, then names and requirements of today; one of several that say the same."""
    seen: dict[tuple[str, ...], Life] = {}
    ordered = sorted(
        (life for life in history.lives if life.state in ("removed", "present") and life.effect != "technique"),
        key=lambda life: (life.state != "removed", ORDER.index(life.effect), life.first.day if life.first else ""),
    )
    for life in ordered:
        seen.setdefault((life.signal, life.variable, life.value, life.removed.id if life.removed else ""), life)
    return list(seen.values())[:DRAWN]


def _number(day: str) -> int:
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        return 1


def _years(first: str, last: str, across: Callable[[str], float], rows: int) -> Iterator[Markup]:
    """A line at each New Year, or the first and the last day where there is none between."""
    several = range(int(first[:4]) + 1, int(last[:4]) + 1)
    years = [f"{year:04}-01-01" for year in several[:: len(several) // YEARS + 1]]
    for day in years or [first]:
        x = f"{across(day):.1f}"
        height = f"{TOP + ROW * rows}"
        yield element("line", x1=x, x2=x, y1=f"{TOP - 6}", y2=height, stroke="currentColor", stroke_opacity="0.2")
        yield element("text", day[:4] if years else day, x=x, y="12")


def _bar(history: History, life: Life, number: int, left: float, across: Callable[[str], float]) -> Markup:
    """A life: its label, its bar, and a mark where it was removed."""
    top = TOP + ROW * number
    begin = across(life.first.day) if life.first and life.first.day else left
    end = across(life.removed.day) if life.removed and life.removed.day else float(WIDTH - 10)
    words = one_line(said(life) or history.signals[life.signal].title, TEXT)
    tip = f"{history.signals[life.signal].title} {said(life)} in {visible(life.last.at)}"
    parts = [
        element("title", f"{tip}{f', removed on {commit_words(life.removed)}' if life.removed else ''}"),
        element("text", words, x="0", y=f"{top + 12}"),
        element("rect", x=f"{begin:.1f}", y=f"{top + 3}", width=f"{max(end - begin, 2):.1f}", height=f"{ROW - 8}"),
    ]
    if life.removed:
        parts.append(element("circle", cx=f"{end:.1f}", cy=f"{top + 8}", r="5", class_="gone"))
    return element("g", *parts)

"""How does a repository's history look in a browser? One page: what was said drawn over the years, then the tables."""

from __future__ import annotations

from collections.abc import Iterator

from chipsieve import __version__
from chipsieve.report.escape import one_line, visible
from chipsieve.report.markup import Markup, bullets, code, element, table
from chipsieve.report.page_frame import framed
from chipsieve.report.style import Style
from chipsieve.report.timeline_drawing import drawing
from chipsieve.report.timeline_text import STATES, lines_of, looked_at
from chipsieve.report.timeline_words import (
    SUBJECT,
    answer_words,
    files_words,
    kinds_words,
    paragraph,
    removals,
    said,
    short,
    struck_first,
    with_removed,
)
from chipsieve.sources.commits import Moment
from chipsieve.timeline.life import History, Life

LISTED = 2_000  # lives in the table
FOLDED = 8  # sentences on documents; more are folded
METHOD = (
    "Removed is what no file of the tip says any more, as far as chipsieve reads it; what a file says anew in other "
    "words, or what another file says, is not. A removal shows no motive: files are tidied, split and corrected all "
    "the time. A name in a document is a name: whose chips it means, and for what, only its sentence tells. Days are "
    "those of the committer, who can set them. The second estimate takes removed lines as if they still stood, right "
    "or wrong as they were."
)


def as_page(history: History, style: Style) -> str:  # noqa: ARG001  every format takes a style
    """The history as one HTML page that stands alone: no script, no network."""
    footer = (looked_at(history), METHOD, f"chipsieve {__version__}")
    return framed(visible(history.root), _body(history), footer, styles=("page.css", "timeline.css"))


def _body(history: History) -> Iterator[Markup]:
    yield element("h1", f"What did {visible(history.root)} say of hardware, and until when?")
    yield element("p", paragraph(history), class_="conclusion")
    yield element("h2", "Timeline", id="timeline")
    yield drawing(history)
    yield from _removed(history)
    yield from _answers(history)
    yield from _declared(history)
    yield element("h2", "All evidence", id="all-evidence")
    yield element(
        "details", element("summary", f"{len(history.lives):,} pieces by where they stand now"), _lives(history)
    )
    if history.gaps:
        yield element("h2", "Not read", id="not-read")
        yield bullets(f"{visible(gap.path)}: {visible(gap.reason)}" for gap in history.gaps)


def _removed(history: History) -> Iterator[Markup]:
    rows = []
    for removal in removals(history):
        lines = [*lines_of(history, removal.lives)]
        every = element("details", element("summary", f"Lines ({len(lines)})"), bullets(lines))
        what = element("div", kinds_words(history, removal.lives), every)
        rows.append((_commit(removal.moment), _subject(removal.moment), what, files_words(removal)))
    if rows:
        yield element("h2", "Removed later", id="removed-later")
        caption = "What no file of the tip says any more, by the commit that took it away"
        yield table(caption, ("Commit", "Subject", "What", "From"), rows)


def _answers(history: History) -> Iterator[Markup]:
    yield element("h2", "Answers", id="answers")
    rows = [(_commit(one.moment), _subject(one.moment), answer_words(history, one)) for one in history.answers]
    if beside := with_removed(history):
        rows.append(("with what was removed", "", f"trained on: {beside}"))
    yield table("The first commit, each that changed an answer, and the last", ("Commit", "Subject", "Answer"), rows)


def _declared(history: History) -> Iterator[Markup]:
    """The sentences on documents, the firmest that went first."""
    sentences = [*struck_first(history), *(one for one in history.declared if one.kind != "went")]
    if sentences:
        yield element("h2", "Declared and found", id="declared-and-found")
        yield bullets(visible(one.sentence) for one in sentences[:FOLDED])
    if more := sentences[FOLDED:]:
        yield element(
            "details", element("summary", f"{len(more):,} more"), bullets(visible(one.sentence) for one in more)
        )


def _commit(moment: Moment | None) -> str:
    return f"{moment.day or 'no day'} {short(moment)}" if moment else "no commit shows how"


def _subject(moment: Moment | None) -> str:
    return one_line(moment.subject, SUBJECT) if moment else ""


def _lives(history: History) -> Markup:
    """Every life as a row, up to a limit."""
    rows = [
        (
            element("span", "removed later" if life.state == "removed" else life.state, class_=_class(life)),
            f"{history.signals[life.signal].title} {said(life)}".strip(),
            code(visible(life.last.at)),
            _commit(life.first) if life.first else "not known",
            _commit(life.removed) if life.removed else "",
        )
        for life in history.lives[:LISTED]
    ]
    words = "; ".join(STATES[state] for state in STATES if any(life.state == state for life in history.lives))
    caption = f"{len(rows):,} of {len(history.lives):,}. {words}"
    return table(caption, ("State", "What", "Where it stood last", "Since", "Until"), rows)


def _class(life: Life) -> str:
    return "taken" if life.state == "removed" else "quiet"

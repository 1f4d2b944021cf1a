"""How does a repository's history read on a terminal, and in a comment? The paragraph first, then what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from chipsieve.report.escape import visible, without_commands
from chipsieve.report.markdown_text import inert
from chipsieve.report.sheet import BOLD, Sheet
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
from chipsieve.timeline.life import History, Life, State

LABEL = 12  # columns
SHOWN, GAPS = 8, 5  # removals and answers, and gaps, that are shown without -v
STATES: dict[State, str] = {
    "unread": "nobody knows until when, for a later content of the file was not read",
    "replaced": "replaced", "moved": "in another file now", "elsewhere": "not in the tip's history",
    "present": "there today",
}  # fmt: skip
REWRITTEN = "{} no longer leads to the commit of the last report: its history was rewritten, or it is gone"
Rows = Sequence[tuple[str, Sequence[str]]]


def as_text(history: History, style: Style) -> str:
    """The history for a terminal, ending with a newline."""
    everything = style.detail in ("report", "everything")
    sheet = Sheet(style.width, colour=style.colour, verbose=everything)
    lines = [*sheet.fill(paragraph(history))]
    if style.detail != "sentence":
        for label, rows in _sections(history, everything=everything, listing=style.detail == "everything"):
            lines += ["", *_section(sheet, label, rows)]
        if not everything:
            lines += ["", "-v lists every removed line and what else came and went; -vv all lives."]
    return without_commands("\n".join(lines) + "\n")


def as_markdown(history: History, style: Style) -> str:
    """The history for an issue or a job's summary, ending with a newline."""
    everything = style.detail == "everything"
    blocks = [
        f"### chipsieve history: {inert(visible(history.root))}",
        inert(paragraph(history)),
    ]
    for label, rows in _sections(history, everything=everything, listing=everything):
        blocks.append(f"**{label.capitalize()}**")
        blocks.append("\n".join(f"- {inert(row)}" for row in rows))
    return without_commands("\n\n".join(blocks) + "\n")


def _section(sheet: Sheet, label: str, rows: Sequence[str]) -> list[str]:
    """A section: its label in front of its first row."""
    lines = [line for row in rows for line in sheet.fill(row, LABEL, 2)]
    lines[0] = sheet.paint(label.ljust(LABEL), BOLD) + lines[0][LABEL:]
    return lines


def _sections(history: History, *, everything: bool, listing: bool) -> Iterator[tuple[str, Sequence[str]]]:
    """What stands below the paragraph, each with a label; sections without a row are left out."""
    news = history.news
    sections = (
        ("rewritten", [REWRITTEN.format(visible(name)) for name in news.rewritten] if news else []),
        ("removed", list(_removed(history, everything=everything))),
        ("answers", _some([_answer(history, number) for number in range(len(history.answers))], everything=everything)),
        ("declared", _some([visible(one.sentence) for one in history.declared], everything=everything)),
        ("other lives", list(_others(history, everything=everything, listing=listing))),
        ("not read", _gaps(history, everything=everything)),
        ("looked at", [_looked_at(history)]),
    )
    yield from ((label, rows) for label, rows in sections if rows)


def _some(rows: list[str], *, everything: bool) -> list[str]:
    """The first and the last of many rows."""
    if everything or len(rows) <= SHOWN:
        return rows
    half = SHOWN // 2
    return [*rows[:half], f"… {len(rows) - SHOWN} more …", *rows[-half:]]


def _removed(history: History, *, everything: bool) -> Iterator[str]:
    taken = removals(history)
    for removal in taken if everything else taken[:SHOWN]:
        yield f"{commit_words(removal.moment)}: {removed_words(history, removal)}"
        if everything:
            yield from (f"  {_life(history, life)}" for life in removal.lives)
    if not everything and len(taken) > SHOWN:
        rest = [life for removal in taken[SHOWN:] for life in removal.lives]
        yield f"and {counted(len(rest), 'piece')} of evidence by {counted(len(taken) - SHOWN, 'other commit')}"


def _answer(history: History, number: int) -> str:
    answer = history.answers[number]
    return f"{answer.moment.day or 'no day'} {short(answer.moment)} {answer_words(history, answer)}"


def _others(history: History, *, everything: bool, listing: bool) -> Iterator[str]:
    """Lives that did not end by removal, counted by where they stand now, or listed."""
    counts = Counter(life.state for life in history.lives)
    for state, words in STATES.items():
        lives = [life for life in history.lives if life.state == state]
        if not lives:
            continue
        yield f"{counted(counts[state], 'piece')} of evidence: {words}"
        if listing or (everything and state != "present"):
            yield from (f"  {_life(history, life)}" for life in lives)


def _life(history: History, life: Life) -> str:
    """A life in one line: what was said where, from when, until when, and where it stands now."""
    title = history.signals[life.signal].title
    words = " ".join(filter(None, (title, said(life))))
    began = f"since {life.first.day} {short(life.first)}" if life.first else "since before these commits"
    ended = f", until {life.removed.day} {short(life.removed)}" if life.removed else ""
    now = f"; today {', '.join(map(visible, life.still_at))}" if life.still_at else ""
    ref = f" ({visible(life.ref)})" if life.ref else ""
    return f"{words} in {visible(life.last.at)}, {began}{ended}{now}{ref}"


def _gaps(history: History, *, everything: bool) -> list[str]:
    rows = [f"{visible(gap.path)}: {visible(gap.reason)}" for gap in history.gaps]
    return rows if everything or len(rows) <= GAPS else [*rows[:GAPS], f"and {len(rows) - GAPS} more reasons"]


def _looked_at(history: History) -> str:
    above = sum(moment.id in history.ancestors for moment in history.commits)
    commits = f"{counted(len(history.commits), 'commit')} ({above:,} lead to {short(history.tip)})"
    judged = f"both answers asked at {counted(history.judged, 'commit')}"
    return f"{commits}, {counted(history.contents, 'content')} of files read once each, {judged}"

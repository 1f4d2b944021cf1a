"""How does a repository's history read on a terminal, and in a comment? The paragraph first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chipsieve.report.escape import visible, without_commands
from chipsieve.report.markdown_text import plain
from chipsieve.report.sheet import BOLD, Sheet
from chipsieve.report.style import Style
from chipsieve.report.timeline_words import (
    DECLARED,
    answer_words,
    commit_words,
    counted,
    files_words,
    in_words,
    paragraph,
    phrases,
    removals,
    removed_words,
    said,
    short,
    struck_first,
    with_removed,
)
from chipsieve.timeline.life import History, Life

LABEL = 12  # columns
SHOWN, GAPS = 8, 5  # removals, sentences and answers, and gaps, that are shown without -v
CAME = 2  # sentences on names that came later, without -v
STATES = {
    "unread": "lost from sight: a later content of the file was not read",
    "replaced": "replaced: the file says something else in its place",
    "moved": "moved: gone from the file, but another file of the tip says it",
    "elsewhere": "elsewhere: only on branches and pull requests that do not lead to the tip",
    "present": "present in the tip",
}
REWRITTEN = "{} no longer leads to the commit of the last report: its history was rewritten, or it is gone"
MORE = "-v lists every removed line, and what was replaced or moved; -vv all evidence; -q the paragraph alone."
UNDER = "  "  # begins a row that belongs to the one above
Rows = Sequence[str]


def as_text(history: History, style: Style) -> str:
    """The history for a terminal, ending with a newline."""
    everything = style.detail in ("report", "everything")
    sheet = Sheet(style.width, colour=style.colour, verbose=everything)
    lines = [*sheet.fill(paragraph(history))]
    if style.detail != "sentence":
        for label, rows in _sections(history, everything=everything, listing=style.detail == "everything"):
            lines += ["", *_section(sheet, label, rows)]
        if not everything:
            lines += [
                "",
                "-v lists every removed line, and what was replaced or moved; -vv all evidence; -q only the paragraph.",
            ]
    return without_commands("\n".join(lines) + "\n")


def as_markdown(history: History, style: Style) -> str:
    """The history for an issue or a job's summary, ending with a newline."""
    everything = style.detail == "everything"
    blocks = [
        f"### chipsieve history: {plain(visible(history.root))}",
        plain(paragraph(history)),
    ]
    for label, rows in _sections(history, everything=everything, listing=everything):
        blocks.append(f"**{label.capitalize()}**")
        blocks.append("\n".join(_bullet(row) for row in rows))
    return without_commands("\n\n".join(blocks) + "\n")


def _bullet(row: str) -> str:
    """A row of a list, below the one above where it belongs to it."""
    return f"{' ' * _depth(row)}- {plain(row.removeprefix(UNDER))}"


def _section(sheet: Sheet, label: str, rows: Rows) -> list[str]:
    """A section: its label in front of its first row."""
    lines = [line for row in rows for line in sheet.fill(row.removeprefix(UNDER), LABEL + _depth(row), 2)]
    lines[0] = sheet.paint(label.ljust(LABEL), BOLD) + lines[0][LABEL:]
    return lines


def _depth(row: str) -> int:
    return len(UNDER) if row.startswith(UNDER) else 0


def _sections(history: History, *, everything: bool, listing: bool) -> Iterator[tuple[str, Rows]]:
    """What stands below the paragraph, each with a label; sections without a row are left out."""
    news = history.news
    sections = (
        ("rewritten", [REWRITTEN.format(visible(name)) for name in news.rewritten] if news else []),
        ("removed", list(_removed(history, everything=everything))),
        ("declared", list(_declared(history, everything=everything))),
        ("answers", list(_answers(history, everything=everything))),
        ("the rest", list(_others(history, everything=everything, listing=listing))),
        ("not read", _gaps(history, everything=everything)),
        ("looked at", [looked_at(history)]),
    )
    yield from ((label, rows) for label, rows in sections if rows)


def _removed(history: History, *, everything: bool) -> Iterator[str]:
    """A row for each commit that removed something; those that took techniques alone are counted."""
    taken = removals(history)
    telling = [removal for removal in taken if removal.tells] or list(taken)
    shown = taken if everything else telling[:SHOWN]
    for removal in shown:
        if everything:
            yield f"{commit_words(removal.moment)}: from {files_words(removal)}"
            yield from (f"{UNDER}{row}" for row in lines_of(history, removal.lives))
        else:
            yield f"{commit_words(removal.moment)}: {removed_words(history, removal)}"
    if rest := [removal for removal in taken if removal not in shown]:
        what = "" if any(removal.tells for removal in rest) else ": techniques and pins alone"
        yield f"and by {counted(len(rest), 'more commit')}{what}"


def lines_of(history: History, lives: Sequence[Life]) -> Iterator[str]:
    """What lines said, each once: the lines, what they are by which signals, and from when they stood."""
    for (head, value), several in phrases(history, lives).items():
        places = ", ".join(dict.fromkeys(visible(life.last.at) for life in several))
        titles = ", ".join(dict.fromkeys(history.signals[life.signal].title for life in several))
        firsts = {life.first.id: life.first for life in several if life.first}
        since = ", ".join(f"{one.day or 'no day'} {short(one)}" for one in firsts.values()) or "an unknown day"
        words = in_words(head, [value])
        yield f"{words} at {places}, since {since}{'' if head else f': {titles}'}"


def _declared(history: History, *, everything: bool) -> Iterator[str]:
    """The sentences on documents: names that went, those that stand against the code, and those that came.

    Without `everything`, those of the paragraph are left out.
    """
    went = struck_first(history)
    against = [one for one in history.declared if one.kind == "against"]
    came = [one for one in history.declared if one.kind == "came"]
    sentences = [*went, *against, *came]
    kept = sentences if everything else [*went[DECLARED:], *against, *came[:CAME]][:SHOWN]
    yield from (visible(one.sentence) for one in kept)
    if more := len(sentences) - len(kept) - (0 if everything else len(went[:DECLARED])):
        yield f"and {counted(more, 'more sentence')}"


def _answers(history: History, *, everything: bool) -> Iterator[str]:
    """The answers in turn, and the estimate with all that was removed."""
    rows = [f"{one.moment.day or 'no day'} {short(one.moment)} {answer_words(history, one)}" for one in history.answers]
    half = SHOWN // 2
    if everything or len(rows) <= SHOWN:
        yield from rows
    else:
        yield from (*rows[:half], f"… {len(rows) - SHOWN} more …", *rows[-half:])
    if beside := with_removed(history):
        yield f"with what was removed, trained on: {beside}"


def _others(history: History, *, everything: bool, listing: bool) -> Iterator[str]:
    """What was not removed, counted by where it stands now, or listed."""
    for state, words in STATES.items():
        lives = [life for life in history.lives if life.state == state]
        if not lives:
            continue
        yield f"{counted(len(lives), 'piece')} of evidence {words}"
        if listing or (everything and state != "present"):
            yield from (f"{UNDER}{_life(history, life)}" for life in lives)


def _life(history: History, life: Life) -> str:
    """A life in one line: what was said where, from when, until when, and where it stands now."""
    title = history.signals[life.signal].title
    words = " ".join(filter(None, (title, said(life))))
    began = f"since {life.first.day} {short(life.first)}" if life.first else "since an unknown day"
    ended = f", until {life.removed.day} {short(life.removed)}" if life.removed else ""
    now = f"; today {', '.join(map(visible, life.still_at))}" if life.still_at else ""
    ref = f" ({visible(life.ref)})" if life.ref else ""
    return f"{words} in {visible(life.last.at)}, {began}{ended}{now}{ref}"


def _gaps(history: History, *, everything: bool) -> list[str]:
    rows = [f"{visible(gap.path)}: {visible(gap.reason)}" for gap in history.gaps]
    return rows if everything or len(rows) <= GAPS else [*rows[:GAPS], f"and {len(rows) - GAPS} more reasons"]


def looked_at(history: History) -> str:
    """How much was looked at: commits, contents, and commits at which both answers were asked."""
    above = sum(moment.id in history.ancestors for moment in history.commits)
    commits = f"{counted(len(history.commits), 'commit')} ({above:,} lead to {short(history.tip)})"
    judged = f"both answers asked at {counted(history.judged, 'commit')}"
    return f"{commits}, {counted(history.contents, 'content')} of files read once each, {judged}"

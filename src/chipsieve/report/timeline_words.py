"""How is a repository's history told? The paragraph, what each commit removed, and the words all formats share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chipsieve.report.escape import one_line, visible
from chipsieve.sources.commits import Moment
from chipsieve.timeline.life import Answer, History, Life

SUBJECT, VALUE, ID = 72, 48, 7  # characters
ORDER = ("names", "requires", "prefers", "site", "technique")
VALUES, FILES, DECLARED = 4, 2, 2  # of a removal, and sentences of the paragraph


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 commit, 2,000 commits."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Removal(NamedTuple):
    """What one commit took away; `moment` is None for what no commit shows how."""

    moment: Moment | None
    lives: tuple[Life, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it took it from, those with most first."""
        counted: defaultdict[str, int] = defaultdict(int)
        for life in self.lives:
            counted[life.last.path] += 1
        return tuple(sorted(counted, key=lambda path: (-counted[path], path)))


def removals(history: History) -> tuple[Removal, ...]:
    """What was removed from the whole tree, by the commit that did it, the latest first."""
    by_commit: defaultdict[Moment | None, list[Life]] = defaultdict(list)
    for life in history.in_state("removed"):
        by_commit[life.removed].append(life)
    order = {moment.id: number for number, moment in enumerate(history.commits)}
    found = [Removal(moment, tuple(lives)) for moment, lives in by_commit.items()]
    return tuple(sorted(found, key=lambda one: order.get(one.moment.id, len(order)) if one.moment else len(order) + 1))


def short(moment: Moment) -> str:
    """A commit's id as people write it."""
    return moment.id[:ID]


def commit_words(moment: Moment | None) -> str:
    """A commit as a line begins with it: day, id, subject."""
    if moment is None:
        return "no commit shows how"
    return f'{moment.day or "no day"} {short(moment)} "{one_line(moment.subject, SUBJECT)}"'


def said(life: Life) -> str:
    """What a life's line says: the variable as it is set, or the value, or "" where the signal says it all."""
    if life.variable:
        stated = re.search(rf"{re.escape(life.variable)}\W{{0,3}}\s*[=:,]\s*(\S+)", life.last.snippet)
        return one_line(f"{life.variable}={stated[1] if stated else life.value}", VALUE)
    return "" if life.value.casefold() in ("", "true") else one_line(life.value, VALUE)


def titled(history: History, lives: Iterable[Life]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What lines say, by what they are: names first, then environment variables, then other signals by their titles.

    A variable that several signals know is there once.
    """
    by_title: defaultdict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    for life in lives:
        title = history.signals[life.signal].title
        if life.effect == "names":
            place = (0, "names")
        elif life.variable:
            place = (1, "environment variables")
        else:
            place = (2 + ORDER.index(life.effect), title[:1].lower() + title[1:] if title[1:2].islower() else title)
        by_title[place][said(life)] = None
    for (_, title), values in sorted(by_title.items()):
        yield title, tuple(filter(None, values))


def listed(values: Sequence[str], most: int = VALUES) -> str:
    """Values with commas between them, and how many more there are."""
    more = [f"{len(values) - most} more"] if len(values) > most else []
    return ", ".join([*values[:most], *more])


def removed_words(history: History, removal: Removal) -> str:
    """What a commit took away, in a clause."""
    parts = [f"{title}{f': {listed(values)}' if values else ''}" for title, values in titled(history, removal.lives)]
    files = listed([visible(path) for path in removal.files], FILES)
    return f"{'; '.join(parts)}, from {files}"


def answer_words(history: History, answer: Answer) -> str:
    """Both answers of a commit, in a clause."""
    total = len(history.now.accelerators) if history.now else 0
    trained = (
        f"trained on {answer.trained.family} ({answer.trained.probability:.0%}, {answer.trained.words})"
        if answer.trained
        else "what it was trained on is not known"
    )
    main = f" for {visible(answer.main)}" if answer.main else ""
    return f"{trained}; {len(answer.remaining)} of {total} accelerators remain{main}"


def paragraph(history: History) -> str:
    """What can be quoted: what was looked at, what is gone and since when, and the estimate with it and without it."""
    return " ".join(filter(None, (_looked_at(history), _gone(history), _declared(history), _answers(history))))


def _looked_at(history: History) -> str:
    days = sorted(moment.day for moment in history.commits if moment.day)
    count = len(history.commits) if history.news is None else len(history.news.commits)
    when = f" from {days[0]} to {days[-1]}" if days and history.news is None else ""
    asked = f" ({visible(history.asked)})" if history.asked else ""
    new = " since the last report" if history.news is not None else ""
    return f"{visible(history.root)}, {counted(count, 'commit')}{new}{asked}{when}, up to {short(history.tip)}:"


def _gone(history: History) -> str:
    taken = removals(history)
    if not taken:
        return "nothing that says something about hardware was removed."
    pieces = sum(len(one.lives) for one in taken)
    most = max(taken, key=lambda one: (len(one.lives), one.moment.day if one.moment else ""))
    total = f"{counted(pieces, 'piece')} of evidence {'is' if pieces == 1 else 'are'} gone from the tree"
    if most.moment is None:
        return f"{total}."
    share = "all" if pieces == len(most.lives) else f"{len(most.lives)} of them"
    return f"{total}, {share} removed on {commit_words(most.moment)}."


def _declared(history: History) -> str:
    """The latest names that documents gave up."""
    struck = [visible(one.sentence) for one in history.declared if one.kind == "went"]
    more = f" ({len(struck) - DECLARED} further names went the same way.)" if len(struck) > DECLARED else ""
    return " ".join(struck[-DECLARED:]) + more


def _answers(history: History) -> str:
    now = history.answers[-1] if history.answers else None
    first = history.trained_on_ever.first if history.trained_on_ever else None
    if now is None:
        return "No commit could be judged."
    here = (
        f"As it stands, it was {now.trained.words} trained on {now.trained.family} ({now.trained.probability:.0%})"
        if now.trained
        else "As it stands, what it was trained on is not known"
    )
    beside = ""
    if first is not None and history.in_state("removed"):
        second = history.trained_on_ever.families[1:2] if history.trained_on_ever else ()
        other = "".join(f", {one.name} {one.probability:.0%}" for one in second)
        beside = f"; with what was removed: {first.name} {first.probability:.0%} ({first.words}){other}"
    return f"{here}{beside}."

"""How is a repository's history worded? The paragraph, what each commit removed, and the words all formats share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chipsieve.estimate.answer import Estimate
from chipsieve.estimate.phrases import LIKELY
from chipsieve.report.escape import one_line, visible
from chipsieve.report.sentence import NAMED, percent
from chipsieve.sources.commits import Moment
from chipsieve.timeline.declared import FIRMEST
from chipsieve.timeline.life import Answer, Declared, History, Life

SUBJECT, VALUE, ID = 72, 48, 7  # characters
VALUES, FILES, DECLARED = 6, 2, 2  # of a removal, and sentences of the paragraph
BRIEF = 3  # values of each kind that the paragraph names
WORD = re.compile(r"[A-Za-z]{2}|[^\x00-\x7f]")  # a value with one says by itself what it is; 8 and 11.8 do not
OWN = ("refs/heads/", "refs/tags/", "refs/remotes/")  # references that only the repository's own people write
KINDS = ("names", "requirements", "marks of a site", "environment variables", "weaker signs", "techniques")
NAME, REQUIREMENT, SITE, VARIABLE, WEAKER, TECHNIQUE = range(len(KINDS))
TELLING = {"names": 0, "requires": 1, "site": 2, "prefers": 4, "technique": 5}
WEAK = 3  # a requirement that is weak tells less than a site does


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
        taken: defaultdict[str, int] = defaultdict(int)
        for life in self.lives:
            taken[life.last.path] += 1
        return tuple(sorted(taken, key=lambda path: (-taken[path], path)))

    @property
    def tells(self) -> bool:
        """Whether it took more than techniques and pins, which a training code base changes all the time."""
        return any(life.effect != "technique" for life in self.lives)


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
    """What a life's line says: a name, the variable as it is set, the value, or "" where the signal says it all."""
    if life.variable and life.effect != "names":
        stated = re.search(rf"{re.escape(life.variable)}\W{{0,3}}\s*[=:,]\s*(\S+)", life.last.snippet)
        return one_line(f"{life.variable}={stated[1] if stated else life.value}", VALUE)
    return "" if life.value.casefold() in ("", "true") else one_line(life.value, VALUE)


def phrase(history: History, life: Life) -> tuple[str, str]:
    """What a life's line says, and before it the signal's title where that alone does not say what it is: 8, 11.8."""
    words = said(life)
    alone = "=" in words if life.effect == "technique" else bool(WORD.search(words))
    return ("", words) if life.effect == "names" or alone else (history.signals[life.signal].title, words)


def in_words(head: str, values: Sequence[str]) -> str:
    """What several lines say, below the title that they share."""
    listing = ", ".join(filter(None, values))
    return f"{head} ({listing})" if head and listing else head or listing


def telling(life: Life) -> int:
    """How much a life tells of hardware: names come first, techniques last."""
    return WEAK if life.effect == "requires" and life.strength == "weak" else TELLING[life.effect]


def kind_of(life: Life) -> int:
    """Which of the `KINDS` a life belongs to."""
    if life.effect == "names":
        return NAME
    if life.variable:
        return VARIABLE
    return (NAME, REQUIREMENT, SITE, WEAKER, WEAKER, TECHNIQUE)[telling(life)]


def phrases(history: History, lives: Iterable[Life]) -> dict[tuple[str, str], tuple[Life, ...]]:
    """What lines say, the most telling first, each once however many signals and files say it."""
    by_phrase: defaultdict[tuple[str, str], list[Life]] = defaultdict(list)
    for life in sorted(lives, key=lambda one: (kind_of(one), telling(one))):
        by_phrase[phrase(history, life)].append(life)
    return {words: tuple(several) for words, several in by_phrase.items()}


def by_kind(history: History, lives: Iterable[Life]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """What lines say by its kind, the most telling kind first; values of one title stand together."""
    kinds: defaultdict[int, dict[tuple[str, str], list[str]]] = defaultdict(dict)
    for (head, words), several in phrases(history, lives).items():
        kinds[kind_of(several[0])].setdefault((head, "" if head else words), []).append(words)
    for kind, groups in sorted(kinds.items()):
        yield kind, tuple(in_words(head, values) for (head, _), values in groups.items())


def listed(values: Sequence[str], most: int = VALUES) -> str:
    """Values with commas between them, and how many more there are."""
    more = [f"{len(values) - most:,} more"] if len(values) > most else []
    return ", ".join([*values[:most], *more])


def kinds_words(history: History, lives: Iterable[Life], most: int = VALUES) -> str:
    """What lines say, in a clause: `names: H800; environment variables: NCCL_IB_HCA=mlx5, NCCL_IB_TC=160, 16 more`."""
    return "; ".join(f"{KINDS[kind]}: {listed(values, most)}" for kind, values in by_kind(history, lives))


def removed_words(history: History, removal: Removal, most: int = VALUES) -> str:
    """What a commit took away and from where, in a clause."""
    return f"{kinds_words(history, removal.lives, most)}; from {files_words(removal)}"


def files_words(removal: Removal) -> str:
    """The files from which a commit took something away."""
    return listed([visible(path) for path in removal.files], FILES)


def answer_words(history: History, answer: Answer) -> str:
    """Both answers of a commit, in a clause."""
    total = len(history.now.accelerators) if history.now else 0
    main = f" for {visible(answer.main)}" if answer.main else ""
    return f"trained on: {_trained(answer)}; {len(answer.remaining)} of {total} accelerators remain{main}"


def _trained(answer: Answer) -> str:
    one = answer.trained
    return f"{one.family} ({percent(one.probability)}, {one.words})" if one else "not known"


def with_removed(history: History) -> str:
    """The estimate from the tip's files and all that was removed, in a clause; "" where nothing was removed."""
    estimate = history.trained_on_ever
    if estimate is None or estimate.first is None or not history.in_state("removed"):
        return ""
    if _unchanged(history.answers[-1] if history.answers else None, estimate):
        return "the same"
    second = [one for one in estimate.families[1:2] if one.probability >= NAMED]
    first, *_ = estimate.families
    if first.probability < LIKELY:
        several = ", ".join(f"{one.name} {percent(one.probability)}" for one in [first, *second])
        return f"no family stands out ({several})"
    named = [f"{first.name} ({percent(first.probability)}, {first.words})"]
    return ", ".join([*named, *(f"{one.name} ({percent(one.probability)})" for one in second)])


def _unchanged(now: Answer | None, estimate: Estimate) -> bool:
    """Whether what was removed leaves the estimate of today as it is."""
    first = estimate.first
    if now is None or first is None:
        return False
    if now.trained is None:
        return first.probability < LIKELY
    moved = abs(now.trained.probability - first.probability)
    return (now.trained.family, now.trained.words) == (first.name, first.words) and moved < NAMED


def paragraph(history: History) -> str:
    """What can be quoted: what was looked at, what is gone and since when, and the estimate with it and without it."""
    return " ".join(filter(None, (_looked_at(history), _gone(history), _rewritten(history), _answers(history))))


def _looked_at(history: History) -> str:
    days = sorted(moment.day for moment in history.commits if moment.day)
    count = len(history.commits) if history.news is None else len(history.news.commits)
    when = f" from {days[0]} to {days[-1]}" if days and history.news is None else ""
    asked = f" ({visible(history.asked)})" if history.asked else ""
    new = " since the last report" if history.news is not None else ""
    return f"{visible(history.root)}, {counted(count, 'commit')}{new}{asked}{when}, up to {short(history.tip)}:"


def _gone(history: History) -> str:
    """What is gone from the tree: the names in documents, then the commit that took most of the rest."""
    taken = removals(history)
    if not taken:
        return "nothing that says something about hardware was removed."
    commits = sum(removal.moment is not None for removal in taken)
    by = f", removed by {counted(commits, 'commit')}" if commits else ""
    struck = [visible(one.sentence) for one in struck_first(history)]
    more = f"({counted(len(struck) - DECLARED, 'more such sentence')}.)" if len(struck) > DECLARED else ""
    most = max(taken, key=lambda one: _rest(history, one))
    took = "" if struck and not _rest(history, most)[0] else _took(history, most)
    gone = f"evidence of hardware is gone from the tree{by}."
    return " ".join(filter(None, (gone, *struck[:DECLARED], more, took)))


def _rest(history: History, removal: Removal) -> tuple[int, int]:
    """How much a commit took beside names: what is not a technique, and techniques."""
    kinds = {kind: len(values) for kind, values in by_kind(history, removal.lives)}
    return sum(number for kind, number in kinds.items() if kind not in (NAME, TECHNIQUE)), kinds.get(TECHNIQUE, 0)


def _took(history: History, removal: Removal) -> str:
    """What a commit took, in a sentence: what tells most, without the names that sentences on documents tell."""
    written = {place for one in struck_first(history) for place in one.at}
    rest = tuple(life for life in removal.lives if life.last.at not in written and kind_of(life) != TECHNIQUE)
    taken = removal._replace(lives=rest or removal.lives)
    what = f"{kinds_words(history, taken.lives, BRIEF)}; from {files_words(taken)}."
    if removal.moment is None:
        return f"No commit shows how these went: {what}"
    return f"{commit_words(removal.moment)} took {what}"


def struck_first(history: History) -> list[Declared]:
    """Sentences on names that documents gave up: the firmest deed first, one of each name before a second one."""
    lives = {life.last.at: life for life in history.in_state("removed") if life.effect == "names"}
    struck = [one for one in history.declared if one.kind == "went"]
    struck.sort(key=lambda one: min(_firmness(lives.get(place)) for place in one.at))
    seen: defaultdict[str, int] = defaultdict(int)
    ranked = []
    for one in struck:
        name = next((lives[place].value.casefold() for place in one.at if place in lives), "")
        ranked.append((seen[name], one))
        seen[name] += 1
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0])]


def _firmness(life: Life | None) -> int:
    """How firmly a line says that a chip was used: 0 is the firmest."""
    return FIRMEST.index(life.deed) if life and life.deed in FIRMEST else len(FIRMEST)


def _rewritten(history: History) -> str:
    """That branches or tags were rewritten since the last report; pull requests are all the time."""
    names = history.news.own_rewritten if history.news else ()
    if not names:
        return ""
    lead, its = ("leads", "its") if len(names) == 1 else ("lead", "their")
    which = listed([visible(name) for name in names], DECLARED)
    return f"{which} no longer {lead} to the commit of the last report: {its} history was rewritten, or deleted."


def _answers(history: History) -> str:
    if not history.answers:
        return "No commit could be judged."
    here = f"Trained on, as estimated from the files of today: {_trained(history.answers[-1])}"
    beside = with_removed(history)
    return f"{here}; with what was removed: {beside}." if beside else f"{here}."

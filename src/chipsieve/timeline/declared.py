"""Where do documents and code disagree about hardware, or with what they said before? One sentence each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from chipsieve.sieve.outcome import Naming, Verdict
from chipsieve.sources.commits import Moment, Walk
from chipsieve.timeline.life import Declared, Life
from chipsieve.timeline.meaning import meant

OF_A_RUN = frozenset({"scheduler", "log", "metadata", "device-test", "cloud"})  # who names chips that are not prose
DEEDS = {
    "trained": "said that something was trained on", "fine-tuned": "said that something was fine-tuned on",
    "experiments": "said that experiments ran on", "tested": "said that something was tested on",
    "requires": "asked for", "inference": "said that inference runs on", "benchmark": "gave benchmarks of",
    "supports": "said that it supports",
}  # fmt: skip
NAMED = "named"
FIRMEST = (*DEEDS, "")


def commit_in_words(moment: Moment) -> str:
    """A commit as a sentence has it: its short id, and its subject."""
    return f'{moment.id[:7]} ("{moment.subject}")'


def declarations(lives: Iterable[Life], walk: Walk, now: Verdict | None) -> tuple[Declared, ...]:
    """What to say of names in documents: those that went, that came later, and that the code contradicts."""
    written = [life for life in lives if life.effect == "names" and life.by == "prose" and life.state != "elsewhere"]
    by_name: defaultdict[tuple[str, str], list[Life]] = defaultdict(list)
    for life in written:
        by_name[life.last.path, meant(life.value)].append(life)
    edited = {(moment.id, change.path) for moment, changes in walk.commits for change in changes if any(change.before)}
    sentences = [*_went(by_name), *_came(by_name, edited)]
    return (*sentences, *(_against_code(now) if now else ()))


def _went(by_name: dict[tuple[str, str], list[Life]]) -> Iterator[Declared]:
    """Names that a document had and has no longer."""
    gone = [lives for lives in by_name.values() if all(life.state == "removed" for life in lives)]
    for lives in sorted(gone, key=lambda several: max(_day(life.removed) for life in several)):
        life = min(lives, key=lambda one: FIRMEST.index(one.deed) if one.deed in FIRMEST else len(FIRMEST))
        last = max((one for one in lives if one.removed), key=lambda one: _day(one.removed), default=life)
        since = f" from {life.first.day}" if life.first else ""
        until = (
            f"until {last.removed.day}, when {commit_in_words(last.removed)} struck it"
            if last.removed
            else "and has it no longer"
        )
        says = f"{life.last.path} {DEEDS.get(life.deed, NAMED)} {life.value}{since} {until}."
        yield Declared("went", says, (life.last.at,))


def _came(by_name: dict[tuple[str, str], list[Life]], edited: set[tuple[str, str]]) -> Iterator[Declared]:
    """Names that a document did not have at first."""
    for lives in by_name.values():
        first = min((life for life in lives if life.first), key=lambda life: _day(life.first), default=None)
        if first is None or first.first is None or first.state != "present":
            continue
        if all((life.first.id, life.place.path) in edited for life in lives if life.first):
            since = f"since {first.first.day}, when {commit_in_words(first.first)} added it"
            yield Declared("came", f"{first.place.path} names {first.value} {since}.", (first.last.at,))


def _against_code(now: Verdict) -> Iterator[Declared]:
    """Names in documents beside others in what runs: requests, logs, tests of the device."""
    prose = [one for one in now.named if one.by == "prose"]
    code = [one for one in now.named if one.by in OF_A_RUN]
    meant, asked = (frozenset(chip for one in several for chip in one.accelerators) for several in (prose, code))
    if prose and code and meant.isdisjoint(asked):
        says = f"Documents name {_names(prose)}, and what runs names {_names(code)}."
        yield Declared("against", says, tuple(sorted({f"{one.path}:{one.line}" for one in (*prose, *code)})))
    for one in now.contradictions:
        chip, at = one.naming.text, f"{one.naming.path}:{one.naming.line}"
        if one.naming.by == "prose":
            titles = " and ".join(now.signals[signal].title for signal in one.signals if signal in now.signals)
            yield Declared("against", f"{at} names {chip}, which the launches of today exclude: {titles}.", (at,))


def _names(several: Iterable[Naming]) -> str:
    """Names with the first place of each."""
    first: dict[str, str] = {}
    for one in several:
        first.setdefault(one.text, f"{one.text} ({one.path}:{one.line})")
    return ", ".join(list(first.values())[:3])


def _day(moment: Moment | None) -> str:
    return moment.day if moment else ""

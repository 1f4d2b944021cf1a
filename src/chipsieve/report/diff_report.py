"""How does the difference between two verdicts read? As short clauses in text and Markdown, in full as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import msgspec

from chipsieve.catalogue import load_catalogue
from chipsieve.report.escape import json_text, one_line, visible, without_commands
from chipsieve.report.groups import Groups, legend
from chipsieve.report.markdown_text import code, plain
from chipsieve.report.reasons import title
from chipsieve.report.sheet import PLAIN, Sheet
from chipsieve.sieve.comparing import Difference, Fact, Name, Shift
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Signal

Words = Callable[[str], str]
"""Writes a text so that it means nothing in the format."""

SCHEMA = "chipsieve-diff/1"
NOTHING = "nothing that says something about hardware differs"
SHOWN, PLACES, VALUES, FAMILIES, VENDORS = 12, 3, 3, 4, 3
LONGEST = 60  # characters of a stranger's name or value
MENTIONS, SHOWS = "mentions", "shows"
VERBS = {"requires": "asks for", "prefers": "prefers", "technique": "uses", "site": "speaks of", "names": MENTIONS}
"""By a signal's effect: what is said of its facts."""
ORDER = ("", "asks for", "prefers", "uses", "speaks of", SHOWS, MENTIONS)
"""Which verbs come first; "": a fact that is still there and counts in another way."""
COUNTS = ("", "not known to take effect", "in other launches", "in no launch")
"""How far a fact counts, from most to least."""
TAKES = {"asserted": "now takes effect", "optional": "now may take effect", "inert": "no longer takes effect"}


class Clause(msgspec.Struct, frozen=True):
    """One thing that differs: our words, what strangers wrote, where that stands, and further words of ours."""

    words: str
    quoted: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    rest: str = ""


def as_text(change: Difference, sheet: Sheet = PLAIN) -> str:
    """The clauses, one after the other, ending with a newline; on a verbose sheet all of them, and both sentences."""
    verbose, clauses = sheet.verbose, _clauses(change)
    heading = f"{visible(change.then.tree)} → {visible(change.now.tree)}:{f' {NOTHING}' if change.nothing else ''}"
    lines = [f"  {_spoken(clause, str, str)}" for clause in (clauses if verbose else clauses[:SHOWN])]
    if len(clauses) > SHOWN and not verbose:
        lines.append(f"  and {len(clauses) - SHOWN} more (-v lists them)")
    if change.sentence_changed and verbose:
        lines += [f"  was: {visible(change.then.sentence)}", f"  now: {visible(change.now.sentence)}"]
    lines += [f"  {words}" for words in legend(*lines)]
    head = sheet.head(heading)
    return without_commands("\n".join([*head, *(row for line in lines for row in sheet.lay(line))]) + "\n")


def as_markdown(change: Difference, *, verbose: bool = False) -> str:
    """The clauses as a list for a comment on a pull request, ending with a newline; the sentences are folded."""
    blocks = [f"### chipsieve: {code(visible(change.then.tree))} → {code(visible(change.now.tree))}"]
    clauses = _clauses(change)
    items = [f"- {_spoken(clause, plain, code)}" for clause in (clauses if verbose else clauses[:SHOWN])]
    if len(items) < len(clauses):
        items.append(f"- and {len(clauses) - len(items)} more")
    blocks.append("\n".join(items) if items else f"{NOTHING.capitalize()}.")
    if change.sentence_changed:
        blocks += ["<details><summary>The sentence, before and after</summary>"]
        blocks += [_quoted(side.sentence) for side in (change.then, change.now)]
        blocks += ["</details>"]
    return "\n\n".join([*blocks, *legend(*blocks)]) + "\n"


def as_json(change: Difference) -> str:
    """All that differs as one JSON document, keys in a fixed order."""
    then, now = change.then, change.now
    sides = {"then": {"tree": then.tree, **then.asked}, "now": {"tree": now.tree, **now.asked}}
    answers = {
        "main": {"then": then.main or None, "now": now.main or None, "changed": change.main_changed},
        "possible": msgspec.structs.asdict(change.possible),
        "remaining": msgspec.structs.asdict(change.remaining),
        "trained_on": [{"name": name, "then": old, "now": new} for name, old, new in change.families],
        "sentence": {"then": then.sentence, "now": now.sentence, "changed": change.sentence_changed},
    }
    return json_text(
        {
            "schema": SCHEMA,
            "differs": not change.nothing,
            **sides,
            "names": {"came": _name_records(change.names_came), "went": _name_records(change.names_went)},
            "answers": answers,
            "facts": {
                "came": list(map(_fact_record, change.facts_came)),
                "went": list(map(_fact_record, change.facts_went)),
                "standing": [{"then": _fact_record(old), "now": _fact_record(new)} for old, new in change.restood],
            },
        }
    )


def _fact_record(fact: Fact) -> dict[str, object]:
    """A fact as JSON; what is derived from several lines has no place."""
    return {
        "signal": fact.signal,
        "value": fact.value,
        "at": _at(fact) or None,
        "snippet": fact.snippet,
        "main": fact.main,
        "anywhere": fact.anywhere,
    }


def _name_records(names: Iterable[Name]) -> list[dict[str, object]]:
    return [{"text": one.text, "by": one.by, "at": _at(one), "accelerators": list(one.accelerators)} for one in names]


def _at(one: Fact | Name) -> str:
    return f"{one.path}:{one.line}" if one.path else ""


def _clauses(change: Difference) -> list[Clause]:
    """What differs; that the sentence does is said where nothing else would be, since that has its reasons."""
    clauses = list(_reasons(change))
    return clauses or ([Clause("the sentence reads otherwise")] if change.sentence_changed else [])


def _reasons(change: Difference) -> Iterator[Clause]:
    """What differs, by weight: names, what is excluded, the estimate, the main launch, facts; then what hinders."""
    yield from _names("now names", change.names_came)
    yield from _names("no longer names", change.names_went)
    yield from _shifts(change)
    if change.main_changed:
        was, now = (visible(side.main or "none") for side in (change.then, change.now))
        yield Clause("another launch to look at first:", (f"{was} → {now}",))
    if change.families:
        most = sorted(change.families, key=lambda one: -abs(one[1] - one[2]))
        shifts = [f"{name} {old}% → {new}%" for name, old, new in most[:FAMILIES]]
        shifts += [f"and {len(most) - FAMILIES} more"] if len(most) > FAMILIES else []
        yield Clause(f"trained on (an estimate): {'; '.join(shifts)}")
    yield from _facts(change)
    for what, then, now in change.asked_otherwise:
        yield Clause(f"the two were asked in different ways, by {what}:", (f"{visible(then)}, then {visible(now)}",))


def _names(words: str, names: Iterable[Name]) -> Iterator[Clause]:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        places[name.text].append(_at(name))
    yield from (Clause(words, (one_line(text, LONGEST),), tuple(dict.fromkeys(at))) for text, at in places.items())


def _shifts(change: Difference) -> Iterator[Clause]:
    """What is excluded and allowed: of all launches together, and of the main one where that differs."""
    yield from _shift(change.possible, "", len(change.now.possible))
    if change.remaining != change.possible:
        yield from _shift(change.remaining, "for the launch to look at first, ", len(change.now.remaining))


def _shift(shift: Shift, of: str, left: int) -> Iterator[Clause]:
    groups = Groups(load_catalogue().accelerators, VENDORS)
    for verb, ids in (("excludes", shift.excluded), ("no longer excludes", shift.allowed)):
        if ids:
            more = " more" if verb == "excludes" else ""
            yield Clause(f"{of}{verb} {len(ids)}{more}: {groups.short(ids)}", rest=f"{left} remain")


def _facts(change: Difference) -> Iterator[Clause]:
    """Facts by what is said of them, those of the main launch first; names that have a clause of their own are out."""
    named = {(one.path, one.line, one.text) for one in (*change.names_came, *change.names_went)}
    signals = load_signals()
    merged: defaultdict[tuple[int, str, str], list[Fact]] = defaultdict(list)
    for fact, before, still in _said(change):
        verb = _verb(signals.get(fact.signal))
        if verb != MENTIONS or (fact.path, fact.line, fact.value) not in named:
            said = before if still else f"{before} {verb}"
            merged[ORDER.index("" if still else verb), title(signals, fact.signal), said].append(fact)
    clauses = [_clause(f"{said}: {name}", facts) for (_, name, said), facts in sorted(merged.items(), key=_key)]
    yield from sorted(clauses, key=lambda clause: COUNTS.index(clause.rest))


def _key(merged: tuple[tuple[int, str, str], object]) -> tuple[int, str, str]:
    return merged[0]


def _clause(words: str, facts: Iterable[Fact]) -> Clause:
    """One clause for facts of which the same is said, those that count most first."""
    ordered = sorted(facts, key=lambda fact: COUNTS.index(_standing(fact)))
    values = dict.fromkeys(
        one_line(fact.value, LONGEST) for fact in ordered if fact.value.casefold() not in ("", "true")
    )
    places = dict.fromkeys(_at(fact) for fact in ordered if fact.path)
    return Clause(f"{words}{' =' if values else ''}", tuple(values), tuple(places), _standing(ordered[0]))


def _verb(signal: Signal | None) -> str:
    """What is said of a signal's facts; what excludes nothing asks for nothing."""
    if signal is None or (signal.effect == "requires" and signal.strength == "weak"):
        return SHOWS
    return VERBS[signal.effect]


def _said(change: Difference) -> Iterator[tuple[Fact, str, bool]]:
    """Each fact that differs, what is said of it before its verb, and whether it is still there: then without verb."""
    yield from ((fact, "now", False) for fact in change.facts_came)
    yield from ((fact, "no longer", False) for fact in change.facts_went)
    for old, new in change.restood:
        inside = old.main != new.main
        yield new, TAKES[new.main] if inside else f"in other launches {TAKES[new.anywhere]}", True


def _standing(fact: Fact) -> str:
    """How far the fact counts, where that is less than taking effect in the main launch: one of `COUNTS`."""
    if fact.main != "inert":
        return COUNTS[fact.main == "optional"]
    return COUNTS[3 if fact.anywhere == "inert" else 2]


def _spoken(clause: Clause, said: Words, written: Words) -> str:
    """The clause as one line; `said` puts in our words, `written` what strangers wrote."""
    more = [f"{len(clause.places) - PLACES} more"] if len(clause.places) > PLACES else []
    shown = [written(visible(at)) for at in clause.places[:PLACES]]
    inside = "; ".join(filter(None, (", ".join([*shown, *more]), clause.rest)))
    quoted = ", ".join([*map(written, clause.quoted[:VALUES]), *(["…"] if len(clause.quoted) > VALUES else [])])
    return " ".join(filter(None, (said(clause.words), quoted, inside and f"({inside})")))


def _quoted(sentence: str) -> str:
    """A sentence as Markdown in which nothing is markup, and no word calls somebody."""
    return "> " + plain(visible(sentence))

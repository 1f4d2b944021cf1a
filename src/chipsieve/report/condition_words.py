"""Under which condition does a line take effect, in words? The one rendering that every report uses.

`in_phrase` names the reason, in one of a few fixed phrases; `describe` says the whole condition.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from chipsieve.facts.conditions import Always, Condition, Every, Never, Not, Question, Some, all_of, negate

ASIDE = frozenset({"call", "entry"})
"""Subjects that nearly every line of a program stands under: said only where nothing else is."""

PHRASES = {
    "hardware": ("the machine says yes to {}", "a test of the machine holds"),
    "import": ("module {} can be imported", "a module can be imported"),
    "call": ("{} is called", "the code around it is called"),
    "entry": ("the file is run as a program",) * 2,
    "mention": ("never, it is only mentioned",) * 2,
    "unknown": ("{} holds", "something unknown holds"),
}
"""Per subject: how its test reads with what it asks, and without."""

DEVICE, MENTIONED = "behind a test of the device", "only mentioned"
UNDECIDED, SEVERAL = "behind a test that nobody could decide", "under one of several conditions"
SHORT = {
    "a README's code block": "only as an example in the README",
    "default argument": "only where a default argument is kept",
    "a scanner reported the line; what it depends on was not read": "only as far as a scanner reports it",
    "optional dependency": "only with an optional dependency",
    "extra": "only with an optional dependency",
    "lambda": "only if a lambda around it is called",
    "one of several values in a list": "only as one of several values",
    "which of several files is named": "only if its file is the one that is named",
    "dictionary that may be an environment": "only if a dictionary becomes the environment",
    "assigned again": "only if nothing else is assigned",
    "whether the value names a module": "only if the value names a module",
    "job script written by Python": "only in a job script that Python writes",
}
"""Phrases for what readers could not decide, by the words in which they say so."""
MOST = 2  # phrases that are said of one line


ORDER = ("mention", "import", "option", "variable", "hardware", "unknown", "several")
"""What is said first of several; what comes behind all of it is said alone."""


def in_phrase(conditions: Iterable[Condition]) -> str:
    """What a line waits for, in a fixed phrase or two: "only if flash-attn is installed"; "" where nothing is asked."""
    found = sorted(set(_phrases(all_of(conditions))))
    phrases = [phrase for place, phrase in found if place < len(ORDER)] or [phrase for _, phrase in found]
    phrases = [one for one in phrases if not any(other.startswith(f"{one} = ") for other in phrases)]
    first, *rest = phrases[:MOST] or [""]
    shown = [first, *(phrase.removeprefix("only ") for phrase in rest)]
    more = [f"{len(phrases) - MOST} more"] if len(phrases) > MOST else []
    return " and ".join([", ".join(shown), *more] if more else shown)


def _phrases(condition: Condition) -> Iterator[tuple[int, str]]:
    """A phrase for each question of a condition, with its place in ORDER."""
    match condition:
        case Question():
            yield _place(condition), _atom(condition, holds=True)
        case Not(condition=Question() as asked):
            yield _place(asked), _atom(asked, holds=False)
        case Not(condition=Every() | Some() as inner):
            opposite = Some if isinstance(inner, Every) else Every
            yield from _phrases(opposite(tuple(map(negate, inner.conditions))))
        case Every():
            for part in condition.conditions:
                yield from _phrases(part)
        case Some():
            several = {found for part in condition.conditions for found in _phrases(part)}
            yield from several if len(several) == 1 else ((ORDER.index("several"), SEVERAL),)
        case Never():
            yield 0, "never"


def _place(question: Question) -> int:
    """Where a question comes in ORDER; behind all of it what is seldom worth a word."""
    everywhere = question.subject == "import" and question.name.partition(".")[0] in sys.stdlib_module_names
    return len(ORDER) if everywhere or question.subject in ASIDE else ORDER.index(question.subject)


def _atom(asked: Question, *, holds: bool) -> str:
    """The phrase for one question, or for its opposite."""
    is_ = "is" if holds else "is not"
    match asked.subject:
        case "option" | "variable":
            if asked.operator == "in":
                value = f"{'=' if holds else 'other than'} {' or '.join(asked.values)}"
                return f"only with {asked.subject} {asked.name} {value}"
            return f"only {'with' if holds else 'without'} {asked.subject} {asked.name}"
        case "import":
            return f"only if {asked.name.partition('.')[0].replace('_', '-') or 'a module'} {is_} installed"
        case "call":
            return f"only if {asked.name or 'the code around it'} {is_} called"
        case "entry":
            return f"only if the file {is_} run as a program"
        case "unknown":
            return SHORT.get(asked.text, UNDECIDED)
    return DEVICE if asked.subject == "hardware" else MENTIONED


def describe(condition: Condition) -> str:
    """The condition in plain words: `option bf16 is true`, `not variable NET_TYPE in (low)`."""
    if isinstance(condition, Question):
        return _test(condition)
    if isinstance(condition, Not):
        return f"not {_grouped(condition.condition)}"
    if isinstance(condition, Always | Never):
        return "always" if isinstance(condition, Always) else "never"
    parts = [_grouped(part) for part in condition.conditions]
    if isinstance(condition, Every):
        return " and ".join(parts) or "always"
    return " or ".join(parts) or "never"


def describe_all(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Each condition in words, in order."""
    return tuple(describe(condition) for condition in conditions)


def in_full(conditions: tuple[Condition, ...]) -> str:
    """The whole condition of a line, joined by "and".

    What nearly every line stands under is left out where there is more; "" where there is nothing at all, or one
    question that the phrase says whole.
    """
    others = tuple(
        one
        for one in conditions
        if not ((isinstance(one, Question) and one.subject in ASIDE) or isinstance(one, Always | Never))
    )
    asked = others or conditions
    plain = all_of(asked)
    inner = plain.condition if isinstance(plain, Not) else plain
    said = isinstance(inner, Question) and (inner.subject not in ("hardware", "unknown") or inner.text in SHORT)
    return "" if said or not asked else describe(plain)


def _grouped(condition: Condition) -> str:
    words = describe(condition)
    compound = isinstance(condition, Every | Some) and len(condition.conditions) > 1
    return f"({words})" if compound else words


def _test(test: Question) -> str:
    asked = test.text or test.name
    if test.subject in ("option", "variable"):
        return f"{test.subject} {test.name} {_operator(test)}"
    if test.subject in ("import", "call"):
        asked = test.name or test.text
    known, unknown = PHRASES[test.subject]
    return known.format(asked) if asked else unknown


def _operator(test: Question) -> str:
    if test.operator == "in":
        return f"in ({', '.join(test.values)})"
    return "is set" if test.operator == "set" else "is true"

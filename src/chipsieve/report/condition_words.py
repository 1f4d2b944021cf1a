"""Under which condition does a line take effect, in words? The one rendering that every report uses."""

from __future__ import annotations

from collections.abc import Iterable

from chipsieve.facts.conditions import Always, Condition, Every, Never, Not, Question, Some

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


def open_question(conditions: tuple[Condition, ...]) -> str:
    """What is not known about a line whose standing is optional: its conditions, joined by "and".

    Those that nearly every line stands under are left out where there are others; "" when there is none at all.
    """
    others = [
        one
        for one in conditions
        if not ((isinstance(one, Question) and one.subject in ASIDE) or isinstance(one, Always | Never))
    ]
    return describe(Every(tuple(others or conditions))) if conditions else ""


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

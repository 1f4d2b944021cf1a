"""Under which condition does a line take effect, in words? The one rendering that every report uses."""

from __future__ import annotations

from collections.abc import Iterable

from chipsieve.model import Condition, Every, Not, Some, Test

ASIDE = frozenset({"call", "entry", "constant"})
"""Subjects that nearly every line of a program stands under: said only where nothing else is."""


def describe(condition: Condition) -> str:
    """The condition in plain words: `option bf16 is true`, `not variable NET_TYPE in (low)`."""
    if isinstance(condition, Test):
        return _test(condition)
    if isinstance(condition, Not):
        return f"not {_grouped(condition.condition)}"
    parts = [_grouped(part) for part in condition.conditions]
    if isinstance(condition, Every):
        return " and ".join(parts) or "always"
    return " or ".join(parts) or "never"


def describe_all(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Each condition in words, in order."""
    return tuple(describe(condition) for condition in conditions)


def open_question(conditions: tuple[Condition, ...]) -> str:
    """What is not known about a line whose standing is optional: its telling conditions, joined by "and".

    "" when there is none to tell.
    """
    telling = [one for one in conditions if not (isinstance(one, Test) and one.subject in ASIDE)]
    return describe(Every(tuple(telling or conditions))) if conditions else ""


def _grouped(condition: Condition) -> str:
    words = describe(condition)
    compound = isinstance(condition, Every | Some) and len(condition.conditions) > 1
    return f"({words})" if compound else words


def _test(test: Test) -> str:
    told = test.text or test.name
    match test.subject:
        case "constant":
            return {("true",): "always", ("false",): "never"}.get(test.values, told or "a constant decides")
        case "mention":
            return "never, it is only mentioned"
        case "entry":
            return "the file is run as a program"
        case "call":
            return f"{test.name or told or 'the code around it'} is called"
        case "import":
            return f"module {test.name or told} can be imported"
        case "hardware":
            return f"the machine says yes to {told}" if told else "a test of the machine holds"
        case "unknown":
            return f"{told} holds" if told else "something that cannot be told holds"
    return f"{test.subject} {test.name} {_operator(test)}"


def _operator(test: Test) -> str:
    if test.operator == "in":
        return f"in ({', '.join(test.values)})"
    return "is set" if test.operator == "set" else "is true"

"""Are two shell values equal, in order, or does one match the other's pattern? Decided where constants decide."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from chipsieve.facts.conditions import Not, Question
from chipsieve_shell.answers import Answer, all_of, any_of, negate, question
from chipsieve_shell.values import Pieces, constant, drop, prefix, readings

NUMERIC: dict[str, Callable[[int, int], bool]] = {
    "-eq": int.__eq__, "-ne": int.__ne__, "-lt": int.__lt__, "-le": int.__le__, "-gt": int.__gt__, "-ge": int.__ge__,
}  # fmt: skip
GLOB = re.compile(r"[*?\[]")
SIMPLE_REGEX = re.compile(r"[\w\s^$.|()?*+,:/=\[\]-]{1,80}")
NESTED_QUANTIFIER = re.compile(r"[*+?][^()]*\)[*+]")
COUNT = "$#"


def nonempty(pieces: Pieces, text: str) -> Answer:
    """Whether a value is something else than the empty string."""
    return any_of(all_of((*conditions, _nonempty(value, text))) for conditions, value in readings(pieces))


def _nonempty(value: Pieces, text: str) -> Answer:
    if any(piece.kind == "text" and piece.text for piece in value):
        return True
    known = constant(value)
    if known is not None:
        return known != ""
    named = _variable(value)
    if named:
        return Question("variable", named, "set")
    if all(piece.kind in ("text", "arguments") for piece in value):
        return Question("variable", "1", "set")
    return question(text)


def _variable(value: Pieces) -> str:
    """The one variable that the value is, when it is one."""
    kept = [piece for piece in value if piece.kind != "text" or piece.text]
    alone = len(kept) == 1 and kept[0].kind == "variable" and kept[0].default is None
    return kept[0].text if alone and not kept[0].text.startswith("@") else ""


def equals(left: Pieces, right: Pieces, text: str, *, globbing: bool) -> Answer:
    """Whether two values are equal, or the left matches the right's unquoted globs."""
    return any_of(
        all_of((*first, *second, _equal(mine, other, text, globbing=globbing)))
        for first, mine in readings(left)
        for second, other in readings(right)
    )


def _equal(left: Pieces, right: Pieces, text: str, *, globbing: bool) -> Answer:
    shared = _shared(prefix(left), prefix(right), right, globbing=globbing)
    left, right = drop(left, shared), drop(right, shared)
    mine, other = constant(left), constant(right)
    if mine is None and other is not None and not globbing:
        left, right, mine, other = right, left, other, mine
    if globbing and any(piece.kind == "text" and not piece.quoted and GLOB.search(piece.text) for piece in right):
        return question(text) if mine is None or other is None else fnmatchcase(mine, _pattern(right))
    if mine is not None and other is not None:
        return mine == other
    value, variable = (other, left) if mine is None else (mine, right)
    named = _variable(variable)
    if not named or value is None:
        return question(text)
    return Question("variable", named, "in", (value,)) if value else Not(Question("variable", named, "set"))


def _shared(mine: str, other: str, right: Pieces, *, globbing: bool) -> int:
    """How much of the `x` in `[ "x$A" = "x" ]` both sides begin with."""
    if globbing and any(not piece.quoted and GLOB.search(piece.text) for piece in right):
        return 0
    count = 0
    while count < min(len(mine), len(other)) and mine[count] == other[count]:
        count += 1
    return count


def _pattern(pieces: Pieces) -> str:
    """A glob in which quoted parts stand for themselves."""
    return "".join(
        re.sub(r"([*?\[])", r"[\1]", piece.text) if piece.quoted else piece.text.replace("[^", "[!") for piece in pieces
    )


def numeric(left: Pieces, operator: str, right: Pieces, text: str) -> Answer:
    """Whether two whole numbers stand in an order: `-eq`, `-lt` and their like."""
    return any_of(
        all_of((*first, *second, _number_answer(mine, operator, other, text)))
        for first, mine in readings(left)
        for second, other in readings(right)
    )


def _number_answer(left: Pieces, operator: str, right: Pieces, text: str) -> Answer:
    mine, other = _whole(left), _whole(right)
    if mine is not None and other is not None:
        return NUMERIC[operator](mine, other)
    if other is not None and len(left) == 1 and left[0].text == COUNT:
        return argument_count(operator, other, text)
    named = _variable(left)
    if other is None or not named or operator not in ("-eq", "-ne"):
        return question(text)
    answer = Question("variable", named, "in", (str(other),))
    return answer if operator == "-eq" else Not(answer)


def _whole(pieces: Pieces) -> int | None:
    text = constant(pieces)
    return int(text) if text is not None and re.fullmatch(r"\s*-?\d{1,18}\s*", text) else None


def argument_count(operator: str, count: int, text: str) -> Answer:
    """`$# -gt 0` asks whether the first argument is set, and so on."""
    least = {"-gt": count + 1, "-ge": count, "-lt": count, "-le": count + 1}.get(operator)
    if operator in ("-eq", "-ne") and count == 0:
        least, operator = 1, "-lt" if operator == "-eq" else "-ge"
    if least is None:
        return question(text)
    answer: Answer = True if least <= 0 else Question("variable", str(least), "set")
    return negate(answer) if operator in ("-lt", "-le") else answer


def matches_regex(left: Pieces, right: Pieces, text: str) -> Answer:
    """Whether `=~` holds; only simple patterns on constants are tried."""
    mine, pattern = constant(left), constant(right)
    if mine is None or pattern is None or not SIMPLE_REGEX.fullmatch(pattern) or NESTED_QUANTIFIER.search(pattern):
        return question(text)
    try:
        return re.search(pattern, mine[:1000]) is not None
    except re.error:
        return question(text)


def matches(subject: Pieces, patterns: list[Pieces], text: str) -> Answer:
    """Whether a `case` subject matches one of an arm's patterns."""
    return any_of(_matches(subject, pattern, text) for pattern in patterns)


def _matches(subject: Pieces, pattern: Pieces, text: str) -> Answer:
    if constant(pattern) == "*" and not pattern[0].quoted:
        return True
    return equals(subject, pattern, text, globbing=True)

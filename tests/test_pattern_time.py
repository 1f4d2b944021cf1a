"""Does each pattern of a signal take linear time, whatever a stranger writes?"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]  # undocumented, and what re itself uses
from re import _parser as parser  # type: ignore[attr-defined]  # same
from typing import Any

from chipsieve.match.table import LONGEST, LONGEST_NAME, default_table
from chipsieve.signals import load_signals

TOO_MUCH = 0.02  # seconds for one value
END = "\0"  # after the repetition, so that a match fails late
MOST = 24  # attacks on one pattern


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern of a signal's row, by the signal and the pattern, and what its globs become."""
    rows = [(signal.id, row) for signal in load_signals().values() for row in signal.rows]
    given = {f"{name}: {row.pattern}": re.compile(row.pattern, re.IGNORECASE) for name, row in rows if row.pattern}
    table = default_table()
    kinds = sorted({row.kind for _, row in rows})
    return given | {f"globs of {kind}": table._any_glob(kind) for kind in kinds}  # noqa: SLF001  as it is asked


def attacks(pattern: re.Pattern[str]) -> set[tuple[str, str]]:
    """Texts that may be slow: what may come before a repetition, and one turn of it, for each repetition."""
    found: set[tuple[str, str]] = set()
    _walk(list(parser.parse(pattern.pattern, pattern.flags)), "", found)
    return {(before, turn) for before, turn in found if turn}


def _walk(items: Sequence[Any], before: str, found: set[tuple[str, str]]) -> str:
    """A text that the items match; the repetitions among them are noted."""
    text = before
    for kind, value in items:
        text += _sample(kind, value, text, found)
    return text[len(before) :]


def _sample(kind: Any, value: Any, before: str, found: set[tuple[str, str]]) -> str:
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, most, inner = value
        turn: str = _walk(list(inner), before, found)
        if most > 9:
            found |= {(before, turn), ("", turn), ("", before + turn), (before[-1:], turn)}
        return turn * max(int(least), 1)
    if kind is op.SUBPATTERN:
        return _walk(list(value[-1]), before, found)
    if kind is op.BRANCH:
        return next(iter([_walk(list(branch), before, found) for branch in value[1]]))
    if kind is op.ATOMIC_GROUP:
        return _walk(list(value), before, found)
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is op.IN:
        return _one_of(value)
    return "a" if kind is op.ANY else ""


def _one_of(items: Sequence[Any]) -> str:
    negated = items[0][0] is op.NEGATE
    text = "".join(chr(value) for kind, value in items if kind is op.LITERAL)
    if negated:
        return next(char for char in "a1 _-.x" if char not in text)
    shown = next((chr(value[0]) for kind, value in items if kind is op.RANGE), text[:1])
    return shown or {op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a"}.get(items[0][1], "-")


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """The CPU time of both ways in which a pattern is asked."""
    start = time.process_time()
    pattern.search(text)
    pattern.match(text)
    return time.process_time() - start


def slow(pattern: re.Pattern[str], longest: int = LONGEST) -> list[str]:
    """The texts, as long as any that patterns are shown, that take too much time; more of them take linear time."""
    found = []
    for before, turn in sorted(attacks(pattern))[:MOST]:
        text = (before + turn * longest)[: longest - 1] + END
        if min(seconds(pattern, text) for _ in range(2)) > TOO_MUCH:
            found.append(f"{before[:20]!r} + {turn[:20]!r} * n")
    return found


def test_every_pattern_of_a_signal_takes_linear_time() -> None:
    assert len(patterns()) > 400
    assert sum(bool(attacks(one)) for one in patterns().values()) > 100
    longest = {name: LONGEST_NAME if name.startswith("globs") else LONGEST for name in patterns()}
    found = {name: texts for name, one in patterns().items() if (texts := slow(one, longest[name]))}
    assert not found


def test_a_slow_pattern_is_seen() -> None:
    assert slow(re.compile(r"\w*x\w*y\w*z"))


def test_a_text_that_is_too_long_is_looked_at_as_far_as_a_value_goes() -> None:
    table = default_table()
    start = time.process_time()
    for kind in ("key", "env", "call", "import", "flag"):
        table._found_rows(kind, "a" * 3_000_000)  # noqa: SLF001  as it is asked
    assert time.process_time() - start < 1

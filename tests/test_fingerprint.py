"""Is the fingerprint GitHub's own? Checked against its published vectors, and against its algorithm step by step."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.border.fingerprint import line_hashes

MODULUS = 2**64
WINDOW, BASE, END = 100, 37, 0xFFFF


# Texts and hashes that GitHub's upload action is tested with: github/codeql-action, src/fingerprints.test.ts (MIT).
GREETING = (" hello; \t", "world!!!", "", "", "  \t\tGreetings", " End", "")
GREETED = (
    "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
)  # fmt: skip
VECTORS = {
    "": ("c129715d7a2bc9a3:1",),
    " a\nb\n  \t\tc\n d": ("271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"),
    "\n".join(GREETING[:-1]): (
        "8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1", "b86d3392aea1be30:1",
        "e6ceba753e1a442:1",
    ),
    "\n".join(GREETING): GREETED,
    "\r".join(GREETING): GREETED,
    "\r\n".join(GREETING): GREETED,
    " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n": GREETED,
    "Lorem ipsum dolor sit amet.\n" * 10: (
        *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)), "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1",
        "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1",
    ),
}  # fmt: skip


def code_units(text: str) -> list[int]:
    data = text.encode("utf-16-le", "surrogatepass")
    return [data[at] + 256 * data[at + 1] for at in range(0, len(data), 2)]


def rolling(text: str) -> dict[int, str]:
    """Every line's hash the way the action computes it: one unit at a time through a window of 100.

    A unit that leaves the window has been multiplied 100 times by then. A line's hash is read off when its first
    unit is the next to leave.
    """
    window: deque[tuple[int, int]] = deque([(0, 0)] * WINDOW)  # unit, and the line that it starts or 0
    value, line, starts, after_cr = 0, 0, True, False
    seen: dict[str, int] = {}
    hashes: dict[int, str] = {}

    def push(unit: int, starting: int) -> None:
        nonlocal value
        leaving, begun = window.popleft()
        if begun:
            shown = f"{value:x}"
            seen[shown] = seen.get(shown, 0) + 1
            hashes[begun] = f"{shown}:{seen[shown]}"
        value = (value * BASE + unit - leaving * pow(BASE, WINDOW)) % MODULUS
        window.append((unit, starting))

    for unit in [*code_units(text), END]:
        blank = unit in (0x20, 0x09)
        if blank or (after_cr and unit == 0x0A):
            after_cr = False
            continue
        after_cr = unit == 0x0D
        kept = 0x0A if after_cr else unit
        line += starts
        push(kept, line if starts else 0)
        starts = kept == 0x0A
    for _ in range(WINDOW):
        push(0, 0)
    return hashes


def closed_form(*units: int) -> str:
    """The hash of a file that is shorter than the window, as a sum of powers."""
    return f"{sum(unit * BASE ** (WINDOW - 1 - place) for place, unit in enumerate(units)) % MODULUS:x}:1"


@pytest.mark.parametrize("text", VECTORS)
def test_githubs_own_vectors(text: str) -> None:
    expected = dict(enumerate(VECTORS[text], 1))
    assert line_hashes(text, set(expected)) == expected


LINES = st.lists(
    st.one_of(st.text(" \tab{}", max_size=8), st.text(max_size=6), st.just("x = 1"), st.just("y" * 130)), max_size=30
)
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\r \n"])


@given(LINES, ENDS, st.booleans())
def test_both_ways_agree(lines: list[str], end: str, closing: bool) -> None:
    text = end.join(lines) + (end if closing else "")
    every = rolling(text)
    assert line_hashes(text, set(every)) == every


@pytest.mark.parametrize(
    ("text", "line", "units"),
    [
        ("", 1, [END]),
        ("a", 1, [0x61, END]),
        (" \ta ", 1, [0x61, END]),
        ("a\nb", 1, [0x61, 0x0A, 0x62, END]),
        ("a\r\nb", 2, [0x62, END]),
        ("a\n", 2, [END]),
        ("\U0001f600", 1, [0xD83D, 0xDE00, END]),
    ],
)
def test_short_files_by_hand(text: str, line: int, units: list[int]) -> None:
    expected = closed_form(*units)
    assert line_hashes(text, {line}) == {line: expected}
    assert rolling(text)[line] == expected


def test_blanks_and_line_ends_do_not_matter() -> None:
    plain = line_hashes("if x:\n    y\nz", {1, 2, 3})
    assert line_hashes("if  x:\r\n\ty\r\nz ", {1, 2, 3}) == plain


def test_lines_that_hash_alike_are_counted() -> None:
    same = "x" * 120 + "\n"
    hashes = line_hashes(same * 3, {1, 2, 3})
    stems = [one.partition(":") for one in hashes.values()]
    assert len({stem for stem, _, _ in stems}) == 1
    assert [count for _, _, count in stems] == ["1", "2", "3"]


def test_a_hash_reaches_a_hundred_units_and_no_further() -> None:
    near, far = "a" * 99, "a" * 100
    assert line_hashes(near + "b", {1}) != line_hashes(near + "c", {1})
    assert line_hashes(far + "b", {1}) == line_hashes(far + "c", {1})


def test_lines_past_the_end_have_none() -> None:
    assert line_hashes("a\nb", {2, 3, 99}).keys() == {2}
    assert line_hashes("a", set()) == {}

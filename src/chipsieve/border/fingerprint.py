"""By which fingerprint does GitHub know an alert again? `primaryLocationLineHash`, as its upload action computes it.

Source: github/codeql-action, src/fingerprints.ts. The action hashes, for every line, the 100 UTF-16 code units
from the line's first one on, spaces and tabs dropped and line ends made one; a second number distinguishes lines
that hash alike. Its rolling hash and the direct one here are the same polynomial.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

WINDOW = 100
MULTIPLIER = 37
MASK = (1 << 64) - 1
END = "\uffff"
ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def line_hashes(text: str, lines: Collection[int]) -> dict[int, str]:
    """The fingerprints of some lines (from 1) of a file, `hash:occurrence`; lines past the end have none.

    Lines end where GitHub ends them: at `\\n`, `\\r\\n` or a lone `\\r`.
    """
    units = _kept_units(text) + END
    padded, last = units + "\0" * WINDOW, max(lines, default=0)
    seen: Counter[str] = Counter()
    found: dict[int, str] = {}
    start = 0
    for number in range(1, last + 1):
        window = padded[start : start + WINDOW]
        seen[window] += 1
        if number in lines:
            found[number] = f"{_hash(window):x}:{seen[window]}"
        start = units.find("\n", start) + 1
        if not start:
            break
    return found


def _kept_units(text: str) -> str:
    """The text as the hash sees it: one character per UTF-16 code unit, blanks dropped, line ends made one."""
    kept = re.sub(r"[ \t]+", "", re.sub(r"\r\n?", "\n", text))
    return ASTRAL.sub(lambda char: _surrogates(char[0]), kept)


def _surrogates(char: str) -> str:
    high, low = divmod(ord(char) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)


def _hash(window: str) -> int:
    """The polynomial of the window's units in MULTIPLIER, modulo 2 to the 64th."""
    value = 0
    for unit in window:
        value = (value * MULTIPLIER + ord(unit)) & MASK
    return value

"""Which part of a line speaks of the name in it? Its cell of a table, its clause, its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from chipsieve.facts.alike_lines import alike_text

RUNS_ON = "…"  # at the end of a line above: it runs on into the claim; at the start of a line below: it goes on with it
SENTENCE_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!approx)(?<!\bapprx)(?<!\betc)(?<!\bca)(?<!\bFig)(?<!\bTab)(?<!\bSec)(?<!\bno)"
    r"[.!?][\"')\]*_`]*(?=\s|\Z)|;(?=\s)|[\u3002\uff01\uff1f\uff1b]|<br\s*/?>|</(?:p|li|td|th|h\d)>",
    re.IGNORECASE,
)
CLAUSE_END = re.compile(
    r",(?=\s)|[\uff0c()\uff08\uff09]|\s(?:--?|\u2013|\u2014)\s|\b(?:while|whereas|whilst|but)\b|而(?!不是|非)|但是?"
)
CELL_END = re.compile(r"(?<!\\)\|")
TABLE_ROW = re.compile(r"\s*\|.*\||[^|`]*\s\|\s[^|]*\s\|\s")


MARKS = re.compile(  # what is no word of a sentence: addresses, emphasis, code, TeX's ties
    r"https?://[^\s)>\]\"']++|(?<=\])\([^()\s]*+\)|(?<![\w.])(?:/[\w.-]+){2,}/?|\*\*|`|</?\w+>|(?<=\w)~(?=\w)|\\,|<!--|-->"
)
TIMES = re.compile(r"\$\s*\\times\s*\$|\\times(?![A-Za-z])|&times;")


class Stretch(NamedTuple):
    """A text with the place of the name in it."""

    text: str
    start: int
    end: int

    def part(self, start: int, end: int) -> Stretch:
        """The part of the text from one offset up to another, around the name."""
        return Stretch(self.text[start:end], self.start - start, self.end - start)

    def near(self, far: int) -> Stretch:
        """What stands at most so many characters before or behind the name."""
        return self.part(max(0, self.start - far), self.end + far)

    def alike(self) -> Stretch:
        """The same place in the text that all have which differ from it in digits alone."""
        return self._replace(text=alike_text(self.text))

    def before(self) -> str:
        """What stands before the name."""
        return self.text[: self.start]

    def between(self, borders: re.Pattern[str]) -> Stretch:
        """The part between the borders on both sides of the name; each belongs to what it ends."""
        start = 0
        for border in borders.finditer(self.text, 0, self.start):
            start = border.end()
        behind = borders.search(self.text, self.end)
        return self.part(start, behind.end() if behind else len(self.text))


def plain(text: str) -> str:
    """The text in small letters with its marks blanked, at the same length."""
    lowered = text.lower()
    if len(lowered) != len(text):  # some letters have two small ones, as the dotted capital I
        lowered = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
    text = TIMES.sub(lambda found: "x".ljust(len(found[0])), lowered)
    return MARKS.sub(lambda found: "<br>" if found[0] == "<br>" else " " * len(found[0]), text)


def is_row(line: str) -> bool:
    """Whether a line is a row of a table between bars."""
    return TABLE_ROW.match(line) is not None


def cells(row: str) -> list[str]:
    """The texts of a row's cells."""
    return [cell.strip() for cell in CELL_END.split(row.strip().strip("|"))]


def column(row: str, at: int) -> int:
    """In which cell of a row an offset lies."""
    bars = len(CELL_END.findall(row, 0, at))
    return bars - 1 if row.lstrip().startswith("|") else bars


def joined(line: Stretch, context: Iterable[str]) -> Stretch:
    """The line with the lines of its paragraph that run on into it and go on with it."""
    before = " ".join(text.removesuffix(RUNS_ON) for text in context if text.endswith(RUNS_ON))
    after = " ".join(text.removeprefix(RUNS_ON) for text in context if text.startswith(RUNS_ON))
    head = f"{before} " if before else ""
    tail = f" {after}" if after else ""
    return Stretch(f"{head}{line.text.rstrip()}{tail}", line.start + len(head), line.end + len(head))


def others(context: Iterable[str]) -> list[str]:
    """What of a context is no part of the paragraph."""
    return [text for text in context if not text.endswith(RUNS_ON) and not text.startswith(RUNS_ON)]

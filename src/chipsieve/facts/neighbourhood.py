"""What stands around a line of a text and says what it is about? Its paragraph, the head of its table, headings above.

A line above that runs on into the claim ends with `…`, one below that goes on with it begins with `…`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import zip_longest

from chipsieve.facts.places import Lines

MOST = 6  # texts of one context
LONGEST = 200  # characters of each
FAR = 80  # lines above that are looked at for a table's head or the line that introduces a list
NEAR = 4  # lines of a paragraph or block, on either side
BEHIND_BLANKS = 2  # blank lines between a list and what introduces it
CONTINUES = "…"
KEPT = 4_000  # lines of which it is remembered whether they are headings

FENCE = re.compile(r"[ \t>]*```+")
ATX = re.compile(r"[ \t>]{0,4}(#{1,6})[ \t]+(.*?)[ \t#]*\Z")
ORG = re.compile(r"(\*{1,6})[ \t]+(.*)\Z")
ADOC = re.compile(r"(={1,6})[ \t]+(\S.*)\Z")
FENCE_LINE = re.compile(r"\n[ \t>]*```")
HEADING_LINES = tuple(
    re.compile(pattern)  # each begins with a sign that is quickly found
    for pattern in (r"\n[ \t>]*+(?:[#*=\\_]|([-~^\"'+.:])\1{2})", r"<(?i:h)[1-6]")
)
"""Where a line may be a heading, or underline one; the patterns below say whether it is."""
UNDERLINE = re.compile(r"[ \t]*([=\-~^\"'#*+.:_])\1{2,}[ \t]*\Z")
HTML = re.compile(r"<h([1-6])[^>]*>(.*?)(?:</h\1>|\Z)", re.IGNORECASE)
TEX = re.compile(r"[ \t]*\\(chapter|section|subsection|subsubsection|paragraph|caption)\*?(?:\[[^\]]*\])?\{(.*)")
TEX_LEVELS = {"chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5, "caption": 6}
BOLD_LINE = re.compile(r"[ \t]*(?:\*\*|__)([^*_]+)(?:\*\*|__):?[ \t]*\Z")
ITEM = re.compile(r"[ \t>]*(?:[-*+•]|\d{1,3}[.)]|\\item\b)[ \t]+\S")
ROW = re.compile(r"[ \t>]*\|")
KEY = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?\*{0,2}[\w /_-]{2,40}:")
COMMENT = re.compile(r"[ \t]*(?:#+!?|//+|%+|;+)[ \t]?(.*)\Z")
TAG = re.compile(r"<[^<>]{1,200}>")
BARE = re.compile(r"[\s|:+=-]*\Z")  # a table's rule, a blank line


class Neighbourhood:
    """The lines of one text, with the headings above each."""

    def __init__(self, lines: Lines) -> None:
        """Keep the lines; headings are looked for on first use."""
        self._lines = lines

    def prose(self, number: int) -> tuple[str, ...]:
        """What stands around a line of a document."""
        line = self._line(number)
        if number in self._fenced:
            near = [self._below_comment(number), self._above_fence(number)]
        elif ROW.match(line):
            near = self._table(number)
        else:
            near = [self._before(number), self._after(number), self._entries(number), *self._introduced(number)]
        return _bounded([*near, *self._headings_above(number)])

    def comment(self, start: int) -> tuple[str, ...]:
        """What stands around a comment of some line: the rest of its block, and the code below it."""
        number, column = self._lines.position(start)
        if not COMMENT.match(self._line(number)):
            return (self._line(number)[: column - 1].strip(),)
        above, below = list[str](), list[str]()
        for step, found in ((-1, above), (1, below)):
            at = number + step
            while len(found) < NEAR and (text := COMMENT.match(self._line(at))) and not BARE.match(text[1]):
                found.append(text[1].strip())
                at += step
        code = self._line(number + len(below) + 1).strip()
        before = " ".join(reversed(above))[-LONGEST:]
        after = " ".join(below)[:LONGEST]
        return _bounded([f"{before}{CONTINUES}" if before else "", f"{CONTINUES}{after}" if after else "", code])

    def _line(self, number: int) -> str:
        return self._lines.line(number, 2 * LONGEST)

    # Tables, paragraphs, lists

    def _table(self, number: int) -> list[str]:
        """The head of a row's table, and the line above the table."""
        top = number
        while number - top < FAR and ROW.match(self._line(top - 1)):
            top -= 1
        head = [self._line(top)] if top != number else []
        return [*head, self._above(top)]

    def _above(self, number: int) -> str:
        """The nearest line above that is not blank, unless it is a heading."""
        for at in range(number - 1, max(0, number - 2 - BEHIND_BLANKS), -1):
            line = self._line(at)
            if not BARE.match(line):
                return "" if at in self._headings else line
        return ""

    def _before(self, number: int) -> str:
        """The lines of the paragraph above the line, down to it."""
        found = list[str]()
        at = number
        while len(found) < NEAR and not ITEM.match(self._line(at)) and self._is_text(at - 1):
            at -= 1
            found.append(self._line(at).strip())
        text = " ".join(reversed(found))[-LONGEST:]
        return f"{text}{CONTINUES}" if text else ""

    def _after(self, number: int) -> str:
        """The lines of the paragraph below the line."""
        found = list[str]()
        at = number + 1
        while len(found) < NEAR and self._is_text(at) and not ITEM.match(self._line(at)):
            found.append(self._line(at).strip())
            at += 1
        text = " ".join(found)[:LONGEST]
        return f"{CONTINUES}{text}" if text else ""

    def _is_text(self, number: int) -> bool:
        """Whether a line is a part of a paragraph: not blank, no heading, no row, no fence."""
        line = self._line(number)
        return not (
            BARE.match(line)
            or number in self._headings
            or number in self._fenced
            or ROW.match(line)
            or FENCE.match(line)
        )

    def _entries(self, number: int) -> str:
        """The entries beside one of a list of keys, as model cards have them."""
        if not KEY.match(self._line(number)):
            return ""
        beside = [self._line(at).strip() for at in (number + 1, number + 2, number - 1) if KEY.match(self._line(at))]
        return " ; ".join(beside)

    def _introduced(self, number: int) -> list[str]:
        """The items above that a list's item is a part of, and the line that introduces the list."""
        at = number
        while not ITEM.match(self._line(at)) and self._is_text(at - 1) and number - at < NEAR:
            at -= 1
        if not ITEM.match(self._line(at)):
            return []
        found = list[str]()
        indent, blanks = _indent(self._line(at)), 0
        for above in range(at - 1, max(0, at - FAR), -1):
            line = self._line(above)
            blanks = blanks + 1 if BARE.match(line) else 0
            if above in self._headings or blanks > BEHIND_BLANKS:
                break
            if BARE.match(line):
                continue
            if ITEM.match(line):
                if _indent(line) < indent:
                    found.append(line.strip())
                    indent = _indent(line)
            elif _indent(line) <= indent:
                found += [line.strip()] if line.rstrip().rstrip("*_").endswith((":", "\uff1a")) else []
                break
        return found

    # Code in documents

    def _below_comment(self, number: int) -> str:
        """The command below a comment in a block of code."""
        if not COMMENT.match(self._line(number)):
            return ""
        below = next((at for at in range(number + 1, number + NEAR) if not COMMENT.match(self._line(at))), 0)
        return self._line(below).strip() if below in self._fenced else ""

    def _above_fence(self, number: int) -> str:
        """The line above a block of code."""
        top = number
        while number - top < FAR and top - 1 in self._fenced:
            top -= 1
        return self._above(top - 1)

    # Headings

    def _numbers(self, *patterns: re.Pattern[str]) -> list[int]:
        """The lines that patterns find, in order; a match may begin with the end of the line before."""
        text = "\n" + self._lines.text.replace("\r", "\n")
        found = [max(found.end() - 2, 0) for pattern in patterns for found in pattern.finditer(text)]
        return sorted({bisect_right(self._lines.starts, at) for at in found})

    @cached_property
    def _fenced(self) -> frozenset[int]:
        """The lines inside fences."""
        fences = self._numbers(FENCE_LINE)
        last = len(self._lines.starts) + 1
        pairs = zip_longest(fences[::2], fences[1::2], fillvalue=last)  # the last one may never be closed
        return frozenset(number for above, below in pairs for number in range(above + 1, below))

    @cached_property
    def _headings(self) -> dict[int, tuple[int, str]]:
        """The headings by line, each with its level."""
        found = dict[int, tuple[int, str]]()
        underlines = dict[str, int]()
        below = self._below_front_matter()
        for number in self._numbers(*HEADING_LINES):
            if number >= below and number not in self._fenced:
                line = self._line(number)
                title = _title(line)
                if title is not None:
                    found[number] = title
                elif underline := UNDERLINE.match(line):
                    found |= _underlined(number, self._line(number - 1), underline, underlines)
        return found

    def _below_front_matter(self) -> int:
        """The first line that is no front matter: `---` and what stands between it and the next."""
        if self._line(1).strip() != "---":
            return 1
        lines = range(2, len(self._lines.starts) + 1)
        return next((number for number in lines if self._line(number).strip() == "---"), lines.stop) + 1

    def _headings_above(self, number: int) -> list[str]:
        """The headings above a line, from the innermost to the outermost; the line itself is none."""
        found, level = list[str](), 99
        for at in reversed([at for at in self._headings if at < number]):
            depth, text = self._headings[at]
            if depth < level:
                found.append(text)
                level = depth
            if level <= 1 or len(found) == MOST:
                break
        return found


@lru_cache(KEPT)
def _title(line: str) -> tuple[int, str] | None:
    """The level and the text of the heading that a line is; remembered, for files that are alike repeat theirs."""
    for pattern in (ATX, ADOC, ORG):
        if found := pattern.match(line):
            return len(found[1]), found[2]
    if found := HTML.search(line):
        return int(found[1]), found[2]
    if found := TEX.match(line):
        return TEX_LEVELS[found[1]], found[2].rstrip("}")
    if found := BOLD_LINE.match(line):
        return 8, found[1]
    return None


def _underlined(
    number: int, above: str, underline: re.Match[str], underlines: dict[str, int]
) -> dict[int, tuple[int, str]]:
    """The heading that an underline makes of the line above it; `underlines` are the levels of the signs so far."""
    if not _is_title(above, underline[0]):
        return {}
    level = {"=": 1, "-": 2}.get(underline[1]) or underlines.setdefault(underline[1], 3 + len(underlines))
    return {number - 1: (level, above.strip()), number: (99, "")}


def _is_title(above: str, underline: str) -> bool:
    """Whether the line above an underline is a heading: as wide as it, where the sign is not Markdown's."""
    width = len(above.strip())
    wide = underline.strip()[0] in "=-" or len(underline.strip()) >= width
    return bool(0 < width <= LONGEST / 2 and wide) and not any(
        form.match(above) for form in (UNDERLINE, ROW, ITEM, FENCE, ATX)
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _bounded(texts: list[str]) -> tuple[str, ...]:
    """The texts without tags and empty ones, no more and no longer than a context may be."""
    tidy = (TAG.sub(" ", text).strip()[: LONGEST + 1] for text in texts)
    return tuple(dict.fromkeys(text for text in tidy if text))[:MOST]

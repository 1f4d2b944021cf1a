"""What does a shell script say, and what of it could not be read? One function, whatever engine is behind it.

The whole text first; where that fails, each stretch of lines that no open block spans; where that fails too,
groups of whole lines. What is read out of a broken block stands under doubt, what is not read is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from chipsieve_shell.masked import Masked
from chipsieve_shell.masking import mask
from chipsieve_shell.nodes import Doubtful, EngineError, Extent, Lost, Node, Script, Sequence
from chipsieve_shell.tree import build

GROUP_LINES = 60  # the longest group of lines tried inside a broken block
TRIES = 600  # groups tried per text; each try reads the group once
TRIED_CHARACTERS = 120_000  # all groups together: bounds the quadratic part
BROKEN = "in a block that cannot be read whole"
UNREADABLE = "the shell parser cannot read this"
TOO_BROKEN = "too much of the script cannot be read; gave up resuming here"
UNCLOSED = "a quote, bracket or block opens here and is never closed"


def parse(text: str, start: int = 0, end: int | None = None) -> Script:
    """The script in `text[start:end]`; all offsets are offsets in `text`. Never raises on any text."""
    end = len(text) if end is None else end
    resumer = _Resumer(text, mask(text, start, end))
    if resumer.masked.abandoned is not None:
        resumer.lost.append(Lost((resumer.masked.abandoned, end), TOO_BROKEN))
    body = resumer.read(start, end)
    return Script(body, tuple(sorted(set(resumer.masked.comments))), _merged(text, resumer.lost))


@dataclass(slots=True)
class _Resumer:
    text: str
    masked: Masked
    lost: list[Lost] = field(default_factory=list)
    tries: int = TRIES
    characters: int = TRIED_CHARACTERS

    def read(self, start: int, end: int) -> Node:
        """Everything readable from one offset to another."""
        try:
            return self.build(start, end)
        except EngineError:
            pass
        items: list[Node] = []
        unclosed = min(self.masked.unclosed, default=end)
        stretches = self.stretches(start, end)
        for first, last in stretches:
            node = self.stretch(first, last) if len(stretches) > 1 else self.resume(first, last)
            items.append(Doubtful(node, BROKEN) if first > unclosed else node)
        return Sequence(tuple(items))

    def build(self, start: int, end: int) -> Node:
        return build(self.masked, start, end, self.nested)

    def nested(self, start: int, end: int) -> Node:
        script = parse(self.text, start, end)
        self.lost += script.lost
        return script.body

    def stretches(self, start: int, end: int) -> list[Extent]:
        """The stretches of whole lines between block boundaries, empty ones left out."""
        marks = [start, *(mark for mark in self.masked.boundaries if start < mark < end), end]
        return [(first, last) for first, last in pairwise(marks) if not self.blank(first, last)]

    def blank(self, start: int, end: int) -> bool:
        return not self.masked.text[start - self.masked.offset : end - self.masked.offset].strip()

    def stretch(self, start: int, end: int) -> Node:
        try:
            return self.build(start, end)
        except EngineError:
            return self.resume(start, end)

    def resume(self, start: int, end: int) -> Node:
        """Grow groups of lines until one parses; a line that starts no such group is lost."""
        lines, items, index = self.lines(start, end), [], 0
        while index < len(lines):
            node, after = self.group(lines, index)
            if node is not None:
                items.append(node)
            elif self.tries <= 0 or self.characters <= 0:
                self.lost.append(Lost((lines[index][0], end), TOO_BROKEN))
                break
            elif not self.blank(*lines[index]):
                self.lost.append(Lost(lines[index], self.reason(lines[index])))
            index = after
        return Doubtful(Sequence(tuple(items)), BROKEN)

    def group(self, lines: list[Extent], index: int) -> tuple[Node | None, int]:
        for last in range(index, min(len(lines), index + GROUP_LINES)):
            start, end = lines[index][0], lines[last][1]
            self.tries -= 1
            self.characters -= end - start
            if self.tries <= 0 or self.characters <= 0:
                break
            try:
                return self.build(start, end), last + 1
            except EngineError:
                continue
        return None, index + 1

    def lines(self, start: int, end: int) -> list[Extent]:
        """Whole lines; a continuation and a masked here-document or string stay with their first line."""
        found: list[Extent] = []
        at = start
        while at < end:
            stop = self.masked.text.find("\n", at - self.masked.offset, end - self.masked.offset)
            stop = end if stop < 0 else stop + self.masked.offset + 1
            if found and self.masked.text[: at - self.masked.offset].endswith("\\\n"):
                found[-1] = (found[-1][0], stop)
            else:
                found.append((at, stop))
            at = stop
        return found

    def reason(self, line: Extent) -> str:
        broken = any(line[0] <= at < line[1] for at in self.masked.unclosed)
        return UNCLOSED if broken else UNREADABLE


def _merged(text: str, lost: list[Lost]) -> tuple[Lost, ...]:
    """One entry per contiguous stretch; blank lines between do not part it."""
    merged: list[Lost] = []
    for item in sorted(set(lost), key=lambda item: item.extent):
        if merged and not text[merged[-1].extent[1] : item.extent[0]].strip():
            extent = (merged[-1].extent[0], max(merged[-1].extent[1], item.extent[1]))
            merged[-1] = Lost(extent, merged[-1].reason)
        else:
            merged.append(item)
    return tuple(merged)

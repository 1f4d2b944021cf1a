"""What does a shell script say, and what of it could not be read? Masked text to a tree, whatever engine reads it.

The whole text first; where that fails, each stretch of lines that no open block spans; where that fails too,
groups of whole lines. What is read out of a broken block stands under doubt, what is not read is lost.

Each statement is read by our own grammar. What that is unsure of goes to bashlex, which takes
long to load and to parse.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise

import msgspec

from chipsieve_shell.syntax.bashlex_engine import read_by_bashlex
from chipsieve_shell.syntax.building import Builder
from chipsieve_shell.syntax.masking import Masked, Opaque, mask
from chipsieve_shell.syntax.nodes import (
    Arm,
    Bracketed,
    Case,
    Doubtful,
    EngineError,
    Extent,
    Lost,
    Node,
    Script,
    Sequence,
)  # fmt: skip
from chipsieve_shell.syntax.statement_reader import StatementReader, Unsure

GROUP_LINES = 60  # the longest group of lines tried inside a broken block
TRIES = 600  # groups tried per text; each try reads the group once
TRIED_CHARACTERS = 120_000  # all groups together: bounds the quadratic part
BROKEN = "in a block that cannot be read whole"
UNREADABLE = "the shell parser cannot read this"
TOO_BROKEN = "too much of the script cannot be read; gave up resuming here"
UNCLOSED = "a quote, bracket or block opens here and is never closed"
BLANK = re.compile(r"(?:[ \t\n]|\\\n)*+")


def parse(text: str, start: int = 0, end: int | None = None) -> Script:
    """The script in `text[start:end]`; all offsets are offsets in `text`. Never raises on any text."""
    end = len(text) if end is None else end
    parser = _Parser(text, mask(text, start, end))
    if parser.masked.abandoned is not None:
        parser.lost.append(Lost((parser.masked.abandoned, end), TOO_BROKEN))
    body = parser.read(start, end)
    return Script(body, tuple(sorted(set(parser.masked.comments))), _merged(text, parser.lost), parser.engine)


class _Parser(msgspec.Struct, dict=True):
    """Reads stretches of one masked text; counts what it lost and what it may still try."""

    text: str
    masked: Masked
    lost: list[Lost] = msgspec.field(default_factory=list)
    tries: int = TRIES
    characters: int = TRIED_CHARACTERS
    engine: str = "shell"  # "bashlex" once that has read a statement

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
            node = self.resume(first, last, whole=len(stretches) > 1)
            items.append(Doubtful(node, BROKEN) if first > unclosed else node)
        return Sequence(tuple(items))

    def build(self, start: int, end: int) -> Node:
        """The tree of the text from one offset up to another.

        Raises:
            EngineError: bashlex refuses it.
        """
        if not self.masked.text[start - self.masked.offset : end - self.masked.offset].strip(" \t\n;"):
            return Sequence(())
        items: list[Node] = []
        at = self.behind_blanks(start, end)
        while at < end and (found := self.statement(at, end)):
            items.append(found[0])
            at = self.behind_blanks(found[1], end)
        if not items:
            raise EngineError("no statement")
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def statement(self, start: int, end: int) -> tuple[Node, int] | None:
        """The statement that begins at an offset, and where it ends; None where there is none.

        Raises:
            EngineError: neither our grammar nor bashlex reads it.
        """
        try:
            return StatementReader(self.builder, start, end).statement()
        except (Unsure, RecursionError):
            self.engine = "bashlex"
        try:
            return read_by_bashlex(self.builder, start, end)
        except RecursionError as error:
            raise EngineError("nested too deeply") from error

    def behind_blanks(self, start: int, end: int) -> int:
        """The offset behind white space and continuations."""
        found = BLANK.match(self.masked.text, start - self.masked.offset, end - self.masked.offset)
        return found.end() + self.masked.offset if found else start

    @cached_property
    def builder(self) -> Builder:
        return Builder(self.masked, {at: self.whole(opaque) for at, opaque in self.masked.opaque.items()})

    def whole(self, opaque: Opaque) -> Node:
        """What was masked whole: the arms of a `case` hold commands."""
        if opaque.kind != "case":
            return Bracketed(opaque.extent, opaque.kind)
        arms = tuple(Arm(arm.patterns, self.nested(*arm.body), arm.falls) for arm in opaque.arms)
        return Case(opaque.extent, opaque.subject, arms)

    def nested(self, start: int, end: int) -> Node:
        """The tree of an arm of a `case`."""
        script = parse(self.text, start, end)
        self.lost += script.lost
        self.engine = "bashlex" if "bashlex" in (self.engine, script.engine) else self.engine
        return script.body

    def stretches(self, start: int, end: int) -> list[Extent]:
        """The stretches of whole lines between block boundaries, empty ones left out."""
        marks = [start, *(mark for mark in self.masked.boundaries if start < mark < end), end]
        return [(first, last) for first, last in pairwise(marks) if not self.blank(first, last)]

    def blank(self, start: int, end: int) -> bool:
        return not self.masked.text[start - self.masked.offset : end - self.masked.offset].strip()

    def resume(self, start: int, end: int, *, whole: bool) -> Node:
        """Try the `whole`, then grow groups of lines until one parses; a line that starts no such group is lost."""
        if whole:
            try:
                return self.build(start, end)
            except EngineError:
                pass
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

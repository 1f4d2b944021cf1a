"""What does a shell script say, and what of it could not be read? Masked text to a tree, whatever engine reads it.

The whole text first; where that fails, each stretch of lines that no open block spans; where that fails too,
groups of whole lines. What is read out of a broken block stands under doubt, what is not read is lost.
Nothing else here knows bashlex's node types.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Many
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from chipsieve.limits import STATEMENTS
from chipsieve_shell.syntax.masking import Masked, mask
from chipsieve_shell.syntax.nodes import (
    AndOr,
    Arm,
    Bracketed,
    Case,
    Doubtful,
    EngineError,
    Extent,
    For,
    Function,
    Group,
    If,
    Lost,
    Node,
    Pipeline,
    Redirect,
    Script,
    Sequence,
    Simple,
    While,
)  # fmt: skip
from chipsieve_shell.syntax.statements import Allowance, Commands, plain_commands, shortened, statements
from chipsieve_shell.syntax.word_scanner import ASSIGNMENT

GROUP_LINES = 60  # the longest group of lines tried inside a broken block
TRIES = 600  # groups tried per text; each try reads the group once
TRIED_CHARACTERS = 120_000  # all groups together: bounds the quadratic part
BROKEN = "in a block that cannot be read whole"
TOO_MANY = f"more than {STATEMENTS:,} statements that take a grammar: the rest is not read"
UNREADABLE = "the shell parser cannot read this"
TOO_BROKEN = "too much of the script cannot be read; gave up resuming here"
UNCLOSED = "a quote, bracket or block opens here and is never closed"


def parse(text: str, start: int = 0, end: int | None = None, allowance: Allowance | None = None) -> Script:
    """The script in `text[start:end]`; all offsets are offsets in `text`. Never raises on any text."""
    end = len(text) if end is None else end
    parser = _Parser(text, mask(text, start, end), allowance or Allowance())
    if parser.masked.abandoned is not None:
        parser.lost.append(Lost((parser.masked.abandoned, end), TOO_BROKEN))
    body = parser.read(start, end)
    return Script(body, tuple(sorted(set(parser.masked.comments))), _merged(text, parser.lost), parser.engine)


@dataclass(slots=True)
class _Parser:
    """Reads stretches of one masked text; counts what it lost and what it may still try."""

    text: str
    masked: Masked
    allowance: Allowance = field(default_factory=Allowance)
    lost: list[Lost] = field(default_factory=list)
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
        stretch = self.masked.text[start - self.masked.offset : end - self.masked.offset]
        if not stretch.strip(" \t\n;"):
            return Sequence(())
        plain = plain_commands(stretch)
        found, read = statements(shortened(stretch, plain), plain, self.allowance)
        if self.allowance.left <= 0 and stretch[read:].strip():
            self.lost.append(Lost((start + read, end), TOO_MANY))
        if not all(isinstance(statement, int) for statement in found):
            self.engine = "bashlex"
        try:
            return _Builder(self, start, plain).sequence(found)
        except RecursionError as error:
            raise EngineError("nested too deeply") from error

    def nested(self, start: int, end: int) -> Node:
        """The tree of what was masked whole and holds commands: an arm of a `case`."""
        script = parse(self.text, start, end, self.allowance)
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


class _Builder:
    """Converts bashlex's nodes; `base` is the script's offset of bashlex's offset 0."""

    def __init__(self, parser: _Parser, base: int, plain: Commands) -> None:
        self.parser, self.masked, self.base, self.plain = parser, parser.masked, base, plain

    def extent(self, node: Any) -> Extent:
        return node.pos[0] + self.base, node.pos[1] + self.base

    def sequence(self, nodes: Many[Any]) -> Node:
        items = tuple(self.node(node) for node in nodes)
        return items[0] if len(items) == 1 else Sequence(items)

    def node(self, node: Any) -> Node:
        """Dispatch on the kind of bashlex node; a plain command is its offset."""
        if isinstance(node, int):
            return self.words(self.plain[node])
        converters: dict[str, Callable[[Any], Node]] = {
            "command": self.simple, "list": self.list, "pipeline": self.pipeline, "compound": self.compound,
            "if": self.conditional, "for": self.loop, "while": self.loop_while, "until": self.loop_while,
            "function": self.function,
        }  # fmt: skip
        if node.kind not in converters:
            raise EngineError(f"a statement of kind {node.kind}")
        return converters[node.kind](node)

    def simple(self, node: Any) -> Node:
        if node.pos[0] in self.plain:
            return self.words(self.plain[node.pos[0]])
        words = tuple(self.extent(part) for part in node.parts if part.kind == "word")
        assignments = tuple(self.extent(part) for part in node.parts if part.kind == "assignment")
        redirects = tuple(self.redirect(part) for part in node.parts if part.kind == "redirect")
        opaque = self.opaque(assignments, words)
        if opaque is not None:
            return Group(opaque, redirects=redirects) if redirects else opaque
        leading = words[0][0] if words else self.extent(node)[1]
        prefix = tuple(extent for extent in assignments if extent[0] < leading)
        operands = (extent for extent in assignments if extent[0] >= leading)
        return Simple(self.extent(node), prefix, tuple(sorted((*words, *operands))), redirects)

    def words(self, extents: tuple[Extent, ...]) -> Node:
        """A command of words alone, of which the first may be assignments."""
        moved = tuple((start + self.base, end + self.base) for start, end in extents)
        count = next((at for at, extent in enumerate(moved) if not self.assigns(extent)), len(moved))
        prefix, words = moved[:count], moved[count:]
        return self.opaque(prefix, words) or Simple((moved[0][0], moved[-1][1]), prefix, words)

    def assigns(self, extent: Extent) -> bool:
        return ASSIGNMENT.match(self.masked.text, *(at - self.masked.offset for at in extent)) is not None

    def redirect(self, node: Any) -> Redirect:
        start, end = self.extent(node)
        for at in range(start, end):
            if at in self.masked.heredocs:
                return Redirect("<<", heredoc=self.masked.heredocs[at])
        target = self.extent(node.output) if hasattr(node.output, "pos") else None
        return Redirect(node.type, target)

    def opaque(self, assignments: tuple[Extent, ...], words: tuple[Extent, ...]) -> Node | None:
        """What was masked whole, where that is all that a command consists of."""
        opaque = self.masked.opaque.get(words[0][0]) if words and not assignments else None
        if opaque is None or words != (opaque.extent,):
            return None
        if opaque.kind != "case":
            return Bracketed(opaque.extent, opaque.kind)
        arms = tuple(Arm(arm.patterns, self.parser.nested(*arm.body), arm.falls) for arm in opaque.arms)
        return Case(opaque.extent, opaque.subject, arms)

    def list(self, node: Any) -> Node:
        """A flat list with operators: `&&` and `||` bind tighter than `;`, `&` and newline, from the left."""
        items: list[Node] = []
        joined: Literal["&&", "||"] | None = None
        for part in node.parts:
            if part.kind == "operator":
                joined = part.op if part.op in ("&&", "||") else None
            elif joined and items:
                items[-1] = AndOr(joined, items[-1], self.node(part))
            else:
                items.append(self.node(part))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def pipeline(self, node: Any) -> Node:
        negated = sum(part.kind == "reservedword" for part in node.parts) % 2 == 1
        parts = tuple(self.node(part) for part in node.parts if part.kind not in ("pipe", "reservedword"))
        return Pipeline(parts, negated)

    def compound(self, node: Any) -> Node:
        inner = [part for part in node.list if part.kind != "reservedword"]
        body = self.sequence(inner)
        brackets = [part.word for part in node.list if part.kind == "reservedword"]
        redirects = tuple(map(self.redirect, node.redirects))
        if brackets[:1] in (["("], ["{"]) or redirects:
            return Group(body, subshell=brackets[:1] == ["("], redirects=redirects)
        return body

    def conditional(self, node: Any) -> Node:
        branches: list[tuple[Node, Node]] = []
        held: list[Node] = []
        keyword, otherwise = "", None
        for part in node.parts:
            if part.kind != "reservedword":
                held.append(self.node(part))
                if keyword == "then":
                    branches.append((held[-2], held[-1]))
                elif keyword == "else":
                    otherwise = held[-1]
            elif part.word != ";":
                keyword = part.word
        return If(tuple(branches), otherwise)

    def loop(self, node: Any) -> Node:
        words = [self.extent(part) for part in node.parts if part.kind == "word"]
        listed = any(part.kind == "reservedword" and part.word == "in" for part in node.parts)
        body = self.node(next(part for part in node.parts if part.kind not in ("word", "reservedword")))
        start, end = words[0]
        name = self.masked.text[start - self.masked.offset : end - self.masked.offset]
        if (header := self.masked.opaque.get(start)) is not None:
            return For(header.name, None, body, counts=True)
        return For(name, tuple(words[1:]) if listed else None, body)

    def loop_while(self, node: Any) -> Node:
        test, body = (self.node(part) for part in node.parts if part.kind != "reservedword")
        return While(test, body, until=node.kind == "until")

    def function(self, node: Any) -> Node:
        name = next(part.word for part in node.parts if part.kind == "word")
        return Function(name, self.node(node.body))

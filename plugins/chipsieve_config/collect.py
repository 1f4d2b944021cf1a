"""What has been found in this file so far? One growing record per file, turned into a Reading at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from chipsieve.facts.conditions import MENTION, Condition
from chipsieve.facts.finding import Finding, Match, finding
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Command, Document, Gap, Option, Reading, Reference, Source
from chipsieve.facts.words import Word
from chipsieve.match.table import SignalTable

ENGINE = "config"
LINE = re.compile(r"[^\r\n]+")
Conditions = tuple[Condition, ...]


class Collector:
    """Findings, gaps, references, options, commands and documents of one source, by offset."""

    def __init__(self, source: Source, table: SignalTable) -> None:
        """Start empty."""
        self.source = source
        self.table = table
        self.text = source.text
        self.lines = Lines(source.text)
        self._findings: list[Finding] = []
        self._gaps: list[Gap] = []
        self._references: list[Reference] = []
        self._options: list[Option] = []
        self._commands: list[Command] = []
        self._documents: list[Document] = []

    def add(self, matches: Iterable[Match], start: int, end: int, conditions: Conditions = ()) -> None:
        """Record what the table answered for the text from `start` up to `end`."""
        for match in matches:
            span = self.lines.span(start, end)
            self._findings.append(finding(match, self.source.path, span, self.lines, conditions, ENGINE))

    def comments(self, places: Iterable[tuple[int, int]]) -> None:
        """Ask the word rows about the comments at these places; a comment uses nothing."""
        masked = _only(self.text, places)
        for match, start, end in self.table.words(masked) if masked.strip() else ():
            self.add([replace(match, by="comment")], start, end, (MENTION,))

    def gap(self, reason: str, line: int | None = None) -> None:
        """Record what could not be read."""
        self._gaps.append(Gap(self.source.path, reason, line))

    def refer(self, text: str, start: int, end: int, conditions: Conditions = ()) -> None:
        """Record the name of another file."""
        self._references.append(Reference(text, self.lines.span(start, end), conditions))

    def option(self, dest: str, default: str | None, start: int, end: int) -> None:
        """Record a setting that a program may take as its option."""
        self._options.append(Option((), dest, self.lines.span(start, end), default))

    def command(self, command: Command) -> None:
        """Record a command given word by word."""
        self._commands.append(command)

    def shell(self, text: str, line: int, conditions: Conditions = ()) -> None:
        """Record a shell script inside the file; its first line is the file's line number `line`."""
        here = Span(line, 1, line, 1)
        self._documents.append(Document(Word((), here), "shell", text, here, conditions))

    def reading(self) -> Reading:
        """All of it, without duplicates, in the order of writing."""
        return Reading(
            path=self.source.path,
            language=self.source.language,
            findings=tuple(dict.fromkeys(self._findings)),
            commands=tuple(self._commands),
            options=tuple(self._options),
            references=tuple(dict.fromkeys(self._references)),
            documents=tuple(self._documents),
            gaps=tuple(dict.fromkeys(self._gaps)),
        )


def _only(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text with everything outside the places blanked, at the same length."""
    pieces, done = [], 0
    for start, end in places:
        pieces += [_blank(text[done:start]), text[start:end]]
        done = end
    return "".join([*pieces, _blank(text[done:])]) if pieces else ""


def _blank(text: str) -> str:
    return LINE.sub(lambda line: " " * len(line[0]), text)

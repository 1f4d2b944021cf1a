"""What has been stated of this file so far? One growing record per file, turned into a Reading at the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chipsieve.facts.bounded import MANY_CLAIMS, Bounded, Documents, left_out
from chipsieve.facts.claims import claims
from chipsieve.facts.conditions import MENTION, Conditions
from chipsieve.facts.finding import snippet
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import (
    Command,
    ConsoleScript,
    Document,
    Fact,
    FactKind,
    Function,
    Gap,
    Import,
    Option,
    Reading,
    Reference,
    Source,
)
from chipsieve.facts.statements import DEVICES
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.facts.words import Word
from chipsieve.limits import CLAIMS, PARTS
from chipsieve_config.config_tree import Mapping, Scalar

if TYPE_CHECKING:
    from chipsieve.commands.pins import Pin
    from chipsieve.facts.neighbourhood import Neighbourhood

COMMENT_LINE = re.compile(r"^[ \t]*#[^\r\n]*", re.MULTILINE)
COMMENT_OUTSIDE_QUOTES = re.compile(r"""^(?:[^\r\n#"']|"[^"\r\n]*"|'[^'\r\n]*')*(\#[^\r\n]*)""", re.MULTILINE)


class Collector:
    """Facts, gaps, references, options, commands and documents of one source, by offset."""

    def __init__(self, source: Source, vocabulary: Vocabulary, engine: str) -> None:
        """Start empty; `engine` is the parser that reads the source."""
        self.source = source
        self.vocabulary = vocabulary
        self.engine = engine
        self.text = source.text
        self.lines = Lines(source.text)
        self._deciding = sorted(vocabulary.names.get("beside", ()))
        self._facts = Bounded[Fact]()
        self._gaps: list[Gap] = []
        self._references = Bounded[Reference]()
        self._options = Bounded[Option]()
        self._imports = Bounded[Import]()
        self._mentioned: set[str] = set()
        self._commands = Bounded[Command]()
        self._documents = Documents()
        self._claims: Counter[int] = Counter()
        self._programs = Bounded[ConsoleScript]()

    def state(
        self, kind: FactKind, name: str, value: str | None, start: int, end: int, conditions: Conditions = ()
    ) -> None:
        """State a fact of the text from `start` up to `end`, when a signal asks for its name."""
        if self.vocabulary.asks(kind, name):
            self._facts.append(self._fact(kind, name, value, start, end, conditions))

    def key(self, path: tuple[str, ...], value: Scalar, beside: Mapping, conditions: Conditions = ()) -> None:
        """State the setting at the end of a path, with those settings `beside` it on which a signal may depend."""
        if self.vocabulary.asks("key", path[-1]):
            fact = self._fact("key", path[-1], value.known, value.start, value.end, conditions)
            siblings = ((name, beside.known(name)) for name in self._deciding)
            given = tuple((name, text) for name, text in siblings if text is not None)
            self._facts.append(replace(fact, parts=path[:-1], beside=given))

    @cached_property
    def neighbourhood(self) -> Neighbourhood:
        """What stands around each line."""
        from chipsieve.facts.neighbourhood import Neighbourhood  # for files that hold claims, which few do

        return Neighbourhood(self.lines)

    def pins(self, pins: Iterable[Pin], start: int, end: int, conditions: Conditions = ()) -> None:
        """State the requirements for which one stretch of text stands."""
        for pin in pins:
            self.state("pin", pin.name, pin.text, start, end, (*conditions, *pin.conditions))

    def image(self, reference: str, start: int, end: int, conditions: Conditions = ()) -> None:
        """State the reference of a container image, when it holds what a signal asks for."""
        if self.vocabulary.holds("image", reference):
            self._facts.append(self._fact("image", "", reference, start, end, conditions))

    def literal(self, word: str, start: int, end: int, conditions: Conditions = ()) -> None:
        """State a word of a command, when it holds what a signal asks for."""
        if self.vocabulary.holds("literal", word):
            self._facts.append(self._fact("literal", "", word, start, end, conditions))

    def claim(self, start: int, end: int, by: str, context: tuple[str, ...] = (), devices: int = 0) -> None:
        """State a stretch of one line that may name a chip, with what stands around it; a name alone uses nothing.

        `devices` is how many a run that printed it counts, 0 where it does not say.
        """
        line = self.lines.position(start)[0]
        self._claims[line] += 1
        if self._claims[line] > PARTS or len(self._claims) > CLAIMS:
            return
        fact = self._fact("claim", "", self.text[start:end], start, end, (MENTION,))
        beside = ((DEVICES, str(devices)),) if devices else ()
        self._facts.append(replace(fact, by=by, beside=beside, context=context))

    def comments(self, places: Iterable[tuple[int, int]]) -> None:
        """State what the comments at these places may claim."""
        for place in places:
            for start, end in claims(self.text, self.vocabulary, *place):
                self.claim(start, end, "comment", self.neighbourhood.comment(start))

    def comments_like(self, pattern: re.Pattern[str], start: int = 0, end: int | None = None) -> None:
        """State what the comments may claim that a pattern finds: its group, or all of it where it has none."""
        found = pattern.finditer(self.text, start, len(self.text) if end is None else end)
        self.comments(comment.span(pattern.groups) for comment in found)

    def gap(self, reason: str, line: int | None = None) -> None:
        """Record what could not be read."""
        self._gaps.append(Gap(self.source.path, reason, line))

    def refer(
        self, text: str, start: int, end: int, conditions: Conditions = (), group: str = "", *, overrules: bool = False
    ) -> None:
        """Record the name of another file."""
        self._references.append(Reference(text, self.lines.span(start, end), conditions, group, overrules))

    def imported(self, module: str, names: tuple[str, ...], start: int, end: int, conditions: Conditions = ()) -> None:
        """Record a module that a value names, and state it when a signal asks for it."""
        span = self.lines.span(start, end)
        self._imports.append(Import(module, span, 0, names, conditions))
        if self.vocabulary.asks("import", module):
            self._facts.append(replace(self._fact("import", module, None, start, end, conditions), parts=names))

    def mention(self, name: str) -> None:
        """Note a class or function that a value names, so that whoever loads the file may call it."""
        self._mentioned.add(name)

    def option(self, dest: str, above: tuple[str, ...], value: Scalar) -> None:
        """Record a setting, below some keys, that a program may take as its option."""
        self._options.append(Option((), dest, self.lines.span(value.start, value.end), value.known, above=above))

    def command(self, command: Command) -> None:
        """Record a command given word by word."""
        self._commands.append(command)

    def program(self, program: ConsoleScript | None) -> None:
        """Record a program that the file's package installs; None for a line that names none."""
        if program is not None:
            self._programs.append(program)

    def shell(
        self, text: str, line: int, conditions: Conditions = (), environment: tuple[tuple[str, Word], ...] = (),
        directory: Word | None = None, offsets: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        """Record a shell script inside the file, in the environment that the file gives it.

        Its first line is the file's line number `line`, unless `offsets` say where each character stands. The shell's
        reader states what it sets and installs; nothing here looks into it.
        """
        here = Span(line, 1, line, 1)
        self._documents.append(
            Document(Word((), here), "shell", text, here, conditions, environment, directory, offsets)
        )

    def file(
        self, name: Word, text: str, line: int, conditions: Conditions = (), offsets: tuple[int, ...] = ()
    ) -> None:
        """Record a file whose text the source holds, in the language that its name says; see `shell` for its place."""
        here = Span(line, 1, line, 1)
        self._documents.append(Document(name, "", text, here, conditions, offsets=offsets))

    def reading(self) -> Reading:
        """All of it, without duplicates, in the order of writing."""
        self._state_claims_left_out()
        lists = ("facts", "commands", "options", "imports", "references", "programs")
        for kind in lists:
            if getattr(self, f"_{kind}").cut:
                self.gap(left_out(kind))
        return Reading(
            path=self.source.path,
            language=self.source.language,
            facts=tuple(dict.fromkeys(self._facts)),
            commands=tuple(self._commands),
            options=tuple(self._options),
            imports=tuple(dict.fromkeys(self._imports)),
            references=tuple(dict.fromkeys(self._references)),
            functions=(Function("", tuple(sorted(self._mentioned))),) if self._mentioned else (),
            documents=tuple(self._documents),
            gaps=tuple(dict.fromkeys(self._gaps)),
            programs=tuple(self._programs),
        )

    def _state_claims_left_out(self) -> None:
        """State that more lines than anybody judges name chips, or one line in too many parts."""
        if len(self._claims) > CLAIMS:
            further = list(self._claims)[CLAIMS]
            self.gap(MANY_CLAIMS, further)
        for line in (line for line, count in self._claims.items() if count > PARTS):
            self.gap(f"a long line that may name chips in more than {PARTS} parts: the rest is left out", line)

    def _fact(self, kind: FactKind, name: str, value: str | None, start: int, end: int, conditions: Conditions) -> Fact:
        span = self.lines.span(start, end)
        return Fact(kind, name, value, span, snippet(self.lines, span), conditions, self.engine)

"""Small readings for tests of the link: words, commands and files without a parser."""

from __future__ import annotations

from typing import Literal

from chipsieve.facts.conditions import Condition, Not, Question
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Command, Function, Import, Option, Reading
from chipsieve.facts.words import Part, Word
from chipsieve.link.file_index import FileIndex
from chipsieve.link.following import Run, follow


def span(line: int = 1, column: int = 1, length: int = 1) -> Span:
    return Span(line, column, line, column + length)


def text(value: str, line: int = 1) -> Word:
    return Word((Part("text", value, span(line)),), span(line))


def variable(name: str, *, quoted: bool = True, default: str | None = None) -> Word:
    part = Part("variable", name, span(), quoted=quoted, default=None if default is None else text(default))
    return Word((part,), span())


def place(kind: Literal["directory", "script", "script_directory"]) -> Word:
    """The working folder, the script itself or the folder that holds it."""
    return Word((Part(kind, "", span(), quoted=True),), span())


def joined(*words: Word) -> Word:
    return Word(tuple(part for word in words for part in word.parts), span())


def arguments() -> Word:
    return Word((Part("arguments", "@", span(), quoted=True),), span())


def choice(*alternatives: tuple[tuple[Condition, ...], str]) -> Word:
    return Word(
        (Part("choice", "", span(), alternatives=tuple((c, text(value)) for c, value in alternatives)),), span()
    )


def command(
    line: str | list[Word], at: int = 1, environment: dict[str, Word] | None = None,
    conditions: tuple[Condition, ...] = (), directory: Word | None = None, *, sources: bool = False,
) -> Command:  # fmt: skip
    words = [text(word, at) for word in line.split()] if isinstance(line, str) else line
    return Command(tuple(words), span(at), tuple((environment or {}).items()), conditions, directory, sources=sources)


def script(path: str, *commands: Command, bindings: dict[str, Word] | None = None) -> Reading:
    return Reading(path, "shell", commands=commands, bindings=tuple((bindings or {}).items()))


def module(
    path: str, *, imports: tuple[Import, ...] = (), options: tuple[Option, ...] = (),
    functions: tuple[Function, ...] = (), entry: bool = False,
) -> Reading:  # fmt: skip
    return Reading(path, "python", imports=imports, options=options, functions=functions, entry=entry)


def option(name: str, default: str | None = None, stores: str | None = None, dest: str = "") -> Option:
    return Option((name,), dest or name.lstrip("-").replace("-", "_"), span(), default, stores)


def if_variable(name: str, *values: str) -> Question:
    return Question("variable", name, "in", values) if values else Question("variable", name)


def runs(first: str, *readings: Reading) -> list[Run]:
    """What one of some files starts."""
    return [*follow(FileIndex(readings)).runs[first]]


def line(run: Run) -> str:
    """The command line of a run."""
    return " ".join(word.text for word in run.words)


A, B = if_variable("A"), if_variable("B")


def either(one: str, other: str, asked: Condition = A) -> Word:
    """A variable that holds one text where a test holds, and another one elsewhere."""
    return choice(((asked,), one), ((Not(asked),), other))

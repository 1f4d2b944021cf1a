"""What does a text inside a file take from the file around it? Places, conditions, variables, the working folder."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from chipsieve.facts.places import Lines
from chipsieve.facts.reading import Command, Document, Reading, Source
from chipsieve.facts.relocation import Relocation, Stretch
from chipsieve.facts.words import Part, Word
from chipsieve.sources.languages import language_of
from chipsieve.sources.placing import Parts

BOM = "\ufeff"


def embedded(source: Source, document: Document) -> Source:
    """The document as a source of its own, in the language that its file's name says where it says none itself.

    Without offsets it is padded, so that its lines are the file's.
    """
    padding = "" if document.offsets else "\n" * (document.span.line - 1)
    language = document.language or language_of(document.path_text.literal or "")
    return Source(source.path, language, padding + document.text)


def lines_of(source: Source) -> Lines:
    """The lines in which the documents of a text stand."""
    return Lines(source.text.removeprefix(BOM))


def surrounded(parts: Parts, document: Document, lines: Lines) -> Parts:
    """What the document says, its own reading under the document's conditions and in its environment."""
    if document.offsets:
        relocation = Relocation(lines, Stretch(document.text, document.offsets))
        parts = tuple((name, relocation.reading(reading)) for name, reading in parts)
    return (("", _conditioned(parts[0][1], document)), *parts[1:])


def _conditioned(reading: Reading, document: Document) -> Reading:
    extra = document.conditions
    if not (extra or document.environment or document.directory):
        return reading
    return replace(
        reading,
        facts=tuple(replace(item, conditions=extra + item.conditions) for item in reading.facts),
        commands=tuple(_within(item, document) for item in reading.commands),
    )


def _within(command: Command, document: Document) -> Command:
    given = dict(document.environment)
    return replace(
        command,
        words=tuple(_filled(word, given) for word in command.words) if given else command.words,
        environment=document.environment + command.environment,
        conditions=document.conditions + command.conditions,
        directory=command.directory or document.directory,
    )


def _filled(word: Word, given: Mapping[str, Word]) -> Word:
    """The word whose variables have, unless somebody sets them otherwise, the values that the file around gives."""
    return replace(word, parts=tuple(_with_default(part, given) for part in word.parts))


def _with_default(part: Part, given: Mapping[str, Word]) -> Part:
    if part.kind != "variable" or part.default is not None or part.text not in given:
        return part
    return replace(part, default=given[part.text])

"""What does one Python text say? Outline it, parse it, walk over its tree."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from chipsieve.facts.claims import claims
from chipsieve.facts.conditions import MENTION, Conditions
from chipsieve.facts.finding import snippet
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Command, Fact, Function, Gap, Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.facts.words import Part, Word
from chipsieve_python import statements, tree
from chipsieve_python.definitions import finish
from chipsieve_python.hits import Launched, Piece, Place
from chipsieve_python.lexer import Comment, Unsafe, outline
from chipsieve_python.scope import Scope
from chipsieve_python.tree.parse import parse
from chipsieve_python.walk import NOWHERE, Mentions, Walk

ENGINE = "libcst"
BOM = "\ufeff"
LIMIT = 3_000_000
FRAMES = 12_000  # what the deepest text that the lexer lets through needs
SHARED = re.compile(r"^[ \t]*(?:global|nonlocal)[ \t]+([\w, \t]+)", re.MULTILINE)
PYTHON_2 = re.compile(r"^\s*(print\s+[\"'\w]|exec\s+[\"'\w]|raise\s+\w+\s*,|except\s+\w+\s*,\s*\w+\s*:)")


def read_python(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything that a Python file says; a file that cannot be parsed becomes a gap."""
    nothing = Reading(source.path, source.language)
    if len(source.text) > LIMIT:
        return replace(nothing, gaps=(Gap(source.path, f"longer than {LIMIT:,} characters: not read"),))
    text = source.text.removeprefix(BOM)
    try:
        outlined = outline(text)
        with _deep():
            return _assemble(source, vocabulary, parse(text, outlined), outlined.comments)
    except Unsafe as error:
        gap = Gap(source.path, f"not read: {error}", error.line)
    except tree.Unreadable as error:
        gap = Gap(source.path, _syntax(source.text, error.line), error.line)
    except (SyntaxError, UnicodeError) as error:
        gap = Gap(source.path, f"not readable as Python 3: {error}", getattr(error, "lineno", None))
    except RecursionError:
        gap = Gap(source.path, "not read: expressions nested too deeply")
    return replace(nothing, gaps=(gap,))


@contextmanager
def _deep() -> Iterator[None]:
    """Room for deep trees, and no garbage collection while one is built (a fifth of the time).

    Python's own frames do not use the machine's stack, so their limit may be what the lexer's limits need.
    """
    before, collected = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(before, FRAMES))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
        if collected:
            gc.enable()


def _syntax(text: str, number: int) -> str:
    line = Lines(text).line(number)
    if PYTHON_2.match(line):
        return "not readable as Python 3: written in Python 2"
    return "not readable as Python 3: syntax error"


def _assemble(source: Source, vocabulary: Vocabulary, module: tree.Suite, remarks: tuple[Comment, ...]) -> Reading:
    walk = _walked(source, vocabulary, module)
    spans = _Spans(source.text)
    facts = [spans.fact(hit.fact, spans.of(hit.place), hit.conditions) for hit in walk.hits]
    facts += _remarked(vocabulary, remarks, spans)
    return Reading(
        source.path,
        source.language,
        facts=tuple(sorted(set(facts), key=_order)),
        commands=tuple(_command(spans, launched) for launched in walk.commands),
        options=tuple(found.make(span=spans.of(found.place)) for found in walk.options),
        imports=tuple(found.make(span=spans.of(found.place)) for found in walk.imports),
        references=tuple(found.make(span=spans.of(found.place)) for found in walk.references),
        functions=tuple(_function(name, mentions) for name, mentions in walk.functions.items()),
        documents=tuple(found.make(span=spans.of(found.place)) for found in walk.documents),
        entry=walk.entry,
    )


def _function(name: str, mentions: Mentions) -> Function:
    plain = frozenset(mentions.get((), ()))
    guarded = tuple((inside, frozenset(names - plain)) for inside, names in mentions.items() if inside)
    return Function(name, plain, tuple(group for group in guarded if group[1]))


def _walked(source: Source, vocabulary: Vocabulary, module: tree.Suite) -> Walk:
    names = (name.strip() for listed in SHARED.findall(source.text) for name in listed.split(","))
    walk = Walk(source, vocabulary, Scope("module", shared=frozenset(names)))
    walk.mentions = walk.functions[""]
    walk.configurable = any(map(_runs_exec, module.body))
    statements.block(walk, module)
    finish(walk)
    return walk


def _runs_exec(node: tree.Node) -> bool:
    """Whether a top-level statement is `exec(...)`."""
    if not isinstance(node, tree.Line) or not isinstance(node.body[0], tree.Expr):
        return False
    call = node.body[0].value
    return isinstance(call, tree.Call) and isinstance(call.func, tree.Name) and call.func.value == "exec"


def _order(fact: Fact) -> tuple[Span, str, str, str, str]:
    return fact.span, fact.kind, fact.name, repr(fact.argument), repr((fact.value, fact.conditions))


def _remarked(vocabulary: Vocabulary, remarks: Iterable[Comment], spans: _Spans) -> Iterator[Fact]:
    """Claims in comments."""
    for remark in remarks:
        for start, end in claims(remark.text, vocabulary):
            fact = Fact("claim", "", remark.text[start:end], NOWHERE, by="comment")
            yield spans.fact(fact, spans.at(remark.offset + start, remark.offset + end), (MENTION,))


class _Spans:
    """The spans of all that the walk found."""

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)
        self.shift = len(text) - len(text.removeprefix(BOM))

    def of(self, place: Place) -> Span:
        start, end = place.node.start, place.node.end
        return self.at(start + place.start, end if place.end is None else start + place.end)

    def fact(self, fact: Fact, span: Span, conditions: Conditions) -> Fact:
        """The fact where it stands, under its conditions."""
        return replace(fact, span=span, snippet=snippet(self.lines, span), conditions=conditions, engine=ENGINE)

    def at(self, start: int, end: int) -> Span:
        """The span of a stretch of the text that was parsed."""
        return self.lines.span(start + self.shift, end + self.shift)


def _command(spans: _Spans, launched: Launched) -> Command:
    return Command(
        words=tuple(_word(spans, word) for word in launched.words if word),
        span=spans.of(launched.place),
        environment=tuple((name, _word(spans, [piece])) for name, piece in launched.environment),
        conditions=launched.conditions,
    )


def _word(spans: _Spans, pieces: list[Piece]) -> Word:
    parts = tuple(
        Part("unknown" if piece.text is None else "text", piece.text or "", spans.of(piece.place), piece.quoted)
        for piece in pieces
    )
    first, last = parts[0].span, parts[-1].span
    return Word(parts, Span(first.line, first.column, last.end_line, last.end_column))

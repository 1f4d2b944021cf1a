"""What does one script say? Parse, walk, then directives and comments: a Reading."""

from __future__ import annotations

from posixpath import basename

from msgspec.structs import replace

from chipsieve.commands.schedulers import directive_lines
from chipsieve.facts.claims import claims
from chipsieve.facts.conditions import MENTION, Question
from chipsieve.facts.neighbourhood import Neighbourhood
from chipsieve.facts.reading import Command, Document, Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.facts.words import Word
from chipsieve.limits import LINE, STEPS
from chipsieve_shell.constants.pieces import Piece, Pieces, Value
from chipsieve_shell.constants.source_map import MappedText, Places
from chipsieve_shell.constants.state import TOO_MANY, State
from chipsieve_shell.record import Exhausted, Record, merged
from chipsieve_shell.run.interpreter import Interpreter
from chipsieve_shell.syntax.nodes import Node, Script, Simple, children
from chipsieve_shell.syntax.script_parser import parse

ENGINE = "shell"  # what finds directives and comments
DEEP = "nested too deeply to read to its end"


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything that a shell script says: commands, facts, variables, documents it writes, gaps.

    Never raises for bad input: what cannot be read is a gap with its line. Sizes are bounded.
    """
    record = Record(source, vocabulary, Places(source.text))
    reason = _refused(source.text)
    if reason:
        record.gap(reason)
        return Reading(source.path, source.language, gaps=tuple(record.gaps))
    try:
        script = parse(source.text)
    except RecursionError:
        record.gap(DEEP)
        return Reading(source.path, source.language, gaps=tuple(record.gaps))
    state = State()
    _walk(record, script, state)
    record.state_environment()
    _overgrown(record)
    _directives(record, script)
    _comments(record, script)
    record.state_cuts()
    return Reading(
        path=source.path,
        language=source.language,
        facts=merged(record.facts),
        commands=tuple(record.commands),
        bindings=_bindings(record, state),
        documents=_documents(record),
        gaps=tuple(dict.fromkeys(sorted(record.gaps, key=lambda gap: (gap.line or 0, gap.reason)))),
    )


def _refused(text: str) -> str:
    if any(len(line) > LINE for line in text.splitlines()):
        return f"a line has more than {LINE:,} characters; not read"
    return "holds NUL characters; not a shell script" if "\0" in text else ""


def _walk(record: Record, script: Script, state: State) -> None:
    for lost in script.lost:
        first, last = (record.lines.position(at)[0] for at in (lost.extent[0], max(lost.extent[1] - 1, 0)))
        lines = f" (lines {first} to {last})" if last > first else ""
        record.gap(lost.reason + lines, first)
    interpreter = Interpreter(MappedText(record.source.text), state, record, script.engine)
    try:
        interpreter.execute(script.body)
        interpreter.uncalled()
    except RecursionError:
        record.gap(DEEP)
    except Exhausted:
        counted = "loops, calls and the values that they carry counted"
        record.gap(f"more than {STEPS:,} steps to evaluate, {counted}; the rest is not read")


def _overgrown(record: Record) -> None:
    """Commands of which a word may be too much for anybody to follow."""
    for command in record.commands:
        if any(_too_many(word) for word in command.words):
            record.gap("a variable of this command has more values than are followed", command.span.line)


def _too_many(word: Word) -> bool:
    return any(
        part.text == TOO_MANY or any(_too_many(inner) for _, inner in part.alternatives)
        for part in word.parts
        if part.kind in ("unknown", "choice")
    )


def _directives(record: Record, script: Script) -> None:
    """A directive behind the first command is a comment to the scheduler."""
    first = first_command(script.body)
    for (start, _), options in directive_lines(record.source.text, script.comments):
        late = first is not None and start > first
        for name, value, extent in options:
            record.fact("directive", name, value, extent, (MENTION,) if late else (), ENGINE)


def first_command(node: Node) -> int | None:
    """The offset of the first simple command."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Simple):
            return node.extent[0]
        waiting += reversed(children(node))
    return None


def _comments(record: Record, script: Script) -> None:
    """Chips that comments name; directives are no comments."""
    text = record.source.text
    if not record.vocabulary.holds("claim", text):
        return
    neighbourhood = Neighbourhood(record.lines)
    directives = {extent for extent, _ in directive_lines(text, script.comments)}
    for start, end in script.comments:
        if (start, end) not in directives and not text.startswith("#!", start):
            for first, last in claims(text, record.vocabulary, start, min(end + 1, len(text))):
                context = neighbourhood.comment(first)
                record.fact(
                    "claim", "", text[first:last], (first, last), (MENTION,), ENGINE, by="comment", context=context
                )


def _bindings(record: Record, state: State) -> tuple[tuple[str, Word], ...]:
    """The variables at the script's end, for a script that sources it."""
    return tuple((name, record.lines.word(_spread(value), value.extent)) for name, value in state.variables.items())


def _spread(value: Value) -> Pieces:
    """An array as one text that splits into its items."""
    pieces: list[Piece] = []
    for _, item in value.items:
        if pieces and item:
            pieces.append(Piece("text", " ", item[0].start, item[0].start))
        pieces += item
    return tuple(pieces)


def _documents(record: Record) -> tuple[Document, ...]:
    """Documents once each; a script that nothing here runs may never run."""
    mentioned = [word for command in record.commands for word in _operands(command)]
    return tuple(
        document
        if document.language != "shell" or _key(document.path_text) in mentioned
        else replace(document, conditions=(*document.conditions, _unrun(document.path_text)))
        for document in dict.fromkeys(record.documents)
    )


def _operands(command: Command) -> list[str]:
    return [_key(word) for word in command.words]


def _key(word: Word) -> str:
    """A file's name without its folder, variables by their name."""
    return basename("".join(part.text if part.kind == "text" else f"${{{part.text}}}" for part in word.parts))


def _unrun(path: Word) -> Question:
    return Question("unknown", text=f"written to {_key(path)}")

"""Which programs does the file start, with which words? subprocess, os.system and their like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chipsieve.commands.flags import flags
from chipsieve.facts.conditions import Conditions
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Command
from chipsieve.facts.words import Part, Word
from chipsieve_python.context import Context, Output, Stretch
from chipsieve_python.dictionaries import dict_entries
from chipsieve_python.evaluate import evaluate, qualified, text_of
from chipsieve_python.scope import Scope
from chipsieve_python.strings import content_of
from chipsieve_python.syntax_tree import expression_kinds as expr

STARTERS = frozenset({
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen",
    "subprocess.getoutput", "os.system", "os.popen", "os.execv", "os.execvp", "os.execvpe", "os.execve",
    "asyncio.create_subprocess_shell",
})  # fmt: skip
PROGRAM = re.compile(r"[\w./~${}-]*\w[\w./~${}-]*")
TOKEN = re.compile(r"['\"]|\s+|[^\s'\"]+")
WORDS = 500


class Piece(NamedTuple):
    """A piece of a word: its text, None for what only the run could tell, and where it stands.

    `exact` says that the text stands there character by character.
    """

    text: str | None
    place: Stretch
    quoted: bool = True
    exact: bool = False

    def part(self, start: int, end: int) -> Piece:
        """A stretch of the piece's text, as a piece of a word."""
        at = self.place[0]
        place = (at + start, at + end) if self.exact else self.place
        return Piece((self.text or "")[start:end], place)


def state_command(name: str, node: expr.Call, here: Context) -> None:
    """Keep the command that a call starts, as far as its words are literal, and state its flags."""
    if name not in STARTERS or not node.args or node.args[0].star:
        return
    positional = [arg.value for arg in node.args if arg.keyword is None]
    listed = positional[1] if name.startswith("os.exec") and len(positional) > 1 else node.args[0].value
    for own, words in _command_words(listed, here):
        texts = [_text(word) for word in words]
        first = texts[0] if texts else None
        if first is None or not (PROGRAM.fullmatch(first) or "=" in first):
            continue
        within, output = here.under(*own), here.output
        environment = tuple((key, _word(output, [piece])) for key, piece in _environment(node, here.scope))
        made = tuple(_word(output, word) for word in words if word)
        output.commands.append(Command(made, output.span(node), environment, within.conditions))
        for flag in flags(texts):
            if flag.value is not None and here.asks("flag", flag.name):
                within.state("flag", flag.name, flag.value, words[flag.at][0].place)


def _command_words(node: expr.Expression, here: Context) -> Iterator[tuple[Conditions, list[list[Piece]]]]:
    """The words of a list or of a string, for each value that the expression may have."""
    for own, value in here.possible(evaluate(node, here.scope)):
        if isinstance(value.node, expr.List | expr.Tuple):
            yield own, [_element(element, here.scope) for element in value.node.elements[:WORDS]]
        elif isinstance(node, expr.Name) and value.text is not None and not value.qualified:
            yield own, _split([Piece(value.text, (node.start, node.end), quoted=False)])
        elif not isinstance(node, expr.Name):
            yield own, _split(_pieces(node, here.scope))


def _element(element: expr.Element, scope: Scope) -> list[Piece]:
    if element.starred:
        return [Piece(None, (element.value.start, element.value.end), quoted=False)]
    return _pieces(element.value, scope, quoted=True)


def _pieces(node: expr.Expression, scope: Scope, *, quoted: bool = False) -> list[Piece]:
    """The pieces of a text: literals with their places, None for what is not known."""
    if isinstance(node, expr.ConcatenatedString) or (isinstance(node, expr.BinaryOperation) and node.operator == "+"):
        return _pieces(node.left, scope, quoted=quoted) + _pieces(node.right, scope, quoted=quoted)
    if isinstance(node, expr.FormattedString):
        return [_formatted(part, scope, quoted) for part in node.parts]
    if qualified(node, scope) == "sys.executable":
        return [Piece("python", (node.start, node.end))]
    content = content_of(node)
    return [Piece(text_of(node, scope), content or (node.start, node.end), quoted, content is not None)]


def _formatted(part: expr.FormattedStringContent, scope: Scope, quoted: bool) -> Piece:
    if isinstance(part, expr.FormattedStringExpression):
        plain = part.conversion is None and part.format_spec is None
        text = text_of(part.expression, scope) if plain else None
        return Piece(text, (part.expression.start, part.expression.end), quoted)
    text = part.value.replace("{{", "{").replace("}}", "}")
    return Piece(text, (part.start, part.end), quoted, exact=not set(part.value) & set("\\{}"))


def _split(parts: Iterable[Piece]) -> list[list[Piece]]:
    """The words of a command line given as one text: split at white space, quotes taken off."""
    words: list[list[Piece]] = []
    is_open, quote = False, ""
    for part in parts:
        for token in [None] if part.text is None else TOKEN.finditer(part.text):
            text = token[0] if token else ""
            if quote and text == quote:
                quote = ""
                continue
            if text.isspace() and not quote:
                is_open = False
                continue
            if not is_open:
                words.append([])
                is_open = True
            if token is None:
                words[-1].append(part._replace(quoted=bool(quote)))
            elif not quote and text in ("'", '"'):
                quote = text
            else:
                words[-1].append(part.part(*token.span()))
    return words[:WORDS]


def _text(word: list[Piece]) -> str | None:
    texts = [piece.text for piece in word]
    return None if None in texts else "".join(text for text in texts if text is not None)


def _environment(node: expr.Call, scope: Scope) -> Iterator[tuple[str, Piece]]:
    """The variables that `env={...}` sets."""
    for arg in node.args:
        if arg.keyword is not None and arg.keyword.value == "env":
            for _, value in evaluate(arg.value, scope):
                for key, _, item in dict_entries(value.node) if value.node is not None else ():
                    yield key, Piece(text_of(item, scope), (item.start, item.end))


def _word(output: Output, pieces: list[Piece]) -> Word:
    parts = tuple(
        Part("unknown" if piece.text is None else "text", piece.text or "", output.span(piece.place), piece.quoted)
        for piece in pieces
    )
    first, last = parts[0].span, parts[-1].span
    return Word(parts, Span(first.line, first.column, last.end_line, last.end_column))

"""Which programs does the file start, with which words? subprocess, os.system and their like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chipsieve.commands.callables import callables
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

PROGRAM = re.compile(r"[\w./~${}-]*\w[\w./~${}-]*")
TOKEN = re.compile(r"['\"]|\s+|[^\s'\"]+")
WORDS = 500  # of one command
LISTS = 200  # of which one command is put together


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


Words = list[list[Piece]]
Known = dict[expr.Expression, Words]  # the words of lists


def state_command(name: str, node: expr.Call, here: Context) -> None:
    """Keep the command that a call starts, as far as its words are literal, and state its flags."""
    listed = _started(name, node)
    if listed is None:
        return
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


def _started(name: str, node: expr.Call) -> expr.Expression | None:
    """The argument of a call that is a command line; None of a call that starts nothing."""
    table = callables()
    method = f"*.{node.func.attr}" if isinstance(node.func, expr.Attribute) else ""
    if name not in table.starting and method not in table.starting:
        return None
    keyword = table.command_keywords.get(name) or table.command_keywords.get(method)
    if keyword is not None:
        return next((arg.value for arg in node.args if arg.keyword is not None and arg.keyword.value == keyword), None)
    if not table.starters & {name, method} or not node.args or node.args[0].star:
        return None
    positional = [arg.value for arg in node.args if arg.keyword is None]
    return positional[1] if name.startswith("os.exec") and len(positional) > 1 else node.args[0].value


def _command_words(node: expr.Expression, here: Context) -> Iterator[tuple[Conditions, list[list[Piece]]]]:
    """The words of a list or of a string, for each value that the expression may have."""
    node = _unwrapped(node, here.scope)
    for own, value in here.possible(evaluate(node, here.scope)):
        if isinstance(node, expr.Name) and value.text is not None:
            if not value.qualified:
                yield own, _split([Piece(value.text, (node.start, node.end), quoted=False)])
        elif value.node is not None or not isinstance(node, expr.Name):
            yield own, _words(value.node or node, here.scope, {})


def _unwrapped(node: expr.Expression, scope: Scope) -> expr.Expression:
    """What `shlex.split(text)`, `text.split()` and `" ".join(words)` are made of: the same words."""
    while isinstance(node, expr.Call) and isinstance(func := node.func, expr.Attribute):
        joins = func.attr == "join" and text_of(func.value, scope) == " "
        if node.args and (joins or qualified(func, scope) in ("shlex.split", "shlex.join")):
            node = node.args[0].value
        elif func.attr in ("split", "strip") and not node.args:
            node = func.value
        else:
            break
    return node


def _words(node: expr.Expression, scope: Scope, known: Known) -> Words:
    """The words of a command that is written as a list, as lists put together, or as a text.

    `known` holds the words of the lists so far: a list may be a part of itself, or twice of each of many others.
    """
    if isinstance(node, expr.LISTS):
        known[node] = _unknown(node)  # to its own members
        parts = [_element(element, scope, known) for element in node.elements[:WORDS]]
    elif isinstance(node, expr.BinaryOperation) and _lists(node, scope):
        parts = [_listed(side, scope, known) for side in (node.left, node.right)]
    else:
        return _split(_pieces(node, scope))
    known[node] = [word for part in parts for word in part][:WORDS]
    return known[node]


def _lists(node: expr.BinaryOperation, scope: Scope) -> bool:
    sides = [value.node for side in (node.left, node.right) for _, value in evaluate(side, scope)]
    inner = [side for side in (node.left, node.right) if isinstance(side, expr.BinaryOperation)]
    return any(isinstance(side, expr.List) for side in sides) or any(_lists(side, scope) for side in inner)


def _listed(node: expr.Expression, scope: Scope, known: Known) -> Words:
    """The words of one of several lists; one unknown word for a list that is not known."""
    if isinstance(node, expr.BinaryOperation):
        return _words(node, scope, known)
    found = [value.node for _, value in evaluate(node, scope)]
    whole = found[0] if len(found) == 1 else None
    if not isinstance(whole, expr.LISTS) or len(known) > LISTS:
        return _unknown(node)
    return known[whole] if whole in known else _words(whole, scope, known)


def _unknown(node: expr.Expression) -> Words:
    return [[Piece(None, (node.start, node.end), quoted=False)]]


def _element(element: expr.Element, scope: Scope, known: Known) -> Words:
    return _listed(element.value, scope, known) if element.starred else [_pieces(element.value, scope, quoted=True)]


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

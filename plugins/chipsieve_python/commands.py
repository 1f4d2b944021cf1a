"""Which programs does the file start, with which words? subprocess, os.system and their like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chipsieve.facts.conditions import Conditions
from chipsieve_python import tree
from chipsieve_python.configs import dict_entries
from chipsieve_python.evaluate import evaluate, qualified, text_of
from chipsieve_python.hits import Launched, Piece, Place
from chipsieve_python.scope import Scope
from chipsieve_python.values import plain_text
from chipsieve_python.walk import Walk

STARTERS = frozenset({
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen",
    "subprocess.getoutput", "os.system", "os.popen", "os.execv", "os.execvp", "os.execvpe", "os.execve",
    "asyncio.create_subprocess_shell",
})  # fmt: skip
PROGRAM = re.compile(r"[\w./~${}-]*\w[\w./~${}-]*")
WORDS = 500


def called(walk: Walk, name: str, node: tree.Call) -> None:
    """Keep the command that a call starts, as far as its words are literal, and state its flags."""
    if name not in STARTERS or not node.args or node.args[0].star:
        return
    positional = [arg.value for arg in node.args if arg.keyword is None]
    listed = positional[1] if name.startswith("os.exec") and len(positional) > 1 else node.args[0].value
    for own, words in command_words(walk, listed):
        first = _text(words[0]) if words else None
        if first is not None and (PROGRAM.fullmatch(first) or "=" in first):
            with walk.under(*own):
                launched(walk, Place(node), words, _environment(walk, node))


def launched(walk: Walk, place: Place, words: list[list[Piece]], environment: list[tuple[str, Piece]]) -> None:
    """Keep a command and state its flags."""
    walk.commands.append(Launched(place, words, environment, walk.conditions))
    for index, word in enumerate(words):
        text = _text(word) or ""
        if not text.startswith("-") or not word:
            continue
        flag, given, value = text.partition("=")
        following = _text(words[index + 1]) if index + 1 < len(words) else "-"
        operand = value if given else "true" if following is not None and following.startswith("-") else following
        if operand is not None and walk.vocabulary.asks("flag", flag):
            walk.state("flag", flag, operand, word[0].place)


def command_words(walk: Walk, node: tree.Expression) -> Iterator[tuple[Conditions, list[list[Piece]]]]:
    """The words of a list or of a string, for each value that the expression may have."""
    for own, value in walk.possible(evaluate(node, walk.scope)):
        if isinstance(value.node, tree.List | tree.Tuple):
            yield own, [_element(element, walk.scope) for element in value.node.elements[:WORDS]]
        elif isinstance(node, tree.Name) and value.text is not None and not value.qualified:
            yield own, split([Piece(value.text, Place(node), quoted=False)])
        elif not isinstance(node, tree.Name):
            yield own, split(pieces(node, walk.scope))


def _element(element: tree.Element, scope: Scope) -> list[Piece]:
    if element.starred:
        return [Piece(None, Place(element.value), quoted=False)]
    return pieces(element.value, scope, quoted=True)


def pieces(node: tree.Expression, scope: Scope, *, quoted: bool = False) -> list[Piece]:
    """The pieces of a text: literals with their places, None for what is not known."""
    if isinstance(node, tree.BinaryOperation) and node.operator == "+":
        return pieces(node.left, scope, quoted=quoted) + pieces(node.right, scope, quoted=quoted)
    if isinstance(node, tree.ConcatenatedString):
        return pieces(node.left, scope, quoted=quoted) + pieces(node.right, scope, quoted=quoted)
    if isinstance(node, tree.FormattedString):
        return [_formatted(part, scope, quoted) for part in node.parts]
    if qualified(node, scope) == "sys.executable":
        return [Piece("python", Place(node))]
    return [Piece(text_of(node, scope), _content(node), quoted)]


def _formatted(part: tree.FormattedStringContent, scope: Scope, quoted: bool) -> Piece:
    if isinstance(part, tree.FormattedStringExpression):
        plain = part.conversion is None and part.format_spec is None
        return Piece(text_of(part.expression, scope) if plain else None, Place(part.expression), quoted)
    text = part.value
    plain = not set(text) & set("\\{}")
    return Piece(text.replace("{{", "{").replace("}}", "}"), Place(part, 0, len(text) if plain else None), quoted)


def _content(node: tree.Expression) -> Place:
    """The text between the quotes, where every character stands for itself; else the whole node."""
    if isinstance(node, tree.SimpleString) and node.raw_value == plain_text(node):
        start = len(node.prefix) + len(node.quote)
        return Place(node, start, len(node.value) - len(node.quote))
    return Place(node)


def split(parts: Iterable[Piece]) -> list[list[Piece]]:
    """The words of a command line given as one text: split at white space, quotes taken off."""
    words: list[list[Piece]] = []
    open_word, quote = False, ""
    for part in parts:
        if part.text is None:
            if not open_word:
                words.append([])
            words[-1].append(Piece(None, part.place, quoted=bool(quote)))
            open_word = True
            continue
        for token in _TOKEN.finditer(part.text):
            text = token[0]
            if quote and text == quote:
                quote = ""
            elif not quote and text in ("'", '"'):
                quote, open_word = text, _open(words, open_word)
            elif not quote and text.isspace():
                open_word = False
            else:
                open_word = _open(words, open_word)
                words[-1].append(Piece(text, _inside(part.place, token.start(), token.end()), quoted=True))
    return words[:WORDS]


_TOKEN = re.compile(r"['\"]|\s+|[^\s'\"]+")


def _open(words: list[list[Piece]], already: bool) -> bool:
    if not already:
        words.append([])
    return True


def _inside(place: Place, start: int, end: int) -> Place:
    return place if place.end is None else Place(place.node, place.start + start, place.start + end)


def _text(word: list[Piece]) -> str | None:
    texts = [piece.text for piece in word]
    return None if None in texts else "".join(text for text in texts if text is not None)


def _environment(walk: Walk, node: tree.Call) -> list[tuple[str, Piece]]:
    """The variables that `env={...}` sets."""
    found = []
    for arg in node.args:
        if arg.keyword is not None and arg.keyword.value == "env":
            for _, value in evaluate(arg.value, walk.scope):
                entries = dict_entries(value.node) if value.node is not None else ()
                found += [(key, Piece(text_of(item, walk.scope), Place(item))) for key, _, item in entries]
    return found

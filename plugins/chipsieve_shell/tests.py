"""Does a test hold? `[ ]`, `test`, `[[ ]]` and `case` patterns, decided where constants decide them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chipsieve.facts.conditions import Not, Question
from chipsieve_shell.answers import Answer, all_of, any_of, negate, question
from chipsieve_shell.compare import NUMERIC, argument_count, equals, matches_regex, nonempty, numeric
from chipsieve_shell.expand import Expander
from chipsieve_shell.nodes import Extent
from chipsieve_shell.skip import Unclosed
from chipsieve_shell.values import Piece, Pieces, constant

UNARY = frozenset({
    "-a", "-b", "-c", "-d", "-e", "-f", "-g", "-h", "-k", "-n", "-o", "-p", "-r", "-s", "-t", "-u", "-v", "-w",
    "-x", "-z", "-G", "-L", "-N", "-O", "-R", "-S",
})  # fmt: skip
BINARY = frozenset({"=", "==", "!=", "=~", "<", ">", "-nt", "-ot", "-ef", *NUMERIC})
BRACKET_OPERATORS = ("&&", "||", "(", ")", "<", ">")


@dataclass(frozen=True, slots=True)
class Token:
    """An operand's pieces, or an operator's text (then it stands unquoted)."""

    pieces: Pieces
    operator: str = ""


def holds(tokens: list[Token], text: str, *, globbing: bool) -> Answer:
    """Whether the test of these tokens holds; `text` is how the script words it."""
    reader = _Reader(tokens, text, globbing)
    answer = reader.either()
    return answer if reader.at == len(tokens) else question(text)


def operand_tokens(words: list[Pieces]) -> list[Token]:
    """The tokens of `[` and `test` operands."""
    return [Token(word, _operator(word)) for word in words]


def _operator(word: Pieces) -> str:
    text = constant(word)
    if text is None or any(piece.quoted for piece in word):
        return ""
    known = text in UNARY or text in BINARY or text in ("!", "(", ")", "-a", "-o", *BRACKET_OPERATORS)
    return text if known else ""


def bracket_tokens(expander: Expander, start: int, end: int) -> list[Token]:
    """The tokens between `[[` and `]]`: operands are not split, a pattern keeps which of its parts are quoted."""
    text, at = expander.tape.text, start
    tokens: list[Token] = []
    while at < end:
        if text[at] in " \t\r\n" or text.startswith("\\\n", at):
            at += 1
            continue
        sign = next((sign for sign in BRACKET_OPERATORS if text.startswith(sign, at)), "")
        if tokens and tokens[-1].operator == "=~":
            after = _regex_end(text, at, end)
        elif sign:
            tokens.append(Token((), sign))
            at += len(sign)
            continue
        else:
            after = _word_end(expander, at, end)
        pieces = expander.pieces(at, after)
        tokens.append(Token(pieces or (Piece("text", "", at, at, quoted=True),), _operator(pieces)))
        at = after
    return tokens


def _regex_end(text: str, at: int, end: int) -> int:
    found = re.compile(r"(?:[^\s\"']|\"[^\"]*\"|'[^']*')+").match(text, at, end)
    return found.end() if found else at + 1


def _word_end(expander: Expander, at: int, end: int) -> int:
    try:
        return max(at + 1, expander.skipper(end).word(at))
    except Unclosed:
        return end


@dataclass(slots=True)
class _Reader:
    """Recursive descent: `||` and `-o`, then `&&` and `-a`, then `!`, then one comparison."""

    tokens: list[Token]
    text: str
    globbing: bool
    at: int = 0

    def peek(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index].operator if index < len(self.tokens) else ""

    def either(self) -> Answer:
        answer = self.both()
        while self.peek() in ("||", "-o"):
            self.at += 1
            answer = any_of((answer, self.both()))
        return answer

    def both(self) -> Answer:
        answer = self.inverted()
        while self.peek() in ("&&", "-a"):
            self.at += 1
            answer = all_of((answer, self.inverted()))
        return answer

    def inverted(self) -> Answer:
        if self.peek() == "!" and len(self.tokens) > self.at + 1:
            self.at += 1
            return negate(self.inverted())
        if self.peek() == "(":
            self.at += 1
            answer = self.either()
            self.at += self.peek() == ")"
            return answer
        return self.primary()

    def primary(self) -> Answer:
        left = self.tokens[self.at : self.at + 1]
        if not left:
            return False  # `[ ]`: nothing is not something
        more = len(self.tokens) - self.at
        if self.peek(1) in BINARY and more > 2:  # noqa: PLR2004 - two operands and the operator between
            right = self.tokens[self.at + 2]
            self.at += 3
            return self.compare(left[0].pieces, self.tokens[self.at - 2].operator, right.pieces)
        if left[0].operator in UNARY and more > 1:
            operand = self.tokens[self.at + 1]
            self.at += 2
            return self.unary(left[0].operator, operand.pieces)
        self.at += 1
        return nonempty(left[0].pieces, self.text)

    def unary(self, operator: str, operand: Pieces) -> Answer:
        if operator in ("-n", "-z"):
            answer = nonempty(operand, self.text)
            return answer if operator == "-n" else negate(answer)
        text = constant(operand)
        if operator == "-v" and text is not None and text.isidentifier():
            return Question("variable", text, "set")
        return question(self.text)

    def compare(self, left: Pieces, operator: str, right: Pieces) -> Answer:
        if operator in ("=", "=="):
            return equals(left, right, self.text, globbing=self.globbing)
        if operator == "!=":
            return negate(equals(left, right, self.text, globbing=self.globbing))
        if operator in NUMERIC:
            return numeric(left, operator, right, self.text)
        if operator == "=~":
            return matches_regex(left, right, self.text)
        return question(self.text)


def arithmetic(expander: Expander, extent: Extent) -> Answer:
    """Whether `((...))` is true: decided for constants, a test for `N == 1`, else unknown."""
    start, end = extent[0] + 2, extent[1] - 2
    text = expander.tape.text[start:end].strip()
    number = expander.number(start, end)
    if number is not None:
        return number != 0
    count = re.fullmatch(r"\$#\s*(==|!=|<=|>=|<|>)\s*(\d+)", text)
    signs = {"==": "-eq", "!=": "-ne", "<": "-lt", "<=": "-le", ">": "-gt", ">=": "-ge"}
    if count:
        return argument_count(signs[count[1]], int(count[2]), text)
    compared = re.fullmatch(r"\$?\{?([A-Za-z_]\w*)\}?\s*(==|!=)\s*(\d+)", text, re.ASCII)
    if compared and expander.state.value(compared[1]) is None:
        answer = Question("variable", compared[1], "in", (compared[3],))
        return answer if compared[2] == "==" else Not(answer)
    return question(f"(( {text} ))")

"""Does a test hold? `[ ]`, `[[ ]]`, `(( ))` and `case` patterns, decided where constants decide them, else asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase

import msgspec

from chipsieve.commands.known import known
from chipsieve.facts.conditions import (
    ALWAYS,
    NEVER,
    Condition,
    Conditions,
    Not,
    Question,
    all_of,
    any_of,
    as_conditions,
    negate,
)  # fmt: skip
from chipsieve.limits import REFUSED
from chipsieve_shell.constants.expander import Expander
from chipsieve_shell.constants.pieces import Piece, Pieces, constant, drop, prefix, readings
from chipsieve_shell.syntax.nodes import Extent, For, While, start_of
from chipsieve_shell.syntax.word_scanner import Unclosed

QUESTION_LENGTH = 200  # characters of its text, which distinguish two questions
NUMERIC: dict[str, Callable[[int, int], bool]] = {
    "-eq": int.__eq__, "-ne": int.__ne__, "-lt": int.__lt__, "-le": int.__le__, "-gt": int.__gt__, "-ge": int.__ge__,
}  # fmt: skip
GLOB = re.compile(r"[*?\[]")
SIMPLE_REGEX = re.compile(r"[\w\s^$.|()?*+,:/=\[\]-]{1,80}")
NESTED_QUANTIFIER = re.compile(r"[*+?][^()]*\)[*+]")
COUNT = "$#"
UNARY = frozenset({
    "-a", "-b", "-c", "-d", "-e", "-f", "-g", "-h", "-k", "-n", "-o", "-p", "-r", "-s", "-t", "-u", "-v", "-w",
    "-x", "-z", "-G", "-L", "-N", "-O", "-R", "-S",
})  # fmt: skip
BINARY = frozenset({"=", "==", "!=", "=~", "<", ">", "-nt", "-ot", "-ef", *NUMERIC})
JOINERS = frozenset({"&&", "||", "-a", "-o"})
BRACKET_OPERATORS = ("&&", "||", "(", ")", "<", ">")
REGEX_OPERAND = re.compile(r"(?:[^\s\"']|\"[^\"]*\"|'[^']*')+")
ARITHMETIC_SIGNS = {"==": "-eq", "!=": "-ne", "<": "-lt", "<=": "-le", ">": "-gt", ">=": "-ge"}
ARGUMENT_COUNT = re.compile(r"\$#\s*(==|!=|<=|>=|<|>)\s*(\d+)")
COMPARED = re.compile(r"\$?\{?([A-Za-z_]\w*)\}?\s*(==|!=)\s*(\d+)", re.ASCII)


def question(text: str) -> Question:
    """A test that only a running shell could answer; about hardware where its text names a probe."""
    text = " ".join(text.split())[:QUESTION_LENGTH]
    probes = any(probe in text for probe in known().asks_hardware)
    return Question("hardware" if probes else "unknown", text=text)


def ask_loop(loop: For | While, text: str) -> Question:
    """A question about one loop: of two loops that are worded alike one may run and the other not."""
    return Question("unknown", f"loop at {start_of(loop)}", text=text)


def decided(*, holds: bool) -> Condition:
    """The condition that stands for an answer which is known."""
    return ALWAYS if holds else NEVER


class Token(msgspec.Struct, frozen=True):
    """An operand's pieces, or an operator's text (then it stands unquoted)."""

    pieces: Pieces
    operator: str = ""

    @property
    def wording(self) -> str:
        """How the test words it, near enough to tell one comparison from another."""
        return self.operator or "".join(
            piece.text if piece.kind in ("text", "unknown") else f"${piece.text}" for piece in self.pieces
        )


def holds(tokens: list[Token], text: str, *, globbing: bool) -> Condition:
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
    return text if text in UNARY or text in BINARY or text in ("!", "(", ")", "-a", "-o", *BRACKET_OPERATORS) else ""


def bracket_tokens(expander: Expander, start: int, end: int) -> list[Token]:
    """The tokens between `[[` and `]]`: operands are not split, a pattern keeps which of its parts are quoted."""
    text, at = expander.mapped.text, start
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
    found = REGEX_OPERAND.match(text, at, end)
    return found.end() if found else at + 1


def _word_end(expander: Expander, at: int, end: int) -> int:
    try:
        return max(at + 1, expander.scanner(end).word(at))
    except Unclosed:
        return end


class _Reader(msgspec.Struct):
    """Recursive descent: `||` and `-o`, then `&&` and `-a`, then `!`, then one comparison.

    What a comparison asks is worded as the whole test; of several each has its own wording, else one question would
    stand for two.
    """

    tokens: list[Token]
    whole: str
    globbing: bool
    at: int = 0
    text: str = ""

    def peek(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index].operator if index < len(self.tokens) else ""

    def either(self) -> Condition:
        answer = self.both()
        while self.peek() in ("||", "-o"):
            self.at += 1
            answer = any_of((answer, self.both()))
        return answer

    def both(self) -> Condition:
        answer = self.inverted()
        while self.peek() in ("&&", "-a"):
            self.at += 1
            answer = all_of((answer, self.inverted()))
        return answer

    def inverted(self) -> Condition:
        if self.peek() == "!" and len(self.tokens) > self.at + 1:
            self.at += 1
            return negate(self.inverted())
        if self.peek() == "(":
            self.at += 1
            answer = self.either()
            self.at += self.peek() == ")"
            return answer
        return self.primary()

    def primary(self) -> Condition:
        left = self.tokens[self.at : self.at + 1]
        if not left:
            return NEVER  # `[ ]`: nothing is not something
        more = len(self.tokens) - self.at
        if self.peek(1) in BINARY and more > 2:  # noqa: PLR2004 - two operands and the operator between
            right = self.tokens[self.at + 2]
            self.text = self._wording(3)
            self.at += 3
            return self.compare(left[0].pieces, self.tokens[self.at - 2].operator, right.pieces)
        if left[0].operator in UNARY and more > 1:
            operand = self.tokens[self.at + 1]
            self.text = self._wording(2)
            self.at += 2
            return self.unary(left[0].operator, operand.pieces)
        self.text = self._wording(1)
        self.at += 1
        return nonempty(left[0].pieces, question(self.text))

    def _wording(self, count: int) -> str:
        if not any(token.operator in JOINERS for token in self.tokens[1:]):
            return self.whole
        return " ".join(token.wording for token in self.tokens[self.at : self.at + count])

    def unary(self, operator: str, operand: Pieces) -> Condition:
        if operator == "-n":
            return nonempty(operand, question(self.text))
        if operator == "-z":
            return negate(nonempty(operand, negate(question(self.text))))
        text = constant(operand)
        if operator == "-v" and text is not None and text.isidentifier():
            return Question("variable", text, "set")
        return question(self.text)

    def compare(self, left: Pieces, operator: str, right: Pieces) -> Condition:
        if operator in ("=", "=="):
            return equals(left, right, question(self.text), globbing=self.globbing)
        if operator == "!=":
            return negate(equals(left, right, negate(question(self.text)), globbing=self.globbing))
        if operator in NUMERIC:
            return numeric(left, operator, right, self.text)
        if operator == "=~":
            return matches_regex(left, right, self.text)
        return question(self.text)


def arithmetic(expander: Expander, extent: Extent) -> Condition:
    """Whether `((...))` is true: decided for constants, a test for `N == 1`, else unknown."""
    start, end = extent[0] + 2, extent[1] - 2
    text = expander.mapped.text[start:end].strip()
    number = expander.number(start, end)
    if number is not None:
        return decided(holds=number != 0)
    count = ARGUMENT_COUNT.fullmatch(text)
    if count:
        return argument_count(ARITHMETIC_SIGNS[count[1]], int(count[2]), text)
    compared = COMPARED.fullmatch(text)
    if compared and expander.state.value(compared[1]) is None:
        answer = Question("variable", compared[1], "in", (compared[3],))
        return answer if compared[2] == "==" else Not(answer)
    return question(f"(( {text} ))")


def nonempty(pieces: Pieces, asked: Condition) -> Condition:
    """Whether a value is something else than the empty string; `asked` where only a shell could tell."""
    return any_of(all_of((*conditions, _nonempty(value, asked))) for conditions, value in readings(pieces))


def _nonempty(value: Pieces, asked: Condition) -> Condition:
    if any(piece.kind == "text" and piece.text for piece in value):
        return ALWAYS
    known_text = constant(value)
    if known_text is not None:
        return decided(holds=known_text != "")
    named = _variable(value)
    if named:
        return Question("variable", named, "set")
    if all(piece.kind in ("text", "arguments") for piece in value):
        return Question("variable", "1", "set")
    return asked


def _variable(value: Pieces) -> str:
    """The one variable that the value is, when it is one."""
    kept = [piece for piece in value if piece.kind != "text" or piece.text]
    alone = len(kept) == 1 and kept[0].kind == "variable" and kept[0].default is None
    return kept[0].text if alone else ""


def equals(left: Pieces, right: Pieces, asked: Condition, *, globbing: bool) -> Condition:
    """Whether two values are equal, or the left matches the right's unquoted globs; `asked` where nobody can tell."""
    return any_of(
        all_of((*first, *second, _equal(mine, other, asked, globbing=globbing)))
        for first, mine in readings(left)
        for second, other in readings(right)
    )


def _equal(left: Pieces, right: Pieces, asked: Condition, *, globbing: bool) -> Condition:
    shared = _shared(prefix(left), prefix(right), right, globbing=globbing)
    left, right = drop(left, shared), drop(right, shared)
    mine, other = constant(left), constant(right)
    if mine is None and other is not None and not globbing:
        left, right, mine, other = right, left, other, mine
    if globbing and any(piece.kind == "text" and not piece.quoted and GLOB.search(piece.text) for piece in right):
        return asked if mine is None or other is None else decided(holds=fnmatchcase(mine, _pattern(right)))
    if mine is not None and other is not None:
        return decided(holds=mine == other)
    value, variable = (other, left) if mine is None else (mine, right)
    named = _variable(variable)
    if not named or value is None:
        return asked
    return Question("variable", named, "in", (value,)) if value else Not(Question("variable", named, "set"))


def _shared(mine: str, other: str, right: Pieces, *, globbing: bool) -> int:
    """How much of the `x` in `[ "x$A" = "x" ]` both sides begin with."""
    if globbing and any(not piece.quoted and GLOB.search(piece.text) for piece in right):
        return 0
    count = 0
    while count < min(len(mine), len(other)) and mine[count] == other[count]:
        count += 1
    return count


def _pattern(pieces: Pieces) -> str:
    """A glob in which quoted parts stand for themselves."""
    return "".join(
        re.sub(r"([*?\[])", r"[\1]", piece.text) if piece.quoted else piece.text.replace("[^", "[!") for piece in pieces
    )


def numeric(left: Pieces, operator: str, right: Pieces, text: str) -> Condition:
    """Whether two whole numbers stand in an order: `-eq`, `-lt` and their like."""
    return any_of(
        all_of((*first, *second, _number_answer(mine, operator, other, text)))
        for first, mine in readings(left)
        for second, other in readings(right)
    )


def _number_answer(left: Pieces, operator: str, right: Pieces, text: str) -> Condition:
    mine, other = _whole(left), _whole(right)
    if mine is not None and other is not None:
        return decided(holds=NUMERIC[operator](mine, other))
    if other is not None and len(left) == 1 and left[0].text == COUNT:
        return argument_count(operator, other, text)
    named = _variable(left)
    if other is None or not named or operator not in ("-eq", "-ne"):
        return question(text)
    answer = Question("variable", named, "in", (str(other),))
    return answer if operator == "-eq" else Not(answer)


def _whole(pieces: Pieces) -> int | None:
    text = constant(pieces)
    return int(text) if text is not None and re.fullmatch(r"\s*-?\d{1,18}\s*", text) else None


def argument_count(operator: str, count: int, text: str) -> Condition:
    """`$# -gt 0` asks whether the first argument is set, and so on."""
    least = {"-gt": count + 1, "-ge": count, "-lt": count, "-le": count + 1}.get(operator)
    if operator in ("-eq", "-ne") and count == 0:
        least, operator = 1, "-lt" if operator == "-eq" else "-ge"
    if least is None:
        return question(text)
    answer = ALWAYS if least <= 0 else Question("variable", str(least), "set")
    return negate(answer) if operator in ("-lt", "-le") else answer


def matches_regex(left: Pieces, right: Pieces, text: str) -> Condition:
    """Whether `=~` holds; only simple patterns on constants are tried."""
    mine, pattern = constant(left), constant(right)
    if mine is None or pattern is None or not SIMPLE_REGEX.fullmatch(pattern) or NESTED_QUANTIFIER.search(pattern):
        return question(text)
    try:
        return decided(holds=re.search(pattern, mine[:1000]) is not None)
    except re.error:
        return question(text)


def matches(subject: Pieces, patterns: list[Pieces], text: str) -> Condition:
    """Whether a `case` subject matches one of an arm's patterns."""
    return any_of(_matches(subject, pattern, text) for pattern in patterns)


def _matches(subject: Pieces, pattern: Pieces, text: str) -> Condition:
    if constant(pattern) == "*" and not pattern[0].quoted:
        return ALWAYS
    return equals(subject, pattern, question(text), globbing=True)


def refuse(before: Conditions, answer: Condition, at: int) -> Conditions:
    """What does not hold behind one more branch; behind too many of them, that none of the others was taken."""
    refused = tuple(dict.fromkeys((*before, *as_conditions(negate(answer)))))
    if len(refused) <= REFUSED:
        return refused
    more = Question("unknown", f"branches at {at}", text="one of many branches before this one is taken")
    return tuple(dict.fromkeys((*refused[:REFUSED], Not(more))))

"""What does this JSON say, and where? Tolerant of what people write: comments, trailing commas, JSON5 quotes."""

from __future__ import annotations

import json
import re

import msgspec

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import DEPTH_LIMIT, Builder, Mapping, Scalar, Sequence
from chipsieve_config.json_stretches import flat
from chipsieve_config.settings_walk import Walker

TOKEN = re.compile(
    r"""[\s\ufeff]*+(?:(?P<comment>//[^\r\n]*|\#[^\r\n]*|/\*(?s:.*?)\*/)
    |(?P<string>"(?:[^"\\\r\n]++|\\(?s:.))*+"|'(?:[^'\\\r\n]++|\\.)*+')
    |(?P<punctuation>[\[\]{},:])
    |(?P<word>(?:\$\{[^}\r\n]*\}|[^\s\ufeff,:\[\]{}"'$]++|\$)++)
    |(?P<end>\Z))""",
    re.VERBOSE,
)  # possessive: a long string would else cost memory for each of its characters
NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|Infinity|NaN)")
WORDS = frozenset({"true", "false", "True", "False"})
NULLS = frozenset({"null", "None", "undefined"})
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|\r\n|(?s:.))")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": "", "\r\n": ""}


class BrokenJsonError(ValueError):
    """The text stops being JSON at `offset`."""

    def __init__(self, reason: str, offset: int) -> None:
        """Keep the reason in words and the place."""
        super().__init__(reason)
        self.offset = offset


class Parsed(msgspec.Struct):
    """What a text gave: its values, its comments, the words that are no JSON values, and where it broke."""

    builder: Builder = msgspec.field(default_factory=Builder)
    comments: list[tuple[int, int]] = msgspec.field(default_factory=list)
    strange: list[int] = msgspec.field(default_factory=list)
    broken: BrokenJsonError | None = None


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; a broken one is read up to the break."""
    collector = Collector(source, vocabulary, "json")
    parsed = parse(source.text)
    report(collector, parsed)
    Walker(collector).documents(parsed.builder.finish())
    return collector.reading()


def report(collector: Collector, parsed: Parsed) -> None:
    """Record the comments of a text and what kept it from being JSON."""
    collector.comments(parsed.comments)
    for offset in parsed.strange[:1]:
        collector.gap("not a JSON value: taken as unknown", collector.lines.position(offset)[0])
    if parsed.broken:
        line = collector.lines.position(parsed.broken.offset)[0]
        collector.gap(f"not one JSON value: {parsed.broken}", line)


def parse(text: str) -> Parsed:
    """Parse one JSON text; the offsets are the text's. Never raises: `broken` says where it stopped."""
    parsed = Parsed()
    try:
        _Parser(text, parsed).run()
    except BrokenJsonError as error:
        parsed.broken = error
    return parsed


class _Parser:
    """Walks over the tokens; `state` is what may come next: key, colon, value, comma or end."""

    def __init__(self, text: str, parsed: Parsed) -> None:
        self.text = text
        self.parsed = parsed
        self.builder = parsed.builder
        self.closers: list[str] = []
        self.state = "value"

    def run(self) -> None:
        offset = 0
        while offset < len(self.text):
            token = TOKEN.match(self.text, offset)
            if token is None:
                raise BrokenJsonError("a quote or comment is never closed", offset)
            kind, offset = token.lastgroup or "end", token.end()
            if kind == "punctuation":
                offset = self._punctuation(token[kind], offset)
            elif kind == "comment":
                self.parsed.comments.append(token.span(kind))
            elif kind != "end":
                self._scalar(token[kind], token.start(kind), quoted=kind == "string")
        if self.closers:
            raise BrokenJsonError(f"{self.closers[-1]!r} is missing at the end", len(self.text))

    def _punctuation(self, sign: str, after: int) -> int:
        """Take a sign, and return the offset past what it opens and has been read with it, or past the sign."""
        if sign in "{[":
            self._expect("value", after - 1)
            return self._open(sign, after - 1)
        if sign in "}]":
            self._close(sign, after - 1)
        elif sign == ":":
            self._expect("colon", after - 1)
            self.state = "value"
        else:
            self._expect("comma", after - 1)
            self.state = self._first_state()
        return after

    def _open(self, sign: str, offset: int) -> int:
        if self.builder.depth >= DEPTH_LIMIT:
            raise BrokenJsonError(f"nested more than {DEPTH_LIMIT} deep", offset)
        stretch = flat(self.text, offset)
        if stretch:
            self.builder.add(stretch[0])
            self.state = "comma" if self.closers else "end"
            return stretch[1]
        self.builder.open(Mapping() if sign == "{" else Sequence())
        self.closers.append("}" if sign == "{" else "]")
        self.state = self._first_state()
        return offset + 1

    def _close(self, sign: str, offset: int) -> None:
        if not self.closers or self.closers[-1] != sign or self.state not in ("comma", self._first_state()):
            raise BrokenJsonError(f"{sign!r} is not expected", offset)
        self.closers.pop()
        self.builder.close()
        self.state = "comma" if self.closers else "end"

    def _scalar(self, token: str, start: int, *, quoted: bool) -> None:
        end = start + len(token)
        if self.state == "key":
            self.builder.add(Scalar(unquote(token) if quoted else token, start, end))
            self.state = "colon"
            return
        self._expect("value", start)
        text = unquote(token) if quoted else self._word(token, start)
        self.builder.add(Scalar(text, start, end))
        self.state = "comma" if self.closers else "end"

    def _word(self, word: str, offset: int) -> str | None:
        if word in WORDS or NUMBER.fullmatch(word):
            return word
        if word in NULLS:
            return ""
        self.parsed.strange.append(offset)
        return None

    def _first_state(self) -> str:
        return "key" if self.closers[-1] == "}" else "value"

    def _expect(self, state: str, offset: int) -> None:
        if self.state == "end":
            raise BrokenJsonError("several values, one after the other: only the first was read", offset)
        if self.state != state:
            raise BrokenJsonError(f"a {self.state} is missing", offset)


def unquote(token: str) -> str:
    """The text that a quoted token stands for; wrong escapes stand for themselves."""
    if "\\" not in token:
        return token[1:-1]
    if token[0] == '"':
        try:
            return str(json.loads(token, strict=False))
        except ValueError:
            pass
    return ESCAPE.sub(_unescape, token[1:-1])


def _unescape(escape: re.Match[str]) -> str:
    code = escape[1]
    return chr(int(code[1:], 16)) if code[0] == "u" and len(code) > 1 else ESCAPES.get(code, code)

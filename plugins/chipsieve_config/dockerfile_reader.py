"""What does this Dockerfile build on, set and run? FROM, ARG, ENV, RUN, CMD and ENTRYPOINT.

Source: Docker documentation, "Dockerfile reference" (line continuation, here-documents, variable substitution).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from collections.abc import Sequence as Row
from dataclasses import dataclass, field

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.facts.words import Word
from chipsieve_config import json_reader
from chipsieve_config.collector import COMMENT_LINE, Collector
from chipsieve_config.config_tree import Scalar, Sequence
from chipsieve_config.workload import Around, command, word

STARTS = ("ENTRYPOINT", "CMD")
DOCUMENTED = ("RUN", "COPY", "ADD")  # what here-documents may follow
SHELL = ("/bin/sh", "-c")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
SKIPPED = re.compile(r"[ \t]*(?:#[^\r\n]*)?\r?\n?")
KEYWORD = re.compile(r"[ \t]*(?P<keyword>[A-Za-z]+)[ \t]+(?P<flags>(?:--\S+(?:[ \t]|\\\r?\n)+)*)")
HEREDOC = re.compile(r"<<-?[\"']?(\w+)[\"']?")
HEREDOC_LINES = 2_000  # a longer one was never closed
LONGEST = 20_000  # characters of a variable's value; a longer one is not filled in
VARIABLES = 500  # that a stage sets; further ones are not carried into what it runs
ESCAPE = re.compile(r"\s*#\s*escape\s*=\s*`", re.IGNORECASE)
VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::?(?P<sign>[-+])(?P<other>[^}]*))?\}|(?P<plain>\w+))")
PAIR = re.compile(r"""(?P<name>[\w.-]+)=(?P<value>(?:"(?:[^"\\]|\\(?s:.))*"|'[^']*'|\\(?s:.)|[^\s"'\\])*)""")
OLD_PAIR = re.compile(r"(?P<name>\w+)[ \t]+(?P<value>[^\r\n]*\S)")
IMAGE = re.compile(r"\S+")
SCRIPT = re.compile(r"<<-?[\"']?(?P<name>\w+)[\"']?[ \t]*\r?\n(?P<body>(?:.*\n)?)[ \t]*(?P=name)", re.DOTALL)
OTHER_INTERPRETER = re.compile(r"#!(?![^\r\n]*sh\b)")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its keyword and where its arguments stand."""

    keyword: str
    start: int
    end: int


@dataclass(slots=True)
class _Stage:
    """One stage of a build: what ENV, ARG and WORKDIR have set, and what starts in the image (the last of each)."""

    environment: dict[str, Word] = field(default_factory=dict)
    directory: Word | None = None
    starts: dict[str, Instruction] = field(default_factory=dict)
    crowded: bool = False

    def take(self, given: dict[str, Word]) -> None:
        """Set variables, as many as there is room for."""
        room = VARIABLES - len(self.environment)
        new = [name for name in given if name not in self.environment]
        self.crowded |= len(new) > room
        self.environment |= {name: value for name, value in given.items() if name not in new[max(room, 0) :]}

    @property
    def around(self) -> Around:
        return Around((), tuple(self.environment.items()), self.directory)


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; build arguments have their defaults."""
    collector = Collector(source, vocabulary, "dockerfile")
    collector.comments_like(COMMENT_LINE)
    known: dict[str, str] = {}
    stage = _Stage()
    for item in instructions(source.text):
        if item.keyword == "FROM":
            _image(collector, item, known)
            stage = _Stage(crowded=stage.crowded)
        elif item.keyword in ("ENV", "ARG"):
            stage.take(_settings(collector, item, known))
        elif item.keyword == "WORKDIR":
            stage.directory = _argument(collector, item, known)
        elif item.keyword == "RUN":
            _run(collector, item, stage.around)
        elif item.keyword in STARTS:
            stage.starts[item.keyword] = item
    _start(collector, stage)
    if stage.crowded:
        collector.gap(f"a stage sets more than {VARIABLES} variables: the rest is not carried into what it runs")
    return collector.reading()


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile, continued lines and here-documents included."""
    sign = "`" if ESCAPE.match(text) else "\\"
    lines = [line.span() for line in LINE.finditer(text) if line[0]]
    ends: dict[str, list[int]] | None = None
    place = 0
    while place < len(lines):
        keyword = KEYWORD.match(text, *lines[place])
        if keyword is None:
            place += 1
            continue
        place = _last(text, lines, place, sign) + 1
        start = keyword.end()
        if keyword["keyword"].upper() in DOCUMENTED:
            for name in HEREDOC.findall(text, start, lines[place - 1][1]):
                ends = _ends(text, lines) if ends is None else ends
                place = _after_heredoc(ends.get(name, ()), place)
        end = lines[place - 1][1]
        yield Instruction(keyword["keyword"].upper(), start, start + len(text[start:end].rstrip()))


def _last(text: str, lines: list[tuple[int, int]], place: int, sign: str) -> int:
    """The last line of the instruction that begins at `place`: comments and blanks between do not end it."""
    last = place
    while text[slice(*lines[last])].rstrip().endswith(sign):
        after = last + 1
        while after < len(lines) and SKIPPED.fullmatch(text, *lines[after]):
            after += 1
        if after == len(lines):
            break
        last = after
    return last


def _ends(text: str, lines: list[tuple[int, int]]) -> dict[str, list[int]]:
    """The lines that are one word, by that word: what may end a here-document."""
    found: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        word_there = text[slice(*line)].strip()
        if word_there.isidentifier() or word_there.isdigit():
            found.setdefault(word_there, []).append(place)
    return found


def _after_heredoc(ends: Row[int], place: int) -> int:
    """The line after a here-document that begins at one and ends at the first of others."""
    at = bisect_left(ends, place)
    return ends[at] + 1 if at < len(ends) and ends[at] < place + HEREDOC_LINES else place


def _image(collector: Collector, item: Instruction, known: dict[str, str]) -> None:
    image = IMAGE.search(collector.text, item.start, item.end)
    if image:
        name = substitute(image[0], known)
        if "$" not in name:
            collector.image(name, *image.span())


def _settings(collector: Collector, item: Instruction, known: dict[str, str]) -> dict[str, Word]:
    """`ENV A=1 B=2`, `ENV A 1`, `ARG A=1`: both are in the environment of what RUN runs."""
    given: dict[str, Word] = {}
    pairs = list(PAIR.finditer(collector.text, item.start, item.end))
    if item.keyword == "ENV" and (not pairs or pairs[0].start() != item.start):
        pairs = list(OLD_PAIR.finditer(collector.text, item.start, item.end))[:1]
    for pair in pairs:
        written = re.sub(r"\\\r?\n", "", pair["value"]).strip("\"'")
        value = substitute(written, known)
        value = value if len(value) <= LONGEST else written
        known[pair["name"]] = value
        place = pair.span("value") if pair["value"] else pair.span("name")
        collector.state("env", pair["name"], Scalar(value, *place).known, *place)
        given[pair["name"]] = word(collector, Scalar(value, *place))
    return given


def _argument(collector: Collector, item: Instruction, known: dict[str, str]) -> Word:
    """The one word of WORKDIR."""
    return word(collector, Scalar(substitute(collector.text[item.start : item.end], known), item.start, item.end))


def substitute(text: str, known: dict[str, str]) -> str:
    """The text with the variables whose value is known; the others stay as they are."""

    def value(found: re.Match[str]) -> str:
        name = found["braced"] or found["plain"]
        if found["sign"] == "+":
            return found["other"] if known.get(name) else ""
        return known.get(name) or (found["other"] if found["sign"] else found[0])

    return VARIABLE.sub(value, text)


def _run(collector: Collector, item: Instruction, around: Around) -> None:
    """A shell form is a script, and so is a here-document alone; the exec form `["a", "b"]` is a command."""
    text = collector.text[item.start : item.end]
    script = SCRIPT.fullmatch(text)
    words = _words(collector, item)
    if script:
        if not OTHER_INTERPRETER.match(script["body"]):
            collector.shell(script["body"], collector.lines.position(item.start + script.start("body"))[0], *around)
    elif words is None:
        line, column = collector.lines.position(item.start)
        collector.shell(" " * (column - 1) + _continued(text), line, *around)
    elif words:
        command(collector, words, around)


def _words(collector: Collector, item: Instruction) -> list[Scalar] | None:
    """The words of the exec form, None for the shell form."""
    text = collector.text[item.start : item.end]
    parsed = json_reader.parse(text) if text.startswith("[") else None
    words = parsed.builder.finish()[0] if parsed and not parsed.broken else None
    if not isinstance(words, Sequence):
        return None
    return [Scalar(part.text, part.start + item.start, part.end + item.start) for part in words.scalars()]


def _start(collector: Collector, stage: _Stage) -> None:
    """What a container of the image runs: ENTRYPOINT with the words of CMD behind it, or CMD alone.

    A shell form of ENTRYPOINT takes no words; one of CMD is a script for `/bin/sh -c`.
    """
    entry, arguments = (stage.starts.get(keyword) for keyword in STARTS)
    first = _words(collector, entry) if entry else None
    alone = arguments if entry is None else entry if first is None else None
    if alone:
        _run(collector, alone, stage.around)
    elif first:
        more = _words(collector, arguments) if arguments else []
        if more is None and arguments:
            place = arguments.start, arguments.end
            more = [Scalar(text, *place) for text in (*SHELL, collector.text[slice(*place)])]
        command(collector, [*first, *(more or [])], stage.around)


def _continued(text: str) -> str:
    """The script with comment lines between continued ones blanked: Docker drops them, a shell would not."""
    lines = text.split("\n")
    for place in range(1, len(lines)):
        if SKIPPED.fullmatch(lines[place]) and lines[place - 1].rstrip().endswith("\\"):
            lines[place] = " " * max(len(lines[place]) - 1, 0) + "\\"
    return "\n".join(lines)

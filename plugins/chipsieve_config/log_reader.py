"""Which devices did a run print? Lines of a log that hold a chip's or a vendor's word, each kind of line once.

A log repeats itself, line by line and rank by rank. So of lines that differ in their digits alone one is searched for
words, and of those that differ in numbers alone the first stands for all: it says how many devices they count. All
that may name a chip is looked for where a log begins; further down, what device queries print.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator

from chipsieve.facts.claims import LONGEST, PRINTED, claims
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import ANY, Vocabulary
from chipsieve_config.collector import Collector

TOO_MANY = "a log that names chips in too many ways: the rest was not read"
BEGINNING = 64_000  # characters in which a run says where it is, and repeats its settings
KINDS = 100  # kinds of lines that are stated of one log
NO_DIGITS = dict.fromkeys(map(ord, string.digits))
ASCII = {ord(letter): letter.lower() for letter in string.ascii_uppercase}
NUMBER = re.compile(
    r"\b[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.\d|\b[0-9a-f]{8}(?:-[0-9a-f]{4,12})+\b|\b0x[0-9a-f]+\b"
    r"|(?<![\w-])(?<![RG]TX )(?<!Max )\d+(?:[.:]\d+)*(?!\w)",
    re.IGNORECASE,
)
"""A number that is no part of a chip's name, or an id."""
LISTED = re.compile(r"(?<![A-Za-z0-9])GPU ?(\d+(?:, ?\d+)+)", re.IGNORECASE)
STATED = re.compile(r"accelerators_per_node\W{1,6}(\d{1,3})(?!\d)", re.IGNORECASE)
PLACE = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:GPU|NPU|HPU|DCU|HCU|XPU|device|card) ?[#\[(]? ?|cuda:)(\d{1,2})"
    r"(?=[\]):,]|\s?\(|\s\[0x|\s{2}|\s(?:NVIDIA|Tesla|GeForce|Quadro))"
    r"|(?:\bid=|TPU:)(\d{1,4})(?!\d)|^\| +(\d{1,2}) +\D",
    re.IGNORECASE,
)
"""Where a line says which of a node's devices it speaks of: `GPU 3:`, `cuda:3`, `|   3  Tesla`, `TpuDevice(id=3`."""


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """The lines that may name a chip; what is in a log starts nothing and sets nothing."""
    collector = Collector(source, vocabulary, "prose")
    kinds: dict[str, tuple[int, int]] = {}
    highest: dict[str, int] = {}
    for start, end in _lines(source.text, vocabulary):
        if len(kinds) == KINDS:
            collector.gap(TOO_MANY, collector.lines.position(start)[0])
            break
        line = source.text[start : min(end, start + LONGEST)]
        kind = NUMBER.sub("#", line)
        kinds.setdefault(kind, (start, end))
        highest[kind] = max(highest.get(kind, 0), devices_of(line))
    for kind, (start, end) in kinds.items():
        for part in claims(source.text, vocabulary, start, end):
            collector.claim(*part, PRINTED, devices=highest[kind])
    return collector.reading()


def devices_of(line: str) -> int:
    """How many devices there are at least where a run prints this line: it lists them, or counts from 0; else 0."""
    stated, listed = STATED.search(line), LISTED.search(line)
    if stated:
        return int(stated[1])
    if listed:
        return len(set(re.findall(r"\d+", listed[1])))
    return max((int(place[place.lastindex or 0]) + 1 for place in PLACE.finditer(line)), default=0)


def _lines(text: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """Where the lines stand that hold a word, in order; of lines that are equal without digits, the first decides."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter that is two in lower case
        lower = text.translate(ASCII)
    lower = lower.replace("\r", "\n").replace("\\n", "\n\n")  # how bars of progress end, and lines in JSON
    names = vocabulary.names
    everything, printed = _words(names.get("claim", ())), _words(names.get(PRINTED, ()))
    wanted: dict[str, bool] = {}
    start = 0
    for line, shape in zip(lower.split("\n"), lower.translate(NO_DIGITS).split("\n"), strict=True):
        if shape not in wanted:
            words = everything if start < BEGINNING else printed
            wanted[shape] = any(word in line for word in words)
        if wanted[shape]:
            yield start, start + len(line)
        start += len(line) + 1


def _words(names: Iterable[str]) -> list[str]:
    """The words for which a line is looked at: "" where any will do, none of them part of another."""
    words = sorted(("" if name == ANY else name for name in names), key=len)
    return [word for number, word in enumerate(words) if not any(other in word for other in words[:number])]

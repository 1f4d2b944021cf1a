"""Which packages does this requirements file pin, and which other files does it bring in?"""

from __future__ import annotations

import re

from chipsieve.commands.pins import local_version, requirement_line
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import Collector

LOGICAL = re.compile(r"(?:[^\r\n\\]|\\\r?\n|\\)+")
COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
OPTION = re.compile(r"(-\w|--[\w-]+)(?:[ \t=]+|(?<=-\w))(\S+)")
PER_REQUIREMENT = re.compile(r"\s(?:--|\\).*", re.DOTALL)
INCLUDES = frozenset({"-r", "-c", "--requirement", "--constraint"})
EDITABLE = re.compile(r"(?:-e|--editable)[ \t=]+")


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; the first line that is no requirement makes a gap."""
    collector = Collector(source, vocabulary, "requirements")
    collector.comments_like(COMMENT)
    text = COMMENT.sub(lambda found: " " * len(found[0]), source.text)
    wheels = local_version(text)
    strange: list[int] = []
    for line in LOGICAL.finditer(text):
        body = line[0].strip()
        start = line.start() + len(line[0]) - len(line[0].lstrip())
        if body and not _take(collector, body, start, wheels):
            strange.append(collector.lines.position(start)[0])
    if strange:
        more = f" (and {len(strange) - 1} more lines)" if len(strange) > 1 else ""
        collector.gap(f"not a requirement as pip reads it{more}", strange[0])
    return collector.reading()


def _take(collector: Collector, body: str, start: int, wheels: str) -> bool:
    """Record one logical line; False when it is neither an option nor a requirement."""
    editable = EDITABLE.match(body)
    if editable:
        body, start = body[editable.end() :], start + editable.end()
    elif body.startswith("-"):
        option = OPTION.match(body)
        if option and option[1] in INCLUDES:
            collector.refer(option[2], start + option.start(2), start + option.end(2))
        return True
    body = PER_REQUIREMENT.sub("", body).rstrip()
    pins = requirement_line(body, wheels)
    collector.pins(pins, start, start + len(body))
    return bool(pins or editable or body.startswith((".", "/")) or "://" in body)

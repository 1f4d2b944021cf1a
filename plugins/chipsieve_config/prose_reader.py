"""Which chips does this text name, and which commands and programs does it name?"""

from __future__ import annotations

import re

from chipsieve.facts.claims import PRINTED, claims
from chipsieve.facts.conditions import Question
from chipsieve.facts.paths import is_kind
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import Collector
from chipsieve_config.shown_commands import as_script, shell_stretches

LONGEST_LINE = 500  # characters in which a line shows that a device query printed it
LOG_LINE = re.compile(
    r"\bGPU \d+(?:, ?\d+)*: |\(UUID: |^\| +\d+ +\S.*\b[0-9A-F]{4,8}:[0-9A-F]{2}:[0-9A-F]{2}\.\d|\[10de:[0-9a-f]{4}\]",
    re.IGNORECASE,
)
"""A line that only a device query prints, whatever the document that shows it."""
PROGRAM = re.compile(r"(?<![\w./:-])(?:[\w-]+/)*[\w-]+\.py(?!\w)")
"""A Python file that the topmost README names: as a link, in code or in a sentence."""
IN_README = Question("unknown", text="a README's code block")


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the text says; a name in prose is a mention, whoever wrote it."""
    collector = Collector(source, vocabulary, "prose")
    text = source.text
    may_be_a_run = not is_kind("asking", source.path)
    for start, end in claims(text, vocabulary):
        number = collector.lines.position(start)[0]
        if may_be_a_run and LOG_LINE.search(collector.lines.line(number, LONGEST_LINE)):
            collector.claim(start, end, PRINTED)
        else:
            collector.claim(start, end, "", collector.neighbourhood.prose(number))
    _code(collector, text)
    if is_kind("topmost README", source.path):
        for found in PROGRAM.finditer(text):
            collector.refer(found[0], *found.span())
    return collector.reading()


def _code(collector: Collector, text: str) -> None:
    """Record the commands that a document shows; columns are the document's."""
    for start, end in shell_stretches(text):
        line, column = collector.lines.position(start)
        collector.shell(" " * (column - 1) + as_script(text[start:end]), line, (IN_README,))

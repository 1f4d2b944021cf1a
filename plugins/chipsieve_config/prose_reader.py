"""Which chips does this text name, and which commands does it tell its reader to run?"""

from __future__ import annotations

import re

from chipsieve.facts.claims import claims
from chipsieve.facts.conditions import Question
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import Collector
from chipsieve_config.told_commands import as_script, shell_stretches

SIZE_LIMIT = 1_000_000  # characters; longer texts are logs, and repeat themselves
LONGEST_LINE = 500  # characters in which a line shows that a device query printed it
LOG_LINE = re.compile(r"\bGPU\s+[\d,]+:|\(UUID: |^\|\s+\d+\s+\S.*\|.*\|", re.IGNORECASE)
IN_README = Question("unknown", text="a README's code block")


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the text says; a name in prose is a mention, whoever wrote it."""
    collector = Collector(source, vocabulary, "prose")
    text = source.text[:SIZE_LIMIT]
    if len(source.text) > SIZE_LIMIT:
        cut = collector.lines.position(SIZE_LIMIT)[0]
        collector.gap(f"longer than {SIZE_LIMIT:,} characters: the rest was not read", cut)
    log = source.language == "log"
    for start, end in claims(text, vocabulary):
        number = collector.lines.position(start)[0]
        if log or LOG_LINE.search(collector.lines.line(number, LONGEST_LINE)):
            collector.claim(start, end, "log")
        else:
            collector.claim(start, end, "", collector.neighbourhood.prose(number))
    if not log:
        _code(collector, text)
    return collector.reading()


def _code(collector: Collector, text: str) -> None:
    """Record the commands that a document shows; columns are the document's."""
    for start, end in shell_stretches(text):
        line, column = collector.lines.position(start)
        collector.shell(" " * (column - 1) + as_script(text[start:end]), line, (IN_README,))

"""What does this gin file bind, and which other gin files does it include?

Source: google/gin-config, docs/index.md, "Syntax quick reference".
"""

from __future__ import annotations

import re

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import COMMENT_OUTSIDE_QUOTES, Collector
from chipsieve_config.config_tree import Mapping, Scalar
from chipsieve_config.settings_walk import Walker

BINDING = re.compile(
    r"""^(?P<name>[A-Za-z_][\w./@]*)[ \t]*=(?:[ \t]|\\?\r?\n)*(?P<value>"[^"\r\n]*"|'[^'\r\n]*'|[^\s\#][^\r\n\#]*)""",
    re.MULTILINE,
)
INCLUDE = re.compile(r"""^include[ \t]+(?P<quote>["'])(?P<file>[^"'\r\n]+)(?P=quote)""", re.MULTILINE)


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says: each binding is a key with a dotted path, scopes being segments too."""
    collector = Collector(source, vocabulary, "gin")
    collector.comments_like(COMMENT_OUTSIDE_QUOTES)
    entries = [_binding(found) for found in BINDING.finditer(source.text)]
    Walker(collector).documents([Mapping(list(entries))])
    for found in INCLUDE.finditer(source.text):
        collector.refer(found["file"], *found.span("file"))
    return collector.reading()


def _binding(found: re.Match[str]) -> tuple[Scalar, Scalar]:
    """A macro's (`%NAME`) or another configurable's value (`@name`) is not known here."""
    value = found["value"].rstrip()
    quoted = value[0] in "\"'"
    text = value[1:-1] if quoted else None if value[0] in "%@" else value
    start = found.start("value")
    name = Scalar(found["name"].replace("/", "."), *found.span("name"))
    return name, Scalar(text, start, start + len(value))

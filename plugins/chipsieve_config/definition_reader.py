"""What does this Singularity or Apptainer definition build? Its image, its environment, its scripts.

Source: Apptainer documentation, "Definition Files".
"""

from __future__ import annotations

import re

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import COMMENT_LINE, Collector

BOOTSTRAP = re.compile(r"^[ \t]*bootstrap[ \t]*:", re.IGNORECASE | re.MULTILINE)
FROM = re.compile(r"^[ \t]*from[ \t]*:[ \t]*(?P<image>\S+)", re.IGNORECASE | re.MULTILINE)
SECTION = re.compile(r"^[ \t]*%(?P<name>\w+)[^\r\n]*(?:\r?\n|$)", re.MULTILINE)
SCRIPTS = frozenset({"environment", "post", "runscript", "startscript", "pre", "setup", "test", "apprun", "appinstall"})


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; nothing when it is another kind of `.def` file."""
    collector = Collector(source, vocabulary, "definition")
    if not BOOTSTRAP.search(source.text):
        return collector.reading()
    for image in FROM.finditer(source.text):
        collector.image(image["image"], *image.span("image"))
    sections = list(SECTION.finditer(source.text))
    ends = [*(section.start() for section in sections), len(source.text)]
    collector.comments_like(COMMENT_LINE, 0, ends[0])
    for section, end in zip(sections, ends[1:], strict=True):
        if section["name"] in SCRIPTS:
            collector.shell(source.text[section.end() : end], collector.lines.position(section.end())[0])
        else:
            collector.comments_like(COMMENT_LINE, section.end(), end)
    return collector.reading()

"""What does this Singularity or Apptainer definition build? Its image, its environment, its scripts.

Source: Apptainer documentation, "Definition Files".
"""

from __future__ import annotations

import re

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collect import Collector
from chipsieve_config.shell_text import assignments, installs

BOOTSTRAP = re.compile(r"^[ \t]*bootstrap[ \t]*:", re.IGNORECASE | re.MULTILINE)
FROM = re.compile(r"^[ \t]*from[ \t]*:[ \t]*(?P<image>\S+)", re.IGNORECASE | re.MULTILINE)
SECTION = re.compile(r"^[ \t]*%(?P<name>\w+)[^\r\n]*(?:\r?\n|$)", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*#[^\r\n]*", re.MULTILINE)
SCRIPTS = frozenset({"environment", "post", "runscript", "startscript", "pre", "setup", "test", "apprun", "appinstall"})


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; nothing when it is another kind of `.def` file."""
    collector = Collector(source, vocabulary, "definition")
    if not BOOTSTRAP.search(source.text):
        return collector.reading()
    collector.comments(found.span() for found in COMMENT.finditer(source.text))
    for image in FROM.finditer(source.text):
        collector.image(image["image"], *image.span("image"))
    sections = list(SECTION.finditer(source.text))
    for section, after in zip(sections, [*sections[1:], None], strict=True):
        end = after.start() if after else len(source.text)
        if section["name"] in SCRIPTS:
            collector.shell(source.text[section.end() : end], collector.lines.position(section.end())[0])
            assignments(collector, section.end(), end)
            installs(collector, section.end(), end)
    return collector.reading()

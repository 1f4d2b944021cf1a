"""What does this INI, .cfg or .conf file say, and where? Sections, `key = value`, indented continuations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chipsieve.commands.console_scripts import GROUP, entry_point, installed_file
from chipsieve.commands.pins import requirement
from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config import json_reader
from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import Mapping, Node, Scalar, Sequence
from chipsieve_config.settings_walk import Walker

LINE = re.compile(r"[^\r\n]+")
SECTION = re.compile(r"\[([^\]]+)\]")
SETTING = re.compile(r"(?:export[ \t]+)?(?P<key>[\w.$/-]+)[ \t]*[=:][ \t]*(?P<value>.*)")
TRAILING = re.compile(r"(?<=\s)[#;].*$")
INSTALLS = ("install_requires", "setup_requires")
EXTRAS = "options.extras_require"
ENTRY_POINTS = ("options.entry_points", "entry_points")  # of setuptools, and of pbr


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; a file that holds JSON is read as JSON."""
    if source.text.lstrip().startswith("{"):
        return json_reader.read(source, vocabulary)
    collector = Collector(source, vocabulary, "ini")
    tree, comments = parse(source.text)
    collector.comments(comments)
    Walker(collector).documents([tree])
    for item, conditions in _requirements(tree):
        collector.pins(requirement(item.known or ""), item.start, item.end, conditions)
    _programs(tree, collector)
    return collector.reading()


def parse(text: str) -> tuple[Mapping, list[tuple[int, int]]]:
    """The settings as a tree of sections, and where the comments stand. Lines of another form are left out."""
    root = section = Mapping()
    comments: list[tuple[int, int]] = []
    for line in LINE.finditer(text):
        content = line[0].strip()
        start = line.start() + len(line[0]) - len(line[0].lstrip())
        if content[:1] in ("#", ";"):
            comments.append((start, line.end()))
            continue
        trailing = TRAILING.search(line[0])
        if trailing:
            comments.append((line.start() + trailing.start(), line.end()))
            content = line[0][: trailing.start()].strip()
        header = SECTION.fullmatch(content)
        if header:
            section = Mapping()
            root.entries.append((Scalar(header[1].strip(), start, start + len(content)), section))
        elif content:
            _setting(section, content, start, continues=line[0][:1].isspace())
    return root, comments


def _setting(section: Mapping, content: str, start: int, *, continues: bool) -> None:
    """Add a line to its section: a new setting, or one more value of the last one."""
    setting = SETTING.fullmatch(content)
    if continues and section.entries:
        key, value = section.entries[-1]
        if not isinstance(value, Sequence):
            value = Sequence([value] if not isinstance(value, Scalar) or value.text else [])
            section.entries[-1] = (key, value)
        value.items.append(Scalar(content, start, start + len(content)))
    elif setting:
        begin = start + setting.start("value")
        text = setting["value"].strip().strip("\"'")
        key = Scalar(setting["key"], start + setting.start("key"), start + setting.end("key"))
        section.entries.append((key, Scalar(text, begin, begin + len(setting["value"]))))


def _requirements(tree: Mapping) -> Iterator[tuple[Scalar, Conditions]]:
    """The requirements of a setup.cfg; those of extras are optional."""
    for header, section in tree.entries:
        for key, value in section.entries if isinstance(section, Mapping) else []:
            if key.text in INSTALLS or header.text == EXTRAS:
                conditions = (
                    (Question("unknown", text=f"optional dependency {key.text}"),) if header.text == EXTRAS else ()
                )
                yield from ((item, conditions) for item in _scalars(value))


def _programs(tree: Mapping, collector: Collector) -> None:
    """The programs that a setup.cfg installs: entry points, and scripts as they are."""
    for header, section in tree.entries:
        for key, value in section.entries if isinstance(section, Mapping) else []:
            is_file = (header.text, key.text) == ("options", "scripts")
            if is_file or (key.text == GROUP and header.text in ENTRY_POINTS):
                for item in _scalars(value):
                    span = collector.lines.span(item.start, item.end)
                    collector.program((installed_file if is_file else entry_point)(item.text or "", span))


def _scalars(value: Node) -> list[Scalar]:
    return value.scalars() if isinstance(value, Sequence) else [value] if isinstance(value, Scalar) else []

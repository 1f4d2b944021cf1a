"""What does this TOML say, and where? Values by tomllib, places by a scan for each key's line."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict, deque
from collections.abc import Iterator

from chipsieve.commands.console_scripts import called, installed_file
from chipsieve.commands.pins import Pin, poetry, requirement
from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import COMMENT_OUTSIDE_QUOTES, Collector
from chipsieve_config.config_tree import DEPTH_LIMIT, Mapping, Node, Scalar, Sequence
from chipsieve_config.settings_walk import Walker

HEADER = re.compile(r"^[ \t]*\[\[?(?P<path>[^\[\]\r\n]+)\]\]?[ \t]*(?:#[^\r\n]*)?\r?$", re.MULTILINE)
NAME = r"""(?:"[^"\r\n]*"|'[^'\r\n]*'|[\w-]+)"""
KEY = re.compile(rf"^[ \t]*(?P<path>{NAME}(?:[ \t]*\.[ \t]*{NAME})*)[ \t]*=[ \t]*", re.MULTILINE)
SEGMENT = re.compile(r""""[^"]*"|'[^']*'|[\w-]+""")
AT_LINE = re.compile(r"at line (\d+)")
ENDLESS_KEY = re.compile(rf"(?:[\w\"'-]{{1,80}}[ \t]{{0,9}}\.[ \t]{{0,9}}){{{DEPTH_LIMIT}}}")
"""A key of so many parts that Python's reader, which takes the square of them, would not come to an end."""
PROGRAMS = (("project", "scripts"), ("tool", "poetry", "scripts"), ("tool", "flit", "scripts"))
Path = tuple[str, ...]


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; a broken one is read up to its last whole line."""
    collector = Collector(source, vocabulary, "toml")
    collector.comments_like(COMMENT_OUTSIDE_QUOTES)
    tree = _Places(source.text).node(_load(collector), (), 0, len(source.text))
    Walker(collector).documents([tree])
    if isinstance(tree, Mapping):
        for pins, place, conditions in _requirements(tree):
            collector.pins(pins, place.start, place.end, conditions)
        _programs(tree, collector)
    return collector.reading()


def _load(collector: Collector) -> dict[str, object]:
    """The values; of a broken file those above the broken line."""
    text = collector.text.replace("\r\n", "\n")
    endless = ENDLESS_KEY.search(text)
    if endless:
        collector.gap(f"a key of more than {DEPTH_LIMIT} parts: not read", text.count("\n", 0, endless.start()) + 1)
        return {}
    try:
        return tomllib.loads(text)
    except RecursionError:
        collector.gap("broken TOML: nested too deeply")
        return {}
    except tomllib.TOMLDecodeError as error:
        at = AT_LINE.search(str(error))
        line = int(at[1]) if at else None
        collector.gap(f"broken TOML: {error}; read up to here", line)
    for end in range(line or 0, max((line or 0) - 20, 0), -1):
        try:
            return tomllib.loads("\n".join(text.split("\n")[: end - 1]))
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
    return {}


class _Places:
    """Where each key's value stands; equal paths (`[[table]]`) are taken in the order of writing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.regions: defaultdict[Path, deque[tuple[int, int]]] = defaultdict(deque)
        starts = sorted((match.start(), match) for regex in (HEADER, KEY) for match in regex.finditer(text))
        table: Path = ()
        for place, (_, match) in enumerate(starts):
            path = tuple(segment.strip("\"'") for segment in SEGMENT.findall(match["path"]))
            if match.re is HEADER:
                table = path
                continue
            end = starts[place + 1][0] if place + 1 < len(starts) else len(text)
            self.regions[table + path].append((match.end(), end))

    def node(self, value: object, path: Path, start: int, end: int) -> Node:
        """The value as a node, looked for between two offsets when its own key's line is not known."""
        if len(path) > DEPTH_LIMIT:
            return Scalar(None, start, start)
        own = self.regions.get(path)
        start, end = own.popleft() if own and not isinstance(value, list) else own[0] if own else (start, end)
        if isinstance(value, dict):
            return Mapping([self._entry(key, item, path, start, end) for key, item in value.items()])
        if isinstance(value, list):
            if own and not any(isinstance(item, dict) for item in value):
                own.popleft()
            return Sequence([self._item(item, path, start, end) for item in value])
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return Scalar(text, *self._find(text, start, end))

    def _item(self, item: object, path: Path, start: int, end: int) -> Node:
        """An item of a list: a table of `[[path]]` has keys of its own, all else stands in the list's region."""
        return self.node(item, path if isinstance(item, dict) else (*path, ""), start, end)

    def _entry(self, key: str, item: object, path: Path, start: int, end: int) -> tuple[Scalar, Node]:
        node = self.node(item, (*path, key), start, end)
        return Scalar(key, start, start), node

    def _find(self, text: str, start: int, end: int) -> tuple[int, int]:
        """The value's own text, else the rest of the line."""
        at = self.text.find(text, start, end) if text else -1
        if at >= 0:
            return at, at + len(text)
        line_end = re.compile(r"\r?$", re.MULTILINE).search(self.text, start)
        return start, line_end.start() if line_end else start


def _requirements(tree: Mapping) -> Iterator[tuple[list[Pin], Scalar, Conditions]]:
    """The requirements of a pyproject.toml or Pipfile; those of extras and groups are optional."""
    project, groups = tree.get("project"), tree.get("dependency-groups")
    lists: list[tuple[Node | None, Conditions]] = []
    if isinstance(project, Mapping):
        lists.append((project.get("dependencies"), ()))
        extras = project.get("optional-dependencies")
        lists += _optional(extras, "optional dependency")
    lists += _optional(groups, "dependency group")
    for node, conditions in lists:
        for item in node.scalars() if isinstance(node, Sequence) else []:
            yield requirement(item.known or ""), item, conditions
    yield from _tables(tree)


def _optional(node: Node | None, kind: str) -> list[tuple[Node | None, Conditions]]:
    entries = node.entries if isinstance(node, Mapping) else []
    return [(value, (Question("unknown", text=f"{kind} {key.text}"),)) for key, value in entries]


def _tables(tree: Mapping) -> Iterator[tuple[list[Pin], Scalar, Conditions]]:
    """Poetry's and Pipenv's tables: `torch = "^2.1"`, `torch = {version = "^2.1", optional = true}`."""
    for path in (("tool", "poetry", "dependencies"), ("packages",)):
        node = _below(tree, path)
        for key, value in node.entries if isinstance(node, Mapping) else []:
            version = value.get("version") if isinstance(value, Mapping) else value
            optional = isinstance(value, Mapping) and value.known("optional") == "true"
            conditions = (Question("unknown", text="optional dependency"),) if optional else ()
            if isinstance(version, Scalar):
                yield poetry(key.text or "", version.known or ""), version, conditions


def _programs(tree: Mapping, collector: Collector) -> None:
    """The programs that a pyproject.toml installs, in the tables of the standard, Poetry, Flit and setuptools."""
    for path in PROGRAMS:
        node = _below(tree, path)
        for key, value in node.entries if isinstance(node, Mapping) else []:
            target = value.get("reference", "callable") if isinstance(value, Mapping) else value
            is_file = isinstance(value, Mapping) and value.known("type") == "file"
            if isinstance(target, Scalar) and key.text and target.text:
                span = collector.lines.span(target.start, target.end)
                collector.program(installed_file(target.text, span) if is_file else called(key.text, target.text, span))
    files = _below(tree, ("tool", "setuptools", "script-files"))
    for item in files.scalars() if isinstance(files, Sequence) else []:
        collector.program(installed_file(item.text or "", collector.lines.span(item.start, item.end)))


def _below(tree: Mapping, path: Path) -> Node | None:
    node: Node | None = tree
    for name in path:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node

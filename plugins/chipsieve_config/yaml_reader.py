"""What does this YAML say, and where? Events only: no tag is constructed, no alias is copied, nothing recurses."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config import json_reader
from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import DEPTH_LIMIT, Builder, Mapping, Node, Scalar, Sequence
from chipsieve_config.settings_walk import Walker

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
TEMPLATE = re.compile(r"\{\{|\{%")
COMMENT = re.compile(r"(?:(?<=\s)|^)#[^\r\n]*", re.MULTILINE)
SETTING = re.compile(
    r"""^(?P<indent>[ \t]{0,200}(?:-[ \t]+){0,9})(?P<key>"[^"\r\n]{0,200}"|'[^'\r\n]{0,200}'|[\w./-]{1,200})[ ]?:
    (?:[ \t]{1,9}(?P<value>"[^"\r\n]{0,200}"|'[^'\r\n]{0,200}'|[^\s\#"'|>{\[&*!][^\r\n\#]{0,200}?))?
    [ \t]{0,99},?(?:[ \t]{1,99}\#[^\r\n]*)?\r?$""",
    re.MULTILINE | re.VERBOSE,
)
NULLS = frozenset({"~", "null", "Null", "NULL"})
BY_TEMPLATE: Conditions = (Question("unknown", text="template"),)
BY_BREAK: Conditions = (Question("unknown", text="the file does not parse here"),)


class Parsed(msgspec.Struct):
    """What a text gave: documents, the places of its scalars, how far it went, and what stopped it."""

    builder: Builder = msgspec.field(default_factory=lambda: Builder(merge_keys=True))
    places: list[tuple[int, int]] = msgspec.field(default_factory=list)
    end: int = 0
    reason: str = ""


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; what does not parse is read line by line, as far as that goes."""
    collector = Collector(source, vocabulary, "yaml")
    parsed = _parse_somehow(source.text)
    if parsed.reason and source.text.lstrip().startswith(("{", "[")):
        as_json = json_reader.parse(source.text)
        if as_json.broken is None:
            json_reader.report(collector, as_json)
            Walker(collector).documents(as_json.builder.finish())
            return collector.reading()
    _report(collector, parsed)
    return collector.reading()


def _report(collector: Collector, parsed: Parsed) -> None:
    """Walk over what parsed, then over the lines of what did not."""
    walker, templated = Walker(collector), bool(parsed.reason and TEMPLATE.search(collector.text))
    collector.comments(_comments(collector.text, parsed.places))
    documents = parsed.builder.finish()
    walker.documents(documents, BY_TEMPLATE if templated else ())
    if parsed.builder.cut:
        collector.gap("merge keys bring in too many entries: some were left out")
    if parsed.reason:
        line = collector.lines.position(parsed.end)[0]
        kind = "a template, not YAML" if templated else "broken YAML"
        collector.gap(f"{kind}: {parsed.reason}; single lines were read from here on", line)
        for path, key, value in _settings(collector.text, parsed.end):
            walker.setting(path, key, value, Mapping(), BY_TEMPLATE if templated else BY_BREAK)


def _parse_somehow(text: str) -> Parsed:
    """Parse; where tabs stop that, once more with a blank for each, which keeps every offset."""
    text = UNPRINTABLE.sub(" ", text)
    parsed = parse(text)
    if parsed.reason and "\t" in text:
        again = parse(text.replace("\t", " "))
        return parsed if again.reason else again
    return parsed


def parse(text: str) -> Parsed:
    """Parse all documents of a printable text. Never raises: `reason` says what stopped it."""
    parsed = Parsed()
    anchors: dict[str, Node] = {}
    try:
        for event in yaml.parse(text, Loader=LOADER):
            place = _place(event)
            _take(event, place, parsed, anchors)
            parsed.end = max(parsed.end, min(place[1], len(text)))
            if parsed.builder.depth > DEPTH_LIMIT:
                parsed.reason = f"nested more than {DEPTH_LIMIT} deep"
                break
    except yaml.MarkedYAMLError as error:
        parsed.reason = " ".join(str(error.problem or error.context).split())
    except (yaml.YAMLError, ValueError) as error:
        parsed.reason = " ".join(str(error).split())[:200]
    return parsed


def _take(event: yaml.Event, place: tuple[int, int], parsed: Parsed, anchors: dict[str, Node]) -> None:
    builder = parsed.builder
    if isinstance(event, yaml.ScalarEvent):
        text = "" if not event.style and event.value in NULLS else event.value
        node: Node = Scalar(text, *place)
        parsed.places.append(place)
        builder.add(node)
    elif isinstance(event, yaml.CollectionStartEvent):
        node = Mapping() if isinstance(event, yaml.MappingStartEvent) else Sequence()
        builder.open(node)
    elif isinstance(event, yaml.CollectionEndEvent):
        builder.close()
        return
    elif isinstance(event, yaml.AliasEvent):
        known = anchors.get(event.anchor or "")
        builder.add(Scalar(None, *place) if known is None or builder.is_open(known) else known)
        return
    else:
        return
    if event.anchor:
        anchors[event.anchor] = node


def _place(event: yaml.Event) -> tuple[int, int]:
    """The offsets of an event; every parser of ours gives marks, the types only say that it may."""
    start, end = event.start_mark, event.end_mark
    return (start.index, end.index) if start and end else (0, 0)


def _comments(text: str, places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where comments stand: at a `#` after white space, outside every scalar."""
    starts = [start for start, _ in places]
    for comment in COMMENT.finditer(text):
        before = bisect_right(starts, comment.start()) - 1
        if before < 0 or places[before][1] <= comment.start() or _in_header(text, places[before], comment):
            yield comment.span()


def _in_header(text: str, place: tuple[int, int], comment: re.Match[str]) -> bool:
    """Whether the comment follows the `|` or `>` of a block scalar, on the same line."""
    return text[place[0]] in "|>" and "\n" not in text[place[0] : comment.start()]


def _settings(text: str, start: int) -> Iterator[tuple[tuple[str, ...], Scalar, Scalar]]:
    """The lines `key: value` from `start` on, each with the path that indentation gives it."""
    parents: list[tuple[int, str]] = []
    for found in SETTING.finditer(text, start):
        indent, key = len(found["indent"]), _bare(found["key"])
        while parents and parents[-1][0] >= indent:
            parents.pop()
        if found["value"]:
            path = tuple(name for _, name in parents)
            value = "" if found["value"] in NULLS else _bare(found["value"])
            yield path, Scalar(key, *found.span("key")), Scalar(value, *found.span("value"))
        else:
            parents = [*parents, (indent, key)][-DEPTH_LIMIT:]


def _bare(token: str) -> str:
    quoted = len(token) > 1 and token[0] == token[-1] and token[0] in "\"'"
    return token[1:-1] if quoted else token.strip()

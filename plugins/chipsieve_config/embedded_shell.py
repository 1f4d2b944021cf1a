"""How does a shell script inside another file read, so that its lines and columns stay the file's?"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import Scalar

BLOCK = re.compile(r"[|>][^\r\n]*\r?\n")
INSERTED = re.compile(r"\$?\{\{.*?\}\}|\{%.*?%\}")
NEWLINE = re.compile(r"\r\n?|\n")


class Script(NamedTuple):
    """A script, the line that it begins at, and the place of each of its characters where lines and columns differ."""

    text: str
    line: int
    offsets: tuple[int, ...] = ()


def embedded(out: Collector, scalar: Scalar) -> Script:
    """The script in a scalar; lines and columns are the file's wherever that can be.

    A template's insertions become shell variables of the same length, and folded lines are continued.
    """
    raw, start = out.text[scalar.start : scalar.end], scalar.start
    header = BLOCK.match(raw)
    if header:
        body = raw[header.end() :]
        text = _folded(body) if raw[0] == ">" else textwrap.dedent(body) if "<<" in body else body
        return Script(_without_insertions(text), out.lines.position(start + header.end())[0])
    if raw[:1] in ("'", '"'):
        raw, start = raw[1:-1], start + 1
    line, column = out.lines.position(start)
    if raw.split() == (scalar.text or "").split():
        return Script(_without_insertions(" " * (column - 1) + _folded(raw)), line)
    text = _without_insertions(scalar.text or "")
    return Script(text, line, tuple(min(start + at, scalar.end - 1) for at in range(len(text))))


def dedented(out: Collector, scalar: Scalar) -> Script:
    """The text of a literal block without its indentation, which means something in Python; else as a script has it."""
    script = embedded(out, scalar)
    if script.offsets or out.text[scalar.start] != "|":
        return script
    lines = script.text.splitlines(keepends=True)
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    start, text, offsets = out.lines.offset(script.line, 1), "", list[int]()
    for line in lines:
        cut = min(indent, len(line.rstrip("\r\n")))
        text += line[cut:]
        offsets += range(start + cut, start + len(line))
        start += len(line)
    return Script(text, script.line, tuple(offsets))


def joined(out: Collector, scalars: Sequence[Scalar]) -> Script:
    """A list of scripts as one, each on its own line."""
    scripts = [embedded(out, scalar) for scalar in scalars]
    crowded = any(before.line >= after.line for before, after in pairwise(scripts))
    if crowded or any(script.offsets for script in scripts):
        return _joined_by_place(out, scalars, scripts)
    first, texts = scripts[0].line, [scripts[0].text]
    count = len(NEWLINE.findall(texts[0]))
    for more, line, _ in scripts[1:]:
        missing = max(line - first - count, 0 if texts[-1].endswith("\n") else 1)
        texts += ["\n" * missing, more] if missing else [more]
        count += missing + len(NEWLINE.findall(more))
    return Script("".join(texts), first)


def _joined_by_place(out: Collector, scalars: Sequence[Scalar], scripts: Sequence[Script]) -> Script:
    """Scripts with the place of each character, where the lines of one of them are not the file's."""
    text, offsets = "", list[int]()
    for scalar, script in zip(scalars, scripts, strict=True):
        begin, last = out.lines.offset(script.line, 1), scalar.end - 1
        text += script.text + "\n"
        offsets += script.offsets or [min(begin + at, last) for at in range(len(script.text))]
        offsets.append(last)
    return Script(text, scripts[0].line, tuple(offsets))


def _folded(text: str) -> str:
    """The text with each line end that folding turns into a blank written as a continuation."""
    lines = text.split("\n")
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    return "\n".join(f"{line.rstrip()} \\" if line.strip() and after.strip() else line for line, after in pairs)


def _without_insertions(text: str) -> str:
    return INSERTED.sub(lambda found: "${" + "_" * (len(found[0]) - 3) + "}", text)

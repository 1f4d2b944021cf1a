"""How does a shell script inside another file read, so that its lines and columns stay the file's?"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import Scalar

BLOCK = re.compile(r"[|>][^\r\n]*\r?\n")
INSERTED = re.compile(r"\$?\{\{.*?\}\}|\{%.*?%\}")
NEWLINE = re.compile(r"\r\n?|\n")


def embedded(out: Collector, scalar: Scalar) -> tuple[str, int]:
    """The script in a scalar and the line it begins at; columns are the file's wherever that can be.

    A template's insertions become shell variables of the same length, and folded lines are continued.
    """
    raw, start = out.text[scalar.start : scalar.end], scalar.start
    header = BLOCK.match(raw)
    if header:
        body = raw[header.end() :]
        text = _folded(body) if raw[0] == ">" else textwrap.dedent(body) if "<<" in body else body
        return _without_insertions(text), out.lines.position(start + header.end())[0]
    if raw[:1] in ("'", '"'):
        raw, start = raw[1:-1], start + 1
    line, column = out.lines.position(start)
    if raw.split() != (scalar.text or "").split():
        raw = scalar.text or ""
    return _without_insertions(" " * (column - 1) + _folded(raw)), line


def joined(out: Collector, scalars: Sequence[Scalar]) -> tuple[str, int]:
    """A list of scripts as one, each on its own line as far as they leave room, and the first line."""
    text, first = embedded(out, scalars[0])
    for scalar in scalars[1:]:
        more, line = embedded(out, scalar)
        missing = line - first - len(NEWLINE.findall(text))
        text += "\n" * max(missing, 1 if not text.endswith("\n") else 0) + more
    return text, first


def _folded(text: str) -> str:
    """The text with each line end that folding turns into a blank written as a continuation."""
    lines = text.split("\n")
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    return "\n".join(f"{line.rstrip()} \\" if line.strip() and after.strip() else line for line, after in pairs)


def _without_insertions(text: str) -> str:
    return INSERTED.sub(lambda found: "${" + "_" * (len(found[0]) - 3) + "}", text)

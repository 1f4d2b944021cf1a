"""How does a shell script inside another file read, so that its lines and columns stay the file's?"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from chipsieve.commands.pins import requirement
from chipsieve.facts.conditions import Conditions
from chipsieve_config.collect import Collector
from chipsieve_config.tree import Scalar

BLOCK = re.compile(r"[|>][^\r\n]*\r?\n")
INSERTED = re.compile(r"\$?\{\{.*?\}\}|\{%.*?%\}")
NEWLINE = re.compile(r"\r\n?|\n")
ENVIRONMENT = re.compile(
    r"""(?:^|[\s;&|(])(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>"[^"\r\n]*"|'[^'\r\n]*'|[^\s;&|)"']*)(?=[\s;&|)]|$)"""
)
INSTALL = re.compile(r"\b(?:pip[\d.]*|uv\s+pip)\s+install\b(?P<rest>(?:\\\r?\n(?:[ \t]*#[^\r\n]*\r?\n)*|[^\r\n;&|#])*)")
WORD = re.compile(r"""(?:"[^"\r\n]*"|'[^'\r\n]*'|[^\s\\"'])+""")
WITH_OPERAND = frozenset({"-r", "-c", "-f", "-i", "-t", "--requirement", "--constraint"})


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


def installs(out: Collector, start: int, end: int, conditions: Conditions = ()) -> None:
    """State every `pip install` of a stretch of shell."""
    for install in INSTALL.finditer(out.text, start, end):
        skip = False
        for word in WORD.finditer(out.text, *install.span("rest")):
            text = word[0].replace('"', "").replace("'", "")
            if not skip and not text.startswith("-"):
                for pin in requirement(text):
                    out.pin(pin, *word.span(), conditions)
            skip = text in WITH_OPERAND or (text.startswith("--") and text.endswith("url"))


def assignments(out: Collector, start: int, end: int, conditions: Conditions = ()) -> None:
    """State every `NAME=value` of a stretch of shell, exported or before a command."""
    for found in ENVIRONMENT.finditer(out.text, start, end):
        value = Scalar(found["value"].strip("\"'"), *found.span("value"))
        out.state("env", found["name"], value.known, value.start, value.end, conditions)

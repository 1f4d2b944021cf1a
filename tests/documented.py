"""Which commands and which Python does the documentation show? Its pages taken apart, and each command's help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from chipsieve.cli import main
from command_help import paragraphs, walk

ROOT = Path(__file__).resolve().parents[1]
HISTORY = ROOT / "CHANGELOG.md"
PAGES = tuple(sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("semgrep-rules/*.md")} - {HISTORY}))
SHELL = ("sh", "bash")
FENCE = re.compile(r"^( *)```(\S*)[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
PROGRAMS = ("chipsieve", ".venv/bin/chipsieve", "./dev", "make", "semgrep", "ruff", "flake8", "pre-commit")


class Block(NamedTuple):
    """A block of code on a page; `output` is the block of `text` right below it, where there is one."""

    where: str
    language: str
    text: str
    output: str | None = None


class Shown(NamedTuple):
    """A command, where it is shown, and what is shown below it; within a sentence it may lack arguments."""

    where: str
    command: str
    output: str | None = None
    in_sentence: bool = False


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    found = list(FENCE.finditer(text))
    below = {left.end(): right for left, right in pairwise(found)}
    several = []
    for match in found:
        after = below.get(match.end())
        shown = after and after[2] == "text" and not text[match.end() : after.start()].strip()
        where = f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}"
        several.append(Block(where, match[2], match[3], after[3] if after and shown else None))
    return several


def every_block() -> list[Block]:
    """The blocks of all pages."""
    return [block for page in PAGES for block in blocks(page)]


def commands() -> list[Shown]:
    """Every command of the pages and of the commands' help, each once for one output."""
    found: dict[tuple[str, str | None], Shown] = {}
    for one in (*_in_blocks(), *in_help(), *_in_sentences()):
        found.setdefault((one.command, one.output), one)
    return list(found.values())


def _in_blocks() -> Iterator[Shown]:
    for block in every_block():
        if block.language == "console":
            yield from session(block)
        elif block.language in SHELL:
            yield from (Shown(block.where, line) for line in lines(block.text))


def lines(text: str) -> list[str]:
    """The commands of a script, one each: continued lines joined, comments and empty lines left out."""
    whole = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.replace("\\\n", " ").splitlines())
    return [" ".join(line.split()) for line in whole if line]


def session(block: Block) -> Iterator[Shown]:
    """What is typed behind `$ `, each with the lines up to the next."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield Shown(block.where, command.strip(), output or None)


def in_help() -> Iterator[Shown]:
    """The examples of each command's help."""
    for context in walk(main, "chipsieve"):
        for text, keeps_lines in paragraphs(context.command):
            if keeps_lines and text.startswith("Example"):
                yield from (Shown(f"{context.command_path} --help", line) for line in lines(text.partition("\n")[2]))


def _in_sentences() -> Iterator[Shown]:
    for page in PAGES:
        for span in SPAN.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            command = " ".join(span.split())
            if command.split(" ")[0] in PROGRAMS:
                yield Shown(str(page.relative_to(ROOT)), command, in_sentence=True)

"""How is a page of the reference written? Sections of paragraphs, lists and code, as Markdown or for a terminal.

The texts of paragraphs and lists are Markdown: names in backticks, links to other pages.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

import msgspec

WIDTH = 100  # columns of a terminal
LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)")
CODE = re.compile(r"(`[^`]*`)")
MARKS = re.compile(r"\*\*|\\(?=[*<|\[\]])")


class Code(msgspec.Struct, frozen=True):
    """Lines shown as they are, of one language; `language` is "" where they are of none."""

    lines: tuple[str, ...]
    language: str = ""


class Points(msgspec.Struct, frozen=True):
    """A list of texts."""

    texts: tuple[str, ...]


Block = str | Points | Code


class Section(msgspec.Struct, frozen=True):
    """A heading, and what stands below it; the first section of a page has none."""

    blocks: tuple[Block, ...]
    heading: str = ""


class Page(msgspec.Struct, frozen=True):
    """A page: its title and its sections."""

    title: str
    sections: tuple[Section, ...]


def code(text: object) -> str:
    """A name in a text."""
    return f"`{text}`"


def plain(text: str) -> str:
    """A text of a table as a text of a page: on one line, no character of it read as Markdown but backticks."""
    parts = CODE.split(" ".join(text.split()))
    return "".join(part if CODE.fullmatch(part) else re.sub(r"([*<|\[\]])", r"\\\1", part) for part in parts)


def as_markdown(page: Page, note: str = "") -> str:
    """The page for docs/; `note` stands below its title."""
    lines = [f"# {page.title}", *([note] if note else []), ""]
    for section in page.sections:
        lines += [f"## {section.heading}", ""] if section.heading else []
        for block in section.blocks:
            lines += [*_markdown(block), ""]
    return "\n".join(lines)


def _markdown(block: Block) -> Iterator[str]:
    if isinstance(block, str):
        yield block
    elif isinstance(block, Points):
        yield from (f"- {text}" for text in block.texts)
    else:
        fence = "~~~" if any("```" in line for line in block.lines) else "```"
        yield from (f"{fence}{block.language or 'text'}", *block.lines, fence)


def as_text(page: Page, width: int = WIDTH) -> str:
    """The page for a terminal, its paragraphs and lists set for a width; lines of code stay whole."""
    parts = [page.title, "=" * len(page.title), ""]
    for section in page.sections:
        parts += [section.heading, "-" * len(section.heading)] if section.heading else []
        for block in section.blocks:
            parts += [*_terminal(block, width), ""]
    return "\n".join(parts)


def _terminal(block: Block, width: int) -> Iterator[str]:
    if isinstance(block, str):
        yield _filled(block, width)
    elif isinstance(block, Points):
        yield from (_filled(text, width, "- ", "  ") for text in block.texts)
    else:
        yield from (f"    {line}" for line in block.lines)


def _filled(text: str, width: int, first: str = "", further: str = "") -> str:
    return textwrap.fill(
        _unmarked(text),
        width,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _unmarked(text: str) -> str:
    parts = CODE.split(LINK.sub(r"\1", text))
    return "".join(part[1:-1] if CODE.fullmatch(part) else MARKS.sub("", part) for part in parts)

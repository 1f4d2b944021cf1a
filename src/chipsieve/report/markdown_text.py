"""How is a stranger's text put into Markdown so that it means nothing there?"""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
LEADS = re.compile(r"(@|://|\bwww\.)")  # what GitHub makes a mention or a link of


def plain(text: str) -> str:
    """Text whose characters mean nothing to Markdown."""
    return SPECIAL.sub(r"\\\1", text)


def inert(text: str) -> str:
    """Text whose characters mean nothing to Markdown, and that mentions nobody and links nowhere in a comment."""
    return LEADS.sub(r"\1<!-- -->", plain(text))


def code(text: str) -> str:
    """Text as code: in a fence longer than any run of backticks in it, or as HTML where a bar would end a cell."""
    if "|" in text:
        return f"<code>{SPECIAL.sub(lambda char: f'&#{ord(char[0])};', text)}</code>"
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"

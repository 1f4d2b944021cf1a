"""How is a stranger's text put into Markdown so that it means nothing there?"""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$])")
LEADS = re.compile(r"(@|://|\bwww(?=\.)|#(?=\d)|\bGH-(?=\d))", re.IGNORECASE)
"""After what GitHub makes a mention or a link of a text: of a person, an address, an issue."""
NOTHING = "<!-- -->"


def plain(text: str) -> str:
    """Text whose characters mean nothing to Markdown, and that mentions nobody and leads nowhere."""
    return SPECIAL.sub(r"\\\1", LEADS.sub("\\1\0", text)).replace("\0", NOTHING)


def code(text: str) -> str:
    """Text as code: in a fence longer than any run of backticks in it, or as HTML where a bar would end a cell."""
    if "|" in text:
        inside = SPECIAL.sub(lambda char: f"&#{ord(char[0])};", LEADS.sub("\\1\0", text)).replace("\0", NOTHING)
        return f"<code>{inside}</code>"
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"

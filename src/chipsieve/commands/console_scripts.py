"""Which programs does a package install? The entry points and scripts of its metadata, however a file writes them."""

from __future__ import annotations

import posixpath
import re

from chipsieve.facts.places import Span
from chipsieve.facts.reading import ConsoleScript

GROUP = "console_scripts"
NAMED = re.compile(r"\s*(?P<name>[\w.-]+)\s*=\s*(?P<target>[^\s=].*)")
TARGET = re.compile(r"\s*(?P<module>[A-Za-z_][\w.]*)\s*:\s*(?P<function>[A-Za-z_][\w.]*)\s*(?:\[[^\]]*\])?\s*")


def entry_point(text: str, span: Span) -> ConsoleScript | None:
    """The program that `name = module:function` installs; None for a text of another form."""
    named = NAMED.fullmatch(text)
    return named and called(named["name"], named["target"], span)


def called(name: str, target: str, span: Span) -> ConsoleScript | None:
    """The program of this name that calls `module:function`; None for a target of another form."""
    found = TARGET.fullmatch(target)
    return ConsoleScript(name, found["module"], found["function"], span) if found else None


def installed_file(path: str, span: Span) -> ConsoleScript | None:
    """The program that a file of the package becomes as it is; None for what names no file of the package."""
    name = posixpath.basename(path)
    return None if not name or path.startswith("/") else ConsoleScript(name, "", "", span, path)

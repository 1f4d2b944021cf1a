"""Which Semgrep rules say a signal's rows for Dockerfiles? One text rule a row, on all files that our reader opens.

Text it is, and not Semgrep's syntax tree: that opens no `Dockerfile.gpu`, loses the rest of a file after a comment
between continued lines, divides `localhost:5000/image` at the port, and has no `RUN A=1 command`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chipsieve.border.semgrep.rule_parts import Form, Rule, find, rule
from chipsieve.border.semgrep.rule_patterns import globs, named, package, whole_value
from chipsieve.signals.signal import Row, Signal

NAMES = globs("dockerfile")
CAPITALS = (glob.replace("dockerfile", "Dockerfile").replace("containerfile", "Containerfile") for glob in NAMES)
FILES = tuple(dict.fromkeys((*NAMES, *CAPITALS)))
"""Semgrep's globs know capitals, our readers' do not."""
CONTINUED = r"\\\r?\n(?:[ \t]*#.*\n)*"
INSIDE = rf"(?:{CONTINUED}|\\.|[^\n\\])*?"
"""What stands between two places of one instruction; comments between its lines are no part of it."""
INSTALL = r"\b(?:pip[\d.]*|uv\s+pip)\s+install\b"
PACKAGES = rf"(?:{CONTINUED}|[^\n\\;&|#])*?"
"""What stands between two places of one `pip install`."""
VALUE = r"""(?:"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[\s\S]|[^\s"'\\])*"""
WORD = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s;&|)"']*)(?=[\s;&|)]|\z)"""


def rules(signal: Signal) -> Iterator[tuple[str, Rule]]:
    """The rules of one signal, each with the language that it belongs to."""
    for row in signal.rows:
        for form in FORMS[row.kind](row) if row.kind in FORMS else ():
            match = {"patterns": form.patterns}
            yield "dockerfile", rule(signal, row, ["regex"], match, value=form.value, files=FILES)


def _within(keyword: str, wanted: str) -> str:
    r"""Each place in an instruction, one after the other: `\G` is where the search before it ended."""
    return rf"(?m)(?:^[ \t]*(?i:{keyword})(?=[ \t])|\G(?!\A)){INSIDE}{wanted}"


def _env(row: Row) -> Iterator[Form]:
    """`ENV A=1 B=2`, `ENV A 1`, `ARG A=1`, and `A=1` in what RUN runs."""
    names = named(row.names)
    places = (
        _within("ENV|ARG", rf"(?<=\s){names}=(?P<V>{VALUE})"),
        rf"(?m)^[ \t]*(?i:ENV)[ \t]+{names}[ \t]+(?P<V>\S.*)$",
        _within("RUN", rf"(?<=[\s;&|(]){names}=(?P<V>{WORD})"),
    )
    yield Form(find([[{"pattern-regex": place}] for place in places], whole_value(row, any_value=True)))


def _image(row: Row) -> Iterator[Form]:
    """What FROM names."""
    place = r"(?m)^[ \t]*(?i:FROM)[ \t]+(?:--\S+(?:[ \t]|\\\r?\n)+)*(?P<V>[^\s-]\S*)"
    yield Form(find([[{"pattern-regex": place}]], whole_value(row)))


def _pin(row: Row) -> Iterator[Form]:
    """What RUN installs with pip."""
    start = _within("RUN", INSTALL)
    if package(row):
        place = rf"(?:{start}|\G(?!\A)){PACKAGES}(?<=[\s\"']){package(row)}"
        yield Form(find([[{"pattern-regex": place}]]), "$V")


FORMS: dict[str, Callable[[Row], Iterator[Form]]] = {"env": _env, "image": _image, "pin": _pin}

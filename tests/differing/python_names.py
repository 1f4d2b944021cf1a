"""Which qualified names does Python code use, by our reader, by ruff and by Semgrep, and where do they differ?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal, NamedTuple

import chipsieve_python
from chipsieve.facts.reading import Source
from chipsieve.facts.vocabulary import Vocabulary, last_component
from differing.name_oracles import Place, Texts, by_ruff, by_semgrep
from differing.python_text import Kind, PythonText

CHAIN = re.compile(r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*")
By = Literal["called, not stated", "ours, not ruff", "ours, not Semgrep", "ruff, not ours", "Semgrep, not ours"]
FOLLOWED = "what a variable or an attribute stands for; they follow no values"
CHOSEN = "what a table's key, `getattr` or a default may give; they follow no values"
COMMON = "the module to which each value of a name belongs"
SEVERAL = "each value of a name that is bound more than once; they take one"
ROOT = "the first name of a longer one, which ruff reports whole"
UNPROBED = "a name in an f-string, where Python before 3.12 knows no places to probe"
UNBOUND = "a name that only another function imports or declares `global`, taken as it stands"
AS_RUFF = "ruff sees it as we do: Semgrep passes over some decorators and names that are imported twice"
TEXTUAL = "Semgrep looks at no scopes, and takes a name that nothing imports as it stands"
STORED = "an attribute that is assigned to, which we state with its value"
REPLACED = "an attribute that the file has bound to something else before"
INSIDE: Mapping[Kind, str] = {
    "caught": "a type of exceptions that are caught, of which we state nothing",
    "returned": "the type of what a function returns, of which we state nothing",
    "assigned": STORED,
}
"""Why the others alone see what stands in such a part of a text."""


class NameDifference(NamedTuple):
    """A name that one of them does not see: who does, where, and what stands there.

    `why` says what explains it, "" where nothing does.
    """

    path: str
    line: int
    by: By
    name: str
    text: str
    why: str


class ComparedNames(NamedTuple):
    """What came of one tree: its texts, those Python cannot parse, the names we state, and who sees them too.

    `calls` are the names that are called.
    """

    texts: int
    unread: int
    stated: int
    calls: int
    by_ruff: int
    by_semgrep: int
    differences: tuple[NameDifference, ...]

    @property
    def unexplained(self) -> tuple[NameDifference, ...]:
        """The differences of no known kind."""
        return tuple(one for one in self.differences if not one.why)


def compared_names(written: Mapping[str, str], *, semgrep: bool) -> ComparedNames:
    """Compare every name that the imports of these texts may mean, in all of them.

    Semgrep takes seconds to minutes and is asked only where `semgrep` says so.
    """
    texts = {}
    for path, text in written.items():
        with suppress(SyntaxError, ValueError):
            texts[path] = PythonText(text)
    names = frozenset[str]().union(*(text.candidates for text in texts.values()))
    stated, called = ours(texts, names)
    ruff = {place for place in by_ruff(texts, names) if "import" not in texts[place.path].around(place.offset)}
    other = by_semgrep(texts, names) if semgrep else set[Place]()
    found = [_difference(place, "called, not stated", "", texts) for place in called - stated.keys()]
    for place, shown in stated.items():
        why = _why_ours(place, shown, texts[place.path], ruff)
        if place not in ruff:
            found.append(_difference(place, "ours, not ruff", why, texts))
        if semgrep and place not in other:
            found.append(
                _difference(place, "ours, not Semgrep", AS_RUFF if place in ruff or why == ROOT else why, texts)
            )
    for place in (ruff | other) - stated.keys():
        why = _why_theirs(place, texts[place.path])
        if place in ruff:
            found.append(_difference(place, "ruff, not ours", why, texts))
        if place in other:
            found.append(_difference(place, "Semgrep, not ours", why or ("" if place in ruff else TEXTUAL), texts))
    both = len(stated.keys() & ruff), len(stated.keys() & other)
    return ComparedNames(len(written), len(written) - len(texts), len(stated), len(called), *both, tuple(sorted(found)))


def ours(texts: Texts, names: frozenset[str]) -> tuple[dict[Place, str], set[Place]]:
    """The names that our reader states, each with the text that stands for it, and those that it says are called."""
    wanted = {kind: {last_component(kind, name) for name in names} for kind in ("name", "call")}
    vocabulary = Vocabulary(wanted)
    stated: dict[Place, str] = {}
    called = set()
    for path, text in texts.items():
        for fact in chipsieve_python.read(Source(path, "python", text.text), vocabulary).facts:
            if fact.name in names and fact.argument is None:
                span = fact.span
                start, end = (
                    text.lines.offset(span.line, span.column),
                    text.lines.offset(span.end_line, span.end_column),
                )
                place = Place(path, start, fact.name)
                if fact.kind == "name":
                    stated[place] = text.text[start:end]
                elif fact.kind == "call":
                    called.add(place)
    return stated, called


def _difference(place: Place, by: By, why: str, texts: Texts) -> NameDifference:
    text = texts[place.path]
    line = text.lines.position(place.offset)[0]
    shown = text.text[place.offset : place.offset + 60].partition("\n")[0]
    return NameDifference(place.path, line, by, place.name, shown, why)


def _why_ours(place: Place, shown: str, text: PythonText, ruff: set[Place]) -> str:
    """What explains that another tool does not see a name that we state for a piece of code."""
    if CHAIN.fullmatch(shown) is None:
        return CHOSEN
    root, *rest = (part.strip() for part in shown.split("."))
    direct = {".".join((whole, *rest)) for whole in text.imported.get(root, ())}
    longer = f"{place.name}."
    if place.name not in direct:
        if any(one.startswith(longer) for one in direct):
            return COMMON
        return FOLLOWED if any(name.partition(".")[0] == root for name in text.bound) else ""
    if any((one.path, one.offset) == place[:2] and one.name.startswith(longer) for one in ruff):
        return ROOT
    if len(direct) > 1 or root in text.bound:
        return SEVERAL
    if root not in text.outer:
        return UNBOUND
    return UNPROBED if "formatted" in text.around(place.offset) else ""


def _why_theirs(place: Place, text: PythonText) -> str:
    """What explains that we do not state a name that another tool sees."""
    kinds = sorted(text.around(place.offset) & INSIDE.keys())
    if kinds:
        return INSIDE[kinds[0]]
    shown = CHAIN.match(text.text, place.offset)
    return REPLACED if shown and any(shown[0].startswith(name) for name in text.bound if "." in name) else ""

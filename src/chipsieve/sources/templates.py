"""What does a template hold before anybody fills it in? Its insertions are unknown, its branches conditional.

Jinja's and Go's forms, which job templates and Helm charts use. The text keeps its length, and so every place.
Sources: Jinja documentation, "Template Designer Documentation"; Go documentation, "text/template".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from string import ascii_lowercase
from typing import NamedTuple

from msgspec.structs import replace

from chipsieve.facts.conditions import Condition, Conditions, negate, unknown
from chipsieve.facts.paths import is_kind
from chipsieve.facts.places import LINE_END
from chipsieve.facts.reading import Reading, Source
from chipsieve.sources.placing import Parts

DEPTH = 20  # branches within each other; what lies deeper has the conditions of these
SIZE_LIMIT = 1_000_000  # characters; a longer text is no template of a job
COMMENTS = (("{#", "#}"), ("{{/*", "*/}}"), ("{{- /*", "*/ -}}"))
TAG = re.compile(
    r"\{%[-+]?[ \t]{0,20}(?P<jinja>\w{1,20})(?P<asked>[^%\n]{0,200})[-+]?%\}"
    r"|\{\{-?[ \t]{0,20}(?P<go>if|range|with|define|block|else|end)\b(?P<wanted>[^}\n]{0,200}?)-?\}\}"
)
INSERTION = re.compile(r"\$?\{\{[^\n]{0,200}?\}\}|\{%[^\n]{0,200}?%\}")
OPENING = frozenset({"if", "unless", "for", "range", "with", "macro", "define", "block", "filter", "call"})
ANOTHER = frozenset({"else", "elif", "elsif"})
TEST = re.compile(r"(?:el)?if \$[a-z];then")
CONTINUED = "\\"


class Template(NamedTuple):
    """A text without its template's language, and the conditions under which each of its lines is written.

    On the lines `tests` a branch is written as one of the shell's: what it tests is no command.
    """

    text: str
    conditions: tuple[Conditions, ...]
    tests: frozenset[int] = frozenset()

    def conditioned(self, parts: Parts) -> Parts:
        """The readings of the text, each fact and command under the conditions of its line."""
        return tuple((name, self._conditioned(reading)) for name, reading in parts)

    def _conditioned(self, reading: Reading) -> Reading:
        facts = (replace(one, conditions=self._at(one.span.line) + one.conditions) for one in reading.facts)
        commands = (
            replace(one, conditions=self._at(one.span.line) + one.conditions)
            for one in reading.commands
            if one.span.line not in self.tests
        )
        return replace(reading, facts=tuple(facts), commands=tuple(commands))

    def _at(self, line: int) -> Conditions:
        return self.conditions[line - 1] if 0 < line <= len(self.conditions) else ()


def opened(source: Source) -> Template | None:
    """The template that a source is by its path; None where it is none, or holds nothing to fill in."""
    text = source.text
    if not is_kind("template", source.path) or len(text) > SIZE_LIMIT or not ("{{" in text or "{%" in text):
        return None
    for opening, closing in COMMENTS:
        text = _without_comments(text, opening, closing)
    ends = [0, *(end.end() for end in LINE_END.finditer(text)), len(text)]
    lines = [text[start:end] for start, end in pairwise(ends) if start < end or end == len(text)]
    in_shell = source.language == "shell" and _read(lines, in_shell=True)
    return in_shell or _read(lines, in_shell=False)


def _without_comments(text: str, opening: str, closing: str) -> str:
    pieces, at = [], 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start)) >= 0:
        pieces += [text[at:start], re.sub(r"[^\r\n]", " ", text[start : end + len(closing)])]
        at = end + len(closing)
    return "".join([*pieces, text[at:]])


def _read(lines: Sequence[str], *, in_shell: bool) -> Template | None:
    """The template of these lines; None where its branches do not fit the shell."""
    branches = _Branches(in_shell=in_shell)
    read = [branches.line(line) for line in lines]
    if in_shell and not branches.fit:
        return None
    tests = frozenset(number for number, (line, _) in enumerate(read, 1) if TEST.match(line))
    return Template("".join(line for line, _ in read), tuple(conditions for _, conditions in read), tests)


class _Branches:
    """Reads lines in turn: `stack` are the branches that are open, each with its tag's name and its condition.

    `inside` is how many of them were open where the arguments of a command, continued line by line, began to be
    conditional: those stand in no line of their own, and are left out. In a shell's script (`in_shell`) branches
    become the shell's own, so that its reader sees alternatives; `fit` is False where one needs more room than it has.
    """

    def __init__(self, *, in_shell: bool) -> None:
        self.in_shell = in_shell
        self.fit = True
        self.beyond = 0  # branches that are open within DEPTH others
        self.letters = iter(ascii_lowercase)
        self.stack: list[tuple[str, Condition]] = []
        self.inside: int | None = None
        self.continues = False

    def line(self, line: str) -> tuple[str, Conditions]:
        """The line as it is read, and the conditions under which it is written."""
        tags = list(TAG.finditer(line))
        whole = _balanced(tags)
        before = len(self.stack)
        for tag in [] if whole else tags:
            self._tag(tag)
        if self.continues and self.inside is None and len(self.stack) > before:
            self.inside = before
        hidden = self.inside is not None
        if self.inside is not None and len(self.stack) <= self.inside:
            self.inside = None
        conditions = tuple(condition for _, condition in self.stack)
        conditions = () if self.in_shell else conditions
        if hidden:
            return _blank(line, continued=self.continues), conditions
        if tags and not whole:
            alone = len(tags) == 1 and not TAG.sub("", line).strip()
            self.fit = self.fit and alone
            shown = self._branch(tags[0], line, before) if self.in_shell and alone else ""
            return shown or (_blank(line, continued=False) if alone else _inserted(TAG.sub(_spaces, line))), conditions
        text = _unknown(line, tags[0].start(), tags[-1].end()) if whole else _inserted(line)
        self.continues = text.rstrip().endswith(CONTINUED)
        return text, conditions

    def _tag(self, tag: re.Match[str]) -> None:
        name, asked = _name(tag), (tag["asked"] or tag["wanted"] or "").strip(" -+")
        if name in OPENING and len(self.stack) == DEPTH:
            self.beyond += 1
        elif name in OPENING:
            self.stack.append((name, unknown(f"{name} {asked}")))
        elif self.beyond:
            self.beyond -= name not in ANOTHER
        elif name in ANOTHER and self.stack:
            opened_by, condition = self.stack[-1]
            self.stack[-1] = (opened_by, unknown(f"{name} {asked}") if asked else negate(condition))
        elif self.stack and (name == "end" or name == f"end{self.stack[-1][0]}"):
            self.stack.pop()

    def _branch(self, tag: re.Match[str], line: str, before: int) -> str:
        """The shell's word for a tag at the same length; "" for a tag that opens and closes nothing."""
        name = _name(tag)
        if name in OPENING or (name in ANOTHER and before and (tag["asked"] or "").strip(" -+")):
            letter = next(self.letters, "")
            word = f"{'if' if name in OPENING else 'elif'} ${letter};then" if letter else ""
            self.fit = self.fit and bool(letter)
        elif name in ANOTHER and before:
            word = "else"
        else:
            word = "fi" if len(self.stack) < before else ""
        content = line.rstrip("\r\n")
        self.fit = self.fit and len(word) <= len(content)
        return word.ljust(len(content)) + line[len(content) :] if word else ""


def _name(tag: re.Match[str]) -> str:
    return tag["jinja"] or tag["go"]


def _spaces(tag: re.Match[str]) -> str:
    return " " * len(tag[0])


def _balanced(tags: list[re.Match[str]]) -> bool:
    """Whether a line opens and closes all its branches: what stands between is one unknown."""
    names = list(map(_name, tags))
    opening = sum(name in OPENING for name in names)
    return opening > 0 and names[0] in OPENING and opening == sum(name.startswith("end") for name in names)


def _blank(line: str, *, continued: bool) -> str:
    """The line as an empty comment, which every language has; a command that goes on goes on behind it."""
    content = line.rstrip("\r\n")
    indent = len(content) - len(content.lstrip())
    if continued and content:
        empty = " " * (len(content) - 1) + CONTINUED
    else:
        empty = (content[:indent] + "#").ljust(len(content)) if content.strip() else content
    return empty + line[len(content) :]


def _inserted(line: str) -> str:
    """The line with each insertion as a variable that nobody knows; one that is all of its line may be anything."""
    if "{{" not in line and "{%" not in line:
        return line
    alone = INSERTION.fullmatch(line.strip())
    return _blank(line, continued=False) if alone else INSERTION.sub(lambda found: _variable(len(found[0])), line)


def _unknown(line: str, start: int, end: int) -> str:
    return _inserted(line[:start]) + _variable(end - start) + _inserted(line[end:])


def _variable(size: int) -> str:
    return "${" + "_" * (size - 3) + "}"

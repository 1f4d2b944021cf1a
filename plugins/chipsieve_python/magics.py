"""What do a notebook's magics and shell lines run, set and write? A cell's `!cmd`, `%run`, `%env`, `%%bash`.

Sources: IPython documentation, "Built-in magic commands"; Databricks documentation, "Notebook language magics".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from posixpath import join
from typing import NamedTuple

from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Document, Gap
from chipsieve.facts.relocation import Stretch
from chipsieve.facts.words import Part, Word

CONTINUED = r"[^\n]*(?:(?<=\\)\n[^\n]*)*"
MAGIC = re.compile(
    rf"^(?P<indent>[ \t]*)(?P<magic>[%!?]{CONTINUED}|[^\n]*[^\s#]\?{{1,2}}[ \t]*$)"
    rf"|^(?P<left>[^#'\"\n=]*=[ \t]*)(?P<given>[!%]{CONTINUED})",
    re.MULTILINE,
)
CELL = re.compile(r"\s*%(?P<sign>%?)(?P<name>[\w!]+)(?P<rest>[^\n]*)(?:\n|\Z)")
TIMED = frozenset({"time", "timeit", "capture", "prun"})  # cell magics around Python
SHELLS = frozenset({"bash", "sh", "shell", "zsh", "system", "sx", "!"})
WRITERS = frozenset({"writefile", "file"})
OTHER_LANGUAGES = frozenset({"sh", "md", "sql", "scala", "r", "fs"})  # of a Databricks cell; `%python` is the rest
LINE = re.compile(r"(?P<sign>!!?|%(?:run|sx|system|pip3?|conda|mamba|uv|cd|env|set_env)\b)[ \t]*", re.ASCII)
SETTING = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:=|[ \t]+)(?P<value>\S.*)", re.ASCII)
INSERTED = re.compile(
    r"(?<![$\\{])\{(?P<expression>[A-Za-z_][\w.]*(?:\[[^\]{}\n]*\]|\([^)}{\n]*\))?)\}|\$\$|\$(?P<plain>[A-Za-z_]\w*)",
    re.ASCII,
)
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
CONSTANT = re.compile(
    r"^(?P<indent>[ \t]*)(?:for[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*(?P<sign>[-+*/]?=(?!=)|in\b)(?P<value>[^\n]*)",
    re.MULTILINE | re.ASCII,
)
PLAIN = re.compile(
    r"(?P<form>[fr]?)(?P<quote>[\"'])(?P<text>[^\"'\\\n$]*)(?P=quote)[ \t]*(?:#.*)?"
    r"|(?P<number>\d[\d.e-]*)[ \t]*(?:#.*)?"
)
MARK = "# Databricks notebook source"
JUPYTEXT = re.compile(r"# ---\r?\n# (?:jupyter|jupytext):")
MAGIC_BLOCK = re.compile(r"(?:^# MAGIC(?:[ \t][^\n]*|)(?:\n|\Z))+", re.MULTILINE)
MAGIC_LINE = re.compile(r"^# MAGIC ?", re.MULTILINE)
COMMENTED = re.compile(r"^# [!%](?!%(?:\s|\Z))[^\n]*(?:\n|\Z)(?:^# (?!%%(?:\s|\Z))[^\n]*(?:\n|\Z))*", re.MULTILINE)
CONVERTED = re.compile(
    r"^(?:[\w, ]+=)?[ \t]*get_ipython\(\)\."
    r"(?:system|getoutput|run_cell_magic\([\"'](?P<name>bash|sh)[\"'],[^,\n]*,)"
    r"[ \t(]*(?P<quote>[\"'])(?P<text>(?:\\.|(?!(?P=quote))[^\\\n])*)(?P=quote)\)[ \t]*$",
    re.MULTILINE,
)
ESCAPED = re.compile(r"\\(n|.)")
COMMENT_MARK = re.compile(r"^# ", re.MULTILINE)
INDENTED: Conditions = (Question("unknown", text="in a block of the cell"),)
NOWHERE = Word((), Span(1, 1, 1, 1))
PYTHON = "python "
LINE_LIMIT = 1_000  # shell lines of one notebook


class Setting(NamedTuple):
    """A variable that `%env` sets: its name, where that stands, and its value; None where nobody knows it."""

    name: str
    place: Stretch
    value: str | None


@dataclass(slots=True)
class Magics:
    """What the cells have run and set so far, in their order; `lines` are those of the file.

    `constants` are the texts of Python's variables, as far as they are known: shell lines may insert them.
    """

    lines: Lines
    constants: dict[str, str | None] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    left_out: int | None = None  # where the first shell line beyond the limit stands
    settings: list[Setting] = field(default_factory=list)
    environment: dict[str, Word] = field(default_factory=dict)
    directory: str | None = ""

    def take(self, cell: Stretch) -> bool:
        """Take what a cell runs; False where it holds no Python at all."""
        head = CELL.match(cell.text)
        name = head["name"] if head else ""
        if head and head["sign"] and name in TIMED and (inner := CELL.match(cell.text, head.end())) and inner["sign"]:
            return self.take(cell.cut(head.end()))
        if head and (head["sign"] or name in OTHER_LANGUAGES) and name not in TIMED:
            operands = head["rest"].split()
            if name in WRITERS and operands:
                self._write(operands[-1], cell.cut(head.end()))
            elif name in SHELLS or (name == "script" and operands and operands[0] in SHELLS):
                self.run(cell.cut(head.end() if head["sign"] else head.start("rest")))
            return False
        lines = ((found.start(), found) for pattern in (MAGIC, CONSTANT) for found in pattern.finditer(cell.text))
        for _, found in sorted(lines, key=itemgetter(0)):
            if found.re is CONSTANT:
                self._bind(found)
            else:
                at = "given" if found["given"] else "magic"
                self._line(cell.cut(*found.span(at)), INDENTED if found["indent"] else ())
        return True

    def _bind(self, found: re.Match[str]) -> None:
        """A variable of Python's: known where the last line before the shell's that binds it is a constant's."""
        plain = PLAIN.fullmatch(found["value"].strip()) if found["sign"] == "=" and not found["indent"] else None
        value = (plain["text"] if plain["quote"] else plain["number"]) if plain else None
        if plain and plain["form"] == "f":
            value = INSERTED.sub(self._inserted, plain["text"])
        self.constants[found["name"]] = value

    def _line(self, magic: Stretch, conditions: Conditions) -> None:
        head = LINE.match(magic.text)
        if head is None:
            return
        if len(self.documents) >= LINE_LIMIT:
            self.left_out = magic.offsets[0] if self.left_out is None else self.left_out
            return
        sign, rest = head["sign"], magic.cut(head.end())
        if sign in ("%env", "%set_env"):
            self._set(rest)
        elif sign == "%cd":
            self._change(rest.text.strip().strip("\"'"))
        elif sign == "%run":
            self.run(self._filled(magic.changed(0, head.end(), PYTHON)), conditions)
        elif sign in ("!", "!!", "%sx", "%system"):
            self.run(self._filled(rest), conditions)
        else:
            self.run(self._filled(magic.cut(1)), conditions)

    def run(self, script: Stretch, conditions: Conditions = ()) -> None:
        """Keep a shell script that the cells run."""
        if script.text.strip():
            start = self.lines.span(script.offsets[0], script.offsets[0])
            self.documents.append(
                Document(
                    NOWHERE, "shell", script.text, start, conditions, tuple(self.environment.items()),
                    self._folder(start), script.offsets,
                )
            )  # fmt: skip

    def gaps(self, path: str) -> tuple[Gap, ...]:
        """The limit, where it was met."""
        if self.left_out is None:
            return ()
        line = self.lines.position(self.left_out)[0]
        return (Gap(path, f"more than {LINE_LIMIT:,} shell lines: the rest was not read", line),)

    def _write(self, name: str, body: Stretch) -> None:
        """The file that `%%writefile` writes: its name says what it is."""
        if body.text.strip() and not {"{", "$"} & set(name):
            start = self.lines.span(body.offsets[0], body.offsets[0])
            path = Word((Part("text", name.strip("\"'"), start, quoted=True),), start)
            self.documents.append(Document(path, "", body.text, start, offsets=body.offsets))

    def _set(self, rest: Stretch) -> None:
        setting = SETTING.match(rest.text)
        if setting is None:
            return
        place, value = rest.cut(*setting.span("name")), setting["value"].strip()
        known = not {"{", "$"} & set(value)
        span = self.lines.span(place.offsets[0], place.offsets[-1] + 1)
        self.settings.append(Setting(setting["name"], place, value if known else None))
        self.environment[setting["name"]] = Word(
            (Part("text" if known else "unknown", value, span, quoted=True),), span
        )

    def _change(self, folder: str) -> None:
        unknown = self.directory is None or not folder or {"{", "$", "~"} & set(folder) or folder.startswith("-")
        self.directory = None if unknown else join(self.directory or "", folder)

    def _folder(self, span: Span) -> Word | None:
        return Word((Part("text", self.directory, span, quoted=True),), span) if self.directory else None

    def _filled(self, script: Stretch) -> Stretch:
        """The script with Python's insertions: a constant's text, else a variable that nobody knows."""
        return script.sub(INSERTED, self._inserted)

    def _inserted(self, found: re.Match[str]) -> str:
        """What stands for `{expression}`, `$name` or `$$`; a name that Python does not know is the shell's."""
        expression = found["expression"] or found["plain"]
        if expression is None:
            return "$"
        if expression == "sys.executable":
            return PYTHON.strip()
        constant = self.constants.get(expression)
        if constant is None:
            return found[0] if found["plain"] else "${" + re.sub(r"\W+", "_", expression) + "}"
        return constant


def without_magics(text: str) -> str:
    """The Python of a cell at the same length: a statement that does nothing in place of each magic."""
    return MAGIC.sub(lambda found: (found["left"] or found["indent"] or "") + _blank(found), text)


def _blank(found: re.Match[str]) -> str:
    magic = found["given"] or found["magic"]
    return "0" + re.sub(r"[^\n]", " ", magic[1:])


def exported_cells(text: str) -> Iterator[Stretch]:
    """The magics of a notebook saved as Python: Databricks' `# MAGIC %sh`, Jupytext's `# !cmd`, nbconvert's calls."""
    if text.startswith(MARK):
        for block in MAGIC_BLOCK.finditer(text):
            yield _uncommented(block, MAGIC_LINE)
        return
    if "get_ipython()" in text:
        yield from (_converted(text, found) for found in CONVERTED.finditer(text))
    if JUPYTEXT.match(text):
        for block in COMMENTED.finditer(text):
            yield _uncommented(block, COMMENT_MARK)


def _converted(text: str, found: re.Match[str]) -> Stretch:
    """A call of nbconvert as the magic that it was: `get_ipython().system('cmd')` was `!cmd`."""
    start, end = found.span("text")
    written = Stretch(text[start:end], tuple(range(start, end)))
    script = written.sub(ESCAPED, lambda sign: "\n" if sign[1] == "n" else sign[1])
    mark = "%%bash\n" if found["name"] else "!"
    return Stretch(mark, (start,) * len(mark)).joined(script)


def _uncommented(block: re.Match[str], mark: re.Pattern[str]) -> Stretch:
    cell = Stretch(block[0], tuple(range(*block.span())))
    marks = [found.span() for found in mark.finditer(block[0])]
    ends = [*(start for start, _ in marks[1:]), len(block[0])]
    return Stretch().joined(*(cell.cut(start, end) for (_, start), end in zip(marks, ends, strict=True)))

"""Which Semgrep rules say a signal's rows for shell scripts and job files? Text rules, on all that the reader opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from chipsieve.border.semgrep import command
from chipsieve.border.semgrep.directives import directives
from chipsieve.border.semgrep.folders import SHELL
from chipsieve.border.semgrep.records import Record, record
from chipsieve.border.semgrep.values import Pattern, accepted, accepts_true, any_of, globs, in_a_word, named, shown
from chipsieve.border.semgrep.wording import package, words
from chipsieve.signals.signal import Row, Signal

Branch = list[Pattern]
Made = Iterator[tuple[str, Branch]]
FILES = globs("shell")


def rules(signal: Signal) -> Iterator[tuple[str, Record]]:
    """The rules of one signal, each with the folder that it belongs to: one for a kind of row and a way to show it."""
    branches: defaultdict[tuple[str, str, str], list[Branch]] = defaultdict(list)
    for row in signal.rows:
        for value, branch in MAKERS[row.kind](row) if row.kind in MAKERS else ():
            branches[row.kind, row.by, value].append(branch)
    for (kind, by, value), made in branches.items():
        match = {"patterns": [*any_of(made), *AROUND.get(kind, command.SILENT)]}
        yield SHELL, record(signal, Row(kind, (), by=by), ["regex"], match, value=value, files=FILES)
    told = [replace(row, by="comment") for row in signal.rows if row.kind == "claim"]
    if told:
        match = {"patterns": [words(told), {"pattern-regex": command.COMMENTED}, {"focus-metavariable": "$VALUE"}]}
        yield SHELL, record(signal, told[0], ["regex"], match, value="$VALUE", files=FILES)


def _flag(row: Row) -> Made:
    names = [name.lstrip("-").replace("_", "-") for name in row.names]
    name = f"{command.WORD_START}--?{named(names, FLAG, '[-_]')}"
    if accepts_true(row):
        yield "true", [{"pattern-regex": f"(?mi){name}(?={command.BARE})"}]
    yield shown(row), [{"pattern-regex": f"(?i){name}{command.OPERAND}"}, *accepted(row)]


def _env(row: Row) -> Made:
    """Exported, given to one command, or handed to a launcher; a variable that stays in the shell is none."""
    value = command.CONSTANT if row.values or row.pattern else command.ANYTHING
    name = named(row.names)
    prefix = f"(?m){command.PREFIX}(?P<NAME>{name})={value}(?:{command.BEFORE_A_COMMAND}|{command.EXPORTED_LATER})"
    declared: Pattern = {"pattern-regex": rf"(?:{command.EXPORT}|{command.PASSED})\K{name}={value}"}
    given: list[Pattern] = [{"pattern-regex": prefix}, {"pattern-not-regex": command.DECLARATION}]
    yield shown(row), [*any_of([[declared], given]), *accepted(row)]


def _directive(row: Row) -> Made:
    yield shown(row), [directives(row.names), *accepted(row)]


def _image(row: Row) -> Made:
    """Any word of a command that runs or fetches an image."""
    text = f"(?={command.WORD_CHARACTER}*?(?:{in_a_word(row.pattern)}))(?P<V>{command.WORD_CHARACTER}+)"
    yield shown(row), [{"pattern-regex": f"(?i){command.WORD_START}{text}{command.WORD_END}"}]


def _pin(row: Row) -> Made:
    asked = package(row)
    if asked:
        yield "$V", [{"pattern-regex": command.WORD_START + asked}]


def _literal(row: Row) -> Made:
    yield "$VALUE", [{"pattern-regex": f"(?i){in_a_word(row.pattern, always=True)}"}]


FLAG = r"[\w.:-]"
MAKERS: dict[str, Callable[[Row], Made]] = {
    "env": _env, "flag": _flag, "directive": _directive, "image": _image, "pin": _pin, "literal": _literal,
}  # fmt: skip
AROUND: dict[str, list[Pattern]] = {
    "flag": command.NO_FLAGS,
    "directive": [],
    "image": [{"pattern-regex": command.IMAGE}, *command.SILENT],
    "pin": [{"pattern-regex": command.INSTALL}, *command.SILENT],
}

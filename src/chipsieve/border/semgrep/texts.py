"""Which Semgrep rules say a signal's rows for plain texts: requirements, prose and logs, TOML?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from chipsieve.border.semgrep.records import Record, record
from chipsieve.border.semgrep.values import Pattern, accepted, any_of, globs, named, shown
from chipsieve.border.semgrep.wording import package, words
from chipsieve.signals.signal import Row, Signal

PROSE = globs("prose", "log")
REQUIREMENTS = (*globs("requirements"), "**/requirements/*.txt")
TOML = globs("toml")
LINE_START = r"(?m)^[ \t]*(?:(?:-e|--editable)[ \t=]+)?\K"
IN_TOML_COMMENT = r"""(?m)^(?:[^\n#"']|"[^"\n]*"|'[^'\n]*')*\K#.*$"""
SEGMENTS = r"""(?:["']?[\w-]+["']?[ \t]*\.[ \t]*)*["']?"""
VALUE = r"""["']?[ \t]*=[ \t]*(?|"(?P<V>[^"\n]*)"|'(?P<V>[^'\n]*)'|(?P<V>[\w.+-]+))(?=[ \t]*(?:#|\r?$|[,}]))"""


def rules(signal: Signal) -> Iterator[tuple[str, Record]]:
    """The rules of one signal, each with the folder that it belongs to."""
    named_in = [row for row in signal.rows if row.kind == "claim"]
    if named_in:
        yield "prose", _words(signal, named_in, [], PROSE)
        told = [replace(row, by="comment") for row in named_in]
        yield "toml", _words(signal, told, [{"pattern-regex": IN_TOML_COMMENT}], TOML)
    for row in signal.rows:
        if row.kind == "pin" and package(row):
            match = {"pattern-regex": LINE_START + package(row)}
            yield "requirements", record(signal, row, ["regex"], match, files=REQUIREMENTS)
    yield from (("toml", rule) for rule in _settings(signal))


def _words(signal: Signal, rows: list[Row], place: list[Pattern], files: Sequence[str]) -> Record:
    match = {"patterns": [words(rows), *place, {"focus-metavariable": "$VALUE"}]}
    return record(signal, rows[0], ["regex"], match, value="$VALUE", files=files)


def _for_toml(row: Row) -> bool:
    """Whether the row speaks of any file, or of TOML among others; what its siblings say is left to the reader."""
    return not row.beside and (not row.files or bool({"*", *TOML} & {*row.files}))


def _settings(signal: Signal) -> Iterator[Record]:
    """Keys and variables with their values: one rule for a kind of row and a way to show it."""
    branches: defaultdict[tuple[str, str, str], list[list[Pattern]]] = defaultdict(list)
    for row in signal.rows:
        if row.kind == "env" or (row.kind == "key" and _for_toml(row)):
            branches[row.kind, row.by, shown(row)].append([{"pattern-regex": _setting(row)}, *accepted(row)])
    for (kind, by, value), made in branches.items():
        name = "$KEY" if kind == "key" else ""
        match = {"patterns": any_of(made)}
        yield record(signal, Row(kind, (), by=by), ["regex"], match, value=value, name=name, files=TOML)


def _setting(row: Row) -> str:
    """A key and its value on one line: in its table, with dots, or in a table of one line."""
    tables: defaultdict[str, list[str]] = defaultdict(list)
    for path in row.names:
        table, _, name = path.rpartition(".") if "/" not in path else ("", "", path)  # `amd.com/gpu` is one key
        tables[table].append(name)
    keys = (f"{_above(table)}(?P<KEY>{named(names, WIDE)})" for table, names in tables.items())
    letters = "mi" if row.kind == "key" else "m"
    return f"(?{letters})(?|{'|'.join(keys)}){VALUE}"


def _above(path: str) -> str:
    """What stands before a key of a table; before any key where there is no path."""
    if not path:
        return rf"""(?:^[ \t]*|^[^#\n]*[{{,][ \t]*)\K{SEGMENTS}"""
    table = named([path], WIDE)
    below = rf"""^[ \t]*\[\[?{SEGMENTS}{table}["']?\]\]?[^\n]*\n(?:(?![ \t]*\[)[^\n]*\n)*?[ \t]*["']?"""
    beside = rf"""^[ \t]*{SEGMENTS}{table}["']?[ \t]*"""
    return rf"""(?:{below}|{beside}\.[ \t]*["']?|{beside}=[ \t]*\{{(?:[^}}#\n]*[,{{])?[ \t]*["']?)\K"""


WIDE = r"[\w-]"

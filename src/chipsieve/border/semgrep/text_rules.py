"""Which Semgrep rules say a signal's rows for plain texts: requirements, prose and logs, TOML?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from chipsieve.border.semgrep.rule_parts import Branch, Pattern, Rule, accepts, any_of, focus, rule
from chipsieve.border.semgrep.rule_patterns import globs, grouped, key_path, named, package, shown
from chipsieve.facts.claims import PRINTED
from chipsieve.signals.signal import Row, Signal

PROSE = globs("prose", "log")
LOGS = globs("log")
REQUIREMENTS = (*globs("requirements"), "**/requirements/*.txt")
TOML = globs("toml")
LINE_START = r"(?m)^[ \t]*(?:(?:-e|--editable)[ \t=]+)?\K"
IN_TOML_COMMENT = r"""(?m)^(?:[^\n#"']|"[^"\n]*"|'[^'\n]*')*\K#.*$"""
NAME_CHARACTER = r"[\w-]"
SEGMENTS = r"""(?:["']?[\w-]+["']?[ \t]*\.[ \t]*)*["']?"""
VALUE = r"""["']?[ \t]*=[ \t]*(?|"(?P<V>[^"\n]*)"|'(?P<V>[^'\n]*)'|(?P<V>[\w.+-]+))(?=[ \t]*(?:#|\r?$|[,}]))"""


def rules(signal: Signal) -> Iterator[tuple[str, Rule]]:
    """The rules of one signal, each with the language that it belongs to."""
    yield from (("prose", found) for found in claims(signal, PROSE))
    yield from (("log", found) for found in claims(signal, LOGS, printed=True))
    yield from (("toml", found) for found in claims(signal, TOML, comment=IN_TOML_COMMENT))
    for row in signal.rows:
        if row.kind == "pin" and package(row):
            match = {"pattern-regex": LINE_START + package(row)}
            yield "requirements", rule(signal, row, ["regex"], match, files=REQUIREMENTS)
    yield from (("toml", found) for found in _settings(signal))


def claims(signal: Signal, files: Sequence[str], *, comment: str = "", printed: bool = False) -> Iterator[Rule]:
    """The rule for what a text says of a chip, anywhere in it or in what matches `comment`; $VALUE names the chip.

    What a run `printed` has rows of its own, those by `log`.
    """
    rows = [row for row in signal.rows if row.kind == "claim" and (row.by == PRINTED) == printed]
    if rows:
        chips = {
            "pattern-either": [{"pattern-regex": f"(?i){grouped(row.pattern, always=True)}"} for row in rows],
        }
        place: list[Pattern] = [{"pattern-regex": comment}] if comment else []
        by = "comment" if comment else rows[0].by
        match = {"patterns": [chips, *place, focus("$VALUE")]}
        yield rule(signal, Row("claim", (), by=by), ["regex"], match, value="$VALUE", files=files)


def _for_toml(row: Row) -> bool:
    """Whether the row speaks of any file, or of TOML among others; what its siblings say is left to the reader."""
    return not row.beside and (not row.files or bool({"*", *TOML} & {*row.files}))


def _settings(signal: Signal) -> Iterator[Rule]:
    """Keys and variables with their values: one rule for a kind of row and a way to show it."""
    branches: defaultdict[tuple[str, str, str], list[Branch]] = defaultdict(list)
    for row in signal.rows:
        if row.kind == "env" or (row.kind == "key" and _for_toml(row)):
            branches[row.kind, row.by, shown(row)].append([{"pattern-regex": _setting(row)}, *accepts(row)])
    for (kind, by, value), found in branches.items():
        name = "$KEY" if kind == "key" else ""
        match = {"patterns": any_of(found)}
        yield rule(signal, Row(kind, (), by=by), ["regex"], match, value=value, name=name, files=TOML)


def _setting(row: Row) -> str:
    """A key and its value on one line: in its table, with dots, or in a table of one line."""
    tables: defaultdict[str, list[str]] = defaultdict(list)
    for table, name in map(key_path, row.names):
        tables[table].append(name)
    keys = (f"{_above(table)}(?P<KEY>{named(names, NAME_CHARACTER)})" for table, names in tables.items())
    letters = "mi" if row.kind == "key" else "m"
    return f"(?{letters})(?|{'|'.join(keys)}){VALUE}"


def _above(path: str) -> str:
    """What stands before a key of a table; before any key where there is no path."""
    if not path:
        return rf"""(?:^[ \t]*|^[^#\n]*[{{,][ \t]*)\K{SEGMENTS}"""
    table = named([path], NAME_CHARACTER)
    below = rf"""^[ \t]*\[\[?{SEGMENTS}{table}["']?\]\]?[^\n]*\n(?:(?![ \t]*\[)[^\n]*\n)*?[ \t]*["']?"""
    beside = rf"""^[ \t]*{SEGMENTS}{table}["']?[ \t]*"""
    return rf"""(?:{below}|{beside}\.[ \t]*["']?|{beside}=[ \t]*\{{(?:[^}}#\n]*[,{{])?[ \t]*["']?)\K"""

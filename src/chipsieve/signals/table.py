"""Which signals does this construct match? The readers ask here; they never know a signal by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase, translate
from functools import cache

from chipsieve.model import Match, Row, Signal
from chipsieve.signals import load_signals

BY_PATTERN = ("image", "literal", "word")  # rows whose names are words that the text must hold, and no more
FALSY = frozenset({"", "false", "0", "no", "none", "null", "off", "auto", "disabled"})


class SignalTable:
    """The match rows of some signals, indexed by kind and name."""

    def __init__(self, signals: Mapping[str, Signal]) -> None:
        """Index the rows; names with a `*` are kept apart and tried one by one."""
        self.signals = signals
        self._exact: defaultdict[tuple[str, str], list[tuple[str, Row]]] = defaultdict(list)
        self._globs: defaultdict[str, list[tuple[str, str, Row]]] = defaultdict(list)
        self._glob_patterns: dict[str, re.Pattern[str]] = {}
        for signal in signals.values():
            for row in signal.rows:
                names = ("",) if row.kind in BY_PATTERN else row.names or ("*",)
                for name in names:
                    self._add(signal.id, row, _normal(row.kind, name))

    def _add(self, signal: str, row: Row, name: str) -> None:
        if "*" in name:
            self._globs[row.kind].append((name, signal, row))
        else:
            self._exact[row.kind, name].append((signal, row))

    def _rows(self, kind: str, name: str) -> Iterator[tuple[str, Row]]:
        name = _normal(kind, name)
        yield from self._exact.get((kind, name), ())
        if self._any_glob(kind).match(name):
            yield from ((signal, row) for glob, signal, row in self._globs[kind] if fnmatchcase(name, glob))

    def _any_glob(self, kind: str) -> re.Pattern[str]:
        """What fits any glob of a kind: most names fit none, and one look tells."""
        if kind not in self._glob_patterns:
            globs = dict.fromkeys(translate(glob) for glob, _, _ in self._globs[kind])
            self._glob_patterns[kind] = re.compile("|".join(globs) or r"(?!)")
        return self._glob_patterns[kind]

    def env(self, name: str, value: str | None) -> tuple[Match, ...]:
        """Signals of an environment variable set to `value` (None: set, but to what is unknown)."""
        return _matches("env", self._rows("env", name), value, any_value=True)

    def flag(self, name: str, value: str | None) -> tuple[Match, ...]:
        """Signals of a command-line flag given with `value` ("true" for a bare flag; None: unknown)."""
        return _matches("flag", self._rows("flag", name), value)

    def key(
        self, path: Sequence[str], value: str | None, file: str = "", beside: Mapping[str, str] | None = None
    ) -> tuple[Match, ...]:
        """Signals of a config's key: `path` from the root, its scalar value, its sibling scalars.

        A row's name matches the end of the path (`bf16.enabled`), `*` any one segment.
        """
        rows = (
            (signal, row)
            for start in range(len(path))
            for signal, row in self._rows("key", ".".join(path[start:]))
            if _beside(row, beside or {}) and _file(row, file)
        )
        return _matches("key", rows, value, name=path[-1])

    def name(self, qualified: str, assigned: str | None = None) -> tuple[Match, ...]:
        """Signals of a qualified Python name, `torch.bfloat16`; rows with values ask what is `assigned` to it."""
        rows = tuple(self._rows("name", qualified))
        mentioned = _matches("name", (row for row in rows if not row[1].values), qualified, any_value=True)
        return mentioned + _matches("name", (row for row in rows if row[1].values), assigned)

    def call(
        self, qualified: str, arguments: Sequence[str | None], keywords: Mapping[str, str | None]
    ) -> tuple[tuple[Match, str | int], ...]:
        """Signals of a call, each with the argument that decided (a keyword, a position, or "").

        Arguments are literals or qualified names as text; None is anything else. A method of an object
        whose class is unknown is asked for as `*.method`. A row's `beside` names keywords, or positions as
        text ("0"), that must hold the given literals.
        """
        found: list[tuple[Match, str | int]] = []
        given = {**{str(place): value for place, value in enumerate(arguments)}, **keywords}
        siblings = {name: value.strip("\"'") for name, value in given.items() if value is not None}
        for signal, row in self._rows("call", qualified):
            if not _beside(row, siblings):
                continue
            for where, value in _arguments(row, arguments, keywords):
                found += [(m, where) for m in _matches("call", [(signal, row)], value, any_value=where == "")]
        return tuple(found)

    def values(self, kind: str, name: str) -> frozenset[str]:
        """The literal values that rows of this kind and name list: what an option's value may be asked for."""
        return frozenset(value for _, row in self._rows(kind, name) for value in row.values)

    def key_components(self) -> frozenset[str]:
        """The last components of all config keys, case folded; some hold a `*`."""
        return self._last_components("key")

    def _last_components(self, kind: str) -> frozenset[str]:
        exact = {name.rpartition(".")[2] for row_kind, name in self._exact if row_kind == kind}
        return frozenset(exact | {glob.rpartition(".")[2] for glob, _, _ in self._globs[kind]})

    def import_(self, module: str) -> tuple[Match, ...]:
        """Signals of an imported module; a row for `torch_npu` matches `torch_npu.contrib` too."""
        parts = module.split(".")
        prefixes = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
        rows = [found for prefix in prefixes for found in self._rows("import", prefix)]
        return _matches("import", rows, module, any_value=True)

    def constant(self, number: float, name: str = "") -> tuple[Match, ...]:
        """Signals of a number (312e12), where it is bound to or compared with `name`, else ""."""
        rows = [
            (signal, row)
            for signal, row in self._rows("constant", name.casefold())
            if any(float(value) == number for value in row.values)
        ]
        return tuple(Match(signal, "constant", f"{number:g}", row.by) for signal, row in rows)

    def directive(self, name: str, value: str | None) -> tuple[Match, ...]:
        """Signals of a scheduler's request: long option name (`gres`, `constraint`) and its value."""
        return _matches("directive", self._rows("directive", name), value)

    def image(self, reference: str) -> tuple[Match, ...]:
        """Signals of a container image reference."""
        return _matches("image", self._rows("image", ""), reference)

    def pin(self, requirement: str) -> tuple[Match, ...]:
        """Signals of a PEP 508 requirement: it implies a row's specifier, its text holds a row's pattern."""
        from chipsieve.signals.pins import implied, parsed  # few files pin anything, and it is dear to load

        pinned = parsed(requirement)
        if pinned is None:
            return ()
        named = [(signal, row) for signal, row in self._rows("pin", pinned.name) if implied(pinned, row)]
        rows = [(signal, row) for signal, row in named if _compiled(row.pattern).search(str(pinned))]
        return tuple(Match(signal, "pin", str(pinned), row.by) for signal, row in rows)

    def literal(self, text: str) -> tuple[Match, ...]:
        """Signals of one word of a command or one string literal of code (no comment, no docstring)."""
        return _matches("literal", self._rows("literal", ""), text)

    def words(self, text: str) -> tuple[tuple[Match, int, int], ...]:
        """Signals of prose, each with the code-point offsets of what matched."""
        found = []
        folded = text.casefold()
        for signal, row in self._rows("word", ""):
            if row.names and not any(name in folded for name in row.names):
                continue
            for hit in _compiled(row.pattern).finditer(text):
                group = "value" if "value" in hit.re.groupindex else 0
                found.append((Match(signal, "word", hit[group], row.by), hit.start(group), hit.end(group)))
        return tuple(found)


def _normal(kind: str, name: str) -> str:
    """Names as they are compared: flags without dashes' variety, packages by PEP 503."""
    if kind == "flag":
        return name.lstrip("-").replace("_", "-").casefold()
    if kind == "pin":
        return re.sub(r"[-_.]+", "-", name).casefold()
    return name.casefold() if kind in ("key", "constant", "directive") else name


def _matches(
    kind: str, rows: Iterable[tuple[str, Row]], value: str | None, *, any_value: bool = False, name: str = ""
) -> tuple[Match, ...]:
    """The rows that accept the value; an unknown value fires only rows that take any."""
    found = []
    for signal, row in rows:
        seen = _accepted(row, value, any_value=any_value)
        if seen is not None:
            found.append(Match(signal, kind, seen, row.by, name))
    return tuple(dict.fromkeys(found))


def _accepted(row: Row, value: str | None, *, any_value: bool) -> str | None:
    if value is None:
        return "" if any_value and not row.values and not row.pattern else None
    text = value.strip().strip("\"'")
    if row.pattern:
        hit = _compiled(row.pattern).search(text)
        return hit["value"] if hit and "value" in hit.re.groupindex else text if hit else None
    if row.values:
        return text if value_forms(text) & {wanted.casefold() for wanted in row.values} else None
    return text if any_value or text.casefold() not in FALSY else None


def value_forms(text: str) -> frozenset[str]:
    """The forms in which a value is compared: case folded, and without `torch.` and its like."""
    folded = text.casefold()
    dotted = re.fullmatch(r"[a-z_][\w.]*\.([a-z_]\w*)", folded)
    return frozenset({folded, dotted[1]} if dotted else {folded})


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _beside(row: Row, siblings: Mapping[str, str]) -> bool:
    return all(siblings.get(key, "").casefold() == wanted.casefold() for key, wanted in row.beside.items())


def _file(row: Row, file: str) -> bool:
    return not row.files or any(fnmatchcase(file.casefold(), glob.casefold()) for glob in row.files)


def _arguments(
    row: Row, arguments: Sequence[str | None], keywords: Mapping[str, str | None]
) -> Iterator[tuple[str | int, str | None]]:
    if not row.keyword and row.argument is None:
        yield "", ""
    if row.keyword and row.keyword in keywords:
        yield row.keyword, keywords[row.keyword]
    elif row.argument is not None and row.argument < len(arguments):
        yield row.argument, arguments[row.argument]


@cache
def default_table() -> SignalTable:
    """The table of all shipped signals."""
    return SignalTable(load_signals())

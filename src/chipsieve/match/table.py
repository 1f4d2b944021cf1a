"""Which signals does this construct match? The readers ask here; they never know a signal by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase, translate
from functools import cache, cached_property

from chipsieve.facts.deciding import truth, value_forms
from chipsieve.facts.finding import Match
from chipsieve.facts.reading import Fact
from chipsieve.facts.vocabulary import ANY, Vocabulary, last_component, normal
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Row, Signal

BY_PATTERN = ("image", "literal", "claim")  # rows whose names are words that the text must hold, and no more


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
                    self._add(signal.id, row, normal(row.kind, name))

    def _add(self, signal: str, row: Row, name: str) -> None:
        if "*" in name:
            self._globs[row.kind].append((name, signal, row))
        else:
            self._exact[row.kind, name].append((signal, row))

    def _rows(self, kind: str, name: str) -> Iterator[tuple[str, Row]]:
        name = normal(kind, name)
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
        from chipsieve.match.pins import implied, parsed  # few files pin anything, and it is dear to load

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
        return tuple(self.claims(text))

    def asked(self, fact: Fact, value: str | None, path: str) -> tuple[Match, ...]:
        """The rows that a fact of any kind but a claim fires with a value (None: unknown)."""
        match fact.kind:
            case "env":
                return self.env(fact.name, value)
            case "flag":
                return self.flag(fact.name, value)
            case "directive":
                return self.directive(fact.name, value)
            case "key":
                return self.key((*fact.parts, fact.name), value, path, dict(fact.beside))
            case "name":
                return self.name(fact.name)
            case "call":
                return self._call(fact, value)
            case "import":
                return self._imported(fact)
            case _:
                return self._by_value(fact, value or "")

    def _by_value(self, fact: Fact, value: str) -> tuple[Match, ...]:
        match fact.kind:
            case "constant":
                return self.constant(float(value), fact.name)
            case "image":
                return self.image(value)
            case "pin":
                return self.pin(value)
            case _:
                return self.literal(value)

    def _call(self, fact: Fact, value: str | None) -> tuple[Match, ...]:
        """Signals of a call or of one argument of it; a method of an object of unknown class is `*.method`.

        A row's `beside` names keywords, or positions as text ("0"), that must hold the given literals.
        """
        given = dict(fact.beside)
        if fact.argument is not None and value is not None:
            given[str(fact.argument)] = value
        siblings = {name: text.strip("\"'") for name, text in given.items()}
        rows = (
            (signal, row)
            for signal, row in self._rows("call", fact.name)
            if _beside(row, siblings) and _decides(row, fact.argument, given)
        )
        return _matches("call", rows, value if fact.argument is not None else "", any_value=fact.argument is None)

    def _imported(self, fact: Fact) -> tuple[Match, ...]:
        """`from flash_attn import flash_attn_interface` may import a submodule: both are asked for."""
        found = list(self.import_(fact.name))
        for name in fact.parts:
            known = {match.signal for match in found}
            found += [match for match in self.import_(f"{fact.name}.{name}") if match.signal not in known]
        return tuple(found)

    def wanted(self, fact: Fact) -> frozenset[str]:
        """The literal values that rows of this kind and name list: what an option's value may be asked for."""
        names = [fact.name]
        if fact.kind == "key":
            path = (*fact.parts, fact.name)
            names = [".".join(path[start:]) for start in range(len(path))]
        return frozenset(value for name in names for value in self.values(fact.kind, name))

    def claims(self, text: str) -> Iterator[tuple[Match, int, int]]:
        """Signals of a line of prose, each with the code-point offsets of what matched."""
        folded = text.casefold()
        for signal, row in self._rows("claim", ""):
            if row.names and not any(name in folded for name in row.names):
                continue
            for hit in _compiled(row.pattern).finditer(text):
                group = "value" if "value" in hit.re.groupindex else 0
                yield Match(signal, "claim", hit[group], row.by), hit.start(group), hit.end(group)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What readers have to state for these signals."""
        names: defaultdict[str, set[str]] = defaultdict(set)
        for signal in self.signals.values():
            for row in signal.rows:
                kind = "argument" if row.kind == "call" and _on_argument(row) else row.kind
                names[kind].update(last_component(row.kind, name) for name in row.names or (ANY,))
                names["beside"].update(row.beside)
                names["number"].update(row.values if row.kind == "constant" else ())
        return Vocabulary(names)


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
    return text if any_value or truth(text) else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _beside(row: Row, siblings: Mapping[str, str]) -> bool:
    return all(siblings.get(key, "").casefold() == wanted.casefold() for key, wanted in row.beside.items())


def _file(row: Row, file: str) -> bool:
    return not row.files or any(fnmatchcase(file.casefold(), glob.casefold()) for glob in row.files)


def _on_argument(row: Row) -> bool:
    return bool(row.keyword) or row.argument is not None


def _decides(row: Row, argument: str | int | None, given: Mapping[str, str]) -> bool:
    """Whether the row asks for this argument: by its keyword, or by its position where the keyword is not given."""
    if argument is None:
        return not _on_argument(row)
    if row.keyword and row.keyword in given:
        return row.keyword == argument
    return row.argument is not None and row.argument == argument


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

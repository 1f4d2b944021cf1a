"""Which rows of which signals does a fact fire? The table of all match rows, indexed by kind and name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import translate
from functools import cache, cached_property, lru_cache

from chipsieve.facts.claims import PRINTED, SHOWN
from chipsieve.facts.deciding import truth, value_forms
from chipsieve.facts.finding import Match
from chipsieve.facts.globs import fits
from chipsieve.facts.reading import Fact
from chipsieve.facts.statements import count_of
from chipsieve.facts.vocabulary import ANY, BY_WORDS, WORD_BEGINS, Vocabulary, last_component, normal
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Row, Signal

KEPT = 20_000  # names whose rows are remembered
LONGEST, LONGEST_NAME = 1_000, 300  # characters of a value or a name that patterns are shown; some take the square
Rows = Iterable[tuple[str, Row]]  # each with its signal's id


class SignalTable:
    """The match rows of some signals."""

    def __init__(self, signals: Mapping[str, Signal]) -> None:
        """Index the rows; names with a `*` are kept apart and tried one by one."""
        self.signals = signals
        self._exact: defaultdict[tuple[str, str], list[tuple[str, Row]]] = defaultdict(list)
        self._globs: defaultdict[str, list[tuple[str, str, Row]]] = defaultdict(list)
        self._glob_patterns: dict[str, re.Pattern[str]] = {}
        self._rows = lru_cache(KEPT)(self._found_rows)
        for signal in signals.values():
            for row in signal.rows:
                for name in ("",) if row.kind in BY_WORDS else row.names or (ANY,):
                    self._add(signal.id, row, normal(row.kind, name))

    def _add(self, signal: str, row: Row, name: str) -> None:
        if ANY in name:
            self._globs[row.kind].append((name, signal, row))
        else:
            self._exact[row.kind, name].append((signal, row))

    def _found_rows(self, kind: str, name: str = "") -> Sequence[tuple[str, Row]]:
        """The rows of a kind whose names fit, each with its signal's id; a tree repeats few names."""
        name = normal(kind, name)
        rows = list(self._exact.get((kind, name), ()))
        if len(name) <= LONGEST_NAME and self._any_glob(kind).match(name):
            rows += [(signal, row) for glob, signal, row in self._globs[kind] if fits(name, glob)]
        return rows

    def _any_glob(self, kind: str) -> re.Pattern[str]:
        """One pattern for all globs of a kind: most names fit none, and one try shows it."""
        if kind not in self._glob_patterns:
            globs = dict.fromkeys(translate(glob) for glob, _, _ in self._globs[kind])
            self._glob_patterns[kind] = re.compile("|".join(globs) or r"(?!)")
        return self._glob_patterns[kind]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The names that readers have to look for, so that these signals can be asked."""
        names: defaultdict[str, set[str]] = defaultdict(set)
        for signal in self.signals.values():
            for row in signal.rows:
                kind = "argument" if row.kind == "call" and _on_argument(row) else row.kind
                names[kind].update(last_component(row.kind, name) for name in row.names or (ANY,))
                names["beside"].update(row.beside, row.devices)
                names[PRINTED].update(row.names if row.by == PRINTED else ())
                names["number"].update(row.values if row.kind == "constant" else ())
        return Vocabulary(names)

    def wanted(self, fact: Fact) -> frozenset[str]:
        """The literal values that rows of this kind and name list: what an option's value may be asked for."""
        names = _endings(fact) if fact.kind == "key" else [fact.name]
        return frozenset(value for name in names for _, row in self._rows(fact.kind, name) for value in row.values)

    def claims(self, text: str, by: str) -> Iterator[tuple[Match, int, int]]:
        """What a line says, each with the code-point offsets of what matched.

        Rows by `log` are asked only of what a run, a device query or a notebook printed.
        """
        rows = self._rows("claim")
        for index in sorted({at for word in self._claiming.findall(text.casefold()) for at in self._claims_by[word]}):
            signal, row = rows[index]
            if row.by == PRINTED and by not in (PRINTED, SHOWN):
                continue
            for hit in _compiled(row.pattern).finditer(text):
                group = "value" if "value" in hit.re.groupindex else 0
                yield Match(signal, "claim", hit[group], row.by), hit.start(group), hit.end(group)

    @cached_property
    def _claiming(self) -> re.Pattern[str]:
        """Finds the longest word of a claim wherever one begins; "" where a row asks for every text."""
        words = sorted(self._claims_by, key=len, reverse=True)
        return re.compile(f"{WORD_BEGINS}(?=({'|'.join(map(re.escape, words))}))" if words else "(?!)")

    @cached_property
    def _claims_by(self) -> dict[str, tuple[int, ...]]:
        """The rows of claims, by index, that each word asks: its own and those of the words that it begins with."""
        rows = [row.names or ("",) for _, row in self._rows("claim")]
        words = {word for names in rows for word in names}
        return {word: tuple(at for at, names in enumerate(rows) if word.startswith(names)) for word in words}

    def asked(self, fact: Fact, value: str | None, path: str) -> tuple[Match, ...]:
        """What a fact of any kind but a claim says with this value (None: unknown), in the file at `path`."""
        match fact.kind:
            case "env":
                return _matches("env", self._rows("env", fact.name), value, any_value=True)
            case "key":
                return self._key(fact, value, path)
            case "name":
                plain = (row for row in self._rows("name", fact.name) if not row[1].values)
                return _matches("name", plain, fact.name, any_value=True)
            case "call":
                return self._call(fact, value)
            case "import":
                return self._import(fact)
            case "constant":
                return self._constant(fact, value)
            case "pin":
                return self._pin(value or "")
            case kind:  # flag, directive, image, literal
                rows, folded = self._rows(kind, fact.name), (value or "").casefold()
                fitting = [row for row in rows if _may_hold(row[1], folded)] if kind in BY_WORDS else rows
                return _matches(kind, fitting, value)

    def _key(self, fact: Fact, value: str | None, path: str) -> tuple[Match, ...]:
        """A row's name matches the end of the key's path (`bf16.enabled`), `*` any one segment."""
        rows = (
            (signal, row)
            for ending in _endings(fact)
            for signal, row in self._rows("key", ending)
            if _beside(row, dict(fact.beside)) and _in_file(row, path)
        )
        return _matches("key", rows, value, name=fact.name, beside=dict(fact.beside))

    def _call(self, fact: Fact, value: str | None) -> tuple[Match, ...]:
        """A call or one argument of it; a method of an object of unknown class is `*.method`.

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

    def _import(self, fact: Fact) -> tuple[Match, ...]:
        """`from flash_attn import flash_attn_interface` may import a submodule: both are asked for."""
        found = list(self._module(fact.name))
        for name in fact.parts:
            known = {match.signal for match in found}
            found += [match for match in self._module(f"{fact.name}.{name}") if match.signal not in known]
        return tuple(found)

    def _module(self, module: str) -> tuple[Match, ...]:
        """A row for `torch_npu` matches `torch_npu.contrib` too."""
        parts = module.split(".")
        prefixes = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
        rows = (found for prefix in prefixes for found in self._rows("import", prefix))
        return _matches("import", rows, module, any_value=True)

    def _constant(self, fact: Fact, value: str | None) -> tuple[Match, ...]:
        """A number (312e12), where it is bound to or compared with the fact's name."""
        number = float(value or "nan")
        rows = (
            (signal, row)
            for signal, row in self._rows("constant", fact.name)
            if any(float(listed) == number for listed in row.values)
        )
        return tuple(Match(signal, "constant", f"{number:g}", row.by) for signal, row in rows)

    def _pin(self, requirement: str) -> tuple[Match, ...]:
        """A PEP 508 requirement: it implies a row's specifier, its text holds a row's pattern."""
        from chipsieve.match.requirements import implied, parsed  # few files pin anything, and it takes long to load

        pinned = parsed(requirement)
        if pinned is None:
            return ()
        rows = ((signal, row) for signal, row in self._rows("pin", pinned.name) if implied(pinned, row))
        fitting = ((signal, row) for signal, row in rows if _compiled(row.pattern).search(str(pinned)))
        return tuple(Match(signal, "pin", str(pinned), row.by) for signal, row in fitting)


def _may_hold(row: Row, folded: str) -> bool:
    """Whether a text in lower case holds one of the words without which the row's pattern cannot fit."""
    return not row.names or any(word in folded for word in row.names)


def _endings(fact: Fact) -> list[str]:
    """The path of a key from each of its segments on."""
    path = (*fact.parts, fact.name)
    return [".".join(path[start:]) for start in range(len(path))]


def _matches(
    kind: str, rows: Rows, value: str | None, *, any_value: bool = False, name: str = "",
    beside: Mapping[str, str] | None = None,
) -> tuple[Match, ...]:  # fmt: skip
    """The rows that accept the value; an unknown value fires only rows that take any."""
    found = []
    for signal, row in rows:
        seen = _accepted(row, value, any_value=any_value)
        if seen is not None:
            found.append(Match(signal, kind, row.means or seen, row.by, name, _devices(row, beside or {})))
    return tuple(dict.fromkeys(found))


def _accepted(row: Row, value: str | None, *, any_value: bool) -> str | None:
    """What a row sees of a value; None where it does not fire."""
    if value is None:
        return "" if any_value and not row.values and not row.pattern else None
    text = value.strip().strip("\"'")
    if row.pattern:
        text = text[:LONGEST]
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


def _devices(row: Row, siblings: Mapping[str, str]) -> int | None:
    """How many devices the first of the siblings counts that the row lists and that is there."""
    return next((number for name in row.devices if (number := count_of(siblings.get(name)))), None)


def _in_file(row: Row, path: str) -> bool:
    return not row.files or any(fits(path.casefold(), glob.casefold()) for glob in row.files)


def _on_argument(row: Row) -> bool:
    return bool(row.keyword) or row.argument is not None


def _decides(row: Row, argument: str | int | None, given: Mapping[str, str]) -> bool:
    """Whether the row asks for this argument: by its keyword, or by its position where the keyword is not given."""
    if argument is None:
        return not _on_argument(row)
    if row.keyword and row.keyword in given:
        return row.keyword == argument
    return row.argument is not None and row.argument == argument


@cache
def default_table() -> SignalTable:
    """The table of all shipped signals."""
    return SignalTable(load_signals())

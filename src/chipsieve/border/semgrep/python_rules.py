"""Which Semgrep rule says a signal's rows for Python? One rule a signal, a branch for each row that Semgrep can say.

It is one rule because Semgrep decides by a rule's id which files it skips: of two rules with one id in a run, one is
lost in the files where the other cannot match. A branch matches the line that the Python reader would report, and
stays silent where something is only mentioned. What needs the reader's state (options, values built over several
statements, `**keywords`) stays out, and so do the requirements of setup scripts: as part of another row's rule they
would count as installed.

`"$V"` binds a string's content, also where it is a constant; of `$V`, which binds code, a constant's value is compared
only with `constant-propagation`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from chipsieve.border.semgrep.needed_words import (
    ALONE,
    PATHS,
    TRUE,
    Needed,
    Word,
    in_files_with,
    values_of,
    word,
    words_of,
)
from chipsieve.border.semgrep.rule_parts import Pattern, Rule, either, every, focus, matches, rule
from chipsieve.border.semgrep.rule_patterns import GROUP, escaped, grouped, key_path, ungrouped
from chipsieve.facts.claims import PRINTED
from chipsieve.facts.conventions import CONFIG_OBJECTS, SILENT_CALLS
from chipsieve.signals.signal import Row, Signal

USES = frozenset({"call", "key", "literal", "name"})
"""Kinds of row that a mention does not count for."""
FOLLOWED = {"options": {"symbolic_propagation": True}}
"""A copy of the environment is followed to where it is changed."""
DTYPES = frozenset({"bfloat16", "float16", "half"})
SHORT = 4
"""Letters of a name such as `load` or `init`."""
OPTION = rf"(?:not )?(?:\w+\.)*(?:self|cls|{CONFIG_OBJECTS})(?:\.\w+)+"
"""`args.bf16`, as text: the reader counts it under the condition that the option is given."""

COMPARISONS = tuple(f"$LEFT {operator} $RIGHT" for operator in ("==", "!=", "in", "not in", "is", "is not"))
SILENT_CALL = every({"pattern": "$SILENT(...)"}, matches("$SILENT", rf"^(?:[\s\S]*\.)?(?:{'|'.join(SILENT_CALLS)})$"))
NOT_MENTIONED: Pattern = {
    "pattern-not-inside": either([*COMPARISONS, "assert $CLAIM", "assert $CLAIM, $SAID", "raise $ERROR", SILENT_CALL])
}
"""Outside code that only speaks of something: comparisons, assertions, errors raised, calls that print or ask."""

ENVIRONMENT_WRITES = (
    'os.environ["$K"] = {0}',
    'os.environ.setdefault("$K", {0})',
    'os.putenv("$K", {0})',
    'os.environ.update({{..., "$K": {0}, ...}})',
    "os.environ.update(..., $K={0}, ...)",
    'os.environ |= {{..., "$K": {0}, ...}}',
    'os.environ.copy()["$K"] = {0}',
    '{{..., **os.environ, ..., "$K": {0}, ...}}',
    "dict(os.environ, ..., $K={0}, ...)",
    '$CALLED(..., env={{..., "$K": {0}, ...}}, ...)',
    '{{..., "env_vars": {{..., "$K": {0}, ...}}, ...}}',
)
"""`os.environ`, its copies, and the environments of processes that are started; `{0}` is the value."""
OUTER = ('{{..., "$K": {0}, ...}}', "dict(..., $K={0}, ...)", '$DICT["$K"] = {0}')
INNER = (
    '{{..., "$OUTER": {{..., "$K": {0}, ...}}, ...}}',
    "dict(..., $OUTER=dict(..., $K={0}, ...), ...)",
    '$DICT["$OUTER"]["$K"] = {0}',
)
"""Where a key stands by itself, and where inside another one."""
CONFIG = rf"(?i)^(?:[\s\S]*\.)?_*{CONFIG_OBJECTS}(?:\.\w+)*$"
ENTRY = r"""["'][^"'\n]*["']\s*:\s*[\d.]+(?:e[+-]?\d+)?\s*"""
NOT_IN_A_TABLE: Pattern = {"pattern-not-inside": {"pattern-regex": rf"\{{\s*(?:{ENTRY},\s*){{2,}}{ENTRY},?\s*\}}"}}
"""A dict of three numbers or more is a table to choose from. As a pattern it would take minutes on a long dict."""

BOUND = ("$NAME = $V", "$OBJECT.$NAME = $V", "$CALLED(..., $NAME=$V, ...)", '{..., "$NAME": $V, ...}')
LARGE = r"^[\d.]+(?:[eE]\+?\d+|(?:e12)? ?\* ?(?:1e12|[\d.]+|10 ?\*\* ?12))$"
"""`312e12`, `312 * 1e12`, `1e12 * 312`, `312 * 10**12`, as text: it selects the files to open at all."""
EXPONENTS = (Word(r"\d\.?[eE]\+?(?:9|1\d)(?!\d)"), Word(r"\* ?10 ?\*\* ?12"))
"""What the text of such a number holds, one of them."""
SET = r"""(?:["']|\s*=(?!=))"""
"""What stands behind the name of a variable that is set."""
HELD = r"""(?:["']\s*(?::|\]\s*(?:=(?!=)|\[))|\s*=(?!=)|\.\w+\s*=(?!=))"""
"""What stands behind a key that holds something, or another key."""
CALLED = r"""(?:[\s\\)]*\(|\s+as\b)"""
"""What stands behind the name of a call: its arguments, or where it is imported, the name that calls it."""
GIVEN = r"""(?:[=(,\[{:"'.]|#[^\n]*\n)[\s\\]*"""
"""What stands before a value that something is set to, or is called with: as text, or in `torch.bfloat16`; or a comment
behind the argument on the line above."""
COUNTED = r"""(?:[=(,\[{"']|["']\s*:|#[^\n]*\n)[\s\\]*"""
"""The same for a number: not before those of `3.4` or `16:9`."""
NAMED = r"(?:[.,(\n]|(?:import|from)\s)\s*"
"""What stands before a name where it is imported or reached, and seldom in prose."""
IMPORTED = r"(?:import|from)\s[^\n]*(?:\\\n[^\n]*)*(?<!\w)"
"""What stands before a package where it is imported."""
COMMENT = r"""(?im)^(?:[^\n"'#]|"[^"\n]*"|'[^'\n]*')*#[^\n]*?"""
"""From the start of a line into its comment."""


Found = Iterator[tuple[Pattern, Needed]]


class Branch(NamedTuple):
    """What a row looks for in one way, and the words that a file must hold for it."""

    row: Row
    match: Pattern
    needed: Needed


def rules(signal: Signal) -> Iterator[tuple[str, Rule]]:
    """The rule of one signal, with the language that it belongs to; none where no row is Python's."""
    rows = [row for row in signal.rows if row.kind in BRANCHES]
    branches = [Branch(row, *found) for row in rows for found in BRANCHES[row.kind](row)]
    if branches:
        yield "python", _rule(signal, branches)


def _rule(signal: Signal, branches: Sequence[Branch]) -> Rule:
    kinds = {branch.row.kind for branch in branches}
    found = [*in_files_with(branch.needed for branch in branches), either([branch.match for branch in branches])]
    match = every(*found, *([NOT_MENTIONED] if kinds & USES else []))
    options = FOLLOWED if "env" in kinds else {}
    name = "$K" if kinds == {"key"} else ""
    return rule(signal, branches[0].row, ["python"], {**options, **match}, value=_shown(branches), name=name)


def _shown(branches: Sequence[Branch]) -> str:
    """What the marker shows: the metavariable if each branch binds it, the name of a lone module, else nothing."""
    if all("$V" in str(branch.match) or "(?P<V>" in str(branch.match) for branch in branches):
        return "value($V)"
    names = [name for branch in branches for name in branch.row.names]
    return names[0] if len(names) == 1 else ""


class Accepted(NamedTuple):
    """How a pattern writes the value, and which conditions it must meet."""

    written: str
    conditions: tuple[Pattern, ...] = ()


def _accepted(row: Row) -> Accepted:
    """The values that a row accepts of an argument or a setting; without any, whatever is true.

    They are written as code: a string's content has no place of its own to report where it is a constant.
    """
    if GROUP in row.pattern:
        return _searched(row)
    if row.pattern:
        return Accepted("$V", (matches("$V", _anywhere(row.pattern), constant=True),))
    values = sorted({value.casefold() for value in row.values} or TRUE)
    texts = [rf"(?:\w+\.)*{value}" if value in DTYPES else re.escape(value) for value in values]
    texts += [OPTION] if TRUE & set(values) else []
    return Accepted("$V", (matches("$V", f"(?i)^(?:{'|'.join(texts)})$", constant=True),))


def _searched(row: Row) -> Accepted:
    """A row's pattern, found anywhere in a text without case; its group is what the marker shows.

    A group of a `metavariable-regex` would be shown with its offsets shifted by the quote. The plain condition comes
    first, for it is cheap, and an empty string has no range for the other.
    """
    if GROUP not in row.pattern:
        return Accepted('"$V"', (matches("$V", _anywhere(row.pattern), constant=True),))
    found = {"language": "regex", "pattern-regex": f"(?i){grouped(row.pattern, name='V')}"}
    holds = matches("$TEXT", _anywhere(row.pattern), constant=True)
    return Accepted('"$TEXT"', (holds, {"metavariable-pattern": {"metavariable": "$TEXT", **found}}))


def _anywhere(pattern: str) -> str:
    return rf"(?i)[\s\S]*?(?:{ungrouped(pattern)})"


def _one_of(names: Sequence[str], anything: str = ".*") -> str:
    """A regular expression for names in which `*` stands for anything."""
    texts = [anything.join(re.escape(part) for part in name.split("*")) for name in dict.fromkeys(names)]
    return f"^{texts[0]}$" if len(texts) == 1 else f"^(?:{'|'.join(texts)})$"


def _parts(names: Iterable[str], before: str = ALONE[0]) -> tuple[Word, ...]:
    """One part of each dotted name as a word, for how a file writes the rest is its own affair: the last part.

    In place of a short one, which stands in many files, the part before it if that is longer; a file holds it too.
    """
    ends = (name.lstrip("*.").split(".")[-2:] for name in names)
    parts = (end[-1] if len(end[-1]) > SHORT else max(end, key=len) for end in ends)
    return tuple(word(part, alone=before, exact=True) for part in parts)


def _called(names: Iterable[str]) -> tuple[Word, ...]:
    """The last part of each dotted name, as it is called or imported under another name."""
    return tuple(word(name.rpartition(".")[2].lstrip("*"), behind=CALLED, exact=True) for name in names)


def _given(row: Row) -> tuple[Word, ...]:
    """The values that a file must hold, where the value of an argument or of a key stands: comments hold others."""
    return tuple(_behind(COUNTED if each.text.isdigit() else GIVEN, each) for each in values_of(row))


def _behind(before: str, found: Word) -> Word:
    """A word that stands behind something, and not just alone."""
    left, right = found.around
    return Word(found.text, (left.replace(ALONE[0], before), right))


def _call(row: Row) -> Found:
    """The line is that of the argument which decides, or of the call.

    `*.method` is a method of any object or module, which a from-import is too.
    """
    callees = [name.replace("*", "$OBJECT", 1) for name in row.names]
    if not row.keyword and row.argument is None:
        decorators = tuple(Word(rf"@[\w. ]*{each.text}", ("(?:", f"){ALONE[1]}")) for each in _parts(row.names))
        called = (*_called(row.names), *decorators)
        yield either([*(f"{name}(...)" for name in callees), _decorated(callees)]), (called, _parts(row.names))
        return
    value = _accepted(row)
    decided = either([form for name in callees for form in _argument(name, row, value.written)])
    beside = [_beside(callees, *item) for item in row.beside.items()]
    keyword = (word(row.keyword, behind=r"\s*="),) if row.argument is None else ()
    needed = (_called(row.names), keyword, _given(row))
    yield every(decided, *beside, *value.conditions, focus(value.written.strip('"'))), needed


def _decorated(callees: Sequence[str]) -> Pattern:
    """A decorator is a call, with or without parentheses."""
    bare = {"metavariable-pattern": {"metavariable": "$DECORATOR", **either(callees)}}
    return every({"pattern": "@$DECORATOR\ndef $FUNCTION(...):\n    ...\n"}, bare, focus("$DECORATOR"))


def _argument(name: str, row: Row, value: str) -> Iterator[str]:
    if row.keyword:
        yield f"{name}(..., {row.keyword}={value}, ...)"
    if row.argument is not None:
        before = "".join(f"$ARGUMENT{place}, " for place in range(row.argument))
        yield f"{name}({before}{value}, ...)"


def _beside(callees: Sequence[str], where: str, wanted: str) -> Pattern:
    """Another argument that must have a value: a keyword, or a position as text."""
    before = "".join(f"$BEFORE{place}, " for place in range(int(where))) if where.isdigit() else "..., "
    argument = f'"{wanted}"' if where.isdigit() else f'{where}="{wanted}"'
    return either([f"{name}({before}{argument}, ...)" for name in callees])


def _import(row: Row) -> Found:
    """`import x` also matches `import x.y as z` and `from x import y`, never `from .x import y`."""
    packages = tuple(word(name.partition(".")[0], alone=IMPORTED, exact=True) for name in row.names)
    yield either([f"import {module}" for module in row.names]), (packages, _parts(row.names))


def _name(row: Row) -> Found:
    """One branch a module that holds names: Semgrep resolves aliases, mentions and tables are left out."""
    modules: defaultdict[str, list[str]] = defaultdict(list)
    for qualified in row.names:
        module, _, last = qualified.rpartition(".")
        modules[module].append(last)
    for module, names in modules.items():
        if row.values:
            bound = tuple(word(name, behind=r"\s*=(?!=)", exact=True) for name in names)
            assigned = {"pattern": f"{module}.$NAME = $V"}
            accepted = (matches("$NAME", _one_of(names)), matches("$V", f"(?i){_one_of(row.values)}"))
            yield every(assigned, *accepted), (bound, _parts([module]))
        else:
            found = {"pattern": f"{module}.$V"}
            reached = _parts([f"{module}.{name}" for name in names], NAMED)
            yield every(found, matches("$V", _one_of(names)), _not_among_others(module)), (reached,)


def _not_among_others(module: str) -> Pattern:
    """Several names of one module side by side are alternatives to choose from; so are a dict's keys."""
    one, two = f"{module}.$ONE", f"{module}.$TWO"
    pair = f"..., {one}, ..., {two}, ..."
    entries = (f"{{..., $KEY: {one}, ..., $OTHER: {two}, ...}}", f"{{..., {one}: $ENTRY, ...}}")
    return {"pattern-not-inside": either([f"[{pair}]", f"({pair})", f"{{{pair}}}", *entries])}


def _env(row: Row) -> Found:
    """A variable's value is text, and a row without values takes whatever it is set to."""
    if row.pattern:
        value = _searched(row)
    elif row.values:
        value = Accepted('"$V"', (matches("$V", f"(?i){_one_of(row.values)}", constant=True),))
    else:
        value = Accepted("$V")
    writes = either([write.format(value.written) for write in ENVIRONMENT_WRITES])
    found = every(writes, matches("$K", _one_of(row.names, "[A-Z0-9_]*")), *value.conditions, focus("$K"))
    yield found, (tuple(word(name, "[A-Z0-9_]*", SET, exact=True) for name in row.names), _given(row))


def _key(row: Row) -> Found:
    """Keys of dicts, of subscripts and of config objects, unless the row's files are none of Python's."""
    if row.files and not any(fnmatchcase("config.py", glob) for glob in row.files):
        return
    value = _accepted(row)
    alone = [name for name in row.names if not key_path(name)[0]]
    inner: defaultdict[str, list[str]] = defaultdict(list)
    for above, last in sorted({key_path(name) for name in row.names if name not in alone}):
        inner[last].append(above)
    places = [_place(alone, (), value.written)] if alone else []
    places += [_place([last], above, value.written) for last, above in sorted(inner.items())]
    words = (*alone, *(above for all_above in inner.values() for above in all_above))
    needed = (tuple(word(name, behind=HELD) for name in words), _given(row))
    yield every(either(places), *value.conditions, NOT_IN_A_TABLE, focus("$K")), needed


def _place(keys: Sequence[str], above: Sequence[str], value: str) -> Pattern:
    forms, attribute = (INNER, "$CONFIG.$OUTER.$K = {0}") if above else (OUTER, "$CONFIG.$K = {0}")
    config = every({"pattern": attribute.format(value)}, matches("$CONFIG", CONFIG))
    outer = [matches("$OUTER", f"(?i){_one_of(above)}")] if above else []
    key = matches("$K", f"(?i){_one_of(keys)}")
    return every(either([*(form.format(value) for form in forms), config]), key, *outer)


def _constant(row: Row) -> Found:
    """Numbers, compared by their value; where the row asks for names, what is bound to one."""
    equal = {"metavariable": "$V", "comparison": f"$V in [{', '.join(row.values)}]"}
    compared: Pattern = {"metavariable-comparison": equal}
    if row.names:
        named = every(either(BOUND), matches("$NAME", f"(?i){_one_of(row.names)}"), compared, focus("$V"))
        yield named, (words_of(row),)
    else:
        yield every({"pattern": "$V"}, matches("$V", LARGE), compared), (EXPONENTS,)


def _literal(row: Row) -> Found:
    """String literals; those that are constants elsewhere were literals once."""
    value = _searched(row)
    held = matches(value.written.strip('"'), _anywhere(row.pattern))
    found = every({"pattern": value.written}, held, *value.conditions[1:])
    yield found, (words_of(row), () if PATHS.search(row.pattern) else values_of(row))


def _claim(row: Row) -> Found:
    """Comments, which no run prints; what looks like one inside a string is none."""
    if row.by == PRINTED:
        return
    claim = {"pattern-regex": f"{COMMENT}(?:{grouped(row.pattern, name='V')})"}
    texts = "|".join(escaped(name) for name in row.names)
    yield every(claim, {"pattern-not-inside": '"..."'}), ((Word(rf"#[^\n]*?(?i:{texts})"),),)


BRANCHES: dict[str, Callable[[Row], Found]] = {
    "call": _call,
    "claim": _claim,
    "constant": _constant,
    "env": _env,
    "import": _import,
    "key": _key,
    "literal": _literal,
    "name": _name,
}

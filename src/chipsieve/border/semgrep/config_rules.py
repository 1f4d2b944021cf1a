"""Which Semgrep rules say a signal's rows for JSON and YAML? The patterns are the same in both languages.

What counts where is the readers' (plugins/chipsieve_config), and so is the place: a result is the value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from msgspec.structs import replace

from chipsieve.border.semgrep.needed_words import Needed, Word, in_files_with, values_of, word, words_of
from chipsieve.border.semgrep.rule_parts import Branch, Form, Pattern, Rule, begins, either, every, find, focus, rule
from chipsieve.border.semgrep.rule_patterns import (
    DASH,
    LETTER,
    LINE_CHARACTER,
    OFF,
    QUOTE,
    accepts_true,
    alternatives,
    escaped,
    flag_names,
    key_path,
    named,
    one_word,
    package,
    whole_value,
)
from chipsieve.facts.conventions import ARGUMENT_KEYS, IMAGE_KEYS, SCHEDULER_PREFIXES, SCHEDULERS
from chipsieve.signals.signal import Row, Signal

EXAMPLES = {"json": "a.json", "yaml": "a.yaml"}
NO_SETTINGS = {"json": ["*.ipynb", "*.log.json"], "yaml": []}
"""What Semgrep opens as well: cells and logs."""
PAIR = '"$K": $V'
LIST = "[..., $V, ...]"

FRONT = r"(?:[^/]*\.(?!.*/))?"
"""The front of a key such as `trainer.precision`; a label such as `amd.com/gpu` has none."""

ARGUMENTS = f'"=~/(?i)^(.*_)?({ARGUMENT_KEYS})$/"'
WORD_START = rf"{QUOTE}(?:[\s\S]*?[\s\"'])?"
ITEM: Branch = [{"pattern": f"{ARGUMENTS}: [..., $V, ...]"}]
TEXT: Branch = [{"pattern": f"{ARGUMENTS}: $V"}, begins("$V", rf"{QUOTE}\s*-(?! )")]
"""A command's arguments stand under `args` and its like, in a list or in one text."""
OFF_ITEMS = (f'"=~/(?i)^({OFF})$/"', "false", "0")

UNDER = {"image": ("image", "container"), "literal": ("arg", "flag", "opt", "param", "command", "cmd", "entrypoint")}
"""What rows without a name are looked for under."""
IN_FRONT = r"(?:(?<![\w-])|(?<=\\[nrt]))"
"""No letter and no dash stands before; the `n` of a line's end in a quoted text is no letter."""
PLAIN = r"(?<![\w-])"
HELD = r"[\"']?\s*:"
"""What stands behind a key."""


def rules(signal: Signal) -> Iterator[tuple[str, Rule]]:
    """The rules of one signal, each with the language that it belongs to: one for each way to show what was found."""
    for language, example in EXAMPLES.items():
        alike: defaultdict[str, list[tuple[Row, Form]]] = defaultdict(list)
        for row in signal.rows:
            files = [glob for glob in row.files if fnmatchcase(example, glob)]
            if row.kind in FORMS and bool(files) == bool(row.files):
                for form in FORMS[row.kind](row, language):
                    looked_into = replace(form, files=(*files, *form.files))
                    alike[repr((row.kind, row.by, replace(looked_into, patterns=[])))].append((row, looked_into))
        yield from ((language, _rule(signal, found, language)) for found in alike.values())


def _rule(signal: Signal, found: Sequence[tuple[Row, Form]], language: str) -> Rule:
    (row, form), *_ = found
    paths = {"include": list(form.files), "exclude": NO_SETTINGS[language]}
    kept = {kind: globs for kind, globs in paths.items() if globs}
    needs = (need for each, _ in found for need in _needs(each))
    patterns: list[Pattern] = [*in_files_with(needs), either([every(*each.patterns) for _, each in found])]
    match = {**({"paths": kept} if kept else {}), "patterns": patterns}
    return rule(signal, row, [language], match, value=form.value, name=form.name)


def _needs(row: Row) -> Iterator[Needed]:
    """The words that a file must hold: one of the row's names, and one of its values.

    A pattern such as `$K: $V` alone holds no words by which Semgrep could skip a file: it would try every rule on every
    pair of every file.
    """
    match row.kind:
        case "flag":
            yield (Word(_flag(row), (f"{IN_FRONT}(?:", r")(?![\w-])")),), values_of(row)
        case "key":
            yield from ((last, above, values_of(row)) for last, above in _key_words(row))
        case "image" | "literal":
            yield tuple(word(f"*{name}", behind="") for name in UNDER[row.kind]), words_of(row), values_of(row)
        case "env":
            yield tuple(word(name, exact=True) for name in row.names), values_of(row)
        case "pin":
            yield (_pieces(row.names, DASH),)
        case _:
            yield _pieces(row.names, "[-_]"), values_of(row)


def _key_words(row: Row) -> Iterator[tuple[tuple[Word, ...], tuple[Word, ...]]]:
    """The last parts of the names as keys, each with what must stand above it."""
    below: defaultdict[tuple[Word, ...], list[Word]] = defaultdict(list)
    for parent, name in map(key_path, row.names):
        below[(_piece(parent),) if parent else ()].append(_key(name))
    yield from ((tuple(keys), parents) for parents, keys in below.items())


def _key(name: str) -> Word:
    """A name as a key; of one with a `*` the end, or the longest piece where it ends with one."""
    _, star, end = name.rpartition("*")
    if not end:
        return _piece(name)
    return word(f"*{end}" if star else end, behind=HELD, alone=PLAIN)


def _piece(name: str) -> Word:
    return word(f"*{max(name.split('*'), key=len)}", behind="")


def _pieces(names: Iterable[str], dash: str) -> tuple[Word, ...]:
    """The longest piece of each name that always stands there as it is, but for its dashes."""
    return tuple(
        Word(f"(?i:{escaped(piece).replace('-', dash)})") for piece in (max(name.split("*"), key=len) for name in names)
    )


def _mapping(pairs: Sequence[str], language: str, key: str = "") -> str:
    """The pairs among others in one mapping, that under `key` if there is one.

    Semgrep finds the pairs of a YAML block in YAML's own notation alone.
    """
    if language == "json":
        inner = ", ".join(["{...", *(f"{pair}, ..." for pair in pairs)]) + "}"
        return f"{key}: {inner}" if key else inner
    lines = [line for pair in pairs for line in ("...", pair)]
    return "\n".join([f"{key}:", *(f"  {line}" for line in lines)] if key else lines)


def _keys(row: Row, language: str) -> Iterator[Form]:
    """The row's keys: as one key, nested, or at any depth below another.

    `bf16.enabled` is that key, or `enabled` in `bf16`; `*dist*backend` too is `*backend` at any depth of `*dist*`.
    """
    names = [name for name in row.names if not any(fnmatchcase(name, other) for other in {*row.names} - {name})]
    single = [name for name in names if not key_path(name)[0]]
    above: defaultdict[str, list[str]] = defaultdict(list)
    for first, last in map(key_path, names):
        if first:
            above[last].append(first)
    branches = [
        *([_pair(row, FRONT + _last(single), language)] if single else []),
        *(branch for last, parents in above.items() for branch in _nested(row, last, parents, language)),
        *(_deep(row, name, language) for name in single if "*" in name[1:-1]),
    ]
    yield Form(find(branches, whole_value(row)), name="$NAME")


def _pair(row: Row, name: str, language: str) -> Branch:
    """A pair in a mapping whose other keys say what the row's `beside` asks for: $V its value, $NAME its key's end."""
    pairs = [f'"{other}": $B{place}' for place, other in enumerate(row.beside)]
    asked = [
        begins(f"$B{place}", f"(?i){QUOTE}(?:{alternatives([value])}){QUOTE}$")
        for place, value in enumerate(row.beside.values())
    ]
    return [
        {"pattern": _mapping([*pairs, PAIR], language) if pairs else PAIR},
        begins("$K", f"(?i){QUOTE}{name}{QUOTE}$"),
        *asked,
    ]


def _nested(row: Row, last: str, above: list[str], language: str) -> Iterator[Branch]:
    parents = named(above, ".")
    yield _pair(row, rf"(?:[^/]*\.)?{parents}\.{_last([last])}", language)
    (_, *condition) = _pair(row, _last([last]), language)
    key = f'"=~/(?i)^(.*[.])?{parents}$/"'
    yield [{"pattern": _mapping([PAIR], language, key)}, *condition]


def _deep(row: Row, name: str, language: str) -> Branch:
    first, _, last = name.rpartition("*")
    label = named([f"{first}*"], ".").replace(r"\.", "[.]")  # in a quoted key YAML takes a backslash for its own
    inside = f'"=~/(?i)^{label}$/": $BELOW'
    return [{"pattern-inside": inside}, *_pair(row, FRONT + _last([f"*{last}"]), language)]


def _last(names: Iterable[str]) -> str:
    return f"(?P<NAME>{named(names, '[^./]')})"


def _env(row: Row, language: str) -> Iterator[Form]:
    """A variable as a key, as `name` beside a `value`, or in a list as `NAME=value`."""
    names = QUOTE + named(row.names)
    known = begins("$K", f"{names}{QUOTE}$")
    value = begins("$V", whole_value(row, any_value=True))
    beside = _mapping(['"=~/^(name|key)$/": $K', '"value": $V'], language)
    item = begins("$V", f"{names}={one_word(row, LINE_CHARACTER, any_value=True)}")
    yield Form(
        find([[{"pattern": PAIR}, known, value], [{"pattern": beside}, known, value], [{"pattern": LIST}, item]])
    )


def _image(row: Row, language: str) -> Iterator[Form]:
    """A container's image in one piece, or its repository."""
    branches: list[Branch] = [
        [{"pattern": PAIR}, begins("$K", f"{QUOTE}(?:{'|'.join(IMAGE_KEYS)}){QUOTE}$")],
        [{"pattern": _mapping(['"repository": $V'], language, '"image"')}],
    ]
    yield Form(find(branches, whole_value(row)))


def _directive(row: Row, _language: str) -> Iterator[Form]:
    """A scheduler's option with its name in front, or under a key or in a file that names one."""
    names = named(row.names, dash="[-_]")
    plain: Branch = [{"pattern": PAIR}, begins("$K", f"(?i){QUOTE}{names}{QUOTE}$")]
    branches: list[Branch] = [
        [{"pattern": PAIR}, begins("$K", f"(?i){QUOTE}(?:{'|'.join(SCHEDULER_PREFIXES)})[-_]{names}{QUOTE}$")],
        [{"pattern-inside": f'"=~/(?i).*({"|".join(SCHEDULERS)}).*/": $BELOW'}, *plain],
    ]
    yield Form(find(branches, whole_value(row)))
    yield Form(find([plain], whole_value(row)), files=tuple(f"*{name}*" for name in SCHEDULERS))


def _pin(row: Row, _language: str) -> Iterator[Form]:
    """A package in a list of conda's or pip's; the list of a `project` is TOML's, in another tool's hands."""
    wanted = package(row).replace("(?P<V>", "(?P<VALUE>")
    listed: Branch = [
        {"pattern": '"=~/^(dependencies|pip)$/": [..., $V, ...]'},
        {"pattern-not-inside": '"project": $BELOW'},
    ]
    if wanted:
        yield Form(find([listed], rf"{QUOTE}(?:[\w./-]+::)?{wanted}"))


def _literals(row: Row, _language: str) -> Iterator[Form]:
    """One word of an argument."""
    yield Form(find([ITEM, TEXT], f"{WORD_START}{one_word(row)}"))


def _flag(row: Row) -> str:
    names = flag_names(row, r"[^\s=]")
    return f"--?(?i:{names})"


def _flags(row: Row, _language: str) -> Iterator[Form]:
    """A flag that is a key, has its operand in the same argument or in the next one, or is given alone."""
    name, bare = _flag(row), accepts_true(row)
    operand, value = "=" if bare else r"(?:=|\s+)", begins("$V", whole_value(row))
    key: Branch = [{"pattern": '"$K": $V'}, begins("$K", f"{QUOTE}{name}{QUOTE}$"), value]
    own = begins("$V", f"{WORD_START}{name}{operand}{QUOTE}{one_word(row)}")
    flag = begins("$FLAG", f"{WORD_START}{name}{QUOTE}$")
    following: Branch = [{"pattern": f"{ARGUMENTS}: [..., $FLAG, $V, ...]"}, flag, value, focus("$FLAG")]
    yield Form(find([key, [*ITEM, own], [*TEXT, own], *([] if bare else [following])]))
    if bare:
        alone = rf"{WORD_START}{name}(?:{QUOTE}\s*$|\s+(?!(?i:{OFF})(?!{LETTER})))"
        off: Branch = [{"pattern-not": f"{ARGUMENTS}: [..., $V, {item}, ...]"} for item in OFF_ITEMS]
        yield Form(find([[*ITEM, *off], TEXT], alone), "true")


FORMS: dict[str, Callable[[Row, str], Iterator[Form]]] = {
    "key": _keys,
    "env": _env,
    "image": _image,
    "directive": _directive,
    "pin": _pin,
    "flag": _flags,
    "literal": _literals,
}

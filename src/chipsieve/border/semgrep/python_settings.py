"""Which Semgrep patterns say that Python code sets an environment variable, or a key of a configuration?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from chipsieve.border.semgrep.python_parts import (
    CONFIGS,
    Accepted,
    accepted,
    either,
    every,
    focus,
    one_of,
    regex,
    searched,
)
from chipsieve.border.semgrep.records import Record
from chipsieve.signals.signal import Row

WRITES = (
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
CONFIG = rf"(?i)^(?:[\s\S]*\.)?_*{CONFIGS}(?:\.\w+)*$"
ENTRY = r"""["'][^"'\n]*["']\s*:\s*[\d.]+(?:e[+-]?\d+)?\s*"""
TABLE: Record = {"pattern-not-inside": {"pattern-regex": rf"\{{\s*(?:{ENTRY},\s*){{2,}}{ENTRY},?\s*\}}"}}
"""A dict of three numbers or more is a table to choose from. As a pattern it would take minutes on a long dict."""


def env(row: Row) -> Iterator[Record]:
    """A variable's value is text, and a row without values takes whatever it is set to."""
    if row.pattern:
        value = searched(row)
    elif row.values:
        value = Accepted('"$V"', (regex("$V", f"(?i){one_of(row.values)}", code=True),))
    else:
        value = Accepted("$V")
    writes = either([write.format(value.written) for write in WRITES])
    yield every(writes, regex("$K", one_of(row.names, "[A-Z0-9_]*")), *value.conditions, focus("$K"))


def key(row: Row) -> Iterator[Record]:
    """Keys of dicts, of subscripts and of config objects, unless the row's files are none of Python's."""
    if row.files and not any(fnmatchcase("config.py", glob) for glob in row.files):
        return
    value = accepted(row)
    places = either([_place(keys, heads, value.written) for keys, heads in _paths(row.names).items()])
    yield every(places, *value.conditions, TABLE, focus("$K"))


def _paths(names: Sequence[str]) -> dict[tuple[str, ...], list[str]]:
    """The keys by those that they may stand in: none where a key stands by itself, as `a.com/b` does."""
    inner: defaultdict[str, list[str]] = defaultdict(list)
    alone = tuple(name for name in names if "." not in name or "/" in name)
    for name in set(names) - set(alone):
        head, _, last = name.rpartition(".")
        inner[last].append(head)
    return {**({alone: []} if alone else {}), **{(last,): sorted(heads) for last, heads in sorted(inner.items())}}


def _place(keys: Sequence[str], heads: Sequence[str], value: str) -> Record:
    forms, attribute = (INNER, "$CONFIG.$OUTER.$K = {0}") if heads else (OUTER, "$CONFIG.$K = {0}")
    config = every({"pattern": attribute.format(value)}, regex("$CONFIG", CONFIG))
    outer = [regex("$OUTER", f"(?i){one_of(heads)}")] if heads else []
    return every(either([*(form.format(value) for form in forms), config]), regex("$K", f"(?i){one_of(keys)}"), *outer)

"""Which words must a configuration file hold before a row can find anything in it? Semgrep skips files without them.

A pattern such as `$K: $V` alone has no words: every rule would be tried on every pair of every file.
"""

from __future__ import annotations

from chipsieve.model import Row
from chipsieve.semgrep.scalars import flag
from chipsieve.semgrep.values import Pattern, escaped

IMAGE = "image|container"
ARGUMENT = "arg|flag|opt|param|command|cmd|entrypoint"


def within(row: Row) -> Pattern:
    """The condition that a match lies in a file that holds one of the row's names, and one of its values."""
    values = f"(?=.*?(?:{'|'.join(map(escaped, row.values))}))" if row.values and row.kind != "pin" else ""
    return {"pattern-inside": {"pattern-regex": rf"(?si)\A{values}.*?(?:{_names(row)}).*\z"}}


def _names(row: Row) -> str:
    if row.kind == "key":
        return "|".join(map(_key, row.names))
    if row.kind == "flag":
        return flag(row.names)
    if row.kind in ("image", "literal"):
        return IMAGE if row.kind == "image" else ARGUMENT
    dash = "[-_.]+" if row.kind == "pin" else "[-_]" if row.kind == "directive" else "-"
    return "|".join(escaped(max(name.split("*"), key=len)).replace("-", dash) for name in row.names)


def _key(name: str) -> str:
    """The end of a key up to its colon; all of its last part where the name has no `*`."""
    last = name if "/" in name else name.rpartition(".")[2]
    start = "" if "*" in last else r"(?<![\w-])"
    return rf"""{start}{escaped(last.rpartition("*")[2])}["']?\s*:"""

"""Which words must a configuration file hold before a row can find anything in it? Semgrep skips files without them.

A pattern such as `$K: $V` alone has no words: every rule would be tried on every pair of every file.
"""

from __future__ import annotations

from chipsieve.border.semgrep.scalars import flag
from chipsieve.border.semgrep.values import Pattern, escaped
from chipsieve.signals.signal import Row

WORDS = {"image": "image|container", "literal": "arg|flag|opt|param|command|cmd|entrypoint"}
"""What rows without a name are looked for under."""
DASHES = {"directive": "[-_]", "pin": "[-_.]+"}


def within(row: Row) -> Pattern:
    """The condition that a match lies in a file that holds one of the row's names, and one of its values."""
    words = flag(row.names) if row.kind == "flag" else WORDS.get(row.kind) or "|".join(_names(row))
    first = "-" if row.kind == "flag" else "".join(sorted({word[0] for word in words.split("|")}))
    letters = "".join(dict.fromkeys(first + first.lower() + first.upper()))
    held = f"(?:[^{letters}]++|(?!{words})[{letters}])*+(?:{words})"
    values = f"(?=.*?(?:{'|'.join(map(escaped, row.values))}))" if row.values and row.kind != "pin" else ""
    return {"pattern-inside": {"pattern-regex": rf"(?si)\A(?={held}){values}.*\z"}}


def _names(row: Row) -> list[str]:
    """The pieces of the names that are always there as they stand; of a key, the end of its last part."""
    names = [name if row.kind != "key" or "/" in name else name.rpartition(".")[2] for name in row.names]
    if row.kind == "key":
        return [escaped(name.rpartition("*")[2]) + r"[\"']?\s*:" for name in names]
    return [escaped(max(name.split("*"), key=len)).replace("-", DASHES.get(row.kind, "-")) for name in names]

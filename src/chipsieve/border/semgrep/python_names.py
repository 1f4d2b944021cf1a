"""Which Semgrep patterns say that Python code imports a module or uses a qualified name?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from chipsieve.border.semgrep.python_parts import either, every, one_of, regex
from chipsieve.border.semgrep.records import Record
from chipsieve.signals.signal import Row


def import_(row: Row) -> Iterator[Record]:
    """`import x` also matches `import x.y as z` and `from x import y`, never `from .x import y`."""
    yield either([f"import {module}" for module in row.names])


def name(row: Row) -> Iterator[Record]:
    """One branch a module that holds names: Semgrep resolves aliases, mentions and tables are left out."""
    modules: defaultdict[str, list[str]] = defaultdict(list)
    for qualified in row.names:
        module, _, last = qualified.rpartition(".")
        modules[module].append(last)
    for module, names in modules.items():
        if row.values:
            assigned = {"pattern": f"{module}.$NAME = $V"}
            yield every(assigned, regex("$NAME", one_of(names)), regex("$V", f"(?i){one_of(row.values)}"))
        else:
            yield every({"pattern": f"{module}.$V"}, regex("$V", one_of(names)), _tables(module))


def _tables(module: str) -> Record:
    """Several names of one module side by side are alternatives to choose from; so are a dict's keys."""
    one, two = f"{module}.$ONE", f"{module}.$TWO"
    pair = f"..., {one}, ..., {two}, ..."
    entries = (f"{{..., $KEY: {one}, ..., $OTHER: {two}, ...}}", f"{{..., {one}: $ENTRY, ...}}")
    return {"pattern-not-inside": either([f"[{pair}]", f"({pair})", f"{{{pair}}}", *entries])}

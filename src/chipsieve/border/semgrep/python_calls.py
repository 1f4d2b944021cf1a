"""Which Semgrep patterns say that Python code calls something, with a keyword or positional argument that matters?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chipsieve.border.semgrep.python_parts import accepted, either, every, focus
from chipsieve.border.semgrep.records import Record
from chipsieve.signals.signal import Row


def call(row: Row) -> Iterator[Record]:
    """The line is that of the argument which decides, or of the call."""
    callees = [callee(name) for name in row.names]
    if not row.keyword and row.argument is None:
        yield either([*(f"{name}(...)" for name in callees), _decorated(callees)])
        return
    value = accepted(row)
    decided = either([form for name in callees for form in _forms(name, row, value.written)])
    beside = [_beside(callees, *item) for item in row.beside.items()]
    yield every(decided, *beside, *value.conditions, focus(value.written.strip('"')))


def callee(name: str) -> str:
    """A callable as a pattern: `*.method` is one of any object or module, which a from-import is too."""
    return name.replace("*", "$OBJECT", 1)


def _decorated(callees: Sequence[str]) -> Record:
    """A decorator is a call, with or without parentheses."""
    bare = {"metavariable-pattern": {"metavariable": "$DECORATOR", **either(callees)}}
    return every({"pattern": "@$DECORATOR\ndef $FUNCTION(...):\n    ...\n"}, bare, focus("$DECORATOR"))


def _forms(name: str, row: Row, value: str) -> Iterator[str]:
    if row.keyword:
        yield f"{name}(..., {row.keyword}={value}, ...)"
    if row.argument is not None:
        before = "".join(f"$ARGUMENT{place}, " for place in range(row.argument))
        yield f"{name}({before}{value}, ...)"


def _beside(callees: Sequence[str], where: str, wanted: str) -> Record:
    """Another argument that must have a value: a keyword, or a position as text."""
    before = "".join(f"$BEFORE{place}, " for place in range(int(where))) if where.isdigit() else "..., "
    argument = f'"{wanted}"' if where.isdigit() else f'{where}="{wanted}"'
    return either([f"{name}({before}{argument}, ...)" for name in callees])

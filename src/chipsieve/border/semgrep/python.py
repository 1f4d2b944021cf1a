"""Which Semgrep rule says a signal's rows for Python? One rule a signal, a branch for each row that Semgrep can say.

It is one rule because Semgrep decides by a rule's id which files it skips: of two rules with one id in a run, one is
lost in the files where the other cannot match. A branch matches the line that the Python reader would report, and
stays silent where something is only mentioned. What needs the reader's state (options, values built over several
statements, `**keywords`) stays out, and so do the requirements of setup scripts: as part of another row's rule they
would count as installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from chipsieve.border.semgrep import python_calls, python_names, python_settings, python_texts
from chipsieve.border.semgrep.python_parts import MENTIONED, either, every
from chipsieve.border.semgrep.records import Record, record
from chipsieve.signals.signal import Row, Signal

FOLDER = "python"
MAKERS: dict[str, Callable[[Row], Iterator[Record]]] = {
    "call": python_calls.call,
    "constant": python_texts.constant,
    "env": python_settings.env,
    "import": python_names.import_,
    "key": python_settings.key,
    "literal": python_texts.literal,
    "name": python_names.name,
    "claim": python_texts.word,
}
USES = frozenset({"call", "key", "literal", "name"})
"""Kinds of row that a mention does not count for."""
FOLLOWED = {"options": {"symbolic_propagation": True}}
"""A copy of the environment is followed to where it is changed."""


def rules(signal: Signal) -> Iterator[tuple[str, Record]]:
    """The rule of one signal, with the folder that it belongs to; none where no row is Python's."""
    branches = [(row, branch) for row in signal.rows if row.kind in MAKERS for branch in MAKERS[row.kind](row)]
    if branches:
        rows = [row for row, _ in branches]
        kinds = {row.kind for row in rows}
        match = either([branch for _, branch in branches])
        match = every(match, MENTIONED) if kinds & USES else match
        options = FOLLOWED if "env" in kinds else {}
        name = "$K" if kinds == {"key"} else ""
        yield FOLDER, record(signal, rows[0], ["python"], {**options, **match}, value=_value(branches), name=name)


def _value(branches: Sequence[tuple[Row, Record]]) -> str:
    """What the marker shows: the metavariable if each branch binds it, the name of a lone module, else nothing."""
    if all("$V" in str(branch) or "(?P<V>" in str(branch) for _, branch in branches):
        return "value($V)"
    names = [name for row, _ in branches for name in row.names]
    return names[0] if len(names) == 1 else ""

"""What does every compiled rule carry, whatever it matches? Id, message with the marker, tags, references.

Custom metadata does not reach Semgrep's SARIF, tags do; metavariables reach it in the message alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chipsieve.border.marker import Mark, write_mark
from chipsieve.signals.signal import Row, Signal

Record = dict[str, object]
PAGE = "https://github.com/chipsieve/chipsieve/blob/main/docs/signals.md"


def record(
    signal: Signal,
    row: Row,
    languages: Sequence[str],
    match: Mapping[str, object],
    *,
    value: str = "$V",
    name: str = "",
    files: Sequence[str] = (),
) -> Record:
    """One Semgrep rule: `match` is its `pattern`, `patterns`, `pattern-regex` or `pattern-either`.

    `value` is what the marker shows, a metavariable of the match or a literal; `name` a config's key; `files`
    the globs of the files it looks into, none for all that Semgrep opens for the languages.
    """
    mark = Mark((signal.id,), row.kind, value, row.by, name)
    return {
        "id": signal.id,
        "languages": list(languages),
        "severity": "INFO",
        "message": f"{signal.title.rstrip('.')}. {write_mark(mark)}",
        "metadata": {"tags": tags(signal), "references": references(signal)},
        **({"paths": {"include": list(files)}} if files else {}),
        **match,
    }


def tags(signal: Signal) -> list[str]:
    """What a reader of SARIF may select by; fewer than ten, as GitHub asks."""
    said = {"effect": signal.effect, "strength": signal.strength, "step": signal.step}
    reference = f"chipsieve/reference={PAGE}#{signal.id}"
    return ["chipsieve", *(f"chipsieve/{key}={word}" for key, word in said.items()), reference]


def references(signal: Signal) -> list[str]:
    """The signal's page, then those of its references that are addresses."""
    return [f"{PAGE}#{signal.id}", *(text for text in signal.references if text.startswith("https://"))]

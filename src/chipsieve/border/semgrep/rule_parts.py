"""How is a Semgrep rule put together? Branches that find a place, conditions on metavariables, and the rule itself.

Custom metadata does not reach Semgrep's SARIF, tags do; metavariables reach it in the message alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from chipsieve.border.marker import Mark, write_mark
from chipsieve.border.semgrep.rule_patterns import accepted
from chipsieve.signals.signal import Row, Signal

Pattern = dict[str, object]
"""One item of a rule's `patterns`, or what stands in its place."""
Branch = list[Pattern]
Rule = dict[str, object]
FOCUS = "focus-metavariable"
PAGES = "https://github.com/chipsieve/chipsieve/blob/main/docs/signals"


class Form(msgspec.Struct, frozen=True):
    """The patterns of one rule, what its marker shows, and the globs of the files it looks into."""

    patterns: list[Pattern]
    value: str = "$VALUE"
    name: str = ""
    files: tuple[str, ...] = ()


def either(patterns: Sequence[str | Pattern]) -> Pattern:
    """One of several patterns; a lone one as it is."""
    items: list[Pattern] = [{"pattern": item} if isinstance(item, str) else item for item in patterns]
    return items[0] if len(items) == 1 else {"pattern-either": items}


def every(*items: Mapping[str, object]) -> Pattern:
    """All of some conditions."""
    return {"patterns": list(items)}


def any_of(branches: Sequence[Branch]) -> list[Pattern]:
    """Patterns of which one branch must match; a single branch needs no choice."""
    if len(branches) == 1:
        return branches[0]
    return [either([branch[0] if len(branch) == 1 else every(*branch) for branch in branches])]


def find(branches: Sequence[Branch], condition: str = "") -> list[Pattern]:
    """What any of the branches finds, where $V begins with the condition; the result is $V, or a branch's own focus."""
    found = either([every(*branch) if FOCUS in branch[-1] else every(*branch, focus("$V")) for branch in branches])
    return [found, *([begins("$V", condition)] if condition else [])]


def matches(metavariable: str, regex: str, *, constant: bool = False) -> Pattern:
    """A condition on a metavariable's text; on its value where it is code that may be a `constant`.

    The former also shows Semgrep which files to open at all.
    """
    propagated = {"constant-propagation": True} if constant else {}
    return {"metavariable-regex": {"metavariable": metavariable, "regex": regex, **propagated}}


def begins(metavariable: str, regex: str) -> Pattern:
    """The condition that a metavariable's text begins with the expression."""
    return matches(metavariable, rf"\A{regex}")


def accepts(row: Row) -> list[Pattern]:
    """The condition that the row accepts $V; empty where any value will do."""
    regex = accepted(row)
    return [matches("$V", regex)] if regex else []


def focus(metavariable: str) -> Pattern:
    """The place to report is the metavariable's own."""
    return {FOCUS: metavariable}


def rule(
    signal: Signal,
    row: Row,
    languages: Sequence[str],
    match: Mapping[str, object],
    *,
    value: str = "$V",
    name: str = "",
    files: Sequence[str] = (),
) -> Rule:
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
        "metadata": {"tags": _tags(signal), "references": _references(signal)},
        **({"paths": {"include": list(files)}} if files else {}),
        **match,
    }


def _tags(signal: Signal) -> list[str]:
    """What a reader of SARIF may select by; fewer than ten, as GitHub asks."""
    words = {"effect": signal.effect, "strength": signal.strength, "step": signal.step}
    reference = f"chipsieve/reference={PAGES}/{signal.id}.md"
    return ["chipsieve", *(f"chipsieve/{key}={word}" for key, word in words.items()), reference]


def _references(signal: Signal) -> list[str]:
    """The signal's page, then those of its references that are addresses."""
    return [f"{PAGES}/{signal.id}.md", *(text for text in signal.references if text.startswith("https://"))]

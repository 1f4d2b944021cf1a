"""How is a Semgrep rule for a value put together? Branches that find it, a condition, and the value in focus."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chipsieve.border.semgrep.values import Pattern

Branch = list[Pattern]
FOCUS = "focus-metavariable"


class Form(msgspec.Struct, frozen=True):
    """The patterns of one rule, what its marker shows, and the globs of the files it looks into."""

    patterns: list[Pattern]
    value: str = "$VALUE"
    name: str = ""
    files: tuple[str, ...] = ()


def find(branches: Sequence[Branch], condition: str = "") -> list[Pattern]:
    """What any of the branches finds, where $V fulfils the condition; the result is $V, or what a branch focuses on."""
    nested: list[Pattern] = [
        {"patterns": branch if FOCUS in branch[-1] else [*branch, {FOCUS: "$V"}]} for branch in branches
    ]
    found = nested if len(nested) == 1 else [{"pattern-either": nested}]
    return [*found, *([where("$V", condition)] if condition else [])]


def where(metavariable: str, regex: str) -> Pattern:
    """The condition that a metavariable's text begins with the expression."""
    return {"metavariable-regex": {"metavariable": metavariable, "regex": rf"\A{regex}"}}


def mapping(pairs: Sequence[str], language: str, key: str = "") -> str:
    """The pairs among others in one mapping, that under `key` if there is one.

    Semgrep finds the pairs of a YAML block in YAML's own notation alone.
    """
    if language == "json":
        inner = ", ".join(["{...", *(f"{pair}, ..." for pair in pairs)]) + "}"
        return f"{key}: {inner}" if key else inner
    lines = [line for pair in pairs for line in ("...", pair)]
    return "\n".join([f"{key}:", *(f"  {line}" for line in lines)] if key else lines)

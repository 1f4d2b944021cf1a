"""What of a file's path may its reading depend on? These kinds of names; all else of a path is only passed on.

So equal texts of one language and of equal kinds are read once, wherever they lie and whatever they are called.
"""

from __future__ import annotations

import re

from chipsieve.facts.conventions import SCHEDULERS

KINDS = {
    "data": re.compile(r"\.(?:json|txt|jsonl|csv)\Z", re.IGNORECASE),
    "scheduler": re.compile("|".join(SCHEDULERS), re.IGNORECASE),
}


def is_kind(kind: str, path: str) -> bool:
    """Whether a path (or a part of one) is of a kind: the name of data, or one that names a scheduler."""
    return KINDS[kind].search(path) is not None


def kinds_of(path: str) -> tuple[str, ...]:
    """All kinds that a path is of."""
    return tuple(kind for kind in KINDS if is_kind(kind, path))

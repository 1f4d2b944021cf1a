"""What of a file's path may its reading depend on? These kinds of names; all else of a path is only passed on.

So equal texts of one language and of equal kinds are read once, wherever they lie and whatever they are called.
"""

from __future__ import annotations

import re

from chipsieve.facts.conventions import SCHEDULERS

TEMPLATE_ENDING = r"\.(?:j2|jinja2?|tmpl|tpl|template)\Z"
"""A regular expression for the end of a name behind which the name of what a template writes stands."""
KINDS = {
    "data": re.compile(r"\.(?:json|txt|jsonl|csv)\Z", re.IGNORECASE),
    "template": re.compile(rf"{TEMPLATE_ENDING}|(?:^|/)templates/.*\.ya?ml\Z", re.IGNORECASE),
    # where users are asked what they run, or are helped with it: a device query there is none of the project's
    "asking": re.compile(
        r"(?:^|/)(?:\.git(?:hub|lab|ee)|docs?|documentation|faqs?)/|issue[_-]?template|bug[_-]?report|faq|troubleshoot|contributing",
        re.IGNORECASE,
    ),
    "scheduler": re.compile("|".join(SCHEDULERS), re.IGNORECASE),
    "topmost README": re.compile(r"\Areadme[^/]*\Z", re.IGNORECASE),
}


def is_kind(kind: str, path: str) -> bool:
    """Whether a path (or a part of one) is of a kind: it names data, a template, the topmost README."""
    return KINDS[kind].search(path) is not None


def kinds_of(path: str) -> tuple[str, ...]:
    """All kinds that a path is of."""
    return tuple(kind for kind in KINDS if is_kind(kind, path))

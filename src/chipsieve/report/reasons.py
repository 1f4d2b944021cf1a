"""What does a piece of evidence mean, and why does it prove nothing? A signal's own words, shortened."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chipsieve.model import Evidence, LaunchVerdict, Signal
from chipsieve.report import facts
from chipsieve.report.conditions import open_question
from chipsieve.report.escape import visible


def title(signals: Mapping[str, Signal], signal: str) -> str:
    """What the signal calls itself; its id where the table does not have it."""
    known = signals.get(signal)
    return visible(known.title if known else signal)


def reason(signal: Signal | None, evidence: Evidence, outcome: LaunchVerdict) -> str:
    """Why the evidence excludes nothing: it may not take effect, or it is not firm enough."""
    if evidence.standing == "optional":
        asked = open_question(facts.evidence_lines(evidence, outcome.launch)[0].conditions)
        return f"optional: not known whether {asked or 'the line takes effect'}"
    if evidence.standing == "inert":
        return "inert: the line does not take effect"
    if signal is None:
        return "the signal is not in the table"
    kind = "a preference" if signal.effect == "prefers" else signal.strength
    return f"{kind}: {first_sentence(signal.why)}"


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence, on one line."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z`\"'])", " ".join(text.split()), maxsplit=1)[0]

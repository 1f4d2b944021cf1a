"""What does a piece of evidence mean, and why does it prove nothing? A signal's own words, shortened."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chipsieve.catalogue.predicates import admits
from chipsieve.report import facts
from chipsieve.report.conditions import open_question
from chipsieve.report.escape import visible
from chipsieve.sieve.outcome import Evidence, LaunchVerdict, Verdict
from chipsieve.signals.signal import Signal


def title(signals: Mapping[str, Signal], signal: str) -> str:
    """What the signal calls itself; its id where the table does not have it."""
    known = signals.get(signal)
    return visible(known.title if known else signal)


def reason(verdict: Verdict, evidence: Evidence, outcome: LaunchVerdict) -> str:
    """Why the evidence excludes nothing: it may not take effect, it is not firm enough, or others were first."""
    if evidence.standing == "optional":
        asked = open_question(facts.evidence_lines(evidence, outcome.launch)[0].conditions)
        return f"optional: not known whether {asked or 'the line takes effect'}"
    if evidence.standing == "inert":
        return "inert: the line does not take effect"
    signal = verdict.signals.get(evidence.signal)
    if signal is None:
        return "the signal is not in the table"
    if signal.effect == "prefers" or signal.strength == "weak":
        kind = "a preference" if signal.effect == "prefers" else "weak"
        return f"{kind}: {first_sentence(signal.why)}"
    if _would_exclude(verdict, evidence, outcome, signal):
        return f"{signal.strength}, but the {verdict.policy} policy does not count it"
    return f"{signal.strength}, and agrees: nothing is left that it would exclude"


def _would_exclude(verdict: Verdict, evidence: Evidence, outcome: LaunchVerdict, signal: Signal) -> bool:
    """Whether the evidence speaks against a chip that remains: then only the policy kept it from excluding."""
    left = frozenset(outcome.remaining)
    chips = (chip for chip in verdict.accelerators if chip.id in left)
    return any(admits(signal.requires, chip, evidence.value) is False for chip in chips)


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence, on one line."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z`\"'])", " ".join(text.split()), maxsplit=1)[0]

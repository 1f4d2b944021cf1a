"""What does a piece of evidence mean, what does it rest on, and why does it prove nothing? In a signal's own words."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chipsieve.derive.premises import Date, Evidence, Premise, Quantity
from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Launch, Setting
from chipsieve.report.condition_words import in_full, in_phrase
from chipsieve.report.escape import one_line, visible
from chipsieve.report.lookups import evidence_lines, place
from chipsieve.sieve.outcome import LaunchVerdict, Verdict
from chipsieve.sieve.proof import Reason, Ruling
from chipsieve.signals.signal import Signal

PREMISE, SNIPPET, CONDITION = 160, 80, 400  # characters of a premise in words, a quoted line, a whole condition
SPARING: Mapping[Reason, str] = {
    "named": "the launch names what it would exclude",
    "explains": "other evidence contradicts it, and what it would exclude helps to explain both",
    "processors": "the launch computes on processors",
    "optional": "it is not known whether the line takes effect",
    "inert": "the line does not take effect",
    "preference": "it states a mere preference",
}
"""Why a chip stays against which evidence speaks; `it` is the evidence."""


def quoted(evidence: Evidence, launch: Launch) -> list[str]:
    """The lines that show the evidence, each with its place, the deciding one first."""
    found = (line for line in evidence_lines(evidence, launch) if isinstance(line, Finding))
    return [f"{visible(place(line))}  {one_line(line.snippet, SNIPPET)}" for line in found]


def first(lines: Sequence[str], most: int) -> Iterator[str]:
    """The first lines, and how many more there are."""
    yield from lines[:most]
    if len(lines) > most:
        yield f"and {len(lines) - most} more"


def title(signals: Mapping[str, Signal], signal: str) -> str:
    """What the signal calls itself; its id where the table does not have it."""
    known = signals.get(signal)
    return visible(known.title if known else signal)


def reason(verdict: Verdict, ruling: Ruling, outcome: LaunchVerdict) -> str:
    """Why the evidence excludes nothing: it may not take effect, it is not firm enough, or others were first."""
    if ruling.weight == "optional":
        waits = waits_for(ruling, outcome)
        return f"not known to take effect{waits and f': {waits}'}"
    if ruling.weight == "inert":
        return "inert: the line does not take effect"
    signal = verdict.signals.get(ruling.signal)
    if signal is None:
        return "the signal is not in the table"
    if signal.effect == "prefers" or signal.strength == "weak":
        kind = "a preference" if signal.effect == "prefers" else "weak"
        return f"{kind}: {first_sentence(signal.why)}"
    remaining = sorted(ruling.answers.against.intersection(outcome.remaining))
    if not remaining:
        return f"{signal.strength}, and agrees: nothing is left that it would exclude"
    why = spared(ruling.because(remaining[0], outcome.proof.spared), verdict.policy)
    return f"{signal.strength}, but {why}"


def spared(reason: Reason, policy: str) -> str:
    """Why evidence does not exclude a chip against which it speaks, as a clause."""
    return SPARING.get(reason, f"the {policy} policy does not count it")


def whole_condition(ruling: Ruling, outcome: LaunchVerdict) -> str:
    """All that evidence waits for which is not known to take effect; "" where its reason says it all."""
    line = next(iter(evidence_lines(ruling.evidence, outcome.launch)), None)
    if ruling.weight != "optional" or not isinstance(line, Finding):
        return ""
    return one_line(in_full(line.conditions), CONDITION)


def waits_for(ruling: Ruling, outcome: LaunchVerdict) -> str:
    """What evidence waits for that is not known to take effect, in a phrase; "" for other evidence."""
    line = next(iter(evidence_lines(ruling.evidence, outcome.launch)), None)
    if ruling.weight != "optional" or not isinstance(line, Finding):
        return ""
    if line.path not in outcome.launch.files:
        return f"only if the run uses {one_line(posixpath.basename(line.path), PREMISE)}"
    return one_line(in_phrase(line.conditions), PREMISE) or "only if the run reaches it"


def derivation(evidence: Evidence, signals: Mapping[str, Signal]) -> tuple[str, ...]:
    """What the evidence rests on beside findings that say the same: its sums, settings and days, a phrase each."""
    rest = (premise for premise in evidence.premises if not isinstance(premise, Finding))
    return tuple(one_line(words, PREMISE) for words in _premise_words(rest, signals))


def way_around(signals: Mapping[str, Signal], signal: str) -> tuple[str, ...]:
    """The known escape from what a signal requires, as a phrase; nothing where there is none."""
    known = signals.get(signal)
    return (one_line(f"escape: {known.escape}", PREMISE),) if known and known.escape else ()


def _premise_words(premises: Iterable[Premise], signals: Mapping[str, Signal]) -> Iterator[str]:
    for premise in premises:
        match premise:
            case Quantity():
                yield f"{premise.says}: {premise.number:g} {premise.unit}".rstrip()
                yield from _premise_words(premise.premises, signals)
            case Setting():
                yield f"{premise.name} = {premise.value} ({premise.source}, {place(premise)})"
            case Date():
                yield f"{premise.day} ({premise.source})"
            case Finding():
                yield f"{title(signals, premise.signal)} ({place(premise)})"


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence, on one line."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z`\"'])", " ".join(text.split()), maxsplit=1)[0]

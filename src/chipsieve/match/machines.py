"""Which words name a machine only beside others of it? Queues called `gpu` or `booster` are many machines'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from chipsieve.facts.finding import Finding
from chipsieve.signals.signal import Signal
from chipsieve.sites import machine_of


def alone(findings: Sequence[Finding], signals: Mapping[str, Signal]) -> frozenset[int]:
    """The indices of findings that count only where others name the same machine, and none of these does."""
    asking = [index for index, item in enumerate(findings) if _asked(item, signals)]
    if not asking:
        return frozenset()
    named: defaultdict[str, set[str]] = defaultdict(set)
    for item in findings:
        named[item.signal].add(machine_of(item.value))
    return frozenset(index for index in asking if not _beside(findings[index], signals, named))


def _beside(item: Finding, signals: Mapping[str, Signal], named: Mapping[str, set[str]]) -> bool:
    return any(machine_of(item.value) in named.get(signal, ()) for signal in _asked(item, signals))


def _asked(item: Finding, signals: Mapping[str, Signal]) -> tuple[str, ...]:
    """The signals of which one has to name the finding's machine; none of a signal that is not known here."""
    signal = signals.get(item.signal)
    return signal.same_machine if signal else ()

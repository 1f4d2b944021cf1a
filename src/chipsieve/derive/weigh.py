"""What does each launch's evidence amount to? Findings to evidence: one piece a signal and value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from chipsieve.facts.finding import Finding
from chipsieve.link.launch import Launch, Standing
from chipsieve.sieve.outcome import Evidence
from chipsieve.signals.signal import Signal

ORDER: tuple[Standing, ...] = ("asserted", "optional", "inert")


def weigh(launch: Launch, signals: Mapping[str, Signal]) -> tuple[Evidence, ...]:
    """The launch's evidence, sorted by signal and value.

    Findings of one signal are one piece of evidence, however many engines or lines report it, with the
    best standing among them; a signal whose predicate depends on the value keeps its values apart.
    """
    groups: defaultdict[tuple[str, str], defaultdict[Standing, set[Finding]]] = defaultdict(lambda: defaultdict(set))
    for item, stands in launch.findings:
        signal = signals.get(item.signal)
        if signal is not None:
            key = (signal.id, item.value if depends_on_value(signal) else "")
            groups[key][stands].add(item)
    found = []
    for (signal_id, value), by_standing in sorted(groups.items()):
        best = next(stands for stands in ORDER if by_standing[stands])
        items = sorted(by_standing[best], key=lambda item: (item.path, item.span, item.value, repr(item)))
        found.append(Evidence(signal_id, value, best, tuple(items)))
    return tuple(found)


def depends_on_value(signal: Signal) -> bool:
    """Whether the signal's predicate or label speaks of what the finding saw."""
    return "$value" in repr(signal.requires) or "$value" in signal.label

"""When does a run fail a pipeline? The conditions of `--fail-on`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

import msgspec

from chipsieve.catalogue import chips_called
from chipsieve.derive.premises import Evidence, Line
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.sieve.comparing import Difference
from chipsieve.sieve.outcome import Verdict
from chipsieve.sieve.proof import Ruling
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Effect, Strength
from chipsieve.tables import TableError, refuse_unknown

STRENGTHS: tuple[Strength, ...] = get_args(Strength)
"""From the strongest to the weakest."""


class Hit(msgspec.Struct, frozen=True, order=True):
    """A line that meets a condition: where it stands, which signal it is about, and the value that it holds."""

    path: str
    span: Span
    signal: str
    value: str


class FailOn(msgspec.Struct, frozen=True):
    """One condition: `kind` is signal, effect, excludes or names; `chips` empty means any.

    What is weaker than `at_least` meets it not.
    """

    text: str
    kind: str
    wanted: str
    chips: frozenset[str] = frozenset()
    at_least: Strength = "weak"

    def met(self, verdict: Verdict) -> bool:
        """Whether the verdict meets it. Only what takes effect in some launch counts as seen."""
        found = self._named(verdict) if self.kind == "names" else self._evidence(verdict)
        return any(True for _ in found)

    def newly_met(self, change: Difference, verdict: Verdict) -> bool:
        """Whether what came with a change meets it: what is excluded now, named now, or takes effect now."""
        if self.kind == "excludes":
            cut = {chip for one in self._cuts(verdict) for chip in one.excluded}
            return self._means(cut.intersection(change.possible.excluded))
        if self.kind == "names":
            named = {(one.path, one.span.line, one.value) for one in self._named(verdict)}
            return any((one.path, one.line, one.text) in named for one in change.names_came)
        firmer = (new for old, new in change.restood if old.anywhere != "asserted")
        new = (fact.signal for fact in (*change.facts_came, *firmer) if fact.anywhere == "asserted")
        return any(self._asks_for(signal, verdict) for signal in new)

    def hits(self, verdict: Verdict) -> tuple[Hit, ...]:
        """The lines that meet it, by place; for `excludes`, the evidence that removed the chip from its last launch."""
        if self.kind == "names":
            hits = {_hit(one.signal, one) for one in self._named(verdict)}
        else:
            hits = {_hit(one.signal, line) for one in self._evidence(verdict) for line in one.lines}
        return tuple(sorted(hits))

    def _named(self, verdict: Verdict) -> Iterator[Finding]:
        """The findings that name what is asked for."""
        named = {(one.path, one.line, one.text) for one in verdict.named if self._means(one.accelerators)}
        for one in verdict.findings:
            names = _effect(one.signal, verdict) == "names" and self._counts(one.signal, verdict)
            if names and (one.path, one.span.line, one.value) in named:
                yield one

    def _evidence(self, verdict: Verdict) -> Iterator[Evidence]:
        if self.kind == "excludes":
            gone = {chip.id for chip in verdict.accelerators} - set(verdict.possible)
            yield from (cut.evidence for cut in self._cuts(verdict) if self._means(gone & set(cut.excluded)))
        else:
            asserted = (one for launch in verdict.launches for one in launch.evidence if one.standing == "asserted")
            yield from (one for one in asserted if self._asks_for(one.signal, verdict))

    def _cuts(self, verdict: Verdict) -> Iterator[Ruling]:
        cuts = (cut for launch in verdict.launches for step in launch.steps for cut in step.cuts)
        return (cut for cut in cuts if self._counts(cut.signal, verdict))

    def _asks_for(self, signal: str, verdict: Verdict) -> bool:
        asked = _effect(signal, verdict) if self.kind == "effect" else signal
        return asked == self.wanted and self._counts(signal, verdict)

    def _counts(self, signal: str, verdict: Verdict) -> bool:
        """Whether a signal is strong enough."""
        known = verdict.signals.get(signal)
        return known is not None and STRENGTHS.index(known.strength) <= STRENGTHS.index(self.at_least)

    def _means(self, chips: Iterable[str]) -> bool:
        return bool(self.chips.intersection(chips) if self.chips else set(chips))


def _hit(signal: str, line: Line) -> Hit:
    return Hit(line.path, line.span, signal, line.value)


def _effect(signal: str, verdict: Verdict) -> str:
    return verdict.signals[signal].effect if signal in verdict.signals else ""


def parse(text: str, where: str = "--fail-on", at_least: Strength = "weak") -> FailOn:
    """The condition that a `--fail-on` text states; `where` names in messages what held the text.

    Signals that are weaker than `at_least` do not meet it.

    Raises:
        TableError: it names no signal, effect, chip or accelerator; the message has the nearest that exists.
    """
    text = text.strip()
    kind, colon, wanted = (part.strip() for part in text.partition(":"))
    if colon:
        refuse_unknown(where, [kind], ["excludes", "names"], "condition")
        return FailOn(text, kind, wanted, _chips(wanted, where), at_least)
    if kind in get_args(Effect):
        return FailOn(text, "effect", kind, at_least=at_least)
    known = [*load_signals(), *get_args(Effect)]
    refuse_unknown(where, [kind], known, "signal or effect", "chipsieve signals")
    return FailOn(text, "signal", kind, at_least=at_least)


def _chips(word: str, where: str) -> frozenset[str]:
    try:
        return frozenset() if word == "any" else chips_called(word)
    except TableError as error:
        raise TableError(f"{where}: {error}") from error

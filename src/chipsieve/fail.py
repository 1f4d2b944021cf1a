"""When does a run fail a pipeline? The conditions of `--fail-on`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

import msgspec

from chipsieve.catalogue import chips_called
from chipsieve.derive.premises import Evidence, Line
from chipsieve.facts.places import Span
from chipsieve.sieve.comparing import Difference
from chipsieve.sieve.outcome import Verdict
from chipsieve.signals import load_signals
from chipsieve.signals.signal import Effect
from chipsieve.tables import TableError, refuse_unknown


class Hit(msgspec.Struct, frozen=True, order=True):
    """A line that meets a condition: where it stands, which signal it is about, and the value that it holds."""

    path: str
    span: Span
    signal: str
    value: str


class FailOn(msgspec.Struct, frozen=True):
    """One condition: `kind` is signal, effect, excludes or names; `chips` empty means any."""

    text: str
    kind: str
    wanted: str
    chips: frozenset[str] = frozenset()

    def met(self, verdict: Verdict) -> bool:
        """Whether the verdict meets it. Only what takes effect in some launch counts as seen."""
        if self.kind == "excludes":
            return self._means({chip.id for chip in verdict.accelerators} - set(verdict.possible))
        if self.kind == "names":
            return any(self._means(naming.accelerators) for naming in verdict.named)
        asserted = {
            item.signal for launch in verdict.launches for item in launch.evidence if item.standing == "asserted"
        }
        return any(self._asks_for(signal, verdict) for signal in asserted)

    def newly_met(self, change: Difference, verdict: Verdict) -> bool:
        """Whether what came with a change meets it: what is excluded now, named now, or takes effect now."""
        if self.kind == "excludes":
            return self._means(change.possible.excluded)
        if self.kind == "names":
            return any(self._means(name.accelerators) for name in change.names_came)
        firmer = (new for old, new in change.restood if old.anywhere != "asserted")
        new = (fact.signal for fact in (*change.facts_came, *firmer) if fact.anywhere == "asserted")
        return any(self._asks_for(signal, verdict) for signal in new)

    def hits(self, verdict: Verdict) -> tuple[Hit, ...]:
        """The lines that meet it, by place; for `excludes`, the evidence that removed the chip from its last launch."""
        if self.kind == "names":
            named = {(one.path, one.line, one.text) for one in verdict.named if self._means(one.accelerators)}
            found = [one for one in verdict.findings if (one.path, one.span.line, one.value) in named]
            hits = {_hit(one.signal, one) for one in found if _effect(one.signal, verdict) == "names"}
        else:
            hits = {_hit(one.signal, line) for one in self._evidence(verdict) for line in one.lines}
        return tuple(sorted(hits))

    def _evidence(self, verdict: Verdict) -> Iterator[Evidence]:
        for launch in verdict.launches:
            if self.kind == "excludes":
                gone = {chip.id for chip in verdict.accelerators} - set(verdict.possible)
                cuts = (cut for step in launch.steps for cut in step.cuts)
                yield from (cut.evidence for cut in cuts if self._means(gone & set(cut.excluded)))
            else:
                asserted = (one for one in launch.evidence if one.standing == "asserted")
                yield from (one for one in asserted if self._asks_for(one.signal, verdict))

    def _asks_for(self, signal: str, verdict: Verdict) -> bool:
        return (_effect(signal, verdict) if self.kind == "effect" else signal) == self.wanted

    def _means(self, chips: Iterable[str]) -> bool:
        return bool(self.chips.intersection(chips) if self.chips else set(chips))


def _hit(signal: str, line: Line) -> Hit:
    return Hit(line.path, line.span, signal, line.value)


def _effect(signal: str, verdict: Verdict) -> str:
    return verdict.signals[signal].effect if signal in verdict.signals else ""


def parse(text: str, where: str = "--fail-on") -> FailOn:
    """The condition that a `--fail-on` text states; `where` names in messages what held the text.

    Raises:
        TableError: it names no signal, effect, chip or accelerator; the message has the nearest that exists.
    """
    text = text.strip()
    kind, colon, wanted = (part.strip() for part in text.partition(":"))
    if colon:
        refuse_unknown(where, [kind], ["excludes", "names"])
        return FailOn(text, kind, wanted, _chips(wanted, where))
    if kind in get_args(Effect):
        return FailOn(text, "effect", kind)
    refuse_unknown(where, [kind], [*load_signals(), *get_args(Effect)])
    return FailOn(text, "signal", kind)


def _chips(word: str, where: str) -> frozenset[str]:
    try:
        return frozenset() if word == "any" else chips_called(word)
    except TableError as error:
        raise TableError(f"{where}: {error}") from error

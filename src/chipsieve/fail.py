"""When does a run fail a pipeline? The conditions of `--fail-on`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from chipsieve.catalogue import load_catalogue
from chipsieve.model import Effect, Verdict
from chipsieve.signals import load_signals
from chipsieve.tables import TableError, refuse_unknown


@dataclass(frozen=True, slots=True)
class FailOn:
    """One condition: `kind` is signal, effect, excludes or names; `chips` empty means any."""

    text: str
    kind: str
    wanted: str
    chips: frozenset[str] = frozenset()

    def met(self, verdict: Verdict) -> bool:
        """Whether the verdict meets it. Only what takes effect in some launch counts as seen."""
        if self.kind == "excludes":
            gone = {chip.id for chip in verdict.accelerators} - set(verdict.possible)
            return bool(gone & self.chips if self.chips else gone)
        if self.kind == "names":
            named = {chip for naming in verdict.named for chip in naming.accelerators}
            return bool(named & self.chips if self.chips else named)
        asserted = {
            item.signal for launch in verdict.launches for item in launch.evidence if item.standing == "asserted"
        }
        if self.kind == "effect":
            return any(verdict.signals[signal].effect == self.wanted for signal in asserted)
        return self.wanted in asserted


def parse(text: str) -> FailOn:
    """The condition that a `--fail-on` text states.

    Raises:
        TableError: it names no signal, effect, chip or accelerator; the message has the nearest that exists.
    """
    kind, colon, wanted = (part.strip() for part in text.partition(":"))
    if colon:
        refuse_unknown("--fail-on", [kind], ["excludes", "names"])
        return FailOn(text, kind, wanted, frozenset() if wanted == "any" else chips_called(wanted))
    if kind in get_args(Effect):
        return FailOn(text, "effect", kind)
    refuse_unknown("--fail-on", [kind], [*load_signals(), *get_args(Effect)])
    return FailOn(text, "signal", kind)


def chips_called(word: str) -> frozenset[str]:
    """The ids of the accelerators that a word means: an id of the catalogue, or a name in its names' table.

    Raises:
        TableError: it means none.
    """
    catalogue = load_catalogue()
    own = word.casefold()
    found = frozenset({own}) if own in catalogue.by_id else catalogue.names.get(word, frozenset())
    if not found:
        raise TableError(f"no accelerator is called {word!r}; `chipsieve accelerators` lists them")
    return found

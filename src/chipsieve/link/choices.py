"""What holds whichever of several configurations a run takes? What all of them lead to, mention, set and state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from chipsieve.link.branches import Said, said
from chipsieve.link.launch import FileStandings, Standing
from chipsieve.link.live_names import Bodies
from chipsieve.link.option_values import Declared, defaults

NOTHING = object()  # no value of any option


class Choice:
    """Candidates of which a run takes one.

    `shared` are the files to which all of them certainly lead, `files` those to which any does.
    """

    def __init__(self, led: Sequence[frozenset[str]]) -> None:
        """Take the files to which each candidate leads, itself included."""
        self.shared = frozenset.intersection(*led)
        self.files = frozenset[str]().union(*led)
        self._own = [files - self.shared for files in led]
        self._agreed: frozenset[Said] | None = None

    def names(self, bodies: Callable[[str], Bodies]) -> frozenset[str]:
        """The names that every candidate's own files mention when they are loaded."""
        several = (frozenset[str]().union(*(bodies(path).loaded for path in files)) for files in self._own)
        return frozenset.intersection(*several)

    def options(self, declared: Mapping[str, Declared]) -> Declared:
        """The keys to which every candidate's own files give the same value."""
        first, *others = (defaults(declared[path] for path in files if path in declared) for files in self._own)
        return Declared.of(
            {name: value for name, value in first.items() if all(one.get(name, NOTHING) == value for one in others)}
        )

    def agreed(self, standings: Callable[[str], FileStandings]) -> frozenset[Said]:
        """What every candidate's own files certainly state; they are asked once."""
        if self._agreed is None:
            several = (frozenset(_asserted(map(standings, files))) for files in self._own)
            self._agreed = frozenset.intersection(*several)
        return self._agreed


def promoted(standings: FileStandings, agreed: frozenset[Said]) -> tuple[Standing, ...]:
    """The standings in which what all candidates state takes effect."""
    facts = standings.reading.facts
    return tuple(
        "asserted" if stands == "optional" and place < len(facts) and said(facts[place]) in agreed else stands
        for place, stands in enumerate(standings.standings)
    )


def _asserted(several: Iterable[FileStandings]) -> Iterable[Said]:
    for one in several:
        for fact, stands in zip(one.reading.facts, one.standings, strict=False):
            if stands == "asserted":
                yield said(fact)

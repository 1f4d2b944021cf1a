"""Which findings does a launch have? The facts of a tree, each matched once, by where they stand in each launch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from chipsieve.facts.conditions import MENTION, Question, stack
from chipsieve.facts.deciding import decide
from chipsieve.facts.finding import Finding, unique
from chipsieve.facts.reading import Gap, Reading
from chipsieve.facts.ternary import Ternary, every
from chipsieve.link.launch import FileStandings, Launch, Standing, standing
from chipsieve.link.whole_files import judge_by_eye, whole
from chipsieve.match.machines import alone
from chipsieve.match.matching import matched
from chipsieve.match.menus import offered
from chipsieve.match.table import SignalTable
from chipsieve.progress import Progress

if TYPE_CHECKING:
    from chipsieve.link.linking import LinkedTree

PASSES = 3  # a launch that asks for a module meets that module's import guards, which may ask for another
STANDING_ANSWERS: dict[Standing, Ternary] = {"asserted": True, "optional": None, "inert": False}
MODULES_NOT_SETTLED = "which modules the run asks for did not settle: the last answer counts"

SignalAt = tuple[str, str, int]
Keep = Callable[[Finding], bool]


class Found(NamedTuple):
    """A finding of a file.

    `at` is the index of its standing in a `FileStandings`; `question` asks whether the value in force is the one that
    the finding speaks of, where an option or a variable chooses it.
    """

    at: int
    finding: Finding
    question: Question | None = None


Stands = tuple[Finding, Standing]
"""A finding, and where it stands in a launch."""
FINDING = itemgetter(0)


def place_of(item: Finding) -> SignalAt:
    """By what two engines' findings are one: signal, path and line."""
    return item.signal, item.path, item.span.line


class Matched(NamedTuple):
    """What signals say of a tree: its launches with their findings, all findings by place, and what was lost."""

    launches: tuple[Launch, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...] = ()


def keep_all(_: Finding) -> bool:
    """Nothing is to be left out."""
    return True


def match_tree(
    readings: Sequence[Reading], table: SignalTable, keep: Keep = keep_all, *, scope: str = "launch",
    alone: bool = False, progress: Progress | None = None,
) -> Matched:  # fmt: skip
    """The launches of a tree, linked and matched, with the findings that `keep` wants; `alone` as for `Matcher`.

    `scope` "tree" takes the whole tree as one launch and every condition as met, which is what a person does who reads
    by eye; "launch" reconstructs each run.
    """
    if scope == "tree":
        return match_whole(whole("tree", readings, judge_by_eye), table, keep, alone=alone)
    from chipsieve.link.linking import LinkedTree  # takes long to load, and a check of single files links nothing

    linked = LinkedTree(readings, progress)
    if progress:
        progress("matching", 0, len(linked.launches))
    matcher = Matcher(readings, table, keep, alone=alone)
    launches, gaps = matcher.launches(linked, progress)
    return Matched(launches, tuple(matcher.findings), (*linked.gaps, *gaps))


def match_whole(launch: Launch, table: SignalTable, keep: Keep = keep_all, *, alone: bool = False) -> Matched:
    """A launch that stands for whole files, matched."""
    matcher = Matcher([file.reading for file in launch.standings], table, keep, alone=alone)
    return Matched((matcher.launch(launch, None),), tuple(matcher.findings))


class Matcher:
    """Matches what the files of one tree state, once, and what its launches say themselves.

    A reading's own findings are marks that another scanner left there. Where it marks what a fact of ours says, the
    two are one finding under our conditions; `alone` leaves out what no mark confirms. `keep` says which findings are
    wanted: the developers may ask to leave some out.
    """

    def __init__(self, readings: Iterable[Reading], table: SignalTable, keep: Keep, *, alone: bool = False) -> None:
        """Match every fact of the readings, and join the marks to them."""
        self._table, self._keep, self._alone = table, keep, alone
        self._naming = [signal.id for signal in table.signals.values() if signal.effect == "names"]
        several = tuple(readings)
        marks = _by_place(mark for reading in several for mark in reading.findings)
        own = {id(reading): list(self._own(reading)) for reading in several}
        met = {place_of(one.finding) for founds in own.values() for one in founds}
        self._marks = marks
        self._readings = several  # keeps them alive: they are looked up by identity
        self._found = {id(reading): self._joined(reading, own[id(reading)], met) for reading in several}
        self._in_files: dict[FileStandings, list[Stands]] = {}
        self._pairs: dict[tuple[int, Standing], Stands] = {}  # by the identity of the finding: each pair is one object

    def _own(self, reading: Reading) -> Iterator[Found]:
        """The findings of a reading's facts; a name in a table to choose from is only mentioned."""
        path = reading.origin or reading.path
        facts = enumerate(reading.facts)
        every = [Found(index, *pair) for index, fact in facts for pair in matched(fact, path, self._table)]
        listed = [one.finding for one in every]
        menu, lonely = offered(listed, self._naming), alone(listed, self._table.signals)
        for index, one in enumerate(every):
            if index not in lonely:
                yield _only_mentioned(one) if index in menu else one

    def _joined(self, reading: Reading, own: Iterable[Found], met: set[SignalAt]) -> list[Found]:
        """The findings of a reading's facts and, where no fact of ours says the same, of its marks."""
        joined = [one._replace(finding=both) for one in own if (both := self._confirmed(one.finding))]
        for index, mark in enumerate(reading.findings, len(reading.facts)):
            marks = self._marks[place_of(mark)]
            if place_of(mark) not in met and mark.engine == marks.fullest:
                joined.append(Found(index, replace(mark, engine=_together(marks.engines))))
        return [one for one in joined if self._keep(one.finding)]

    def _confirmed(self, found: Finding) -> Finding | None:
        """A finding of ours with the engines that mark its place; None where only marked ones count."""
        marks = self._marks.get(place_of(found))
        if marks is None:
            return None if self._alone else found
        return replace(found, engine=_together(marks.engines if self._alone else {*marks.engines, found.engine}))

    @property
    def findings(self) -> list[Finding]:
        """All that the tree says, whatever run it belongs to; without duplicates, by place."""
        return unique(one.finding for founds in self._found.values() for one in founds)

    def launches(self, linked: LinkedTree, progress: Progress | None = None) -> tuple[tuple[Launch, ...], list[Gap]]:
        """Every launch with its findings, and each limit that was met."""
        launches: list[Launch] = []
        gaps: list[Gap] = []
        for number, launch in enumerate(linked.launches, 1):
            found, converged = self._follow(launch, linked)
            launches.append(found)
            gaps += [] if converged else [Gap(launch.path, MODULES_NOT_SETTLED, launch.line)]
            if progress:
                progress("matching", number, len(linked.launches))
        return tuple(launches), gaps

    def _follow(self, launch: Launch, linked: LinkedTree) -> tuple[Launch, bool]:
        """The launch with its findings, linked again while they ask for modules whose import guards they meet."""
        provided: frozenset[str] = frozenset()
        for _ in range(PASSES):
            found = self.launch(launch, provided)
            before, provided = provided, provided | self._provides(found)
            if provided == before:
                return found, True
            launch = linked.relink(launch, provided)
        return found, False

    def launch(self, launch: Launch, provided: frozenset[str] | None) -> Launch:
        """The launch with the findings that are not inert in it, in place of the facts that they come from.

        `provided` are modules that it asks for by name; None for a launch that stands for whole files, where nobody
        knows what is asked for, and what is pinned counts.
        """
        found: dict[Finding, Stands] = {}  # launches share the pairs: hundreds of them reach the same files
        for file in launch.standings:
            pairs = self._of(file)
            found.update(zip(map(FINDING, pairs), pairs, strict=True))
            if provided is not None:
                pins = self._installed(pairs, provided | launch.modules if file.around else provided)
                found.update((pair[0], pair) for pair in pins)
        for stated in launch.stated:
            for item, _ in matched(stated.fact, stated.path, self._table):
                if (not self._alone or place_of(item) in self._marks) and self._keep(item):
                    found.setdefault(item, (item, stated.standing))
        lonely = alone(tuple(found), self._table.signals)
        kept = tuple(pair for index, pair in enumerate(found.values()) if index not in lonely)
        return replace(launch, findings=kept, standings=(), stated=())

    def _of(self, file: FileStandings) -> list[Stands]:
        """The findings of a file where its facts stand so; shared by all launches for which that is the same."""
        if file not in self._in_files:
            chosen = dict(zip((index for index, _ in file.reading.chosen), file.chosen or (), strict=False))
            pairs = (
                (one.finding, _weaker(file.standings[one.at], _answer(one, file, chosen)))
                for one in self._found[id(file.reading)]
            )
            self._in_files[file] = [
                self._pairs.setdefault((id(pair[0]), pair[1]), pair) for pair in pairs if pair[1] != "inert"
            ]
        return self._in_files[file]

    def _installed(self, pairs: Sequence[Stands], asked: frozenset[str]) -> Iterator[Stands]:
        """Where the pins of one file stand: what is installed takes effect when the launch asks for it, not before.

        All that one requirement says stands alike. What installs on a condition that nobody can decide, as a package's
        extras do, is never certain.
        """
        pins = [(item, stands == "asserted" or not item.conditions) for item, stands in pairs if item.row == "pin"]
        met = {item.span for item, certain in pins if certain and asked.intersection(self._modules(item))}
        yield from ((item, "asserted" if certain and item.span in met else "optional") for item, certain in pins)

    def _modules(self, item: Finding) -> tuple[str, ...]:
        return self._table.signals[item.signal].provides

    def _provides(self, launch: Launch) -> frozenset[str]:
        """The modules that the launch asks for by name: what its findings that take effect provide."""
        asserted = (item for item, stands in launch.findings if stands == "asserted" and item.row != "pin")
        return frozenset(module for item in asserted for module in self._table.signals[item.signal].provides)


def _only_mentioned(one: Found) -> Found:
    conditions = stack(one.finding.conditions, MENTION)
    return one._replace(finding=replace(one.finding, conditions=conditions))


def _answer(one: Found, file: FileStandings, chosen: Mapping[int, str | None]) -> Ternary:
    """Whether the value in force is the one that the finding speaks of."""
    if one.question is None or file.chosen is None:
        return True
    return decide(one.question, chosen[one.at])


def _weaker(stands: Standing, answer: Ternary) -> Standing:
    """Where a line stands that also waits for an answer."""
    return standing(every((STANDING_ANSWERS[stands], answer)))


class _Marks(NamedTuple):
    """Who marked one place: all engines, and of them the one whose marks say most, which stand for all."""

    engines: tuple[str, ...]
    fullest: str


def _by_place(marks: Iterable[Finding]) -> Mapping[SignalAt, _Marks]:
    """The marks by place; of several engines the one stands that says most."""
    said: defaultdict[SignalAt, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for mark in set(marks):
        said[place_of(mark)][mark.engine] += bool(mark.row) + bool(mark.value)
    return {
        place: _Marks(tuple(sorted(engines)), max(sorted(engines), key=lambda engine: engines[engine]))
        for place, engines in said.items()
    }


def _together(engines: Iterable[str]) -> str:
    return "+".join(sorted({name for engine in engines for name in engine.split("+") if name}))

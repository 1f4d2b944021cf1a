"""At which commits did an answer change? As few as possible are judged, for each costs a scan of its tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from chipsieve.estimate.phrases import LIKELY
from chipsieve.facts.reading import Gap
from chipsieve.sieve.outcome import Verdict
from chipsieve.sources.commits import Moment
from chipsieve.timeline.life import Answer, Trained

JUDGED = 40  # commits that are judged
LAUNCHES = 4_000  # in all of them together; a tree of hundreds of launches is judged at fewer commits


def answer_of(moment: Moment, verdict: Verdict) -> Answer:
    """Both answers of a verdict."""
    first = verdict.trained_on.first if verdict.trained_on else None
    trained = Trained(first.name, first.probability, first.words) if first and first.probability >= LIKELY else None
    main = verdict.main_launch
    return Answer(
        moment=moment,
        main=main.launch.id if main else "",
        possible=frozenset(verdict.possible),
        remaining=frozenset(main.remaining if main else verdict.remaining),
        trained=trained,
        sentence=verdict.sentence,
    )


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers say the same; a probability that moves within its words does not count."""
    trained = [(item.trained.family, item.trained.words) if item.trained else None for item in (one, other)]
    return one.possible == other.possible and one.remaining == other.remaining and trained[0] == trained[1]


class Judging:
    """Judges commits of a trunk, oldest first, each at most once, within limits."""

    def __init__(
        self, trunk: Sequence[Moment], judge: Callable[[Moment], Verdict | None], step: Callable[[int, int], None]
    ) -> None:
        """Judge with this function; `step` is called with how many are judged, and how many are to be."""
        self._trunk, self._judge, self._step = trunk, judge, step
        self.answers: dict[int, Answer] = {}
        self.latest: Verdict | None = None
        self._candidates: Sequence[int] = []
        self._asked: set[int] = set()
        self._launches = 0

    @property
    def candidates(self) -> int:
        """At how many commits evidence came or went, the first and the last among them."""
        return len(self._candidates)

    @property
    def spent(self) -> bool:
        """Whether a limit is met."""
        return len(self._asked) >= JUDGED or self._launches >= LAUNCHES

    @property
    def gaps(self) -> list[Gap]:
        """That statements came or went at more commits than were judged, or that a change has no certain commit."""
        said = []
        judged = sum(number in self.answers for number in self._candidates)
        if judged < len(self._candidates):
            begin = f"both answers were asked at {judged} of the {len(self._candidates)} commits at which evidence"
            said.append(f"{begin} came or went: one that changed in between and back is not seen")
        if any(late - early > 1 for early, late in self._turned()):
            said.append("an answer changed between two commits that were judged: the later one is named")
        return [Gap(".", reason) for reason in said]

    def turns(self, candidates: Sequence[int]) -> None:
        """Judge the ends of the trunk, then the candidates, the widest stretches between judged ones first.

        As soon as two neighbours differ, those between them come first, so that the commit of each change is found.
        """
        last = len(self._trunk) - 1
        self._candidates = sorted({0, *candidates, last}) if self._trunk else []
        order = iter([last, 0, *_widest_first(self._candidates)] if self._trunk else [])
        while not self.spent:
            number = next(self._unsettled(), None)
            if number is None:
                number = next((one for one in order if one not in self._asked), None)
            if number is None:
                return
            self._ask(number)

    def _ask(self, number: int) -> None:
        """Judge a commit of the trunk."""
        self._asked.add(number)
        verdict = self._judge(self._trunk[number])
        self._step(len(self._asked), max(min(len(self._candidates), JUDGED), len(self._asked)))
        if verdict is not None:
            self._launches += len(verdict.launches)
            self.answers[number] = answer_of(self._trunk[number], verdict)
            if number == len(self._trunk) - 1:
                self.latest = verdict

    def _turned(self) -> Iterator[tuple[int, int]]:
        """Judged commits that say different things with no judged one between them, the latest first."""
        judged = sorted(self.answers, reverse=True)
        yield from (
            (early, late) for late, early in pairwise(judged) if not same(self.answers[early], self.answers[late])
        )

    def _unsettled(self) -> Iterator[int]:
        """Commits between two judged ones that say different things: candidates first, halfway.

        Where the later one is the only candidate, it is likely the one that changed it, and the one before it tells.
        """
        for early, late in self._turned():
            likely = [number for number in self._candidates if early < number < late and number not in self._asked]
            between = likely or [number for number in range(early + 1, late) if number not in self._asked]
            if between:
                before_it = not likely and late in self._candidates and between[-1] == late - 1
                yield between[-1] if before_it else between[len(between) // 2]

    def shown(self) -> tuple[Answer, ...]:
        """The first answer, each that says something else than the one before, and the last, oldest first."""
        ordered = [self.answers[number] for number in sorted(self.answers)]
        turned = [later for earlier, later in pairwise(ordered) if not same(earlier, later) or later is ordered[-1]]
        return (*ordered[:1], *turned)


def _widest_first(waiting: Sequence[int]) -> Iterator[int]:
    """All numbers of a sorted list: the middle, then the middles of both halves, and so on."""
    stretches = [(0, len(waiting))]
    while stretches:
        low, high = stretches.pop(0)
        if low < high:
            middle = (low + high) // 2
            yield waiting[middle]
            stretches += [(low, middle), (middle + 1, high)]

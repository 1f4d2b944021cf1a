"""At which commits did an answer change? As few as possible are judged, for each costs a scan of its tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from chipsieve.facts.reading import Gap
from chipsieve.sieve.outcome import Verdict
from chipsieve.sources.commits import Moment
from chipsieve.timeline.life import Answer, Trained

JUDGED = 40  # commits that are judged
LAUNCHES = 4_000  # in all of them together; a tree of hundreds of launches is judged at fewer commits
NAMED_FROM = 0.45  # the least probability with which a family is said to be the answer: "roughly even chance"


def answer_of(moment: Moment, verdict: Verdict) -> Answer:
    """Both answers of a verdict."""
    first = verdict.trained_on.first if verdict.trained_on else None
    trained = Trained(first.name, first.probability, first.words) if first and first.probability >= NAMED_FROM else None
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
        self.candidates = 0
        self._asked: set[int] = set()
        self._launches = 0

    @property
    def spent(self) -> bool:
        """Whether a limit is met."""
        return len(self._asked) >= JUDGED or self._launches >= LAUNCHES

    @property
    def gaps(self) -> list[Gap]:
        """That statements came or went at more commits than were judged."""
        if len(self.answers) >= self.candidates:
            return []
        said = f"both answers were asked at {len(self.answers)} of the {self.candidates} commits at which evidence"
        return [Gap(".", f"{said} came or went: one that changed in between and back is not seen")]

    def turns(self, candidates: Sequence[int]) -> None:
        """Judge the ends of the trunk, then the candidates; then, between two that differ, the commits in between.

        Where there are more candidates than may be judged, the widest stretches between judged ones come first.
        """
        last = len(self._trunk) - 1
        wanted = {0, *candidates, last} if self._trunk else set()
        self.candidates = len(wanted)
        first = [last, 0] if self._trunk else []
        for number in [*first, *_widest_first(sorted(wanted - {0, last}))]:
            if not self.spent:
                self._ask(number, min(len(wanted), JUDGED))
        while not self.spent and (middle := next(self._unsettled(), None)) is not None:
            self._ask(middle, JUDGED)

    def _ask(self, number: int, total: int) -> None:
        """Judge a commit of the trunk."""
        if number in self._asked:
            return
        self._asked.add(number)
        verdict = self._judge(self._trunk[number])
        self._step(len(self._asked), max(total, len(self._asked)))
        if verdict is not None:
            self._launches += len(verdict.launches)
            self.answers[number] = answer_of(self._trunk[number], verdict)
            if number == len(self._trunk) - 1:
                self.latest = verdict

    def _unsettled(self) -> Iterator[int]:
        """Commits halfway between two judged ones that say different things, the latest first."""
        judged = sorted(self.answers, reverse=True)
        for late, early in pairwise(judged):
            between = [number for number in range(early + 1, late) if number not in self._asked]
            if between and not same(self.answers[early], self.answers[late]):
                yield between[len(between) // 2]

    def told(self) -> tuple[Answer, ...]:
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

"""What is a life of evidence, an answer of its time, a history? The types that reports of a history read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from chipsieve.estimate.answer import Estimate
from chipsieve.facts.reading import Gap
from chipsieve.sieve.outcome import Verdict
from chipsieve.signals.signal import Effect, Signal, Strength
from chipsieve.sources.commits import Moment

OWN = ("refs/heads/", "refs/tags/", "refs/remotes/")
"""How the references of a repository's own branches and tags begin."""
State = Literal["present", "removed", "unread", "replaced", "moved", "elsewhere"]


class Place(NamedTuple):
    """Where a line stood: its file, its number, its text."""

    path: str
    line: int
    snippet: str

    @property
    def at(self) -> str:
        """The place as `path:line`."""
        return f"{self.path}:{self.line}"


class Life(msgspec.Struct, frozen=True):
    """What a file said by one signal, from the commit that brought it to the one that took it away.

    `variable` is the environment variable that it sets, where it is one. A file that was renamed is the same file.
    `state` is where it stands now: "present" in the tip; "removed" from the whole tree; "replaced" where the file says
    something else in its place; "moved" where other files say the same; "unread" where nobody knows, because a content
    that came later could not be read; "elsewhere" in commits that do not lead to the tip, by way of `ref`. `still_at`
    are such lines of the tip. `first` is None where it is older than the commits that were asked for; `removed` is None
    but of what is gone, and there where no commit shows how. `place` is where it came, `last` where it stood last, and
    `content` the id of the file's content there.
    """

    signal: str
    value: str
    variable: str
    by: str
    deed: str
    effect: Effect
    strength: Strength
    state: State
    place: Place
    last: Place
    content: str
    first: Moment | None
    removed: Moment | None = None
    still_at: tuple[str, ...] = ()
    ref: str = ""


class Trained(NamedTuple):
    """The likeliest family of an estimate, with its probability and the words for it."""

    family: str
    probability: float
    words: str


class Answer(msgspec.Struct, frozen=True):
    """Both answers as of one commit.

    `possible` is what some speaking launch leaves, `remaining` what the main launch leaves; `trained` is None where no
    family is named.
    """

    moment: Moment
    main: str
    possible: frozenset[str]
    remaining: frozenset[str]
    trained: Trained | None
    sentence: str


class Declared(msgspec.Struct, frozen=True):
    """What documents and code said of hardware at one time and not at another, or against each other: a sentence.

    `kind` says whether a name went, came, or stands against what the code says; `at` are the lines that it rests on.
    """

    kind: Literal["went", "came", "against"]
    sentence: str
    at: tuple[str, ...]


class News(msgspec.Struct, frozen=True):
    """What came since an earlier run: the ids of commits, and the references that no longer lead to their old ones.

    The commits are new, or were merged since: they lead to the tip only now.
    `rewritten` are these references; what they led to may be gone for good.
    """

    commits: frozenset[str]
    rewritten: tuple[str, ...]

    @property
    def own_rewritten(self) -> tuple[str, ...]:
        """Branches and tags among them; pull requests, which a host keeps as references, are rewritten all the time."""
        return tuple(name for name in self.rewritten if name.startswith(OWN))

    def lives(self, lives: Iterable[Life]) -> tuple[Life, ...]:
        """The lives that a new commit began or ended."""
        return tuple(
            life for life in lives if any(one and one.id in self.commits for one in (life.first, life.removed))
        )

    def answers(self, answers: Sequence[Answer]) -> tuple[Answer, ...]:
        """The answer before the first new commit, and those of new ones."""
        first = next((number for number, one in enumerate(answers) if one.moment.id in self.commits), len(answers))
        return tuple(answers[max(first - 1, 0) :])


class History(msgspec.Struct, frozen=True):
    """The history of one repository.

    `root` is what the repository is called, `asked` the range of commits in words. `commits` were walked, the newest
    first; `ancestors` are the ids of those that lead to the tip; `contents` of files were read. `answers` are those of
    the first commit of the trunk, of each that changed an answer, and of the tip, oldest first. `judged` commits were,
    of `candidates` at which evidence came or went. `trained_on_ever` is the estimate from the tip's evidence and all
    that was removed. `refs` are the references with their commits; `news` says what is new, and that all else is left
    out, where an earlier run was given.
    """

    tip: Moment
    now: Verdict | None
    commits: tuple[Moment, ...]
    ancestors: frozenset[str]
    lives: tuple[Life, ...]
    answers: tuple[Answer, ...]
    judged: int
    candidates: int
    trained_on_ever: Estimate | None
    declared: tuple[Declared, ...]
    gaps: tuple[Gap, ...]
    signals: Mapping[str, Signal]
    refs: Mapping[str, str]
    news: News | None = None
    root: str = ""
    asked: str = ""
    contents: int = 0

    def in_state(self, *states: State) -> tuple[Life, ...]:
        """The lives that are in one of some states now."""
        return tuple(life for life in self.lives if life.state in states)

"""What does the sieve answer? The verdict on each launch and on the repository, all frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from chipsieve.catalogue import chips_called
from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.commands.launchers import TRAINING
from chipsieve.derive.dating import Change
from chipsieve.derive.premises import Date, Evidence
from chipsieve.estimate.answer import Estimate
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap
from chipsieve.link.headline import is_side_run
from chipsieve.link.launch import Launch
from chipsieve.sieve.controls import Controls, controls_of
from chipsieve.sieve.proof import Conflict, Proof, Ruling, StepResult
from chipsieve.signals.signal import Signal
from chipsieve.sources.contents import Commit, Origin
from chipsieve.sources.scan_record import Coverage, Ignored
from chipsieve.sources.spoken import Spoken
from chipsieve.tables import TableError

SHOWN = 5  # launches that a message lists


class Naming(msgspec.Struct, frozen=True):
    """Somebody wrote a chip's name: which accelerators it can mean, who wrote it, where."""

    accelerators: tuple[str, ...]
    by: str
    path: str
    line: int
    text: str


class Contradiction(msgspec.Struct, frozen=True):
    """A name that evidence speaks against: the ids that it means, and the signals that exclude them, or would.

    A launch's are the names that keep them in; the repository's keep nothing in, since no run says them.
    """

    naming: Naming
    accelerators: tuple[str, ...]
    signals: tuple[str, ...]


class Note(msgspec.Struct, frozen=True):
    """A technique or a site, and the line that shows it.

    Of a technique, `name` and `value` are what the label says: "tensor parallelism" and "8". Of a site, `place` says
    whether it is in a "cloud" or "on premises", "" where the line does not tell.
    """

    label: str
    path: str
    line: int
    name: str = ""
    value: str = ""
    place: str = ""


class LaunchVerdict(msgspec.Struct, frozen=True):
    """What remains possible for one launch, and the proof of it."""

    launch: Launch
    evidence: tuple[Evidence, ...]
    proof: Proof
    named: tuple[Naming, ...]
    techniques: tuple[Note, ...]
    sites: tuple[Note, ...]
    conflict: Conflict | None = None
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether nothing that takes effect in it, or may, says anything: then it is no counterexample either."""
        return all(piece.standing == "inert" for piece in self.evidence)

    def satisfied_by(self, chip: str) -> bool:
        """Whether an accelerator remains, the catalogue knows enough of it, and nothing casts a doubt on it."""
        counted = (reason for ruling, reason in self.proof.because(chip) if ruling.weight == "counts")
        return chip in self.remaining and "unknown" not in counted and not any(self.doubts(chip))

    def doubts(self, chip: str) -> Iterator[Ruling]:
        """What is certain to take effect, and speaks against an accelerator too weakly for the policy to exclude it.

        A TPU remains for a program that asks for `cuda`, since layers exist that say otherwise, but that is no yes.
        """
        return (ruling for ruling, reason in self.proof.because(chip) if reason == "policy")

    @property
    def steps(self) -> tuple[StepResult, ...]:
        """The steps of the sieve, in their order."""
        return self.proof.steps

    @property
    def remaining(self) -> tuple[str, ...]:
        """The ids of the accelerators that nothing excludes, in the catalogue's order."""
        return self.proof.remaining


class Project(msgspec.Struct, frozen=True):
    """The launches of a tree that belong together: how many, how many of them are silent, and the one to look at first.

    `id` is the folder of the README whose subject they are, "" for the whole tree.
    """

    id: str
    title: str
    main: str
    launches: int
    silent: int


class Verdict(msgspec.Struct, frozen=True):
    """The answer for one tree: per launch, then for the repository.

    `possible` is what at least one of the launches that speak leaves, silent ones apart; `main` is the id of the launch
    that comes first of its role, `main_reason` why it does. The first of the `projects` is the one of that launch.
    `changed` is the commit that last changed the main launch; `as_of` is the day for which it is answered: that of this
    change, or else of the `commit`, unless another was asked for, "" where nobody knows. `not_before` is the earliest
    day that pinned versions allow. `trained_on` is the estimate for the first project. Where one `project` was asked
    for, or one `launch`, it speaks alone. `origin` is where the commit comes from.
    `sentence` is the paragraph that can be quoted.
    """

    root: str
    policy: str
    scope: str
    role: str
    accelerators: tuple[Accelerator, ...]
    catalogue_date: str
    signals: Mapping[str, Signal]
    launches: tuple[LaunchVerdict, ...]
    possible: tuple[str, ...]
    remaining: tuple[str, ...]
    main: str
    main_reason: str
    projects: tuple[Project, ...]
    named: tuple[Naming, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage
    conflict: Conflict | None = None
    ignored: tuple[Ignored, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    mentions: tuple[str, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    commit: Commit | None = None
    origin: Origin = Origin()
    as_of: str = ""
    changed: Change | None = None
    not_before: Date | None = None
    trained_on: Estimate | None = None
    project: str | None = None
    launch: str = ""
    sentence: str = ""

    def runs_on(self, chip: str) -> bool | None:
        """Whether the code can run on an accelerator as written, by its id or a name such as "H100" or "A100 80GB".

        True: it, or one of several that the name means, satisfies what the launch that comes first asks for. False:
        every launch that speaks excludes it. None: nothing is known of it; that launch is silent or there is none, the
        catalogue cannot tell, weak evidence speaks against it, or launches differ.

        Raises:
            chipsieve.tables.TableError: no accelerator is called so.
        """
        meant, main = chips_called(chip), self.main_launch
        if main is None or main.silent:
            return None
        if meant.isdisjoint(self.possible):
            return False
        return any(map(main.satisfied_by, meant)) or None

    @property
    def main_launch(self) -> LaunchVerdict | None:
        """The launch that speaks first; None when there is no launch."""
        main = (outcome for outcome in self.launches if outcome.launch.id == self.main)
        return next(main, self.launches[0] if self.launches else None)

    @property
    def controls(self) -> Controls | None:
        """What was controlled on the day, of what the main launch leaves and of the estimate; None: no day."""
        left = self.main_launch.remaining if self.main_launch else self.remaining
        return controls_of(self.as_of, self.accelerators, left, self.trained_on)

    @property
    def speaking(self) -> tuple[LaunchVerdict, ...]:
        """The launches that speak for the repository."""
        return speaking_launches(self.launches, self.role, self.main, self.project, self.launch)


def called(judged: Sequence[LaunchVerdict], launch: str) -> LaunchVerdict:
    """The launch with an id.

    Raises:
        TableError: there is none; the message lists some, those of the same file first.
    """
    found = next((item for item in judged if item.launch.id == launch), None)
    if found is None:
        path = launch.partition(":")[0]
        ids = sorted((item.launch.id for item in judged), key=lambda one: path not in one)  # a stable order
        there = ", ".join(ids[:SHOWN]) or "none"
        raise TableError(f"there is no launch {launch!r}; among those that there are: {there}")
    return found


def of_role(
    judged: Sequence[LaunchVerdict], role: str, project: str | None = None, launch: str = ""
) -> tuple[LaunchVerdict, ...]:
    """The launches of a role (`any`: all, `training`: fine-tuning too), or all when there is none of it.

    Of a `project`, those of it alone; None for all projects. Where one `launch` is asked for, that one.
    """
    if launch:
        return tuple(item for item in judged if item.launch.id == launch)
    roles = TRAINING if role == "training" else (role,)
    asked = tuple(item for item in judged if project is None or item.launch.project == project)
    return tuple(item for item in asked if role == "any" or item.launch.role in roles) or asked


def speaking_launches(
    judged: Sequence[LaunchVerdict], role: str, main: str, project: str | None = None, launch: str = ""
) -> tuple[LaunchVerdict, ...]:
    """The launches that speak for the repository: those of the role, but for side runs that are not the main one.

    For one `project`, where that is asked for, its own alone; or the one `launch` that is asked for.
    """
    several = of_role(judged, role, project, launch)
    own = (item for item in several if item.launch.id == main or not is_side_run(item.launch))
    return tuple(own) or several

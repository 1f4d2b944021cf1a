"""How does a program ask for a repository's whole history? The commits, what each content says, the answers of then."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from msgspec.structs import replace

from chipsieve import api
from chipsieve.configuration.file import NONE, Config
from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap, ordered_gaps
from chipsieve.match.matching import WRITTEN
from chipsieve.match.table import default_table
from chipsieve.sieve.outcome import Verdict
from chipsieve.sources.cache import Cache
from chipsieve.sources.commits import Moment, Range, Walk, merges, walk
from chipsieve.sources.git import Git, GitError
from chipsieve.sources.git_directory import repository_of
from chipsieve.sources.revision import Snapshot, open_revision, snapshot_of
from chipsieve.tables import TableError
from chipsieve.timeline.declared import declarations
from chipsieve.timeline.life import History, Life
from chipsieve.timeline.lives import Ledger, contents_of
from chipsieve.timeline.news import references, since_reported
from chipsieve.timeline.sayings import Content, Earlier, Held, is_read, statements, unread
from chipsieve.timeline.turning_points import Judging

Step = Callable[[str, int, int], None]
RECALLED = 200  # contents that are read again for the names that were removed from them


def history(
    path: str | Path,
    *,
    revisions: str = "",
    since: str = "",
    paths: tuple[str, ...] = (),
    config: Config = NONE,
    workers: int | None = None,
    progress: Step | None = None,
    reported: Mapping[str, str] | None = None,
    cache: Path | None = None,
    **options: Any,
) -> History:
    """What the repository at `path` said of hardware in all its commits, and both answers wherever one changed.

    `path` is a work tree, a bare or mirror clone, or a folder in one of them. All commits that references lead to are
    looked at, or those of `revisions`, a name or a range (`v1.0..main`); of them those since a day (`2024-11-05`), and
    those that change one of the `paths`, which count from `path`. `options` are those of `scan` that say how trees are
    judged: `policy`, `role`, `project`. `progress` is called with the phase, what is done of it, and of how much.
    `reported` are the references that an earlier run has reported, with their commits (`History.refs`): only what came
    since then is in it.

    Raises:
        FileNotFoundError: there is no repository at `path`, or no such revision.
        chipsieve.tables.TableError: there is no such policy, role or project, `since` is no day, or one of the paths
            leads out of the repository.
    """
    where = repository_of(Path(path).resolve())
    if where is None:
        raise GitError(f"{path}: no git repository, so there is no history")
    asked = Range(revisions, api.day(since), _inside(where.below, paths))
    step = progress or _silent
    with ExitStack() as stack:
        if cache is None:  # the trees of commits share most of their files
            cache = Path(stack.enter_context(TemporaryDirectory(prefix="chipsieve-"))) / "readings.sqlite"
        git = stack.enter_context(Git(where.directory))
        step("walking commits", 0, 1)
        walked = walk(git, asked)
        if not walked.tip:
            raise GitError(f"{path}: the repository has no commit")
        step("walking commits", 1, 1)
        tip = snapshot_of(git, walked.tip).below(asked.paths)
        says, lost = _says(git, walked, tip, cache, workers, step)
        earlier = stack.enter_context(Earlier(git))
        ledger = Ledger(walked, says, tip, earlier.text)
        dropped, unlisted = merges(git, walked.tip, ledger.unexplained) if ledger.unexplained else ((), ())
        ledger.explain(dropped)
        judging = _Judge(Path(path), config, workers, cache, options)
        found = _history(git, ledger, judging, earlier, step, reported)
    gaps = ordered_gaps([*walked.gaps, *unlisted, *tip.gaps, *lost, *found.gaps])
    return replace(found, root=(where.top / where.below).name, asked=asked.in_words, contents=len(says), gaps=gaps)


def _history(
    git: Git, ledger: Ledger, judge: _Judge, earlier: Earlier, step: Step, reported: Mapping[str, str] | None
) -> History:
    """What follows from a ledger: lives, answers, and the sentences on documents; all, or what is new."""
    walked, signals = ledger.walk, default_table().signals
    every = ledger.lives(signals)
    judging = _judged(walked, ledger, judge.now, step)
    ever = judge.ever(walked.moment, _recalled(earlier, every)) if judging.latest else None
    refs = references(git, walked.tip)
    news = None if reported is None else since_reported(git, walked, refs, reported)
    lives = every if news is None else news.lives(every)
    return History(
        tip=walked.moment,
        now=judging.latest,
        commits=tuple(moment for moment, _ in walked.commits),
        ancestors=walked.ancestors,
        lives=lives,
        answers=judging.shown() if news is None else news.answers(judging.shown()),
        judged=len(judging.answers),
        candidates=judging.candidates,
        trained_on_ever=ever.trained_on if ever else None,
        declared=declarations(lives, walked, judging.latest),
        gaps=tuple(judging.gaps),
        signals=signals,
        refs=refs,
        news=news,
    )


class _Judge(NamedTuple):
    """How trees of commits are judged."""

    path: Path
    config: Config
    workers: int | None
    cache: Path
    options: Mapping[str, Any]

    def now(self, moment: Moment) -> Verdict | None:
        """The verdict on a commit's tree; None where it lacks the folder that is asked for, or the clone its files."""
        return self.ever(moment, ())

    def ever(self, moment: Moment, earlier: Sequence[Finding]) -> Verdict | None:
        """The same, with findings of earlier commits in the estimate."""
        given = {"config": self.config, "workers": self.workers, "cache": self.cache, **self.options}
        try:
            with open_revision(self.path, moment.id) as tree:
                return api.scan(tree, earlier=earlier, **given)
        except GitError:
            return None


def _silent(_phase: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def _inside(below: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Paths that count from a folder of a repository, from its top; the folder alone where there are none.

    Raises:
        TableError: one of them leads out of the repository.
    """
    asked = tuple(dict.fromkeys(posixpath.normpath(posixpath.join(below or ".", path)) for path in paths or (".",)))
    if any(path.startswith(("../", "/")) or path == ".." for path in asked):
        raise TableError(f"--paths {' '.join(paths)}: leads out of the repository; paths count from PATH")
    return () if "." in asked else asked


def _says(
    git: Git, walked: Walk, tip: Snapshot, cache: Path, workers: int | None, step: Step
) -> tuple[dict[tuple[str, str], Held], tuple[Gap, ...]]:
    """What each content says, by id and path, and why contents were not read."""
    pairs = contents_of(walked, tip)
    wanted = [Content(content, path) for content, path in pairs if is_read(path)]
    says, lost = {}, []
    with Cache(cache, default_table().vocabulary) as kept:
        for content, held in statements(git, wanted, kept, workers, partial(step, "reading contents")):
            says[content.id, content.path] = held
            if held.unread:
                lost.append((content, held))
    return says, unread(lost)


def _judged(walked: Walk, ledger: Ledger, judge: Callable[[Moment], Verdict | None], step: Step) -> Judging:
    """The answers along the trunk: at both ends, and where statements came or went."""
    trunk = tuple(reversed(walked.trunk))
    candidates = [number for number, step in enumerate(trunk) if ledger.changes_statements(step)]
    judging = Judging([moment for moment, _ in trunk], judge, partial(step, "judging commits"))
    judging.turns(candidates)
    return judging


def _recalled(earlier: Earlier, lives: Sequence[Life]) -> list[Finding]:
    """The findings that are gone from the tree, each at its path with the commit that took it away.

    Of what people wrote, only sentences count that say themselves what was done: a removed cell of a table, which its
    head alone explains, made an estimate of inference on H100 one of training.
    """
    gone: defaultdict[tuple[str, str], list[Life]] = defaultdict(list)
    for life in lives:
        if life.state == "removed" and len(gone) < RECALLED:
            gone[life.content, life.last.path].append(life)
    found = []
    for (content, path), several in gone.items():
        took = {(life.signal, life.value, life.last.line): life for life in several}
        for finding in earlier.findings(Content(content, path)):
            gone_with = took.get((finding.signal, finding.value, finding.span.line))
            if gone_with is not None and _says_itself(finding):
                label = f"{path}@{gone_with.removed.id[:7]}^" if gone_with.removed else path
                found.append(replace(finding, path=label))
    return found


def _says_itself(finding: Finding) -> bool:
    """Whether a finding is no sentence, or one that shows by itself what was done on the hardware."""
    return finding.by not in WRITTEN or (finding.statement is not None and finding.statement.direct)

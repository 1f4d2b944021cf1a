"""Which commits does a repository have, and which files did each of them change? Git lists both, and reads no file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chipsieve.facts.reading import Gap
from chipsieve.sources.commit_graph import BROKEN, Graph, graph_of
from chipsieve.sources.git import Git, GitError

COMMITS = 200_000  # that are walked; the oldest come last, so that what is lost is long ago
CHANGES = 2_000_000  # contents before and after, in all of them
MARK, FIELD = b"\x01", b"\x02"  # begin a commit, and end each of its fields
FORMAT = "--format=%x01%H%x02%cd%x02%P%x02%S%x02%s"
RAW = (
    "--raw", "--no-abbrev", "--root", "-z", "--source", "--no-show-signature", "--ignore-missing", "--date=raw", FORMAT,
)  # fmt: skip
RENAMES = ("-M", "--no-rename-empty", "-c")  # edited and renamed files are one; of merges, what no parent has
PLAIN = ("-M100%", "--no-rename-empty")  # files that are renamed unchanged; nothing of merges
TRUNK = ("--no-renames", "--first-parent", "--diff-merges=first-parent")
MERGES = ("--no-renames", "--merges", "-m")  # each parent by itself
FILES = ("100644", "100755", "100664")  # the modes of files; links and submodules have no text
RAW_DATE = re.compile(rb"(\d+) ([+-])(\d\d)(\d\d)")  # no other format is taken: git would stop at an odd one
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IDS = 66  # characters of an id with the blank after it, at most
WITHOUT_CONTENTS = (
    "git cannot compare contents here (a partial clone, or a commit with too many parents): files that were renamed "
    "and changed at once count as others, and what merges changed by themselves is not seen"
)
SHALLOW = "a shallow clone: what came before its oldest commits is not known"


class Change(NamedTuple):
    """A file that a commit changed: what it was called, the ids of its contents before (in each parent) and after.

    An id is "" where there was no file: it came, it went, or it is a link or a submodule.
    """

    path: str
    old_path: str
    before: tuple[str, ...]
    after: str


class Moment(NamedTuple):
    """A commit: its id, its day (the committer's), its subject, its first parent, and a reference that leads to it."""

    id: str
    day: str
    subject: str
    parent: str
    ref: str


Step = tuple[Moment, tuple[Change, ...]]
"""A commit with the files that it changed."""


class Walk(NamedTuple):
    """The commits that were asked for, children before parents, with the files that each changed.

    `tip` is the id of the commit that stands for today, "" where there is none; `ancestors` are all up to it. `trunk`
    has the tip and its first parents, the newest first, with what differs from one to the next, whatever way it came.
    `cut` are commits whose parents a shallow clone lacks: what they brought may be older.
    """

    tip: str
    ancestors: frozenset[str]
    commits: tuple[Step, ...]
    trunk: tuple[Step, ...]
    graph: Graph
    cut: frozenset[str] = frozenset()
    gaps: tuple[Gap, ...] = ()

    @property
    def moment(self) -> Moment:
        """The tip as a commit; one of which nothing else is known where it is not in the range."""
        among = (moment for moment, _ in (*self.trunk[:1], *self.commits) if moment.id == self.tip)
        return next(among, Moment(self.tip, "", "", "", ""))


NOTHING = Walk("", frozenset(), (), (), Graph({}, {}))


class Range(NamedTuple):
    """Which commits to walk: those of a revision range, or of all references; since a day; that change some paths."""

    revisions: str = ""
    since: str = ""
    paths: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """The range as a sentence has it, "" where everything was asked for."""
        said = [self.revisions, f"since {self.since}" if self.since else "", *self.paths]
        return ", ".join(filter(None, said))

    @property
    def limits(self) -> list[str]:
        """What git takes of it behind the revisions; no day, for git would stop at a commit with a wrong one."""
        return ["--full-history", "--", *self.paths]


def walk(git: Git, asked: Range) -> Walk:
    """The commits of a range.

    Raises:
        GitError: there is no such revision, or git cannot list the commits.
    """
    ends, excluded = _ends(git, asked.revisions)
    if not ends:
        return NOTHING
    tip = ends[0]
    graph, gaps = graph_of(git, ends if asked.revisions else ["--all"])
    nowhere = () if asked.revisions else _nowhere(git)
    wanted = asked.revisions or "--all"
    commits, lost = _listed(git, asked, [*RENAMES, wanted])
    if lost and lost[0].reason == BROKEN:
        commits, lost = _listed(git, asked, [*PLAIN, wanted])
        lost = (Gap(".", WITHOUT_CONTENTS), *lost)
    ordered = sorted(commits, key=lambda step: graph.places.get(step[0].id, len(graph.places)))
    trunk, _ = _listed(git, asked, [*TRUNK, tip, *excluded])
    cut = frozenset(git.shallow)
    shallow = (Gap(".", SHALLOW),) if cut else ()
    found = tuple(dict.fromkeys((*shallow, *nowhere, *gaps, *lost)))
    return Walk(tip, graph.above(tip), tuple(ordered), trunk, graph, cut, found)


def merges(git: Git, tip: str, paths: Sequence[str]) -> tuple[tuple[Step, ...], tuple[Gap, ...]]:
    """The merges up to a commit that differ from a parent in some of the paths, and why they are not all.

    There is a step for each such parent.
    """
    named = [tip, "--", *(path for path in paths if "\n" not in path)]
    return _taken(git.parts("log", *RAW, *MERGES, "--full-history", "--stdin", asked=named))


def _ends(git: Git, revisions: str) -> tuple[list[str], list[str]]:
    """The commits that a range ends with, and those that it leaves out, as git takes them.

    Without a range, HEAD, or the newest branch where HEAD is none; nothing where there is no commit.

    Raises:
        GitError: the range is none.
    """
    if not revisions:
        head = git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if head is None:
            newest = ("--sort=-committerdate", "--count=1", "--format=%(objectname)", "refs/heads", "refs/remotes")
            head = git.run("for-each-ref", *newest)
        return (head or b"").decode().split(), []
    named = None if revisions.startswith("-") else git.run("rev-parse", "--revs-only", revisions)
    lines = os.fsdecode(named or b"").split()
    ends = list(git.commits([line for line in lines if not line.startswith("^")]).values())
    if not ends:
        raise GitError(f"there is no revision or range {revisions!r}; one is written v1.0, main, or v1.0..main")
    return ends, [line for line in lines if line.startswith("^")]


def _nowhere(git: Git) -> tuple[Gap, ...]:
    """That references lead to what the clone lacks."""
    targets = (git.run("for-each-ref", "--format=%(objectname)") or b"").decode().split()
    held = git.sizes(dict.fromkeys(targets))
    missing = [target for target in targets if target not in held]
    return (Gap(".", f"{len(missing):,} references lead to objects that are not in this clone"),) if missing else ()


def _listed(git: Git, asked: Range, arguments: Sequence[str]) -> tuple[tuple[Step, ...], tuple[Gap, ...]]:
    """The commits of a range that git lists, and why they are not all."""
    return _taken(git.parts("log", *RAW, *arguments, *asked.limits), asked.since)


def _taken(parts: Iterator[bytes], since: str = "") -> tuple[tuple[Step, ...], tuple[Gap, ...]]:
    """The commits in what git prints since a day, up to the limits and as far as git comes, and what ended them."""
    commits: list[Step] = []
    contents = 0
    try:
        for moment, changed in _parsed(parts):
            contents += sum(len(change.before) + 1 for change in changed)
            if len(commits) == COMMITS or contents > CHANGES:
                walked = f"the newest {len(commits):,} commits were walked, older ones were not"
                return tuple(commits), (Gap(".", walked),)
            if not moment.day or moment.day >= since:
                commits.append((moment, changed))
    except GitError:
        return tuple(commits), (Gap(".", BROKEN),)
    return tuple(commits), ()


def _parsed(parts: Iterator[bytes]) -> Iterator[Step]:
    """The commits in what `git log --raw -z` prints: a header, then of each file a row and its path or paths."""
    moment: Moment | None = None
    changes: list[Change] = []
    for part in parts:
        if part.startswith(MARK):
            if moment is not None:
                yield moment, tuple(changes)
            moment, changes = _moment(part), []
        elif part.lstrip(b"\n").startswith(b":"):
            row = _Row.of(part)
            path = os.fsdecode(next(parts, b""))
            new = os.fsdecode(next(parts, b"")) if row.renames else path
            changes.append(Change(new, path, row.before, row.after))
    if moment is not None:
        yield moment, tuple(changes)


def _moment(header: bytes) -> Moment:
    commit, date, parents, ref, subject = header[1:].split(FIELD, 4)
    return Moment(
        id=commit.decode(),
        day=_day(date),
        subject=subject.decode(errors="replace"),
        parent=parents[:IDS].split(b" ")[0].decode(),
        ref=os.fsdecode(ref),
    )


def _day(date: bytes) -> str:
    """The day of a date as git stores it, where it was made; "" for what is none, or too far away."""
    stated = RAW_DATE.fullmatch(date)
    if stated is None:
        return ""
    minutes = int(stated[3]) * 60 + int(stated[4])
    try:
        made = EPOCH + timedelta(seconds=int(stated[1]), minutes=-minutes if stated[2] == b"-" else minutes)
    except OverflowError:
        return ""
    return made.date().isoformat()


class _Row(NamedTuple):
    """What git says of one file: the ids before and after, and whether two paths follow."""

    before: tuple[str, ...]
    after: str
    renames: bool

    @classmethod
    def of(cls, text: bytes) -> _Row:
        """Read `:100644 100644 ID ID M`; of a merge, a colon, a mode and an id more for each further parent."""
        fields = text.decode(errors="replace").strip("\n").lstrip(":").split(" ")
        sides = len(fields) // 2
        modes, ids = fields[:sides], fields[sides : 2 * sides]
        held = [name if mode in FILES else "" for mode, name in zip(modes, ids, strict=True)]
        return cls(tuple(dict.fromkeys(held[:-1])), held[-1], sides == 2 and fields[-1][:1] in ("R", "C"))  # noqa: PLR2004 one parent

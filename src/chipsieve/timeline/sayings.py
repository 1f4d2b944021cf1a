"""What does each content that a repository ever held say about hardware? Each is read once, and few words are kept."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple, Self

import msgspec
from msgspec.structs import astuple, replace

from chipsieve.facts.finding import Finding
from chipsieve.facts.reading import Gap
from chipsieve.match.matcher import Matcher, keep_all
from chipsieve.match.table import default_table
from chipsieve.sources.cache import Cache
from chipsieve.sources.contents import BINARY, POINTER, SIZE_LIMIT, TOO_LARGE, skipped_folder, text_of
from chipsieve.sources.discovery import named
from chipsieve.sources.git import Git, Objects
from chipsieve.sources.in_memory import InMemory, Member
from chipsieve.sources.languages import language_of, languages
from chipsieve.sources.reader_digest import reader_digest
from chipsieve.sources.readers import TreeToRead, for_each, read_file

LATER = frozenset({"border", "cli", "configuration", "derive", "estimate", "reference", "report", "sieve"})
"""Rooms whose code nothing depends on that a content says."""
VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+")
WHERE = re.compile(r" \(lines \d+ to \d+\)")
BATCH = 400  # contents that are read before what they say is kept: an interrupted run loses no more
LACKING = "not in this clone, which is partial or damaged: not read"
NO_TEXT = frozenset({LACKING, TOO_LARGE, BINARY, POINTER})  # why nothing at all is known of a content


class Said(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one line says by one signal; `by` says who names a chip, `deed` what was done on it as the sentence has it.

    `variable` is the environment variable that is set, "" where it is something else that the line states.
    """

    signal: str
    value: str
    line: int
    snippet: str
    by: str = ""
    deed: str = ""
    variable: str = ""

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """What a finding says; of an environment variable, which one it is, as its line has it."""
        variable = VARIABLE.search(finding.snippet) if finding.row == "env" else None
        statement = finding.statement if finding.by in ("prose", "comment") else None
        deed = statement.deed if statement and statement.direct else ""
        return cls(
            finding.signal, finding.value, finding.span.line, finding.snippet, finding.by, deed,
            variable[0] if variable else "",
        )  # fmt: skip


class Held(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one content says, and why some of it was not read, wherever in it that is."""

    said: tuple[Said, ...] = ()
    unread: tuple[str, ...] = ()


class Content(NamedTuple):
    """A content that stood at a path: its id, the path, and its size in bytes (0 where nobody asked)."""

    id: str
    path: str
    size: int = 0


def is_read(path: str) -> bool:
    """Whether a reader may open what stands at a path: by its name, or because only its first line can tell."""
    base = path.rpartition("/")[2]
    return not skipped_folder(path) and (bool(language_of(path)) or "." not in base)


def statements(
    git: Git, contents: Iterable[Content], cache: Cache, workers: int | None, step: Callable[[int, int], None]
) -> Iterator[tuple[Content, Held]]:
    """What each content says: from the cache, or read now, `BATCH` of them at a time so that memory stays bounded."""
    wanted = sorted(set(contents))
    lacking = []
    done = 0
    for one in wanted:
        held = cache.get_data(_key(one), Held)
        if held is None:
            lacking.append(one)
        else:
            done += 1
            yield one, _shared(held)
    step(done, len(wanted))
    with closing(_Contents(git)) as job:
        for batch in _batches(git, lacking):
            for one, held, passing in for_each(_read, job, batch, workers):
                if not passing:
                    cache.keep_data(_key(one), held)
                done += 1
                step(done, len(wanted))
                yield one, _shared(held)
            cache.flush()


def _shared(held: Held) -> Held:
    """The same with each text in memory once: versions of a file repeat most of their lines."""
    said = tuple(Said(*map(_interned, astuple(one))) for one in held.said)
    return replace(held, said=said, unread=tuple(map(intern, held.unread)))


def _interned(value: Any) -> Any:
    return intern(value) if isinstance(value, str) else value


def _batches(git: Git, lacking: Sequence[Content]) -> Iterator[list[Content]]:
    """The contents with their sizes; of one that the clone lacks it is -1."""
    for start in range(0, len(lacking), BATCH):
        some = lacking[start : start + BATCH]
        sizes = git.sizes(one.id for one in some)
        yield [one._replace(size=sizes.get(one.id, -1)) for one in some]


class _Contents:
    """What workers share: the repository, and one git that reads contents."""

    def __init__(self, git: Git) -> None:
        self.git, self.objects = git, git.objects()

    def close(self) -> None:
        """End the git that reads."""
        self.objects.close()

    def reopened(self) -> _Contents:
        """The same for another process."""
        return _Contents(self.git)

    @staticmethod
    def size(item: Content) -> int:
        """How large a content is."""
        return item.size


def _read(job: _Contents, content: Content) -> tuple[Content, Held, bool]:
    """What a content says, and whether that is so for this run alone: another clone may have it."""
    findings, unread = _findings(job, content)
    said = (Said.of(one) for one in findings if not one.is_listed)
    held = Held(tuple(dict.fromkeys(said)), tuple(sorted({WHERE.sub("", reason) for reason in unread})))
    return content._replace(size=0), held, LACKING in unread


def _findings(job: _Contents, content: Content) -> tuple[list[Finding], set[str]]:
    """The findings of a content, and why some of it was not read."""
    tree = InMemory("", Path(), {content.path: _member(job.objects, content)})
    found = named(tree, [content.path])
    if not found.files:
        return [], {gap.reason for gap in found.gaps}
    table = default_table()
    readings = read_file(TreeToRead(tree, table.vocabulary), found.files[0])
    unread = {gap.reason for reading in readings for gap in reading.gaps if not gap.notice}
    return Matcher(readings, table, keep_all).findings, unread


def _member(objects: Objects, content: Content) -> Member:
    """A content as a file of a tree; of one that is too large, as much as the longest head that is read."""
    if content.size < 0:
        return Member(0, b"", LACKING)
    if content.size <= SIZE_LIMIT:
        data = objects.data(content.id)
        return Member(content.size, b"", LACKING) if data is None else Member(content.size, data)
    head = objects.data(content.id, max(languages().heads.values(), default=0))
    return Member(content.size, head or b"", TOO_LARGE)


def _key(content: Content) -> bytes:
    """All that what a content says depends on, as a digest."""
    digest = hashlib.sha256(_code())
    for part in (content.id, content.path):
        data = part.encode("utf-8", "surrogateescape")
        digest.update(len(data).to_bytes(8) + data)
    return digest.digest()


@cache
def _code() -> bytes:
    """A digest of what turns texts into statements: the readers, and our own modules and tables but the later rooms."""
    digest = hashlib.sha256(reader_digest())
    for data in _package(files("chipsieve"), leave_out=LATER):
        digest.update(len(data).to_bytes(8) + data)
    return digest.digest()


def _package(folder: Traversable, leave_out: frozenset[str] = frozenset()) -> Iterator[bytes]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and entry.name not in leave_out:
            yield from _package(entry)
        elif entry.name.endswith((".py", ".toml")):
            yield entry.read_bytes()


class Earlier:
    """Reads contents again, one at a time; a context."""

    def __init__(self, git: Git) -> None:
        """Read contents of a repository."""
        self._job = _Contents(git)

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the git that reads."""
        self._job.close()

    def findings(self, content: Content) -> tuple[Finding, ...]:
        """All findings of a content, as a scan of its file would have them."""
        return tuple(_findings(self._job, content._replace(size=self._size(content.id)))[0])

    def text(self, object_id: str) -> str | None:
        """The text of a content, None where it has none, or cannot be read."""
        data = self._job.objects.data(object_id) if 0 <= self._size(object_id) <= SIZE_LIMIT else None
        text = None if data is None else text_of("", data)
        return text if isinstance(text, str) else None

    def _size(self, object_id: str) -> int:
        return self._job.git.sizes([object_id]).get(object_id, -1)


def unread(held: Iterable[tuple[Content, Held]]) -> tuple[Gap, ...]:
    """Why contents were not read, each reason once, with how many there are and the first of their paths."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for content, one in held:
        for reason in one.unread:
            by_reason[reason].append(content.path)
    return tuple(
        Gap(min(paths), f"{reason} ({len(paths):,} contents)" if len(paths) > 1 else reason)
        for reason, paths in sorted(by_reason.items())
    )

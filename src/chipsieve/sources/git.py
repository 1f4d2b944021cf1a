"""What do a repository's objects and references hold? Git answers, with nothing of the repository's own configuration.

A repository can name programs to run: hooks, an fsmonitor, filters, aliases, a remote to fetch missing objects with.
So git never sees the repository as one. It works in a git directory of ours, empty but for links to the objects and
references, and a configuration that we write. Neither the user's configuration nor GIT_* variables reach it, no
protocol is allowed, and without a remote a missing object is missing.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Self

from chipsieve.sources.contents import Commit
from chipsieve.sources.git_directory import ALTERNATES, beginning_of, common_directory, disarmed, repository_of

SECONDS = 60  # for one answer; a repository may hold pipes in place of files
ANSWER_LIMIT = 100_000_000  # bytes; a listing of a million files
PIECE = 1 << 20  # bytes that are read of a stream at once
PART_LIMIT = 64_000_000  # bytes of one part of a stream; a commit with a million parents has 41 MB of them
ALLOCATION = "1g"  # the most that git may hold for one object: a small one can be stored as a piece of a huge one
HEADER = re.compile(rb"\w+ \w+ (\d+)\n")  # how git announces an object: its id, its type, its size
REMOTE = re.compile(r"remote\.(?P<name>.+)\.url\n(?P<url>.*)", re.DOTALL)
COMMIT = re.compile(r"(?P<id>[0-9a-f]{40,64}) (?P<day>\d{4}-\d\d-\d\d)\s*")
BRANCH = re.compile(r"refs/(?:heads|remotes/[^/]+)/(?P<name>.+)\n")
KEPT_FROM_US = {
    "GIT_ALLOW_PROTOCOL": "none",  # no transport has this name
    "GIT_ALLOC_LIMIT": ALLOCATION,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # what was committed, not what somebody would rather have seen
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class GitError(FileNotFoundError):
    """There is no such repository or revision, or git cannot read it."""


class StoppedError(GitError):
    """Git was stopped: it prints too much, or does not end."""


class Git:
    """One repository, as git sees it from a directory of ours; a context that leaves nothing behind."""

    def __init__(self, directory: Path) -> None:
        """Read the repository whose git directory this is.

        Raises:
            GitError: git is not installed.
        """
        program = shutil.which("git")
        if program is None:
            raise GitError("git is not installed, and a revision is read with it")
        self._program, self.directory = program, directory
        self._home: Path | None = None

    def __enter__(self) -> Self:
        """Make the directory of ours."""
        self._home = disarmed(self.directory)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)

    def run(self, *arguments: str) -> bytes | None:
        """What one git command prints, None when it fails.

        Raises:
            StoppedError: it does not end, or prints without end: some thousand bytes can list a billion files.
        """
        with _started(self._command(*arguments), stdin=subprocess.DEVNULL) as process:
            late = Timer(SECONDS, process.kill)
            late.start()
            try:
                answers = _pipe(process.stdout)
                data = answers.read(ANSWER_LIMIT)
                endless = bool(answers.read(1))
                if endless:
                    process.kill()
                process.wait()
            finally:
                late.cancel()
                late.join()  # workers that start later must not copy a process with two threads
        if endless or process.returncode < 0:
            raise StoppedError(f"{self.directory}: git prints too much, or took over {SECONDS} s, and was stopped")
        return data if process.returncode == 0 else None

    def parts(self, *arguments: str, asked: Iterable[str] = ()) -> Iterator[bytes]:
        """What one git command prints, by its NUL bytes, as it comes; whoever stops asking ends git.

        `asked` are lines for its standard input: there may be more of them than a command line takes.

        Raises:
            GitError: it fails, says nothing for too long, or prints a part without end.
        """
        with _fed(asked) as source:
            process = _started(self._command(*arguments), stdin=source)
        try:
            yield from _split(_pipe(process.stdout))
            if process.wait() != 0:
                raise GitError(f"{self.directory}: git {arguments[0]} ended with {process.returncode}")
        finally:
            process.kill()
            process.wait()
            _pipe(process.stdout).close()

    @property
    def shares_objects(self) -> bool:
        """Whether objects of the repository may lie in another one, which is not looked at."""
        return (common_directory(self.directory) / ALTERNATES).is_file()

    @property
    def shallow(self) -> list[str]:
        """The commits whose parents a shallow clone lacks."""
        file = common_directory(self.directory) / "shallow"
        return beginning_of(file, PART_LIMIT).split() if file.is_file() else []

    def commit(self, wanted: str, path: str = "") -> Commit | None:
        """The commit that a name means, or the last one up to it that changed a path; None where there is none.

        In a clone without its older history, the last one is the oldest that is there.

        Raises:
            StoppedError: git does not end.
        """
        paths = [path] if path else []
        named = None if wanted.startswith("-") else self.run("log", "-1", "--format=%H %cs", wanted, "--", *paths)
        parts = COMMIT.fullmatch(os.fsdecode(named or b""))
        return Commit(parts["id"], parts["day"]) if parts else None

    def branch(self, wanted: str) -> str | None:
        """The branch that a name means, here or of a remote; None where it means something else.

        Raises:
            GitError: git does not end.
        """
        named = None if wanted.startswith("-") else self.run("rev-parse", "--symbolic-full-name", wanted)
        found = BRANCH.fullmatch(os.fsdecode(named or b""))
        return found["name"] if found else None

    def remotes(self) -> dict[str, str]:
        """The URLs of the repository's remotes by their names, as its own configuration writes them: not to be trusted.

        This one file is read as data: what it includes is not, and nothing that it sets is in force.

        Raises:
            GitError: git does not end.
        """
        file = common_directory(self.directory) / "config"
        asked = ("config", "--file", str(file), "--no-includes", "--null", "--get-regexp", r"^remote\..*\.url$")
        listed = os.fsdecode(self.run(*asked) or b"") if file.is_file() else ""
        found = filter(None, map(REMOTE.fullmatch, listed.split("\0")))
        return {row["name"]: row["url"] for row in reversed([*found])}  # git fetches from the first of several

    def _command(self, *arguments: str) -> list[str]:
        return [self._program, f"--git-dir={self._home}", *arguments]

    def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """The sizes of contents in bytes, by id; those that the repository lacks are left out."""
        rows = (line.split(" ") for line in self._checked(ids, "%(objectname) %(objectsize)"))
        return {row[0]: int(row[1]) for row in rows if row[1].isdigit()}

    def commits(self, names: Sequence[str]) -> dict[str, str]:
        """The commits that names lead to; a name that leads to something else, or nowhere, is left out."""
        found = self._checked((f"{name}^{{commit}}" for name in names), "%(objectname)")
        return {name: line for name, line in zip(names, found, strict=False) if " " not in line}

    def _checked(self, names: Iterable[str], shown: str) -> list[str]:
        """A line for each object, `NAME missing` of one that is not there; fewer where git does not end."""
        command = self._command("cat-file", "--buffer", f"--batch-check={shown}")
        with _fed(names) as source, _started(command, stdin=source) as process:
            late = Timer(SECONDS, process.kill)
            late.start()
            try:
                return _pipe(process.stdout).read().decode().splitlines()
            finally:
                late.cancel()
                late.join()

    def objects(self) -> Objects:
        """Reads objects one after the other, as long as this context lasts."""
        return Objects(self._command("cat-file", "--batch"))


class Objects:
    """Reads objects by their id, with one git that is started when the first is asked for."""

    def __init__(self, command: list[str]) -> None:
        """Read with this command; `Git.objects` makes it."""
        self._command = command
        self._git: subprocess.Popen[bytes] | None = None

    def data(self, object_id: str, head: int = 0) -> bytes | None:
        """An object's content, or its first `head` bytes; None where the repository lacks it or git cannot read it.

        Git is ended when it has more to give: the rest would have to be read before it answers again.
        """
        try:
            return self._asked(object_id, head)
        except OSError:  # git ended, or answers with something else
            self.close()
            return None

    def _asked(self, object_id: str, head: int) -> bytes | None:
        if self._git is None:
            self._git = _started(self._command, stdin=subprocess.PIPE)
        requests, answers = _pipe(self._git.stdin), _pipe(self._git.stdout)
        requests.write(f"{object_id}\n".encode())
        requests.flush()
        with DefaultSelector() as selector:
            selector.register(answers, EVENT_READ)
            if not selector.select(SECONDS):
                raise TimeoutError
        line = answers.readline()
        if line.endswith(b" missing\n"):
            return None
        size = HEADER.fullmatch(line)
        if size is None:
            raise BrokenPipeError
        if 0 < head < int(size[1]):
            data = answers.read(head)
            self.close()
            return data if len(data) == head else None
        data = answers.read(int(size[1]))
        if len(data) != int(size[1]) or answers.read(1) != b"\n":
            raise BrokenPipeError
        return data

    def close(self) -> None:
        """End the git that reads; the next object starts another."""
        if self._git is None:
            return
        self._git.kill()
        self._git.wait()
        for pipe in filter(None, (self._git.stdin, self._git.stdout)):
            with suppress(OSError):  # what was not yet sent goes nowhere
                pipe.close()
        self._git = None


@contextmanager
def _fed(lines: Iterable[str]) -> Iterator[int]:
    """Standard input for a command: a file with these lines."""
    with TemporaryFile() as source:
        source.writelines(os.fsencode(f"{line}\n") for line in lines)
        source.seek(0)
        yield source.fileno()


def _started(command: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
    environment = _environment()
    return subprocess.Popen(  # noqa: S603 - git itself, by its whole path, with arguments and settings of ours
        command, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise AssertionError("it was asked to be a pipe")
    return stream


def _split(stream: IO[bytes]) -> Iterator[bytes]:
    """The parts of a stream that NUL bytes end, and what comes after the last one."""
    rest = b""
    with DefaultSelector() as selector:
        selector.register(stream, EVENT_READ)
        while True:
            if not selector.select(SECONDS):
                raise GitError(f"git said nothing for {SECONDS} s, and was stopped")
            piece = os.read(stream.fileno(), PIECE)
            if not piece:
                break
            first, *more = piece.split(b"\0")
            rest += first
            for part in more:
                yield rest
                rest = part
            if len(rest) > PART_LIMIT:
                raise GitError("git prints a part without end, and was stopped")
    if rest:
        yield rest


def checked_out(folder: Path, path: str = "") -> Commit | None:
    """The commit that is checked out in the work tree of a resolved folder, or the last that changed a path below it.

    None where there is none. A folder that the commit does not hold belongs to something else: unpacked below
    somebody's home, say.

    Raises:
        StoppedError: a path is given, and git does not end.
    """
    try:
        repository = repository_of(folder)
        if repository is None:
            return None
        below = "" if repository.below == "." else repository.below
        with Git(repository.directory) as git:
            held = git.run("cat-file", "-e", f"HEAD:{below}")
            return None if held is None else git.commit("HEAD", posixpath.join(below, path) if path else "")
    except StoppedError:
        if path:
            raise
        return None
    except OSError:  # git is not installed, or the repository cannot be read: then nobody knows the commit
        return None


def _environment() -> dict[str, str]:
    """The caller's environment without its git variables, which may point anywhere, and with ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | KEPT_FROM_US

"""What came since an earlier run? Told by the references of then, which a file keeps for a scheduled job."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from chipsieve.sources.commits import Walk
from chipsieve.sources.git import Git
from chipsieve.tables import TableError
from chipsieve.timeline.life import News

SCHEMA = "chipsieve-history-state/1"
LARGEST = 64  # MB of a state that is read


def references(git: Git) -> dict[str, str]:
    """The references of a repository, HEAD among them, with their commits."""
    listed = git.run("for-each-ref", "--format=%(objectname) %(refname)") or b""
    rows = (line.split(" ", 1) for line in os.fsdecode(listed).splitlines())
    refs = {name: commit for commit, name in rows}
    head = git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return {"HEAD": head.decode().strip(), **refs} if head else refs


def since_reported(git: Git, walked: Walk, reported: Mapping[str, str]) -> News:
    """The commits of a walk to which the references of an earlier run do not lead."""
    now = frozenset(moment.id for moment, _ in walked.commits)
    held = git.sizes(reported.values())  # what the repository still has of them
    tips = [commit for commit in reported.values() if commit in held]
    old = (
        frozenset(part.decode().strip() for part in git.parts("log", "-z", "--format=%H", "--end-of-options", *tips))
        if tips
        else frozenset()
    )
    rewritten = sorted(name for name, commit in reported.items() if commit not in now)
    return News(now - old, tuple(rewritten))


class State(msgspec.Struct, frozen=True):
    """What earlier runs have reported: of each repository, by its path, the references with their commits."""

    repositories: Mapping[str, Mapping[str, str]] = {}

    @classmethod
    def load(cls, file: Path) -> State:
        """The state that a file keeps; an empty one where there is no file yet.

        Raises:
            TableError: the file cannot be read, or is no such state.
        """
        try:
            if file.stat().st_size > LARGEST << 20:
                raise TableError(f"{file}: larger than {LARGEST} MB, so it is not read")
            saved = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise TableError(f"{file}: {error.strerror or error}") from error
        except (ValueError, RecursionError) as error:
            if isinstance(error, TableError):
                raise
            raise TableError(f"{file}: not valid JSON: {error}") from error
        if not isinstance(saved, dict) or saved.get("schema") != SCHEMA:
            raise TableError(f"{file}: no state of `chipsieve history --state`; name another file")
        try:
            return msgspec.convert(saved, cls)
        except msgspec.ValidationError as error:
            raise TableError(f"{file}: not a whole state: {error}") from error

    def with_reported(self, repository: str, refs: Mapping[str, str]) -> State:
        """The state after a run on a repository."""
        return State({**self.repositories, repository: dict(refs)})

    def save(self, file: Path) -> None:
        """Write the file whole or not at all.

        Raises:
            TableError: it cannot be written.
        """
        document = {"schema": SCHEMA, "repositories": dict(sorted(self.repositories.items()))}
        try:
            with NamedTemporaryFile(
                "w", dir=file.parent, prefix=f".{file.name}-", delete=False, encoding="utf-8"
            ) as new:
                json.dump(document, new, indent=1, sort_keys=True)
                new.write("\n")
            Path(new.name).replace(file)
        except OSError as error:
            raise TableError(f"{file}: cannot be written: {error.strerror or error}") from error

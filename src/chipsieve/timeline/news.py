"""What came since an earlier run? Told by the references of then, which a file keeps for a scheduled job."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from chipsieve.saved_files import load_json, save_text
from chipsieve.sources.commits import Walk
from chipsieve.sources.git import Git
from chipsieve.tables import TableError
from chipsieve.timeline.life import News

SCHEMA = "chipsieve-history-state/1"
ID = re.compile(r"[0-9a-f]{40,64}")
LARGEST = 64  # MB of a state that is read
TIP = "tip"  # how the commit that stands for today is called among references; these are HEAD, or begin with refs/


def references(git: Git, tip: str) -> dict[str, str]:
    """The references of a repository with the commits that they lead to, HEAD and the tip of a walk among them."""
    listed = git.run("for-each-ref", "--format=%(objectname) %(refname)") or b""
    rows = [line.split(" ", 1) for line in os.fsdecode(listed).splitlines()]
    commits = git.commits(list(dict.fromkeys(["HEAD", *(row[0] for row in rows)])))
    refs = {name: commits[target] for target, name in (["HEAD", "HEAD"], *rows) if target in commits}
    return {**refs, TIP: tip}


def since_reported(git: Git, walked: Walk, refs: Mapping[str, str], reported: Mapping[str, str]) -> News:
    """What came to a walk since an earlier run: commits that are new, or that lead to the tip only now."""
    named = [commit for commit in dict.fromkeys(reported.values()) if ID.fullmatch(commit)]
    held = git.commits(named)  # what the repository still has of them
    known = _leading(git, [f"^{commit}" for commit in held], "--all")
    tip = held.get(reported.get(TIP, ""))
    above = _leading(git, [f"^{tip}"], walked.tip) if tip else frozenset()
    now = frozenset(moment.id for moment, _ in walked.commits)
    lost = _leading(git, held.values(), "--not", "--all")
    rewritten = [
        name for name, commit in reported.items()
        if commit not in held or commit in lost or not _leads(git, commit, refs.get(name, commit))
    ]  # fmt: skip
    return News(now & (known | above), tuple(sorted(rewritten)))


def _leading(git: Git, asked: Iterable[str], *arguments: str) -> frozenset[str]:
    """The commits that lead to some and not to others, as git lists them."""
    parts = git.parts("log", "-z", "--format=%H", "--ignore-missing", "--stdin", *arguments, asked=asked)
    return frozenset(part.decode().strip() for part in parts)


def _leads(git: Git, earlier: str, later: str) -> bool:
    """Whether a commit is an ancestor of another, or the same."""
    return earlier == later or git.run("merge-base", "--is-ancestor", earlier, later) is not None


class State(msgspec.Struct, frozen=True):
    """What earlier runs have reported: of each repository, by its path, the references with their commits."""

    repositories: Mapping[str, Mapping[str, str]] = {}

    @classmethod
    def load(cls, file: Path) -> State:
        """The state that a file keeps; an empty one where there is no file yet.

        Raises:
            TableError: the file cannot be read, or is no such state.
        """
        if not file.exists():
            return cls()
        saved = load_json(file, LARGEST)
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
        save_text(file, json.dumps(document, indent=1, sort_keys=True) + "\n")

"""By what, of what and how was a report made? So that two who compare reports see whether they looked at the same."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from chipsieve import __version__
from chipsieve.report.escape import visible
from chipsieve.sieve.outcome import Verdict
from chipsieve.sources.contents import Origin

STATES = {True: "with local changes", False: "as committed", None: ""}
"""What is said of files that are not as the commit has them, or are; nothing where nobody knows."""
SHORT = 7  # digits of a commit's id


def provenance_words(verdict: Verdict, command: Sequence[str], *, short: bool = False) -> str:
    """The tool, the catalogue, the commit and the command on one line; `short` is without what is long or was typed."""
    commit, origin = verdict.commit, verdict.origin
    parts = [f"chipsieve {__version__}, catalogue {verdict.catalogue_date}"]
    if commit is None:
        parts.append("no commit is known")
    else:
        parts.append(f"commit {commit.id[:SHORT] if short else commit.id} of {commit.day}")
        parts.extend(() if short else _where(origin))
        parts.extend(filter(None, (STATES[origin.modified],)))
    asked = f"; command: {command_line(command)}" if command and not short else ""
    return f"{', '.join(parts)}{asked}"


def _where(origin: Origin) -> Iterator[str]:
    if origin.branch:
        yield f"branch {visible(origin.branch)}"
    if origin.remote:
        yield f"from {origin.remote}"
    if origin.folder:
        yield f"folder {visible(origin.folder)}"


def version_of(verdict: Verdict) -> str | None:
    """The tree's version for inventories: its commit, marked as git's `describe --dirty` does where files changed."""
    if verdict.commit is None:
        return None
    return f"{verdict.commit.id}-dirty" if verdict.origin.modified else verdict.commit.id


def command_line(command: Sequence[str]) -> str:
    """The command as a shell takes it; acting characters are written out, so that it is one line to look at."""
    return visible(shlex.join(("chipsieve", *command)))


def provenance_record(verdict: Verdict, command: Sequence[str]) -> dict[str, object]:
    """The contract's `provenance`: the same for the same tool, tree and command."""
    commit, origin = verdict.commit, verdict.origin
    return {
        "version": __version__,
        "catalogue": verdict.catalogue_date,
        "commit": {"id": commit.id, "day": commit.day} if commit else None,
        "modified": origin.modified,
        "branch": origin.branch,
        "remote": origin.remote,
        "folder": origin.folder,
        "command": list(command) if command else None,
    }

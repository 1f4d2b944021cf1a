"""What repositories of a few commits do tests look at? Written by `git fast-import`, all commits at once."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from chipsieve.retrospect import history
from chipsieve.timeline import turning_points
from chipsieve.timeline.life import History, Life

IDENTITY = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
SECONDS_PER_DAY = 86_400
FIRST_DAY = 1_704_110_400  # 2024-01-01, at noon
COMMANDS = ("cat-file", "ls-tree", "rev-parse", "log", "for-each-ref", "merge-base")
H800 = "Trained on 64 H800 GPUs.\n"
NETWORK = "export NCCL_IB_HCA=mlx5_bond_1\n"


def git(folder: Path, *arguments: str, text: str | None = None) -> str:
    """What a git command prints, run in a folder as somebody whom nobody knows."""
    command = ["git", *IDENTITY, "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, check=True).stdout.strip()


def commit(folder: Path, message: str = "one") -> str:
    """Commit all files of a work tree; the id."""
    git(folder, "add", "--all", ".")
    git(folder, "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD")


def objects_of(repository: Path) -> Path:
    """Where a repository keeps its objects."""
    return next(path for path in (repository / "objects", repository / ".git" / "objects") if path.is_dir())


def remove(repository: Path, *names: str) -> None:
    """Take objects out of a repository, as a partial clone lacks them."""
    for name in names:
        object_id = git(repository, "rev-parse", name)
        (objects_of(repository) / object_id[:2] / object_id[2:]).unlink()


class Made(NamedTuple):
    """A commit to make: its name, which is its subject, and the texts of files; None deletes a file.

    Its parents are the commits that are named, or the one before it; `day` counts from 2024-01-01, by default one a
    commit. `links` are symbolic links with what they point at. `ref` is the reference that leads to it when all are
    made.
    """

    name: str
    files: Mapping[str, str | bytes | None] = {}
    after: Sequence[str] | None = None
    ref: str = "refs/heads/main"
    day: int | None = None
    links: Mapping[str, str] = {}
    subject: str = ""


def built(root: Path, commits: Iterable[Made], *form: str, head: str = "main") -> dict[str, str]:
    """A bare repository at `root` with these commits; their ids by their names. `form` is for `git init`."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "--bare", "-b", head, *form)
    stream = bytearray()
    marks: dict[str, int] = {}
    for number, one in enumerate(commits, 1):
        parents = [marks[name] for name in one.after] if one.after is not None else [number - 1] if number > 1 else []
        marks[one.name] = number
        stream += _written(one, number, parents)
    imported = ["git", "fast-import", "--quiet", "--export-marks=marks", "--date-format=raw", "--force"]
    subprocess.run(imported, cwd=root, input=bytes(stream), capture_output=True, check=True)
    ids = dict(line.split(" ") for line in (root / "marks").read_text(encoding="ascii").splitlines())
    return {name: ids[f":{number}"] for name, number in marks.items()}


def _written(one: Made, number: int, parents: Sequence[int]) -> bytes:
    """A commit as fast-import reads it."""
    seconds = FIRST_DAY + SECONDS_PER_DAY * (number - 1 if one.day is None else one.day)
    subject = (one.subject or one.name).encode("utf-8", "surrogateescape")
    lines = [b"reset %s\n" % one.ref.encode()] if not parents else []
    lines.append(b"commit %s\nmark :%d\ncommitter x <x@example.org> %d +0000\n" % (one.ref.encode(), number, seconds))
    lines.append(b"data %d\n%s\n" % (len(subject), subject))
    lines += [b"%s :%d\n" % (b"merge" if place else b"from", parent) for place, parent in enumerate(parents)]
    for path, text in one.files.items():
        data = text.encode() if isinstance(text, str) else text
        where = _quoted(path)
        if data is None:
            lines.append(b"D %s\n" % where)
        else:
            lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (where, len(data), data))
    lines += [
        b"M 120000 inline %s\ndata %d\n%s\n" % (_quoted(path), len(to.encode()), to.encode())
        for path, to in one.links.items()
    ]
    return b"".join(lines)


def _quoted(path: str) -> bytes:
    """A path as fast-import reads it, whatever its characters."""
    return b'"%s"' % b"".join(b"\\%03o" % byte for byte in path.encode("utf-8", "surrogateescape"))


def history_of(root: Path, **options: Any) -> History:
    """The history of a repository, in one process unless more are asked for, with a cache of its own."""
    return history(root, **{"workers": 1, **options})


def unjudged(root: Path, **options: Any) -> History:
    """The same without the answers, for which trees are scanned, and without the gap that says so."""
    kept, turning_points.JUDGED = turning_points.JUDGED, 0
    try:
        found = history_of(root, **options)
    finally:
        turning_points.JUDGED = kept
    return replace(found, gaps=tuple(gap for gap in found.gaps if not gap.reason.startswith("both answers")))


def life_of(history: History, signal: str, value: str = "") -> Life:
    """The one life of a signal, and of a value where several have it."""
    found = [life for life in history.lives if life.signal == signal and value in (life.value, life.variable, "")]
    assert len(found) == 1, [(life.signal, life.variable, life.value, life.last.at) for life in history.lives]
    return found[0]


ATTRIBUTES = "* filter=evil diff=evil merge=evil ident\n"
HOOKS = ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman")


def trapped(directory: Path, folder: Path) -> Path:
    """The file that a program makes which a git directory would like to run, in every way that git knows.

    Program and file lie in a folder, and so does `trace`, which git would write. `ATTRIBUTES` belong to it.
    """
    sprung, program = folder / "sprung", folder / "program"
    program.write_text(f"#!/bin/sh\ntouch {sprung}\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    hooks = directory / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in HOOKS:
        shutil.copy(program, hooks / hook)
    for key, value in {
        "core.fsmonitor": program, "core.hooksPath": hooks, "core.pager": program, "core.sshCommand": program,
        "core.gitProxy": program, "core.askPass": program, "core.editor": program, "core.alternateRefsCommand": program,
        "filter.evil.smudge": program, "filter.evil.clean": program, "filter.evil.process": program,
        "filter.evil.required": "true", "diff.evil.textconv": program, "diff.evil.command": program,
        "diff.external": program, "merge.evil.driver": program, "credential.helper": program, "gpg.program": program,
        "log.showSignature": "true", "uploadpack.packObjectsHook": program, "mailmap.blob": "HEAD:.mailmap",
        "protocol.ext.allow": "always", "protocol.allow": "always", "remote.origin.url": f"ext::{program}",
        "remote.origin.promisor": "true", "remote.origin.partialCloneFilter": "blob:none",
        "extensions.partialClone": "origin", "core.repositoryFormatVersion": "1", "include.path": folder / "more",
        "trace2.eventTarget": folder / "trace",
        **{f"alias.{name}": f"!{program}" for name in COMMANDS}, **{f"pager.{name}": program for name in COMMANDS},
    }.items():  # fmt: skip
        git(folder, "config", "--file", str(directory / "config"), key, str(value))
    (folder / "more").write_text(f"[core]\n\tfsmonitor = {program}\n", encoding="utf-8")
    return sprung

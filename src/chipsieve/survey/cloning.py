"""How does a repository come from an address? A bare clone, shallow and without large files, whole or not at all.

Git runs as for history: nothing of the user's or the machine's configuration is in force, no hook and no template is
copied, no program is asked for a password, and no protocol but the address's own is spoken. Nothing is checked out.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from urllib.parse import urlsplit

from chipsieve.sources.contents import SIZE_LIMIT
from chipsieve.sources.elsewhere import USER
from chipsieve.sources.git import KEPT_FROM_US, Git, GitError

PROTOCOLS = {"https": "https", "http": "http", "git": "git", "ssh": "ssh", "git+ssh": "ssh", "file": "file"}
DAY = 86_400  # seconds; a clone that is half done for so long is nobody's any more
SAID = 300  # characters of what git says that are kept
SETTINGS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.symlinks=false", "credential.helper=",
    "http.followRedirects=initial", "transfer.bundleURI=false", "submodule.recurse=false", "gc.auto=0",
    "maintenance.auto=false", "init.defaultBranch=main",
)  # fmt: skip


class CloneError(Exception):
    """A repository could not be cloned; the message is git's."""


def clone(address: str, revision: str, folder: Path, *, whole: bool, again: bool) -> Path:
    """The bare clone of an address in a folder, made unless it is there.

    `revision` is a branch or tag, "" for the one that the repository shows first. A `whole` clone has all commits, else
    it has one. `again` asks whether the address has another commit by now.

    Raises:
        CloneError: git cannot clone it.
    """
    place = folder / _name(f"{address}@{revision}{' whole' if whole else ''}", address)
    if place.is_dir() and not (again and _commit_there(address, revision) != _commit_here(place)):
        return place
    folder.mkdir(parents=True, exist_ok=True)
    small = f"--filter=blob:limit={SIZE_LIMIT + 1}"
    with _making(place) as new:
        _run(address, [
            "clone", "--bare", "--quiet", "--no-tags", "--no-local", "--template=", small,
            *(() if whole else ("--depth=1", "--single-branch")), *(("--branch", revision) if revision else ()),
            "--", address, str(new),
        ])  # fmt: skip
    return place


@contextmanager
def _making(place: Path) -> Iterator[Path]:
    """A folder to fill, which stands at a place once it is full; what was left half done long ago goes."""
    for left in place.parent.glob(f".{place.name}-*"):
        if time() - left.stat().st_mtime > DAY:
            shutil.rmtree(left, ignore_errors=True)
    new = place.with_name(f".{place.name}-{os.getpid()}")
    try:
        yield new
        shutil.rmtree(place, ignore_errors=True)
        new.replace(place)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _name(key: str, address: str) -> str:
    """The name of a clone's folder: readable, and another one for each address."""
    last = re.sub(r"[^\w.-]+", "+", address.rstrip("/").removesuffix(".git").split("://")[-1])[-80:]
    return f"{last}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.git"


def _commit_there(address: str, revision: str) -> str:
    """The commit that a revision of an address means now."""
    listed = _run(address, ["ls-remote", "--quiet", "--", address, revision or "HEAD"])
    rows = [line.split("\t") for line in listed.splitlines()]
    ids = {name: commit for commit, name in (row for row in rows if len(row) == 2)}  # noqa: PLR2004 - an id and a name
    wanted = (f"refs/tags/{revision}^{{}}", f"refs/heads/{revision}", f"refs/tags/{revision}", revision or "HEAD")
    return next((ids[name] for name in wanted if name in ids), "")


def _commit_here(place: Path) -> str:
    with suppress(GitError), Git(place) as git:
        return git.commits(["HEAD"]).get("HEAD", "")
    return ""


def _run(address: str, arguments: list[str]) -> str:
    """What git prints, asked for an address."""
    program = shutil.which("git")
    protocol = PROTOCOLS.get(urlsplit(address).scheme if "://" in address else "ssh", "none")
    if program is None:
        raise CloneError("git is not installed")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = kept | KEPT_FROM_US | {
        "GIT_ALLOW_PROTOCOL": protocol, "GIT_ASKPASS": "false", "SSH_ASKPASS": "false",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oProxyCommand=none -oPermitLocalCommand=no",
    }  # fmt: skip
    settings = [part for one in SETTINGS for part in ("-c", one)]
    done = subprocess.run(  # noqa: S603 - git itself, by its whole path, with arguments and settings of ours
        [program, *settings, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        cwd="/",  # which is no repository: git would read the configuration of one
    )  # fmt: skip
    if done.returncode != 0:
        raise CloneError(_said(done.stderr) or f"git ended with {done.returncode}")
    return done.stdout.decode(errors="replace")


def _said(stderr: bytes) -> str:
    """The last line that git says of what went wrong, without a user's name."""
    lines = [line for line in stderr.decode(errors="replace").splitlines() if line.startswith(("fatal:", "error:"))]
    return USER.sub("", lines[-1])[:SAID] if lines else ""

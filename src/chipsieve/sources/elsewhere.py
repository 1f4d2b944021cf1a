"""What can somebody type who asks for a repository that is not on this machine? Nothing is ever fetched for them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from chipsieve.sources.archive_names import ending_of

URL = re.compile(r"(?:https?|git|ssh|git\+https|git\+ssh)://\S+|git@[\w.-]+:\S+")
PAGE = re.compile(r"(?P<repository>https?://[^/]+/[^/]+/[^/?#]+?)(?:\.git)?/(?:-/)?(?:tree|blob|commit|releases?)/.*")
USER = re.compile(r"(?<=://)[^/@\s]*@")
"""Who asks, perhaps with a password, in an address: nobody's business."""
ON_GITHUB = re.compile(r"(?P<repository>[A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+?)(?P<revision>@.+)?")


def is_there(path: Path) -> bool:
    """Whether something exists at a path; nothing does at one that is too long, or behind a folder that is closed."""
    try:
        return path.exists()
    except OSError:
        return False


def is_url(text: str) -> bool:
    """Whether somebody gives an address in place of a path."""
    return URL.fullmatch(text) is not None


def what_to_type(text: str) -> str:
    """What to say of a path where nothing is: how to get it, where it looks like a repository elsewhere."""
    if is_url(text):
        return f"nothing is fetched from the network; type: {_fetching(text)}"
    missing = "no such file or folder; give a folder or a file that exists"
    named = ON_GITHUB.fullmatch(text)
    if named is None or is_there(Path(text).parent):
        return missing
    address = f"https://github.com/{named['repository']}"
    return f"{missing}. For the repository on GitHub, type: {_cloning(address, named['revision'] or '')}"


def _fetching(url: str) -> str:
    address = url.partition("?")[0].partition("#")[0].rstrip("/")
    if ending_of(address):
        return f"curl -LO {shlex.quote(url)} && chipsieve scan {shlex.quote(_last(address))}"
    page = PAGE.fullmatch(address)
    address = page["repository"] if page else address.removeprefix("git+")
    revision = "".join(_last(address).partition("@")[1:])
    return _cloning(address.removesuffix(revision), revision)


def _cloning(address: str, revision: str = "") -> str:
    folder = _last(address).removesuffix(".git")
    return f"git clone {shlex.quote(address)} && chipsieve scan {shlex.quote(folder + revision)}"


def _last(address: str) -> str:
    return re.split("[/:]", address)[-1]

"""At which public address can others find a repository? What its remote says, as an https address, or nothing.

A remote's address may hold a password, and anything else that somebody wrote into a file of the tree. So an address is
made of parts that are known to be harmless, and where that is not possible, or nobody can tell whether the public finds
something there, there is none.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from chipsieve.sources.git import Git

HOSTS = {
    **{name: name for name in ("github.com", "gitlab.com", "gitee.com", "huggingface.co", "bitbucket.org")},
    **{name: name for name in ("codeberg.org", "modelscope.cn", "gitcode.com", "git.sr.ht")},
    "www.github.com": "github.com",
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
    "hf.co": "huggingface.co",
    "www.modelscope.cn": "modelscope.cn",
}
"""Hosts whose repositories have a page of the same path, whatever protocol a remote speaks; by their further names."""
SCHEMES = ("https", "http", "ssh", "git", "git+ssh", "git+https")
OURS_ALONE = ("localhost", "local", "internal", "lan", "home", "corp", "intranet", "private", "arpa", "test", "invalid")
"""Last labels of names that mean something within one network only."""
SHORT = re.compile(r"(?:[^@/:\s]+@)?(?P<host>[A-Za-z0-9.-]+):/?(?P<path>[^/:][^:]*)")  # git@host:owner/name
NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?")
PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9_.~+-]+)+")


def public_address(url: str) -> str | None:
    """The https address of the repository that a remote's URL means, without user, password, query or fragment.

    None where that is not sure: no web address, a host of one's own network, or any character that an address of a
    repository needs not have.
    """
    short = SHORT.fullmatch(url)
    if short:
        return _page(short["host"], f"/{short['path']}")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no number for a port, or brackets around no address
        return None
    if parts.scheme not in SCHEMES:
        return None
    if host in HOSTS:
        return _page(host, parts.path)
    path, at = parts.path.rstrip("/"), f":{port}" if port else ""
    public = NAME.fullmatch(host) and host.rpartition(".")[2] not in OURS_ALONE
    return f"https://{host}{at}{path}" if parts.scheme == "https" and public and PATH.fullmatch(path) else None


def _page(host: str, path: str) -> str | None:
    """The page of a repository at one of the hosts that are known: an owner's or a group's, so two names at least."""
    known, path = HOSTS.get(host.casefold()), path.rstrip("/").removesuffix(".git")
    return f"https://{known}{path}" if known and path.count("/") > 1 and PATH.fullmatch(path) else None


def remote_of(git: Git) -> str | None:
    """The public https address of a repository: its remote `origin`'s, or its only remote's.

    None where none of its remotes is meant for sure, or `public_address` knows none.
    """
    remotes = git.remotes()
    only = next(iter(remotes.values())) if len(remotes) == 1 else ""
    return public_address(remotes.get("origin", only))

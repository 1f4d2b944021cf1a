"""What does a survey ask of one repository? It goes to a worker, and from there to a process of its own."""

from __future__ import annotations

import msgspec

from chipsieve import __version__
from chipsieve.survey.wanted import Wanted

SAME = b"same:"
"""How an answer begins that says no more than the digest of one that is at hand."""


class Asked(msgspec.Struct, frozen=True):
    """What is asked of every repository alike.

    `history` asks for what was removed, too; `watched` for what the next run compares with. `clones` is the folder
    for clones, "" where nothing is cloned. One repository may take so many `seconds`, and each of its processes so
    many `megabytes`. `cached` says whether workers keep what they read.
    """

    policy: str
    role: str
    history: bool = False
    watched: bool = False
    clones: str = ""
    seconds: int = 1_800
    megabytes: int = 4_000
    cached: bool = True

    @property
    def question(self) -> str:
        """What the answer depends on, in words."""
        return f"policy {self.policy}, role {self.role}{', with history' if self.history else ''}"


class Request(msgspec.Struct, frozen=True):
    """One repository, what is asked of it, and the digests of answers that are at hand."""

    wanted: Wanted
    asked: Asked
    known: tuple[str, ...] = ()
    version: str = __version__

    def packed(self) -> bytes:
        """The request on one line."""
        return msgspec.json.encode(self) + b"\n"


def request_of(line: bytes) -> Request:
    """The request that a line is."""
    return msgspec.json.decode(line, type=Request)

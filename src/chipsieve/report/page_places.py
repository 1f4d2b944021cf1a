"""How does an HTML page show places, `path:line`? As code; with a link where it is known at which address that lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self
from urllib.parse import quote

import msgspec

from chipsieve.report.markup import Markup, code, element, join
from chipsieve.sieve.outcome import Verdict

FEW = 5
LINES: Mapping[str, str] = {
    "github.com": "/blob/{commit}/{path}?plain=1#L{line}",  # plain: prose has lines only where it is not rendered
    "gitlab.com": "/-/blob/{commit}/{path}?plain=1#L{line}",
    "gitee.com": "/blob/{commit}/{path}#L{line}",
    "huggingface.co": "/blob/{commit}/{path}#L{line}",
    "bitbucket.org": "/src/{commit}/{path}#lines-{line}",
    "codeberg.org": "/src/commit/{commit}/{path}?display=source#L{line}",
}
"""Where hosts show a line, below the address of its repository."""


class Places(msgspec.Struct, frozen=True):
    """Shows places; `base` is an address with `{commit}`, `{path}` and `{line}` in it, "" for no links.

    The tree lies in the folder `below` of what is at that address.
    """

    base: str = ""
    commit: str = ""
    below: str = ""

    @classmethod
    def of(cls, verdict: Verdict, base: str) -> Self:
        """Places of a tree, by an address that somebody gives, or else by that of its repository on a known host.

        Without a known commit an address that asks for one leads nowhere. Nor is there a link by the repository where a
        file may differ from the commit: its lines may be others there.
        """
        commit = verdict.commit.id if verdict.commit else ""
        below = ""
        if not base and verdict.origin.modified is False:
            base, below = _on_its_host(verdict.origin.remote or ""), verdict.origin.folder
        known = base.startswith(("https://", "http://")) and (commit or "{commit}" not in base)
        return cls(base if known else "", commit, below)

    def one(self, place: str) -> Markup:
        """One place."""
        path, _, line = place.rpartition(":")
        if not (self.base and line.isdecimal() and _is_plain(path)):
            return code(place)
        whole = f"{self.below}/{path}" if self.below else path
        address = self.base
        for name, value in {"{commit}": self.commit, "{path}": quote(whole), "{line}": line}.items():
            address = address.replace(name, value)
        return element("a", code(place), href=address)

    def first(self, places: Sequence[str]) -> Markup:
        """The first few places, and how many more there are."""
        rest = places[FEW:]
        return join([self._listed(places[:FEW]), f" and {len(rest)} more" if rest else ""])

    def several(self, places: Sequence[str]) -> Markup:
        """The places, all of them; beyond a few they fold away."""
        rest = places[FEW:]
        more = element("details", element("summary", f"{len(rest)} more"), self._listed(rest)) if rest else ""
        return join([self._listed(places[:FEW]), more])

    def _listed(self, places: Sequence[str]) -> Markup:
        return join(map(self.one, places), ", ")


def _is_plain(path: str) -> bool:
    """Whether an address can hold a path: what is written out with a backslash is not it, and `..` leads elsewhere."""
    return "\\" not in path and not {".", ".."}.intersection(path.split("/"))


def _on_its_host(remote: str) -> str:
    """The address of a line in a repository, "" where it is not on a host whose addresses are known."""
    lines = LINES.get(remote.removeprefix("https://").partition("/")[0])
    return f"{remote}{lines}" if lines else ""

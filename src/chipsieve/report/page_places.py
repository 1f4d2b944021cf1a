"""How does an HTML page show places, `path:line`? As code; with a link where the reader says where the code lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self
from urllib.parse import quote

import msgspec

from chipsieve.report.markup import Markup, code, element, join
from chipsieve.sieve.outcome import Verdict

FEW = 5


class Places(msgspec.Struct, frozen=True):
    """Shows places; `base` is an address with `{commit}`, `{path}` and `{line}` in it, "" for no links."""

    base: str = ""
    commit: str = ""

    @classmethod
    def of(cls, verdict: Verdict, base: str) -> Self:
        """Places of a tree; without a known commit an address that asks for one leads nowhere."""
        commit = verdict.commit.id if verdict.commit else ""
        known = base.startswith(("https://", "http://")) and (commit or "{commit}" not in base)
        return cls(base if known else "", commit)

    def one(self, place: str) -> Markup:
        """One place."""
        path, _, line = place.rpartition(":")
        if not self.base or not line.isdecimal():
            return code(place)
        parts = {"{commit}": self.commit, "{path}": quote(path), "{line}": line}
        address = self.base
        for name, value in parts.items():
            address = address.replace(name, value)
        return element("a", code(place), href=address, rel="noreferrer")

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

"""Which evidence may exclude? The policies of policies.toml, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, cast

import msgspec

from chipsieve.signals.signal import Signal
from chipsieve.tables import TableError, own_table, refuse_other, text_field, text_list

if TYPE_CHECKING:  # the command line lists the policies, and loads no more than it must
    from chipsieve.derive.premises import Evidence
    from chipsieve.sieve.proof import Weight

DEFAULT = "balanced"


class Policy(msgspec.Struct, frozen=True):
    """A policy: the strengths it admits, and where it reads a signal its own way (empty: nowhere).

    `trust_names` lets a name in the launch exclude every chip that it does not mean, unless it is a mere hint: a word
    in prose, or a rate in a table.
    """

    id: str
    summary: str
    strengths: frozenset[str]
    claims: Mapping[str, Mapping[str, object]]
    trust_names: bool = False

    def predicate(self, signal: Signal) -> Mapping[str, object] | None:
        """The predicate by which the signal may exclude under this policy; None when it may not."""
        if signal.effect == "names":
            return signal.requires if self.trust_names and signal.strength != "weak" else None
        if signal.effect != "requires" or signal.strength not in self.strengths:
            return None
        return self.claims.get(signal.id) if self.claims else signal.requires

    def weight(self, evidence: Evidence, signal: Signal) -> Weight:
        """Whether this evidence may exclude, and else why not: it must take effect, and the signal must count."""
        trusted = signal.effect == "names" and evidence.standing != "inert"
        if evidence.standing != "asserted" and not (trusted and self.trust_names):
            return evidence.standing
        if self.predicate(signal) is not None:
            return "counts"
        return "preference" if signal.effect == "prefers" else "policy"


@cache
def _tables() -> dict[str, object]:
    return own_table("policies.toml")


def policies() -> tuple[str, ...]:
    """The ids of the shipped policies, the default one first."""
    return tuple(sorted(_tables(), key=lambda key: (key != DEFAULT, key)))


def load_policy(name: str, *, trust_names: bool = False) -> Policy:
    """One shipped policy.

    Raises:
        TableError: there is none of that name.
    """
    refuse_other("policy", name, policies())
    table = cast("Mapping[str, object]", _tables()[name])
    claims = table.get("claims", {})
    if not isinstance(claims, Mapping):
        raise TableError(f"policies.toml: {name}: 'claims' must be a table")
    return Policy(
        id=name,
        summary=text_field("policies.toml", table, "summary"),
        strengths=frozenset(text_list("policies.toml", table, "strengths")),
        claims=cast("Mapping[str, Mapping[str, object]]", claims),
        trust_names=trust_names,
    )

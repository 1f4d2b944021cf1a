"""Which evidence may exclude, and in which order is it asked? The policies and the steps, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import cast

import msgspec

from chipsieve.sieve.outcome import Evidence, Step
from chipsieve.signals.signal import Signal
from chipsieve.tables import TableError, load_toml, refuse_unknown, text_field, text_list

DEFAULT = "balanced"


class Policy(msgspec.Struct, frozen=True):
    """A policy: the strengths it admits, and where it reads a signal its own way (empty: nowhere).

    One that `presumes` lets what signals presume exclude too, of vendors alone of whom the tree nowhere speaks.
    `trust_names` lets a name in the launch exclude every chip that it does not mean.
    """

    id: str
    summary: str
    strengths: frozenset[str]
    claims: Mapping[str, Mapping[str, object]]
    trust_names: bool = False
    presumes: bool = False

    def predicate(self, signal: Signal) -> Mapping[str, object] | None:
        """The predicate by which the signal may exclude under this policy; None when it may not."""
        if signal.effect == "names":
            return signal.requires if self.trust_names else None
        if self.presumed(signal):
            return signal.presumes
        if not self._requires(signal):
            return None
        return self.claims.get(signal.id) if self.claims else signal.requires

    def presumed(self, signal: Signal) -> bool:
        """Whether the signal excludes by presumption alone: only vendors of whom the tree nowhere speaks."""
        return self.presumes and bool(signal.presumes) and not self._requires(signal)

    def _requires(self, signal: Signal) -> bool:
        return signal.effect == "requires" and signal.strength in self.strengths

    def admits(self, evidence: Evidence, signal: Signal) -> bool:
        """Whether this evidence may exclude: it takes effect, and the signal may."""
        trusted = signal.effect == "names" and evidence.standing != "inert"
        return (evidence.standing == "asserted" or trusted) and self.predicate(signal) is not None


@cache
def _tables() -> dict[str, object]:
    return load_toml(files("chipsieve") / "policies.toml")


def policies() -> tuple[str, ...]:
    """The ids of the shipped policies, the default one first."""
    return tuple(sorted((key for key in _tables() if key != "step"), key=lambda key: (key != DEFAULT, key)))


def load_policy(name: str, *, trust_names: bool = False) -> Policy:
    """One shipped policy.

    Raises:
        TableError: there is none of that name.
    """
    refuse_unknown("policy", [name], policies())
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
        presumes=table.get("presumes") is True,
    )


def steps() -> tuple[Step, ...]:
    """The steps of the sieve in the order in which they are asked."""
    rows = cast("list[Mapping[str, object]]", _tables()["step"])
    return tuple(
        Step(text_field("policies.toml", row, "id"), text_field("policies.toml", row, "question")) for row in rows
    )

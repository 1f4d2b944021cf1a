"""What is a signal? One TOML file beside this module, read and checked, and its match rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

Effect = Literal["requires", "prefers", "names", "technique", "site"]


Strength = Literal["definitive", "strong", "weak"]


class Signal(msgspec.Struct, frozen=True):
    """A kind of construct that says something about hardware; one TOML file.

    `requires` is a predicate over the catalogue, as data (see chipsieve.catalogue.predicates). `provides` names
    modules whose import guards count as met in a launch that asserts this signal. `presumption` is
    a predicate too: what a careful reader presumes; it weighs in an estimate and excludes nothing.
    A launch that asserts a signal that `abstains` computes on processors, and says nothing of accelerators.
    The signal holds of a launch only `together_with` one of each of these lists of other signals, and `unless` one of
    those is asserted. `place` says of a site whether it is in a cloud or on premises. `escape` is the known way around
    what it requires, as a clause. A finding of a signal with `same_machine` counts only where one of those signals
    names the same machine.
    """

    id: str
    title: str
    question: str
    step: str
    effect: Effect
    strength: Strength
    requires: Mapping[str, object]
    why: str
    caveats: tuple[str, ...]
    references: tuple[str, ...]
    rows: tuple[Row, ...]
    label: str = ""
    place: str = ""
    provides: tuple[str, ...] = ()
    presumption: Mapping[str, object] = msgspec.field(default_factory=dict)
    abstains: bool = False
    together_with: tuple[tuple[str, ...], ...] = ()
    unless: tuple[str, ...] = ()
    escape: str = ""
    same_machine: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True):
    """One match row of a signal. Which fields a kind of row uses is written in docs/signals-format.md.

    `means` is what the row saw, in a word of the catalogue, where what it matched is none.
    """

    kind: str
    names: tuple[str, ...]
    values: tuple[str, ...] = ()
    pattern: str = ""
    keyword: str = ""
    argument: int | None = None
    files: tuple[str, ...] = ()
    beside: Mapping[str, str] = msgspec.field(default_factory=dict)
    devices: tuple[str, ...] = ()
    by: str = ""
    means: str = ""

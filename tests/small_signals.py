"""Which signals do tests of launches ask? A small table, facts that it matches, and where their findings stand."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from chipsieve.facts.conditions import Condition, Question
from chipsieve.facts.reading import Fact, FactKind, Reading
from chipsieve.link.launch import Launch, Standing
from chipsieve.match.matcher import match_tree
from chipsieve.match.table import SignalTable
from chipsieve.signals import read_signal
from chipsieve.signals.signal import Signal
from link_builders import span

COMMON = {
    "title": "a construct", "question": "What then?", "step": "kernels", "effect": "requires", "strength": "strong",
    "requires": {"vendor": "nvidia"}, "why": "because", "references": ["a test"],
}  # fmt: skip


def row(kind: str, *names: str, **more: object) -> dict[str, object]:
    """A match row; those of a pattern have no names."""
    return {"kind": kind, **({"names": list(names)} if names else {}), **more}


def signal(name: str, *rows: dict[str, object], provides: tuple[str, ...] = ()) -> Signal:
    """A signal that differs from the others in its rows and in what it provides."""
    return read_signal(name, {**COMMON, "provides": list(provides), "match": list(rows)})


TABLE = SignalTable({
    item.id: item
    for item in (
        signal("bf16", row("flag", "--bf16"), row("name", "torch.bfloat16"), row("key", "bf16"),
               row("image", pattern="bf16")),
        signal("dtype", row("flag", "--dtype", values=["bf16"]), row("env", "DTYPE", values=["bf16"]),
               row("key", "dtype", values=["bf16"]),
               row("call", "torch.set_dtype", argument=0, values=["bf16", "fp8"])),
        signal("fabric", row("env", "NCCL_IB_HCA"), row("name", "fabric.adapter"), row("image", pattern="nvidia")),
        signal("asks-flash", row("flag", "--flash"), row("name", "flash.wanted"), provides=("flash_attn",)),
        signal("flash", row("import", "flash_attn"), row("pin", "flash-attn"), row("name", "flash_attn.func"),
               provides=("flash_attn",)),
    )
})  # fmt: skip

MATCHING: dict[tuple[str, FactKind], tuple[str, str | None]] = {
    ("bf16", "flag"): ("--bf16", "true"),
    ("bf16", "image"): ("", "example/bf16"),
    ("bf16", "key"): ("bf16", "true"),
    ("bf16", "name"): ("torch.bfloat16", None),
    ("dtype", "call"): ("torch.set_dtype", None),
    ("dtype", "key"): ("dtype", "bf16"),
    ("fabric", "env"): ("NCCL_IB_HCA", "mlx5_0"),
    ("fabric", "image"): ("", "nvidia/cuda"),
    ("fabric", "name"): ("fabric.adapter", None),
    ("asks-flash", "name"): ("flash.wanted", None),
    ("flash", "import"): ("flash_attn", None),
    ("flash", "name"): ("flash_attn.func", None),
    ("flash", "pin"): ("flash-attn", "flash-attn>=2"),
}
"""The name and value of a fact that makes a signal match, by kind."""


def fact(
    of: str, *conditions: Condition, kind: FactKind = "name", line: int = 1, chosen: Question | None = None
) -> Fact:
    """A fact that one signal of the table matches, and no other; where its value is `chosen`, none is known."""
    name, value = MATCHING[of, kind]
    argument = 0 if kind == "call" else None
    known = None if chosen else value
    return Fact(kind, name, known, span(line), "", conditions, "test", argument=argument, chosen=chosen)


def having(reading: Reading, *facts: Fact) -> Reading:
    """The reading with these facts."""
    return replace(reading, facts=facts)


def launches_of(readings: Sequence[Reading], scope: str = "launch") -> tuple[Launch, ...]:
    """The launches of a tree with the findings of the small table."""
    return match_tree(readings, TABLE, scope=scope).launches


def one(*readings: Reading) -> Launch:
    """The only launch of a tree."""
    (launch,) = launches_of(readings)
    return launch


def standings(launch: Launch) -> dict[tuple[str, str], Standing]:
    """Where each finding stands, by signal and path."""
    return {(item.signal, item.path): stands for item, stands in launch.findings}

"""What do tests of the Python reader share? A small signal table, and conditions written short."""

from __future__ import annotations

import textwrap

from msgspec.structs import replace

import chipsieve_python
from chipsieve.facts.conditions import Always, Condition, Every, Never, Not, Some
from chipsieve.facts.finding import Finding, unique
from chipsieve.facts.reading import Fact, Import, Reading, Source
from chipsieve.match.matching import findings
from chipsieve.match.table import SignalTable
from chipsieve.signals import read_signal

Rows = list[dict[str, object]]


def signal_table(signals: dict[str, Rows]) -> SignalTable:
    """A table of signals that differ in their match rows alone."""
    common = {
        "title": "a thing",
        "question": "Which?",
        "step": "number-format",
        "effect": "names",
        "strength": "strong",
        "requires": {"vendor": ["nvidia"]},
        "why": "because",
    }
    return SignalTable({name: read_signal(name, {**common, "match": rows}) for name, rows in signals.items()})


TABLE = signal_table({
    "bf16": [
        {"kind": "name", "names": ["torch.bfloat16", "jax.numpy.bfloat16"]},
        {"kind": "key", "names": ["bf16.enabled"]},
        {"kind": "call", "names": ["transformers.TrainingArguments"], "keyword": "bf16"},
        {"kind": "call", "names": ["*.bfloat16"]},
        {"kind": "call", "names": ["*.from_pretrained"], "keyword": "torch_dtype", "values": ["bfloat16"]},
        {"kind": "call", "names": ["accelerate.Accelerator"], "keyword": "mixed_precision", "values": ["bf16"]},
        {"kind": "flag", "names": ["--bf16"]},
    ],
    "backend": [{"kind": "call", "names": ["torch.distributed.init_process_group"], "keyword": "backend", "argument": 0,
                 "values": ["nccl"]}],
    "compiled": [{"kind": "call", "names": ["torch.compile"]}],
    "fabric": [{"kind": "env", "names": ["NCCL_IB_HCA", "NCCL_IB_DISABLE"]}],
    "flash": [
        {"kind": "import", "names": ["flash_attn"]},
        {"kind": "name", "names": ["flash_attn.flash_attn_func", "flash_attn.flash_attn_interface.*"]},
        {"kind": "pin", "names": ["flash-attn"], "values": [">=2"]},
    ],
    "peak": [{"kind": "constant", "values": ["312e12", "989e12"], "by": "constant"}],
    "chip": [
        {"kind": "claim", "pattern": r"\b(?P<value>A100|H800)\b", "by": "comment"},
        {"kind": "directive", "names": ["gres", "constraint"], "pattern": "a100"},
    ],
})  # fmt: skip


def read(code: str, path: str = "train.py", language: str = "python", table: SignalTable = TABLE) -> Reading:
    """Read a text that is written indented; the reading holds the findings of its facts too."""
    return matched(chipsieve_python.read(Source(path, language, textwrap.dedent(code)), table.vocabulary), table)


def matched(reading: Reading, table: SignalTable = TABLE) -> Reading:
    """A reading with what the table finds in its facts."""
    return replace(reading, findings=tuple(unique(findings(reading.facts, reading.path, table))))


def short(condition: Condition) -> str:
    """A condition in a few characters, without the source text it carries."""
    if isinstance(condition, Not):
        return f"not {short(condition.condition)}"
    if isinstance(condition, Every | Some):
        word = "all" if isinstance(condition, Every) else "any"
        return f"{word}({', '.join(map(short, condition.conditions))})"
    if isinstance(condition, Always | Never):
        return "always" if isinstance(condition, Always) else "never"
    name = (
        condition.subject if condition.subject in ("hardware", "unknown") else f"{condition.subject} {condition.name}"
    )
    values = {"true": "", "set": " set", "in": f" in {'|'.join(condition.values)}"}[condition.operator]
    return f"{name}{values}".strip()


def conditions(found: Finding | Fact | Import) -> str:
    """A finding's, fact's or import's conditions, short, joined by semicolons."""
    return "; ".join(map(short, found.conditions))


def seen(reading: Reading, *signals: str) -> list[str]:
    """The findings, `line signal [conditions]`, of some signals or of all."""
    return [
        f"{found.span.line} {found.signal} [{conditions(found)}]"
        for found in reading.findings
        if not signals or found.signal in signals
    ]

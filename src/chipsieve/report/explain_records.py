"""How is "why is this accelerator in or out?" answered to programs? One JSON record an accelerator."""

from __future__ import annotations

from collections.abc import Iterable

from chipsieve.report import lookups
from chipsieve.report.escape import json_text
from chipsieve.sieve.outcome import LaunchVerdict, Verdict
from chipsieve.sieve.proof import Ruling

Record = dict[str, object]


def explain_as_json(verdict: Verdict, accelerators: Iterable[str]) -> str:
    """What the verdict says of some accelerators, by their ids, as a JSON document with keys in a fixed order.

    Raises:
        KeyError: the catalogue has no accelerator of one of these ids.
    """
    names = {chip.id: chip.name for chip in verdict.accelerators}
    records = [_chip(verdict, chip, names[chip]) for chip in accelerators]
    return json_text({"tree": verdict.root, "accelerators": records})


def _chip(verdict: Verdict, chip: str, name: str) -> Record:
    family = verdict.trained_on.of(chip) if verdict.trained_on else None
    speaking = frozenset(item.launch.id for item in verdict.speaking)
    return {
        "id": chip,
        "name": name,
        "possible": chip in verdict.possible,
        "probability": family.probability if family else 0.0 if verdict.trained_on else None,
        "because": [{"at": why.at, "says": why.says, "weight": why.weight} for why in family.because] if family else [],
        "launches": [_launch(verdict, item, chip, speaks=item.launch.id in speaking) for item in verdict.launches],
        "named": [
            {"text": one.text, "by": one.by, "at": f"{one.path}:{one.line}"}
            for one in verdict.named if chip in one.accelerators
        ],
    }  # fmt: skip


def _launch(verdict: Verdict, outcome: LaunchVerdict, chip: str, *, speaks: bool) -> Record:
    cuts = [ruling for ruling, reason in outcome.proof.because(chip) if reason == "cut"]
    return {
        "id": outcome.launch.id,
        "role": outcome.launch.role,
        "main": outcome.launch.id == verdict.main,
        "speaks": speaks,
        "silent": outcome.silent,
        "possible": chip in outcome.remaining,
        "cuts": [_cut(verdict, ruling) for ruling in cuts],
    }


def _cut(verdict: Verdict, ruling: Ruling) -> Record:
    signal = verdict.signals.get(ruling.signal)
    return {
        "signal": ruling.signal,
        "strength": ruling.strength,
        "lines": [lookups.place(line) for line in ruling.evidence.lines],
        "escape": (signal.escape if signal else "") or None,
    }

"""Which rule files does Semgrep start with quickly? Packs: it checks every file of rules by itself, 0.15 s each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from chipsieve.border.semgrep.folders import SHELL

STRUCTURED = "structured"


def packed(home: Path) -> dict[str, str]:
    """The text of each pack by its name, out of the rule files below `home`.

    A rule's id in a pack begins with its folder, `json.bf16-training`: ids must differ within a run.
    """
    packs: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for path in sorted(home.glob("*/*.yaml")):
        folder = path.parent.name
        packs[folder if folder == SHELL else STRUCTURED] += _rules(path, folder)
    return {f"{name}.yaml": _text(rules) for name, rules in sorted(packs.items())}


def _rules(path: Path, folder: str) -> Iterable[Mapping[str, Any]]:
    rules = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["rules"]
    return [{**rule, "id": f"{folder}.{rule['id']}"} for rule in rules]


def _text(rules: list[Mapping[str, Any]]) -> str:
    """YAML by its name, for Semgrep opens no other in a folder; JSON within, which it reads faster."""
    lines = ",\n".join(json.dumps(rule, ensure_ascii=False, separators=(",", ":")) for rule in rules)
    return f'{{"rules":[\n{lines}\n]}}\n'

"""How do the signals serve those who run Semgrep? Compiled rules, where they lie, and running Semgrep on them."""

from __future__ import annotations

from chipsieve.semgrep.compiled import compiled, hand_written
from chipsieve.semgrep.folders import BESIDE_READERS, rule_folders, rules_home

__all__ = ["BESIDE_READERS", "compiled", "hand_written", "rule_folders", "rules_home"]

"""How do the signals serve those who run Semgrep? Compiled rules, packs of them, and running Semgrep on them."""

from __future__ import annotations

from chipsieve.border.semgrep.compiled import compiled, hand_written
from chipsieve.border.semgrep.folders import rule_packs, rules_home
from chipsieve.border.semgrep.packs import packed

__all__ = ["compiled", "hand_written", "packed", "rule_packs", "rules_home"]

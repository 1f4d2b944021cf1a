"""Which Semgrep rules do the signals make? Writes semgrep-rules/; `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

from chipsieve.border.semgrep.rule_files import compiled, hand_written
from chipsieve.signals import load_signals

ROOT = Path(__file__).resolve().parents[1]
RULES = "semgrep-rules"


def stale(root: Path = ROOT) -> list[str]:
    """What differs from the signals: files to write, to remove, and hand-written ones that are not there."""
    home = root / RULES
    wanted, own = compiled(load_signals()), hand_written(load_signals())
    there = {path.relative_to(home).as_posix() for path in home.rglob("*.yaml")}
    old = {path for path in there & wanted.keys() if (home / path).read_text(encoding="utf-8") != wanted[path]}
    return sorted(f"{RULES}/{path}" for path in {*old, *(wanted.keys() ^ (there - own)), *(own - there)})


def write(root: Path = ROOT) -> None:
    """Write every compiled file, and remove files that no signal makes any longer."""
    home = root / RULES
    wanted, own = compiled(load_signals()), hand_written(load_signals())
    for path in home.rglob("*.yaml"):
        if path.relative_to(home).as_posix() not in wanted.keys() | own:
            path.unlink()
    for name, text in wanted.items():
        (home / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Write, or compare; the exit code is 1 when something is stale."""
    if "--check" not in sys.argv[1:]:
        write()
    differing = stale()
    for path in differing:
        print(f"{path} is stale or missing; run ./dev rules")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

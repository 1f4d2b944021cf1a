"""Which Semgrep rules do the signals make? Writes semgrep-rules/, or with `--check` says which files are stale."""

from __future__ import annotations

import sys
from pathlib import Path

from chipsieve.semgrep import compiled, hand_written
from chipsieve.signals import load_signals

HOME = Path(__file__).resolve().parents[1] / "semgrep-rules"


def stale(home: Path = HOME) -> list[str]:
    """What differs from the signals: files to write, to remove, and hand-written ones that are not there."""
    wanted, own = compiled(load_signals()), hand_written(load_signals())
    there = {path.relative_to(home).as_posix() for path in home.rglob("*.yaml")}
    old = [path for path in there & wanted.keys() if (home / path).read_text(encoding="utf-8") != wanted[path]]
    return sorted({*old, *(wanted.keys() - there), *(there - wanted.keys() - own), *(own - there)})


def write(home: Path = HOME) -> None:
    """Write every compiled file, and remove those that no signal makes any longer."""
    wanted, own = compiled(load_signals()), hand_written(load_signals())
    for path in home.rglob("*.yaml"):
        if path.relative_to(home).as_posix() not in wanted.keys() | own:
            path.unlink()
    for name, text in wanted.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Write, or compare; the exit code is 1 when something is stale."""
    if "--check" not in sys.argv[1:]:
        write()
    differing = stale()
    for path in differing:
        print(f"semgrep-rules/{path} is stale or missing; run make rules")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

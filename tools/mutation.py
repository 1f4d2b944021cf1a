"""How many faults do the tests find that somebody puts in on purpose? mutmut puts them in, one at a time.

`python tools/mutation.py` tries every mutant, `--sample N` that many, always the same ones.
pyproject.toml says which modules and which tests. The table is printed as docs/quality.md has it; below it stand those
that no test found.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
MUTANTS = ROOT / "mutants/src"
ROOMS = ("chipsieve.estimate.*", "chipsieve.facts.conditions.*", "chipsieve.match.*", "chipsieve.sieve.*")
FIRST = "chipsieve.sieve.proof.*"  # a small module: with it mutmut writes down the mutants of all
SEED = 18
ALIVE, UNASKED = (0,), (33,)  # mutmut's codes: every test passes, no test comes there
Results = Mapping[str, int | None]
"""By mutant what mutmut notes of it; None: not tried."""


def mutmut(names: Iterable[str], children: int) -> None:
    """Have mutmut try the mutants of these names."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "plugins")))}
    command = [str(Path(sys.executable).parent / "mutmut"), "run", "--max-children", str(children), *names]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def results() -> dict[str, int | None]:
    """What is known of every mutant of the rooms."""
    found: dict[str, int | None] = {}
    for path in sorted(MUTANTS.rglob("*.meta")):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return {name: code for name, code in found.items() if any(name.startswith(room[:-1]) for room in ROOMS)}


def sample(names: Iterable[str], size: int) -> list[str]:
    """So many of the names, always the same ones."""
    return sorted(Random(SEED).sample(sorted(names), size))  # noqa: S311 (no secret is drawn)


def interval(found: int, tried: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), in percent."""
    z, share = 1.96, found / tried
    middle, width = share + z * z / (2 * tried), z * math.sqrt(share * (1 - share) / tried + (z / (2 * tried)) ** 2)
    return 100 * (middle - width) / (1 + z * z / tried), 100 * (middle + width) / (1 + z * z / tried)


def table(tried: Results) -> Iterator[str]:
    """The score by room, in lines of Markdown."""
    rooms: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for name, code in tried.items():
        room = next(one for one in ROOMS if name.startswith(one[:-1]))
        rooms[room[:-2]][code not in (*ALIVE, *UNASKED)] += 1
    yield "| room | mutants tried | found | score |"
    yield "|---|---:|---:|---:|"
    total: Counter[bool] = Counter()
    for room, counts in sorted(rooms.items()):
        total.update(counts)
        yield f"| `{room}` | {counts.total()} | {counts[True]} | {100 * counts[True] / counts.total():.1f} % |"
    low, high = interval(total[True], total.total())
    score = 100 * total[True] / total.total()
    yield f"| all | {total.total()} | {total[True]} | {score:.1f} % ({low:.1f} to {high:.1f} %) |"


def main(arguments: list[str]) -> int:
    """Try them, print the table and what was not found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--sample", type=int, help="how many mutants to try; all without it")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="processes at a time")
    given = parser.parse_args(arguments)
    mutmut([FIRST], given.children)
    names = sample(results(), given.sample) if given.sample else sorted(results())
    mutmut(names, given.children)
    after = results()
    tried = {name: after[name] for name in names if after[name] is not None}
    print(*table(tried), sep="\n")
    print(*(f"not found: {name}" for name, code in tried.items() if code in (*ALIVE, *UNASKED)), sep="\n")
    print("to look at one: mutmut show NAME", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

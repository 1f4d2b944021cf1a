"""How many faults do the tests find that somebody puts in on purpose? mutmut puts them in, one at a time.

`python tools/mutation.py` tries every mutant, `--sample N` that many, always the same ones; `sieve/proof.py` those of
that module alone.
pyproject.toml says which modules and which tests. The table is printed as docs/quality.md has it; below it stand those
that no test found.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
MUTANTS = ROOT / "mutants"
ROOMS = tuple(f"chipsieve.{room}." for room in ("estimate", "facts", "match", "sieve"))
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
    for path in sorted((MUTANTS / "src").rglob("*.meta")):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return {name: code for name, code in found.items() if name.startswith(ROOMS)}


def sample(names: Iterable[str], size: int) -> list[str]:
    """So many of the names, always the same ones."""
    return sorted(Random(SEED).sample(sorted(names), size))  # noqa: S311 (no secret is drawn)


def interval(found: int, tried: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), in percent."""
    z, share = 1.96, found / tried
    middle, width = share + z * z / (2 * tried), z * math.sqrt(share * (1 - share) / tried + (z / (2 * tried)) ** 2)
    return 100 * (middle - width) / (1 + z * z / tried), 100 * (middle + width) / (1 + z * z / tried)


def module_of(mutant: str) -> str:
    """The file in which a mutant lies: `chipsieve.sieve.proof.x_a__mutmut_1` is one of `sieve/proof.py`."""
    return mutant.rpartition(".")[0].removeprefix("chipsieve.").replace(".", "/") + ".py"


def table(tried: Results) -> Iterator[str]:
    """The score by module and together, in lines of Markdown."""
    modules: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for name, code in tried.items():
        modules[module_of(name)][code not in (*ALIVE, *UNASKED)] += 1
    yield "| module | faults | found | score |"
    yield "|---|---:|---:|---:|"
    total: Counter[bool] = Counter()
    for module, counts in sorted(modules.items()):
        total.update(counts)
        yield f"| `{module}` | {counts.total():,} | {counts[True]:,} | {100 * counts[True] / counts.total():.1f} % |"
    score = f"{100 * total[True] / total.total():.1f} %"
    yield f"| together | {total.total():,} | {total[True]:,} | {score} |"


def main(arguments: list[str]) -> int:
    """Try them, print the table and what was not found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="sieve/proof.py; all without any")
    parser.add_argument("--sample", type=int, help="how many mutants to try; all without it")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="processes at a time")
    given = parser.parse_args(arguments)
    shutil.rmtree(MUTANTS, ignore_errors=True)  # of an earlier run: it would know nothing of modules added since
    mutmut([FIRST], given.children)
    asked = sorted(name for name in results() if not given.modules or module_of(name) in given.modules)
    names = sample(asked, given.sample) if given.sample else asked
    mutmut(names, given.children)
    after = results()
    tried = {name: after[name] for name in names if after[name] is not None}
    print(*table(tried), sep="\n")
    if given.sample:
        found = sum(code not in (*ALIVE, *UNASKED) for code in tried.values())
        print("of all faults, between {:.1f} and {:.1f} % are found".format(*interval(found, len(tried))))
    print(*(f"not found: {name}" for name, code in tried.items() if code in (*ALIVE, *UNASKED)), sep="\n")
    print("to look at one: mutmut show NAME", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What does Semgrep find with our rules that our readers miss, and the other way round? Counted, per signal.

`python tools/agreement.py [CLONE ...]` compares both on the fixtures, and on the clones that are given, and writes the
tables of docs/agreement.md; with `--check` it only compares the fixtures' table. A finding is a signal, a path and a
line; what our readers take for a mere mention counts for signals about names alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chipsieve.border.marker import read_mark
from chipsieve.border.scanners import semgrep_report
from chipsieve.border.semgrep.running import rules_home, run_semgrep
from chipsieve.facts.conditions import MENTION
from chipsieve.facts.reading import Reading, Source
from chipsieve.match.matching import findings
from chipsieve.match.table import default_table
from chipsieve.sources.discovery import discover
from chipsieve.sources.disk import Disk
from chipsieve.sources.languages import languages
from chipsieve.sources.readers import read_source, read_tree, readers

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/agreement.md"
SIGNALS, REPOS = ROOT / "fixtures/signals", ROOT / "fixtures/repos"
Place = tuple[str, str, int]


@dataclass
class Count:
    """How many places both engines report, our readers alone, Semgrep alone; and where, of the last two."""

    both: int = 0
    readers: list[Place] = field(default_factory=list)
    semgrep: list[Place] = field(default_factory=list)


def by_readers(root: Path) -> set[Place]:
    """What our readers find below root."""
    return _places(read_tree(discover(Disk.at(root)), default_table().vocabulary))


def by_readers_of_fixtures(root: Path) -> set[Place]:
    """What our readers find in fixtures, whose folder says which language they are, whatever they are called."""
    paths = sorted(path for path in root.glob("*/*") if path.parent.name in readers().by_language)
    sources = (
        Source(path.relative_to(root).as_posix(), path.parent.name, path.read_text(encoding="utf-8")) for path in paths
    )
    return _places(reading for source in sources for reading in read_source(source, default_table().vocabulary))


def _places(readings: Iterable[Reading]) -> set[Place]:
    table = default_table()
    return {
        (item.signal, item.path, item.span.line)
        for reading in readings
        for item in findings(reading.facts, reading.path, table)
        if table.signals[item.signal].effect == "names" or MENTION not in item.conditions
    }


def by_semgrep(root: Path) -> set[Place]:
    """What Semgrep finds below root with all our rules, in files and folders that a scan looks at."""
    document = run_semgrep(root, [rules_home()], leave_out=languages().silent | languages().named)
    marks = ((read_mark(item.message), item) for item in semgrep_report(document, "semgrep").results)
    return {(signal, item.path, item.line) for mark, item in marks if mark for signal in mark.signals}


def counted(pairs: Iterable[tuple[set[Place], set[Place]]]) -> dict[str, Count]:
    """Both engines' places compared, per signal, sorted; each pair is one tree's."""
    counts: dict[str, Count] = {}
    for ours, theirs in pairs:
        for place in sorted(ours | theirs):
            count = counts.setdefault(place[0], Count())
            if place in ours and place in theirs:
                count.both += 1
            else:
                (count.readers if place in ours else count.semgrep).append(place)
    return dict(sorted(counts.items()))


def table(counts: dict[str, Count]) -> Iterator[str]:
    """The counts as Markdown: the sum, then every signal on which the engines differ."""
    yield "| signal | both | our readers alone | Semgrep alone |"
    yield "|---|---:|---:|---:|"
    sums = [sum(count.both for count in counts.values())]
    sums += [
        sum(len(which) for which in each)
        for each in zip(*((c.readers, c.semgrep) for c in counts.values()), strict=True)
    ]
    yield f"| all {len(counts)} | {sums[0]} | {sums[1]} | {sums[2]} |"
    for signal, count in counts.items():
        if count.readers or count.semgrep:
            yield f"| [{signal}](signals/{signal}.md) | {count.both} | {len(count.readers)} | {len(count.semgrep)} |"


def filled(page: str, name: str, lines: Iterable[str]) -> str:
    """The page with the lines between the comments that mark the part called `name`."""
    part = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    text = "\n".join(lines)
    return part.sub(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page)


def fixtures() -> dict[str, Count]:
    """The comparison on every fixture."""
    pairs = ((by_readers_of_fixtures(SIGNALS), by_semgrep(SIGNALS)), (by_readers(REPOS), by_semgrep(REPOS)))
    return counted(pairs)


def main(arguments: Sequence[str]) -> int:
    """Write the page's tables, or compare the fixtures'; the exit code is 1 when that one is stale."""
    page = PAGE.read_text(encoding="utf-8")
    fresh = filled(page, "fixtures", table(fixtures()))
    if "--check" in arguments:
        return 0 if fresh == page else 1
    clones = [Path(argument) for argument in arguments if argument]
    if clones:
        counts = counted([_by_both(clone) for clone in clones])
        fresh = filled(fresh, "clones", [", ".join(sorted(clone.name for clone in clones)) + ":", "", *table(counts)])
        _list(counts)
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


def _by_both(clone: Path) -> tuple[set[Place], set[Place]]:
    ours, theirs = by_readers(clone), by_semgrep(clone)
    print(f"{clone.name}: both {len(ours & theirs)}, readers {len(ours - theirs)}, Semgrep {len(theirs - ours)}")
    return ours, theirs


def _list(counts: dict[str, Count]) -> None:
    for count in counts.values():
        for engine, places in (("readers", count.readers), ("semgrep", count.semgrep)):
            for signal, path, line in places:
                print(f"{engine} alone: {signal} {path}:{line}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How does chipsieve compare with its peers on the same tree, in one run? Ratios of medians, taken in turns."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.markdown import against, figure, table
from benchmarks.measuring import INHERITED, Run, Sample, in_turns, middle, own_peak, read_all, timed
from benchmarks.ours import ONE_WORKER, Scans, at_desk
from benchmarks.trees import EXAMPLE, Plan
from chipsieve.border.semgrep.running import (
    OFFLINE,
    OPTIONS,
    SECONDS_PER_RULE,
    find_semgrep,
    ruff_preset,
    rules_home,
)
from chipsieve.signals import load_signals
from chipsieve.sources.discovery import Discovery, discover
from chipsieve.sources.disk import Disk
from chipsieve.sources.languages import languages

COLD, WARM, BARE, ALONE = "chipsieve, cold", "chipsieve, warm", "chipsieve, no cache", "chipsieve, cold, one worker"
SEMGREP, RUFF, SEARCH = "semgrep", "ruff", "byte search"
COLD_GOAL, WARM_GOAL = 0.30, 0.01  # of Semgrep's wall time
NOTHING_FOUND = 123  # of xargs: some grep found nothing
COUNT = "import json, sys; d = json.load(open(sys.argv[1])); print(len(d['paths']['scanned']), len(d['errors']))"
SHORTEST = 3  # letters of a word that is searched for


def section(plan: Plan) -> Iterator[str]:
    """A table for each tree; each peer runs once before, so that none pays later for loading its own files."""
    with at_desk(EXAMPLE) as scans:
        semgrep(EXAMPLE, scans.desk)
        ruff(EXAMPLE, scans.desk)
    for tree in plan.compared:
        found = discover(Disk.at(tree))
        read_all(tree)
        with at_desk(tree) as scans:
            samples = in_turns(contenders(scans, found), plan.rounds, plan.budget, tree.name)
            yield f"#### {tree.name}"
            yield ""
            yield from rows(samples)
            yield from ratios(samples)
            yield same([scans])
            yield read_by(found, scans.desk)
            yield ""


def contenders(scans: Scans, found: Discovery) -> dict[str, Run]:
    """Who runs on a tree, ours and theirs in turn."""
    scans.home()
    desk = scans.desk
    return {
        COLD: scans.cold, SEMGREP: partial(semgrep, found.tree.folder, desk),
        WARM: scans.warm, RUFF: partial(ruff, found.tree.folder, desk),
        BARE: scans.bare, SEARCH: partial(search, found, desk),
        ALONE: partial(scans.cold, *ONE_WORKER),
    }  # fmt: skip


def semgrep(tree: Path, desk: Path, *options: str, rules: Path | None = None) -> Sample:
    """Semgrep with our rules, or others, as `chipsieve scan --engine semgrep` runs it, on what chipsieve looks at."""
    left_out = [f"--exclude={name}" for name in sorted(languages().silent | languages().named)]
    given = [*options, f"--config={rules or rules_home()}", str(tree)]
    command = [str(find_semgrep()), *OPTIONS, "--timeout", str(SECONDS_PER_RULE), *left_out, *given]
    return timed(command, desk, OFFLINE, output=desk / "semgrep.json")


def ruff(tree: Path, desk: Path) -> Sample:
    """Ruff with our preset alone, whatever the tree configures, without its cache."""
    command = ruff_command(tree, "--no-cache", "--ignore-noqa", "--exit-zero", "--output-format", "json")
    return timed(command, desk, output=desk / "ruff.json")


def ruff_command(tree: Path, *options: str) -> list[str]:
    """What is typed to run ruff on all of a tree."""
    everything = ("--config", str(ruff_preset()), "--no-respect-gitignore")
    return [str(Path(sys.executable).with_name("ruff")), "check", *everything, *options, str(tree)]


def search(found: Discovery, desk: Path) -> Sample:
    """A plain search for the signals' words through every byte of every file that chipsieve reads."""
    words, names = desk / "words", desk / "names"
    words.write_text("".join(f"{word}\n" for word in signal_words()), encoding="utf-8")
    names.write_bytes(b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path, _ in found.files))
    command = ["xargs", "-0", "grep", "-acFf", str(words), "--"]
    accepted = (0, 1, NOTHING_FOUND)
    return timed(command, found.tree.folder, {"LC_ALL": "C"}, feed=names, output=desk / "counts", accepted=accepted)


def signal_words() -> list[str]:
    """The names in the signals' rows, of one with a `*` the longest part."""
    names = (name for signal in load_signals().values() for row in signal.rows for name in row.names)
    longest = (max(name.split("*"), key=len).strip(".") for name in names)
    return sorted({word for word in longest if len(word) >= SHORTEST})


def rows(samples: Mapping[str, Sequence[Sample]]) -> Iterator[str]:
    """What each run cost, and how chipsieve's cold and warm wall times stand to it."""
    cold, warm = middle(samples[COLD]).wall, middle(samples[WARM]).wall
    head = ("run", "runs", "wall, s", "least to most", "CPU, s", "largest process, MB", "cold : this", "warm : this")
    yield from table(head, [_row(name, taken, cold, warm) for name, taken in samples.items()])


def _row(name: str, taken: Sequence[Sample], cold: float, warm: float) -> tuple[object, ...]:
    wall, cpu, megabytes = middle(taken)
    walls = [sample.wall for sample in taken]
    spread = f"{figure(min(walls))} to {figure(max(walls))}"
    memory = f"{megabytes:.0f}" if megabytes > 1.02 * own_peak() else f"at most {own_peak():.0f}"
    return name, len(taken), figure(wall), spread, figure(cpu), memory, figure(cold / wall), figure(warm / wall)


def ratios(samples: Mapping[str, Sequence[Sample]]) -> Iterator[str]:
    """The goals against Semgrep."""
    theirs = middle(samples[SEMGREP]).wall
    yield f"- cold, of Semgrep's wall time: {against(middle(samples[COLD]).wall / theirs, COLD_GOAL)}"
    yield f"- warm, of Semgrep's wall time: {against(middle(samples[WARM]).wall / theirs, WARM_GOAL)}"


def same(several: Sequence[Scans]) -> str:
    """Whether every scan of a tree, cold or warm, with one worker or several, wrote the same but for its command."""
    differing = [f"{scans.tree.name} {kind}" for scans in several for kind in sorted(scans.differing)]
    if differing:
        return f"- **outputs differ**: {', '.join(differing)}"
    number = sum(scans.outputs for scans in several)
    return f"- all {number} outputs of chipsieve say the same of the same tree, however it was run"


def read_by(found: Discovery, desk: Path) -> str:
    """How many files each looked at, and what Semgrep could not finish; counted apart, for its report may be large."""
    command = [sys.executable, "-c", COUNT, str(desk / "semgrep.json")]
    scanned, unfinished = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    listed = ruff_command(found.tree.folder, "--no-cache", "--show-files")
    shown = subprocess.run(listed, env=INHERITED, cwd=desk, capture_output=True, text=True, check=True).stdout
    files = f"files: chipsieve and byte search {len(found.files)}, Semgrep {scanned}, ruff {len(shown.splitlines())}"
    return f"- {files}; Semgrep reports {unfinished} places that it could not parse, or gave up for time"
